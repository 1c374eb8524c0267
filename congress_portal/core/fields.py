"""Fields that the forms of all apps share."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.text import printable

_EARLIEST = 2000


class DayField(forms.DateField):
    """A day; ``past`` refuses days after today (what has not been cannot be entered).

    ``coming`` refuses days before today (a day by which something is to be done), ``ahead`` is
    how many years from this one a day to come may lie.
    """

    def __init__(
        self,
        label: str,
        *,
        past: bool = False,
        coming: bool = False,
        ahead: int = 10,
        **kwargs: Any,
    ) -> None:
        self.past, self.coming, self.ahead = past, coming, ahead
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        faults = {"invalid": "请填写日期，如 2026-09-03。"}
        super().__init__(label=label, widget=widget, error_messages=faults, **kwargs)

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        today = timezone.localdate()
        if day and self.past and day > today:
            raise forms.ValidationError("日期不能晚于今天。")
        if day and self.coming and day < today:
            raise forms.ValidationError("日期不能早于今天。")
        if day and not _EARLIEST <= day.year <= today.year + self.ahead:
            raise forms.ValidationError("请核对日期的年份。")
        return day


def held_on(label: str = "哪一天") -> DayField:
    """A day that has been, today unless changed."""
    return DayField(label, past=True, initial=timezone.localdate)


class WordsField(forms.CharField):
    def __init__(self, label: str, *, rows: int = 4, longest: int = 5000, **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"rows": rows})
        super().__init__(label=label, max_length=longest, widget=area, **kwargs)

    def to_python(self, value: Any) -> str:
        """Control marks that came with a paste are dropped."""
        text: str = super().to_python(printable(value) if isinstance(value, str) else value) or ""
        return text


class HoursField(forms.DecimalField):
    """Hours of learning (学时): above 0, at most ``most``, halves and tenths allowed."""

    def __init__(self, label: str = "学时", *, most: int = 24, **kwargs: Any) -> None:
        self.most = most
        super().__init__(label=label, max_digits=5, decimal_places=1, **kwargs)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not 0 < value <= self.most:
            raise forms.ValidationError(f"学时要大于 0，最多 {self.most}。")


def yes_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", "是"), ("no", "否")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


_EARLIEST_YEAR = 2000


def year_near(year: int) -> int:
    """A year that the lists can show, next year at the latest. Raises ValidationError."""
    last = timezone.localdate().year + 1
    if not _EARLIEST_YEAR <= year <= last:
        raise forms.ValidationError(f"请填写{_EARLIEST_YEAR}到{last}之间的年份。")
    return year
