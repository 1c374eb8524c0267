"""Office files (.xlsx, .xls, .csv) as plain rows of cells, or a clear message why not."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import charset_normalizer
import python_calamine

from congress_portal.core.importing.archive import MAX_FILE_BYTES, check_archive, content_kind
from congress_portal.core.importing.errors import ImportFileError

SUFFIXES = (".xlsx", ".xls", ".csv")
RETURNED = "-退回"
_RETURNED_STEM = re.compile(rf"(.+?)(?:（(xlsx|xls|csv)）)?{RETURNED}(?:-\d+)?")
_TEXT_NUMBER = re.compile(r'="([^"]*)"')
_DELIMITERS = ",\t;"

csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class SourceFile:
    """A file as it came: its name and its bytes."""

    name: str
    data: bytes
    path: Path | None = None

    @classmethod
    def from_path(cls, path: Path) -> "SourceFile":
        """Raises ImportFileError where the file is missing, no file, or too large to be read."""
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise ImportFileError(f"「{path.name}」超过 100 MB，请拆成几个文件再导入。")
            return cls(path.name, path.read_bytes(), path)
        except FileNotFoundError:
            raise ImportFileError(f"找不到「{path}」。") from None
        except OSError as error:
            raise ImportFileError(f"无法读取「{path.name}」：{error.strerror}。") from error

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def stem(self) -> str:
        return Path(self.name).stem


@dataclass
class RawSheet:
    """The cells of a sheet from A1 on; ``rows[0]`` is what the person sees as row 1.

    ``merges`` holds ((top, left), (bottom, right)), counted from 0, both ends included.
    """

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    merges: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def returned_from(stem: str) -> list[str]:
    """The names that the source of a «-退回» file may have; empty for any other file.

    ``信息-退回``, ``信息-退回-2`` and, beside a file of the same stem, ``信息（csv）-退回``.
    """
    match = _RETURNED_STEM.fullmatch(stem)
    if not match:
        return []
    suffixes = [f".{match[2]}"] if match[2] else list(SUFFIXES)
    return [f"{match[1]}{suffix}" for suffix in suffixes]


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files to import: those named, and those of a folder but not of its subfolders.

    In a folder, temporary files of an open Excel (``~$…``), hidden files, files of other kinds
    and files that an earlier run gave back (``…-退回.xlsx``) are passed over.
    """
    for path in paths:
        if path.is_dir():
            yield from (item for item in _office_files(path) if not returned_from(item.stem))
        else:
            yield path


def find_returned(paths: Iterable[Path]) -> Iterator[Path]:
    """The «-退回» files in the folders among the paths, which ``find_files`` passes over."""
    for path in paths:
        if path.is_dir():
            yield from (item for item in _office_files(path) if returned_from(item.stem))


def _office_files(folder: Path) -> Iterator[Path]:
    for item in sorted(folder.iterdir()):
        passed = item.name.startswith(("~$", "."))
        if item.suffix.lower() in SUFFIXES and item.is_file() and not passed:
            yield item


def read_sheets(source: SourceFile) -> list[RawSheet]:
    """The sheets of a file, hidden ones too. Raises ImportFileError."""
    suffix = Path(source.name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ImportFileError(f"「{source.name}」不是可导入的文件，只能导入 .xlsx、.xls 和 .csv。")
    if not source.data:
        raise ImportFileError(f"「{source.name}」是空文件（0 字节）。")
    if len(source.data) > MAX_FILE_BYTES:
        raise ImportFileError(f"「{source.name}」超过 100 MB，请拆成几个文件再导入。")
    kind = content_kind(source.data)
    _check_suffix(source.name, suffix, kind)
    return [_read_csv(source)] if suffix == ".csv" else _read_workbook(source, kind)


def _check_suffix(name: str, suffix: str, kind: str) -> None:
    if kind == "html":
        raise ImportFileError(
            f"「{name}」其实是网页（HTML）文件。请用 Excel 打开，另存为 .xlsx 后再导入。"
        )
    if suffix == ".csv" and kind in {"xlsx", "xls"}:
        raise ImportFileError(
            f"「{name}」的扩展名是 .csv，内容却是 Excel 工作簿。请把扩展名改回 .{kind} 后再导入。"
        )
    if kind == "other" or (suffix != ".csv" and kind == "text"):
        raise ImportFileError(
            f"「{name}」的内容与扩展名 {suffix} 不符，无法打开。请用 Excel 另存为 .xlsx 后再导入。"
        )


def _read_workbook(source: SourceFile, kind: str) -> list[RawSheet]:
    if kind == "xlsx":
        check_archive(source.data, source.name)
    try:
        book = python_calamine.load_workbook(io.BytesIO(source.data))
        return [_read_sheet(book, meta) for meta in book.sheets_metadata if _is_grid(meta)]
    except python_calamine.PasswordError:
        raise _locked(source.name) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k" in source.data:
            raise _locked(source.name) from None
        raise ImportFileError(
            f"「{source.name}」已损坏或不是 Excel 工作簿，无法打开。请用 Excel 重新保存后再导入。"
        ) from error


def _locked(name: str) -> ImportFileError:
    return ImportFileError(f"「{name}」设有打开密码。请在 Excel 中取消密码后再导入。")


def _is_grid(meta: python_calamine.SheetMetadata) -> bool:
    return meta.typ == python_calamine.SheetTypeEnum.WorkSheet


def _read_sheet(
    book: python_calamine.CalamineWorkbook, meta: python_calamine.SheetMetadata
) -> RawSheet:
    sheet = book.get_sheet_by_name(meta.name)
    hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
    rows = sheet.to_python(skip_empty_area=False)
    return RawSheet(meta.name, rows, hidden, list(sheet.merged_cell_ranges or []))


def _read_csv(source: SourceFile) -> RawSheet:
    text = _decode(source).replace("\x00", "")
    if not text.strip():
        raise ImportFileError(f"「{source.name}」里没有内容。")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows = [[_unwrap(cell) for cell in row] for row in reader]
    except csv.Error as error:
        raise ImportFileError(
            f"「{source.name}」第 {reader.line_num} 行的引号不配对，无法读取。"
        ) from error
    width = max(map(len, rows), default=0)
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return RawSheet(source.stem, rows)


def _decode(source: SourceFile) -> str:
    if source.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return source.data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    guess = charset_normalizer.from_bytes(source.data).best()
    if guess is None:
        raise ImportFileError(
            f"「{source.name}」的文字编码无法识别。请用 Excel 另存为 .xlsx 后再导入。"
        )
    return str(guess)


def _delimiter(text: str) -> str:
    lines = text[:20_000].splitlines()[:20]
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))


def _unwrap(cell: str) -> str:
    """``="0729"``, the way some programs keep leading zeros in a csv, is the text 0729."""
    match = _TEXT_NUMBER.fullmatch(cell) if cell.startswith("=") else None
    return match[1] if match and match[1].isalnum() else cell
