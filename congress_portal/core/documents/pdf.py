"""The two steps of a paper: ``render_html`` (also the preview page) and ``render_pdf``."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ClassVar, Protocol

import django
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static

BASE_STYLES = "css/pdf/base.css"


class Paper(Protocol):
    """What a frozen dataclass of a document offers besides its own fields.

    ``template`` extends ``pdf/base.html``; ``stylesheets`` are names under the static root.
    """

    template: ClassVar[str]
    stylesheets: ClassVar[tuple[str, ...]]

    @property
    def title(self) -> str: ...

    @property
    def author(self) -> str: ...


def render_html(document: Paper) -> str:
    """The whole page: what the preview shows is what is printed."""
    styles = [_static_url(name) for name in (BASE_STYLES, *document.stylesheets)]
    return render_to_string(document.template, {"document": document, "stylesheets": styles})


def _static_url(name: str) -> str:
    try:
        return static(name)
    except ValueError:  # not collected yet: the command line works before collectstatic
        return f"{settings.STATIC_URL}{name}"


def render_pdf(html: str) -> bytes:
    """The PDF (tagged, bookmarked, fonts embedded); raises PdfError with a Chinese message."""
    # Reason for the inline import: WeasyPrint takes a second to import, and every command would.
    from congress_portal.core.documents.engine import write_pdf  # noqa: PLC0415

    return write_pdf(html)


def render_many(pages: Iterable[str], *, workers: int = 2) -> Iterator[bytes]:
    """PDFs of many pages in their order, by warm worker processes; they touch no database."""
    if workers < 2:
        yield from map(render_pdf, pages)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), django.setup) as pool:
        yield from pool.map(render_pdf, pages, chunksize=8)
