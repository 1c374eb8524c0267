"""Cells as offices write them, turned into values; a ``ValueFault`` says what is wrong.

Each function takes a cell as the reader gives it (text, number, date or "") and returns the
value, or ``None`` for a blank cell.
"""

import datetime as dt
import math
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from stdnum.iso7064 import mod_11_2

from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.text import cell_text, parsable

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

UNREADABLE_DATE = "日期无法识别"
NO_SUCH_DATE = "不存在的日期"
NOT_A_NUMBER = "不是数字"
WRONG_PHONE = "电话位数不对"

_EXCEL_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)  # 1927 … 2119
_YEARS = range(1900, 2200)
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(r"[〇零○一二三四五六七八九]{4}年")
_SEP = r"[-./年,、\\·_—–~]"
_FULL = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}})(?:月|{_SEP})(\d{{1,2}})[日号]?")
_MONTH = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}})月?份?")
_SHORT_YEAR = re.compile(r"(\d{2})([-./年])(\d{1,2})(?:月|[-./])(?:(\d{1,2})[日号]?)?")
_AFTER_DATE = re.compile(r"(?:\([^)]*\)|(?:星期|周)[一二三四五六日天]|[上下]午|全天)*")
_CLOCK = re.compile(r"[\sT]\d{1,2}[:：]\d{2}.*$")
_UNITS = re.compile(
    r"(?:人次|平方米|平米|学时|课时|小时|户次|m2|㎡|[人件条次个名篇份票分本册项户家天])+$",
    re.IGNORECASE,
)
_TOO_LARGE = 10**15
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0\d{9,11}|[2-9]\d{6,7}|[48]00\d{7}", re.ASCII)
_EXTENSION = re.compile(r"(?:转|ext\.?|[-—#*])(\d{1,6})$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_QUARTER = re.compile(r"(\d{4})年?度?[-/.]?(?:第?([1-4一二三四])季度?|q([1-4]))", re.IGNORECASE)
_YES = frozenset(
    [
        "√",
        "✓",
        "✔",
        "☑",
        "■",
        "●",
        "v",
        "有",
        "是",
        "对",
        "已",
        "y",
        "yes",
        "true",
        "1",
        "具备",
        "已有",
        "达标",
        "合格",
        "√有",
        "是√",
    ]
)
_NO = frozenset(
    [
        "×",
        "✕",
        "✗",
        "✘",
        "x",
        "无",
        "否",
        "没有",
        "未",
        "缺",
        "n",
        "no",
        "false",
        "0",
        "□",
        "○",
        "不具备",
        "未达标",
        "不合格",
        "—",
        "-",
        "/",
        "\\",
    ]
)


class WrittenDate(NamedTuple):
    """A date as precisely as it was written; ``day`` is ``None`` for ``1975.03``."""

    year: int
    month: int
    day: int | None

    def first_day(self) -> dt.date:
        return dt.date(self.year, self.month, self.day or 1)


def written_date(value: Cell) -> WrittenDate | None:
    """A date or a month in any written form; blank gives ``None``.

    Raises ``ValueFault``: 不存在的日期 for 2026年2月30日, 日期无法识别 for «去年».
    """
    if isinstance(value, dt.datetime | dt.date):
        return WrittenDate(value.year, value.month, value.day)
    if isinstance(value, bool | dt.time | dt.timedelta):
        raise ValueFault(UNREADABLE_DATE)
    if isinstance(value, float) and not value.is_integer():
        return _date_from_fraction(value)
    return _date_from_text(cell_text(value))


def _date_from_fraction(value: float) -> WrittenDate:
    """1975.03 typed as a number, or a serial with a time of day."""
    if not math.isfinite(value):
        raise ValueFault(UNREADABLE_DATE)
    if int(value) in _SERIALS:
        day = _EXCEL_EPOCH + dt.timedelta(days=int(value))
        return WrittenDate(day.year, day.month, day.day)
    if int(value) not in _YEARS:
        raise ValueFault(UNREADABLE_DATE)
    # 1975.1 may be January or a clipped October: only two digits after the point are certain.
    text = f"{value:.2f}"
    if value != float(text):
        raise ValueFault(UNREADABLE_DATE)
    month = int(text.split(".")[1])
    return _checked(int(value), month if month <= 12 else month // 10, None)


@lru_cache(maxsize=100_000)
def _date_from_text(text: str) -> WrittenDate | None:
    plain = parsable(_CLOCK.sub("", text)).rstrip(".。")
    if not plain:
        return None
    if _CHINESE_DATE.match(plain):
        plain = _arabic(plain)
    if plain.isdigit():
        return _date_from_digits(plain)
    if match := _FULL.match(plain):
        if not _AFTER_DATE.fullmatch(plain[match.end() :]):
            raise ValueFault(UNREADABLE_DATE)
        return _checked(int(match[1]), int(match[2]), int(match[3]))
    if match := _MONTH.fullmatch(plain):
        return _checked(int(match[1]), int(match[2]), None)
    if match := _SHORT_YEAR.fullmatch(plain):
        return _checked(_century(int(match[1])), int(match[3]), int(match[4] or 0) or None)
    raise ValueFault(UNREADABLE_DATE)


def _date_from_digits(plain: str) -> WrittenDate:
    if len(plain) == 8 and int(plain[:4]) in _YEARS:
        return _checked(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    if len(plain) == 6 and int(plain[:4]) in _YEARS:
        return _checked(int(plain[:4]), int(plain[4:]), None)
    if len(plain) == 5 and int(plain) in _SERIALS:
        day = _EXCEL_EPOCH + dt.timedelta(days=int(plain))
        return WrittenDate(day.year, day.month, day.day)
    raise ValueFault(UNREADABLE_DATE)


def _arabic(text: str) -> str:
    """二〇二六年十二月二十五日 → 2026年12月25日."""

    def number(match: re.Match[str]) -> str:
        tens, ones = match[1], match[2]
        digit = (tens or "一").translate(_CHINESE_DIGITS)
        return digit + (ones.translate(_CHINESE_DIGITS) if ones else "0")

    return re.sub(r"([二三]?)十([一二三四五六七八九]?)", number, text).translate(_CHINESE_DIGITS)


def _century(short: int) -> int:
    return 1900 + short if short > dt.date.today().year % 100 + 1 else 2000 + short  # noqa: DTZ011


def _checked(year: int, month: int, day: int | None) -> WrittenDate:
    if year not in _YEARS:
        raise ValueFault(UNREADABLE_DATE)
    try:
        dt.date(year, month, day or 1)
    except ValueError:
        raise ValueFault(NO_SUCH_DATE) from None
    return WrittenDate(year, month, day)


def whole_date(value: Cell) -> dt.date | None:
    """A date with its day; a month alone is not enough and cannot be recognised."""
    written = written_date(value)
    if written is None:
        return None
    if written.day is None:
        raise ValueFault(UNREADABLE_DATE, "请写明年、月、日，例如 2026-01-05。")
    return dt.date(written.year, written.month, written.day)


def number(value: Cell) -> Decimal | None:
    """A number with or without its unit (``260平方米``, ``1,200``, ``约80``)."""
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        raise ValueFault(NOT_A_NUMBER)
    if isinstance(value, int | float):
        return _decimal(repr(value))
    return _number_from_text(value or "")


@lru_cache(maxsize=50_000)
def _number_from_text(text: str) -> Decimal | None:
    plain = parsable(text).replace(",", "").removeprefix("约").removeprefix("共")
    if not plain:
        return None
    bare = _UNITS.sub("", plain)
    if not _NUMBER.fullmatch(bare):
        raise ValueFault(NOT_A_NUMBER)
    return _decimal(bare)


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueFault(NOT_A_NUMBER) from None
    if not found.is_finite():
        raise ValueFault(NOT_A_NUMBER)
    if abs(found) >= _TOO_LARGE:
        raise ValueFault("数字太大")
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def whole_number(value: Cell, label: str, limit: int = 2_000_000_000) -> int | None:
    """A count: a whole number, not negative, at most ``limit`` (what the database can hold)."""
    found = number(value)
    if found is None:
        return None
    if found < 0:
        raise ValueFault(f"{label}不能为负")
    if found != found.to_integral_value():
        raise ValueFault("不是整数")
    if found > limit:
        raise ValueFault("数字太大")
    return int(found)


def amount(value: Cell, label: str, digits: int = 10, places: int = 2) -> Decimal | None:
    """A measure or a mark that may have decimals, not negative, within ``digits`` in all."""
    found = number(value)
    if found is None:
        return None
    if found < 0:
        raise ValueFault(f"{label}不能为负")
    if found >= Decimal(10) ** (digits - places):
        raise ValueFault("数字太大")
    return found.quantize(Decimal(1).scaleb(-places))


def flag(value: Cell) -> bool:
    """``√ 有 是`` is true, ``× 无 否`` and a blank cell are false."""
    if isinstance(value, bool):
        return value
    plain = parsable(cell_text(value)).casefold()
    if not plain or plain in _NO:
        return False
    if plain in _YES or plain[0] in "√✓✔☑有是":
        return True
    if plain[0] in "×✕✗✘无否未":
        return False
    raise ValueFault("不是“√、×、有、无、是、否”之一")


def _phone_digits(value: Cell) -> str:
    plain = parsable(cell_text(value)).lstrip("'").removeprefix("+")
    if len(plain) >= 13 and plain.startswith("86"):
        plain = plain[2:].lstrip("-")
    return plain


def mobile(value: Cell) -> str:
    """A person's mobile number as eleven digits; "" for a blank cell."""
    digits = re.sub(r"[-—–_.·()\s]", "", _phone_digits(value))
    if not digits:
        return ""
    if not digits.isdigit():
        raise ValueFault("电话含有不是数字的字符")
    if len(digits) != 11:
        raise ValueFault(WRONG_PHONE)
    if not _MOBILE.fullmatch(digits):
        raise ValueFault("手机号码的号段不对", "手机号码以 13 至 19 开头。")
    return digits


def office_phone(value: Cell) -> str:
    """A station's or unit's number: mobile or land line, kept with its dash; "" if blank."""
    shown = _phone_digits(value)
    bare = re.sub(r"[-—–_.·()\s]", "", shown)
    if not bare:
        return ""
    if _MOBILE.fullmatch(bare) or _LANDLINE.fullmatch(bare):
        return shown
    main = _EXTENSION.sub("", shown)
    main = re.sub(r"[-—–_.·()\s]", "", main)
    if main != bare and main.isdigit() and (_LANDLINE.fullmatch(main) or _MOBILE.fullmatch(main)):
        return shown
    raise ValueFault(WRONG_PHONE if bare.isdigit() else "电话含有不是数字的字符")


LOST_DIGITS = ValueFault(
    "身份证号被存成数字而丢失尾数",
    "请先把这一列设为“文本”格式，再重新录入完整的 18 位身份证号（原来的尾数已经丢失，无法恢复）。",
)


def identity_number(value: Cell) -> str:
    """An 18-digit identity number (GB 11643) with a capital X; "" for a blank cell."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1e15:
        raise ValueFault(LOST_DIGITS.reason, LOST_DIGITS.advice)
    plain = parsable(cell_text(value)).lstrip("'").upper()
    if not plain:
        return ""
    if _SCIENTIFIC.fullmatch(plain):
        raise ValueFault(LOST_DIGITS.reason, LOST_DIGITS.advice)
    if len(plain) != 18:
        raise ValueFault("身份证号位数不对")
    if not _IDENTITY.fullmatch(plain):
        raise ValueFault("身份证号含有不该有的字符")
    try:
        dt.date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        raise ValueFault("身份证号中的出生日期不存在") from None
    if mod_11_2.checksum(plain) != 1:
        raise ValueFault("身份证号校验位错误")
    return plain


def identity_birthday(identity: str) -> dt.date:
    return dt.date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))


def identity_sex(identity: str) -> str:
    """男 or 女, from the seventeenth digit."""
    return "男" if int(identity[16]) % 2 else "女"


def quarter(value: Cell) -> str | None:
    """``2026年第一季度``, ``2026Q1`` or ``2026年1季度`` as ``2026Q1``; blank gives ``None``."""
    plain = parsable(cell_text(value))
    if not plain:
        return None
    match = _QUARTER.fullmatch(plain)
    if not match:
        raise ValueFault("季度无法识别", "请写成“2026年第一季度”。")
    digit = (match[2] or match[3]).translate(_CHINESE_DIGITS)
    return f"{match[1]}Q{digit}"
