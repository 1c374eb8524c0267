"""Whether a paper's content really opens: a few magic bytes are no file."""

import io
import zipfile
import zlib

from PIL import Image

_MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word and Excel before 2007
_SECTOR = 512  # bytes; such a file has a header and at least one sector
_MOST_PIXELS = 64_000_000  # of what is decoded
_LARGEST_UNPACKED = 300 * 1024 * 1024  # bytes
_TAIL = 2048  # bytes; a PDF ends with its trailer


def opens(suffix: str, data: bytes) -> bool:
    """For a suffix of those that are kept (lower case, without the dot)."""
    if suffix in _MAIN_PARTS:
        return _is_office(data, _MAIN_PARTS[suffix])
    if suffix in ("jpg", "jpeg", "png"):
        return _is_picture(data)
    if suffix == "pdf":
        tail = data.rstrip()[-_TAIL:]
        return b"%%EOF" in tail and b"startxref" in tail
    return data.startswith(_COMPOUND) and len(data) >= 2 * _SECTOR


def _is_office(data: bytes, main: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            rows = archive.infolist()
            if sum(row.file_size for row in rows) > _LARGEST_UNPACKED:
                return False
            names = {row.filename for row in rows}
            return {"[Content_Types].xml", main} <= names and archive.testzip() is None
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ):
        return False


def _is_picture(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("RGB", (1000, 1000))  # large photos are decoded small
            if picture.width * picture.height > _MOST_PIXELS:
                return False
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True
