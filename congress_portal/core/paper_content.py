"""Whether a paper's content is what its name says, opens, and carries nothing that runs.

A few magic bytes are no file: an archive is unpacked, a picture decoded, a PDF's trailer read.
What would run on the reader's machine (macros, embedded programs, scripts) is refused; what only
hides in a picture's margins (place, device, a second file) goes when the picture is drawn anew.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

import filetype
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from congress_portal.core.photos import strictly

KINDS = {
    "pdf": {"pdf"},
    "jpg": {"jpg"},
    "jpeg": {"jpg"},
    "png": {"png"},
    "docx": {"docx", "zip"},
    "xlsx": {"xlsx", "zip"},
    "pptx": {"pptx", "zip"},
    "doc": {"doc"},
    "xls": {"xls", "doc"},
}
PICTURES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}

_MAIN_PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
}
_RUNS = ("vbaproject.bin", "/activex/", "/embeddings/oleobject", "/macrosheets/")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word and Excel before 2007
_COMPOUND_MACROS = "_VBA_PROJECT".encode("utf-16-le")
_SECTOR = 512  # bytes; such a file has a header and at least one sector
_MOST_PIXELS = 64_000_000  # of what is decoded
_LONGEST_SIDE = 3500  # pixels; an A4 page scanned at 300 dots an inch
_LARGEST_UNPACKED = 300 * 1024 * 1024  # bytes
_TAIL = 2048  # bytes; a PDF ends with its trailer
_MOST_PAGES = 2000
_PDF_RUNS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"}


def fault_in(suffix: str, data: bytes) -> str:
    """What is wrong with a paper, in one Chinese sentence; empty when it may be kept.

    ``suffix``: lower case, without the dot, one of KINDS.
    """
    if not data:
        return "文件是空的。"
    if filetype.guess_extension(data[:8192]) not in KINDS[suffix]:
        return f"文件内容不是 {suffix.upper()}（和扩展名对不上），请重新导出后上传。"
    if suffix in _MAIN_PARTS:
        return _office_fault(suffix, data)
    if suffix in PICTURES:
        return "" if _is_picture(data) else _broken(suffix)
    if suffix == "pdf":
        return _pdf_fault(data)
    if not data.startswith(_COMPOUND) or len(data) < 2 * _SECTOR:
        return _broken(suffix)
    return _with_macros(suffix) if _COMPOUND_MACROS in data else ""


def redrawn(suffix: str, data: bytes) -> bytes:
    """The picture alone, upright: without place, device, hidden files or more than A4 at 300 dpi.

    Call after ``fault_in`` has found nothing.
    """
    with Image.open(io.BytesIO(data)) as picture:
        upright = ImageOps.exif_transpose(picture)
        mode = "RGB" if PICTURES[suffix] == "JPEG" or upright.mode not in ("L", "1") else "L"
        if upright.mode in ("RGBA", "LA", "P"):
            flat = Image.new("RGB", upright.size, "white")
            flat.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
            upright = flat
        upright = upright.convert(mode)
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    fresh = Image.new(upright.mode, upright.size)
    fresh.paste(upright)
    out = io.BytesIO()
    fresh.save(out, PICTURES[suffix], quality=88, optimize=True)
    return out.getvalue()


def _broken(suffix: str) -> str:
    return f"这个 {suffix.upper()} 文件打不开，可能没有传完，请重新导出后上传。"


def _with_macros(suffix: str) -> str:
    return f"这个 {suffix.upper()} 文件里有宏或嵌入的程序，请另存为不带宏的文件再传。"


def _office_fault(suffix: str, data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            rows = archive.infolist()
            if sum(row.file_size for row in rows) > _LARGEST_UNPACKED:
                return f"这个 {suffix.upper()} 文件解开后太大，请删减后再传。"
            names = {row.filename for row in rows}
            if not {"[Content_Types].xml", _MAIN_PARTS[suffix]} <= names or archive.testzip():
                return _broken(suffix)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ):
        return _broken(suffix)
    lower = [f"/{name.lower()}" for name in names]
    return _with_macros(suffix) if any(mark in name for name in lower for mark in _RUNS) else ""


def _is_picture(data: bytes) -> bool:
    try:
        with strictly(), Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return False
            picture.draft("RGB", (1000, 1000))  # large photos are decoded small
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _pdf_fault(data: bytes) -> str:
    tail = data.rstrip()[-_TAIL:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        return _broken("pdf")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return "这个 PDF 加了打开密码，请去掉密码后再传。"
        if any(_runs(part) for part in _acting_parts(reader)):
            return "这个 PDF 里有脚本、附件或会运行的动作，请打印成普通 PDF 再传。"
    # Hostile files break a parser in many ways; each means that the file can't be trusted.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
        return _broken("pdf")
    except (RecursionError, NotImplementedError, zlib.error):
        return _broken("pdf")
    return ""


def _acting_parts(reader: PdfReader) -> Iterable[Any]:
    """Where a PDF says what happens by itself or at a click."""
    root = _plain(reader.root_object)
    names = _plain(root.get("/Names")) or {}
    if "/JavaScript" in names or "/EmbeddedFiles" in names:
        yield DictionaryObject({"/S": "/JavaScript"})
    yield _plain(root.get("/OpenAction"))
    yield from _actions(root)
    for page in reader.pages[:_MOST_PAGES]:
        yield from _actions(page)
        for note in _plain(page.get("/Annots")) or ():
            annotation = _plain(note)
            yield _plain(annotation.get("/A"))
            yield from _actions(annotation)
            if annotation.get("/Subtype") == "/FileAttachment":
                yield DictionaryObject({"/S": "/Launch"})


def _actions(part: DictionaryObject) -> Iterable[Any]:
    """The additional actions of a part: opening, closing, a click."""
    for action in (_plain(part.get("/AA")) or {}).values():
        yield _plain(action)


def _runs(action: Any) -> bool:
    """Whether an action, or one chained to it, runs something."""
    for _ in range(20):
        if isinstance(action, ArrayObject):
            return any(_runs(_plain(each)) for each in action if isinstance(each, IndirectObject))
        if not isinstance(action, DictionaryObject):
            return False
        if action.get("/S") in _PDF_RUNS:
            return True
        action = _plain(action.get("/Next"))
    return True


def _plain(value: Any) -> Any:
    """What a reference points to."""
    return value.get_object() if isinstance(value, IndirectObject) else value
