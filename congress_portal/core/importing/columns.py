"""The columns of a sheet: one declaration serves header recognition, import and export.

A ``Column`` is an import-export ``Field`` that also knows its synonyms and its part in the
row's identity; a ``Cell`` is a ``Widget`` whose ``clean`` depends on nothing but the cell, so
that the engine reads each distinct value of a column once.
"""

import copy
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from import_export.fields import Field
from import_export.widgets import Widget

from congress_portal.core.importing import values
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.names import split_names
from congress_portal.core.importing.text import (
    cell_text,
    is_excel_error,
    looks_like_formula,
    tidy_name,
)
from congress_portal.core.text import clean, normal


class Cell(Widget):
    """Text of at most ``limit`` characters, kept as written."""

    empty: Any = ""

    def __init__(self, limit: int = 0) -> None:
        super().__init__()
        self.limit = limit

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = self.text(value)
        if self.limit and len(text) > self.limit:
            raise ValueFault(f"文字太长（最多 {self.limit} 个字）")
        return text

    def text(self, value: Any) -> str:
        text = cell_text(value)
        text = text.strip() if text.isprintable() else clean(text)
        if is_excel_error(text):
            raise ValueFault("单元格显示为公式错误", "请改正单元格里的公式，或直接填写内容。")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else value


class NameCell(Cell):
    """The name of a person or a place: without its blanks, never like a formula."""

    def __init__(self, limit: int = 40, what: str = "姓名") -> None:
        super().__init__(limit)
        self.what = what

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if isinstance(value, str) and looks_like_formula(value):
            raise ValueFault(f"像公式的{self.what}", "姓名和名称不能以 =、+、-、@ 开头。")
        return tidy_name(super().clean(value))


class NamesCell(Cell):
    """Several names in one cell, as a tuple."""

    empty = ()

    def __init__(self, what: str = "姓名") -> None:
        super().__init__()
        self.what = what

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> tuple[str, ...]:
        text = self.text(value)
        names = tuple(split_names(text))
        if looks_like_formula(text) or any(looks_like_formula(name) for name in names):
            raise ValueFault(f"像公式的{self.what}", "姓名和名称不能以 =、+、-、@ 开头。")
        return names

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(str(item) for item in value) if value else ""


class DateCell(Cell):
    """A day; not after today unless ``may_be_ahead``."""

    empty = None

    def __init__(self, *, may_be_ahead: bool = False) -> None:
        super().__init__()
        self.may_be_ahead = may_be_ahead

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date | None:
        day = values.whole_date(value)
        if day and not self.may_be_ahead and day > timezone.localdate():
            raise ValueFault("日期在今天之后")
        return day


class LooseDateCell(DateCell):
    """A day, or a month that counts as its first day (建成时间)."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> dt.date | None:
        written = values.written_date(value)
        return super().clean(written.first_day()) if written else None


class MonthCell(Cell):
    """A month of birth, with its day where one was written; exported as 1975-03."""

    empty = None

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> values.WrittenDate | None:
        written = values.written_date(value)
        if written and written.first_day() > timezone.localdate():
            raise ValueFault("日期在今天之后")
        return written

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return f"{value:%Y-%m}" if value else ""


class CountCell(Cell):
    """A whole number that is not negative; ``label`` stands in the message."""

    empty = None

    def __init__(self, label: str, limit: int = 2_000_000_000) -> None:
        super().__init__()
        self.label, self.most = label, limit

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        return values.whole_number(value, self.label, self.most)


class AmountCell(Cell):
    """A number that may have decimals and is not negative."""

    empty = None

    def __init__(self, label: str, digits: int = 10, places: int = 2) -> None:
        super().__init__()
        self.label, self.digits, self.places = label, digits, places

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        return values.amount(value, self.label, self.digits, self.places)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return ""
        return int(value) if value == value.to_integral_value() else float(value)


class FlagCell(Cell):
    empty = False

    def __init__(self, yes: str = "是", no: str = "") -> None:
        super().__init__()
        self.yes, self.no = yes, no

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        return values.flag(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.yes if value else self.no


class MobileCell(Cell):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return values.mobile(value)


class OfficePhoneCell(Cell):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        phone = values.office_phone(value)
        if self.limit and len(phone) > self.limit:
            raise ValueFault(values.WRONG_PHONE)
        return phone


class IdentityCell(Cell):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return values.identity_number(value)


class ChoiceCell(Cell):
    """One of the words of an enum; any other is refused as «没有这个<label>»."""

    def __init__(
        self,
        choices: type[models.TextChoices],
        label: str,
        synonyms: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.label = label
        self.words = {normal(choice.label): choice.value for choice in choices}
        self.words.update({normal(word): value for word, value in (synonyms or {}).items()})
        self.labels = dict(choices.choices)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = self.text(value)
        if not text:
            return ""
        if normal(text) not in self.words:
            raise ValueFault(f"没有这个{self.label}")
        return self.words[normal(text)]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.labels.get(value, "")


class QuarterCell(Cell):
    """``2026年第一季度`` as ``2026Q1``."""

    empty = None

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str | None:
        return values.quarter(value)


class Column(Field):
    """One column of an office's sheet.

    ``header`` is the office's own word and the header of exports; ``needed`` refuses rows where
    the cell is blank (with ``blank_reason``); ``sets`` names the model attributes that stay
    untouched where a file lacks the column; ``joins`` puts several columns of the sheet together
    (单位 and 职务); ``personal`` values are masked where they are kept; an ``optional`` column is
    exported only where it holds something.
    """

    def __init__(
        self,
        header: str,
        cell: Cell | None = None,
        *,
        attribute: str | None = None,
        synonyms: tuple[str, ...] = (),
        needed: bool = False,
        blank_reason: str = "",
        sets: tuple[str, ...] = (),
        joins: bool = False,
        personal: bool = False,
        optional: bool = False,
    ) -> None:
        super().__init__(attribute=attribute, column_name=header, widget=cell or Cell())
        self.header = header
        self.cell = cell or Cell()
        self.synonyms = synonyms
        self.needed = needed
        self.blank_reason = blank_reason or f"{header}为空"
        self.sets = sets
        self.joins = joins
        self.personal = personal
        self.optional = optional

    def renamed(self, header: str) -> "Column":
        """The same column under another kind's word for it; the old word is a synonym."""
        twin = copy.copy(self)
        twin.header = twin.column_name = header
        twin.synonyms = (self.header, *(word for word in self.synonyms if word != header))
        return twin

    def made_optional(self) -> "Column":
        """The same column where a kind's sheets usually lack it."""
        twin = copy.copy(self)
        twin.optional = True
        return twin

    def export(self, instance: Any, **kwargs: Any) -> Any:
        """Dates and numbers stay typed; the writer decides how they look."""
        return self.cell.render(self.get_value(instance), instance)
