"""What a file really is, whatever its name says, and whether it is safe to unpack."""

import io
import re
import zipfile

from congress_portal.core.importing.errors import ImportFileError

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_FROM = 20 * 1024 * 1024
MAX_MEMBERS = 5_000
MAX_CELLS = 10_000_000  # rows × columns of the area that the sheet spans

_CHUNK = 1024 * 1024
_OVERLAP = 400
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["'](\d+)["']""")
# Cells that hold something, beyond column Z or anywhere.
_FAR_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{2,})\d+["'][^>]*(?<!/)>""")
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]+)\d+["'][^>]*(?<!/)>""")
_LETTERS = 26
_HTML = (b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<?xml", b"<style", b"<div")


def content_kind(data: bytes) -> str:
    """``xlsx``, ``xls`` (any OLE file), ``html``, ``other`` (pictures, PDF …) or ``text``."""
    head = data[:4096]
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if plain.startswith(_HTML):
        return "html"
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"PK")
    ):
        return "other"
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "other"
    return "text"


def check_archive(data: bytes, name: str) -> None:
    """Refuse a zip that is no workbook or that would fill the memory when unpacked.

    Sizes in a zip's directory can lie, so every part is unpacked once, in pieces, and counted;
    a sheet that spans too large an area (one cell at XFD1048576 is enough) is refused too.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_directory(members, len(data), name)
            for member in members:
                if member.filename.startswith("xl/worksheets/"):
                    _check_sheet(archive, member, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise ImportFileError(
            f"「{name}」已损坏，无法打开。请用 Excel 重新保存后再导入。"
        ) from error


def _check_directory(members: list[zipfile.ZipInfo], packed: int, name: str) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
        raise ImportFileError(f"「{name}」解压后太大，为安全起见不予打开。请拆成几个文件再导入。")
    if unpacked > RATIO_MATTERS_FROM and unpacked > packed * MAX_RATIO:
        raise ImportFileError(f"「{name}」的压缩比异常（可能是压缩炸弹），为安全起见不予打开。")
    names = {member.filename for member in members}
    if not any(item.startswith("xl/") for item in names):
        what = "Word 文档" if "word/document.xml" in names else "其他压缩文件"
        raise ImportFileError(f"「{name}」不是 Excel 工作簿（看上去是{what}）。")


def _check_sheet(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    last_row, widest = _extent(archive, member, _FAR_CELL)
    if last_row * max(widest, _LETTERS) > MAX_CELLS:
        last_row, widest = _extent(archive, member, _CELL)
    if last_row > 1_048_576 or last_row * max(widest, 1) > MAX_CELLS:
        raise ImportFileError(
            f"「{name}」里有的工作表在很远的单元格里有内容，占的范围太大。"
            "请把数据复制到新的工作表后再导入。"
        )


def _extent(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, cell: re.Pattern[bytes]
) -> tuple[int, int]:
    """The last row and the last column among the cells that match."""
    last_row, widest, tail = 0, 0, b""
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            text = tail + piece
            last_row = max([last_row, *map(int, _ROW.findall(text))])
            widest = max([widest, *map(_column_number, set(cell.findall(text)))])
            tail = text[-_OVERLAP:]
    return last_row, widest


def _column_number(letters: bytes) -> int:
    total = 0
    for letter in letters:
        total = total * 26 + letter - 64
    return total
