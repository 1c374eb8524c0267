"""WeasyPrint, held on a short leash: own files only, shared fonts and styles, same bytes again.

Importing this module takes about a second and loads Pango; ``pdf`` imports it when first needed.
"""

import contextlib
import gc
import hashlib
import html as entities
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from congress_portal.core.documents.errors import PdfError
from congress_portal.core.documents.faces import fonts_dir
from congress_portal.core.documents.fonts import FontSet, font_set
from congress_portal.core.documents.justify import install

install()

_LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)">')


class ProjectFetcher(URLFetcher):
    """Serves static files, the subsets under var/fonts and ``data:``; all else stops the paper.

    A ``ValueError`` in a fetcher is swallowed by WeasyPrint and the picture silently missing;
    only ``FatalURLFetchingError`` (a ``BaseException``) stops it.
    """

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = allowed_file(url)
        if path is None:
            raise FatalURLFetchingError(url)
        if path.suffix == ".css":  # given to the renderer as parsed CSS, see _stylesheet
            return URLFetcherResponse(url, b"", {"Content-Type": "text/css"})
        return super().fetch(path.as_uri(), headers)


def allowed_file(url: str) -> Path | None:
    """The project's own file behind an address, or None if the address is anything else."""
    parts = urlsplit(url)
    static = urlsplit(settings.SITE_URL + "/" + settings.STATIC_URL.lstrip("/"))
    if parts.scheme == "file":
        return _inside(Path(unquote(parts.path)), (fonts_dir(), *_static_roots()))
    if (parts.scheme, parts.netloc) == (static.scheme, static.netloc):
        path = unquote(parts.path)
        if path.startswith(static.path):
            return _static_file(path.removeprefix(static.path))
    return None


def _static_roots() -> tuple[Path, ...]:
    roots = [settings.STATIC_ROOT, *settings.STATICFILES_DIRS]
    return tuple(Path(root).resolve() for root in roots if root)


def _inside(path: Path, roots: tuple[Path, ...]) -> Path | None:
    real = path.resolve()
    if real.is_file() and any(real.is_relative_to(root) for root in roots):
        return real
    return None


def _static_file(name: str) -> Path | None:
    if ".." in name or name.startswith("/"):
        return None
    collected = _inside(Path(settings.STATIC_ROOT) / name, _static_roots())
    if collected and not settings.DEBUG:
        return collected
    found = finders.find(name)
    return Path(found).resolve() if found else collected


@lru_cache(maxsize=8)
def font_configuration(fonts: FontSet) -> tuple[FontConfiguration, CSS]:
    """WeasyPrint's fonts for a set of faces; made once, since it copies and scans the files."""
    configuration = FontConfiguration()
    css = CSS(string=fonts.css(), font_config=configuration, url_fetcher=ProjectFetcher())
    return configuration, css


@lru_cache(maxsize=64)
def _stylesheet(path: Path, modified: int, base_url: str) -> CSS:
    return CSS(string=path.read_text(), base_url=base_url, url_fetcher=ProjectFetcher())


def _stylesheets(html: str) -> list[CSS]:
    sheets = []
    for href in _LINK.findall(html):
        url = settings.SITE_URL + href if href.startswith("/") else href
        path = allowed_file(url)
        if path is None:
            raise FatalURLFetchingError(url)
        sheets.append(_stylesheet(path, path.stat().st_mtime_ns, url))
    return sheets


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Layout makes millions of living objects; searching them for garbage takes a fifth of the
    time and finds a tenth of the memory."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def write_pdf(html: str, fonts: FontSet | None = None) -> bytes:
    """Lay the page out and write it; the same HTML gives the same bytes.

    Raises PdfError for a missing font and for an address that is not the project's own.
    """
    fonts = fonts or font_set(entities.unescape(html))
    try:
        configuration, faces = font_configuration(fonts)
        with _collector_paused():
            return HTML(
                string=html, base_url=settings.SITE_URL + "/", url_fetcher=ProjectFetcher()
            ).write_pdf(
                font_config=configuration,
                stylesheets=[faces, *_stylesheets(html)],
                pdf_variant="pdf/ua-1",
                pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
            )
    except FatalURLFetchingError as error:
        raise PdfError(f"文件引用了本系统以外的资源，已停止生成：{error}") from error
