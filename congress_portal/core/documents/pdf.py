"""The two steps of a paper: ``render_html`` (also the preview page) and ``render_pdf``."""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from html import unescape
from multiprocessing import get_context
from typing import TYPE_CHECKING, ClassVar, Protocol

from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static

if TYPE_CHECKING:
    from congress_portal.core.documents.fonts import FontSet

_ENTITY = re.compile(r"&#?\w+;")
_CHUNK = 6  # small enough that both workers end at about the same time
_GENERATED = "—0123456789 "  # what the styles write: page numbers
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


def render_many(pages: Sequence[str], *, workers: int = 2) -> Iterator[bytes]:
    """PDFs of many pages in their order, by worker processes that touch no database.

    The batch gets fonts with just its own characters, which saves a quarter of the time.
    """
    # Reason for the inline import: fontTools costs 0.2 s, and every command would pay it.
    from congress_portal.core.documents.fonts import tight_font_set  # noqa: PLC0415

    characters = {c for page in pages for c in set(page)} | _entities(pages)
    fonts = tight_font_set("".join(characters) + _GENERATED)
    render = partial(_render_with, fonts)
    if workers < 2:
        yield from map(render, pages)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _warm_up, (fonts,)) as pool:
        yield from pool.map(render, pages, chunksize=_CHUNK)


def _warm_up(fonts: "FontSet") -> None:
    """A worker lays pages out and reads no table: settings and static files are all it needs, so
    the apps (a second of imports) stay out. Fonts are scanned before the first page comes."""
    if not apps.ready:
        apps.populate(())
    # Reason for the inline import: as in render_pdf.
    from congress_portal.core.documents.engine import font_configuration  # noqa: PLC0415

    font_configuration(fonts)


def _entities(pages: Iterable[str]) -> set[str]:
    """Characters that stand as entities in the pages."""
    return {unescape(found) for page in pages for found in _ENTITY.findall(page)}


def _render_with(fonts: "FontSet", html: str) -> bytes:
    # Reason for the inline import: as in render_pdf.
    from congress_portal.core.documents.engine import write_pdf  # noqa: PLC0415

    return write_pdf(html, fonts)
