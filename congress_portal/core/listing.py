"""Lists that figures open into: filters from the address, 25 rows a page."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period, parse_calendar_period, quarter_of, year

PAGE_SIZE = 25
_QUARTERS_OFFERED = 8


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    """The page that the address asks for; an impossible number gives the nearest page."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def recent_quarters(today: dt.date, count: int = _QUARTERS_OFFERED) -> list[Period]:
    """The running quarter and those before it, newest first."""
    found = [quarter_of(today)]
    while len(found) < count:
        found.append(found[-1].previous())
    return found


class PeriodField(forms.CharField):
    """``2026Q3``, ``2026`` or ``2026-09`` as a Period; offers the years and quarters just past.

    ``ahead``: the coming year too, for what is planned.
    """

    def __init__(self, label: str = "期间", *, hidden: bool = False, ahead: bool = False) -> None:
        self.ahead = ahead
        widget = forms.HiddenInput() if hidden else forms.Select()
        super().__init__(label=label, required=False, max_length=10, widget=widget)

    def offer(self, given: str, today: dt.date) -> None:
        """Fill the select; a valid period of the address that is not offered is added."""
        coming = [year(today.year + 1)] if self.ahead else []
        periods = [*coming, year(today.year), year(today.year - 1), *recent_quarters(today)]
        choices = [("", "全部"), *((each.code, each.label) for each in periods)]
        if given and given not in dict(choices):
            try:
                choices.append((given, parse_calendar_period(given).label))
            except DomainError:
                choices.append((given, given))
        self.widget.choices = choices

    def clean(self, value: Any) -> Period | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_calendar_period(text)
        except DomainError as error:
            raise forms.ValidationError(error.message) from error


class ListFilter(forms.Form):
    """Base of the lists' filters: each filled field ``x`` narrows by the method ``by_x``.

    A filter that cannot be read shows its fault and no rows, never other rows than asked for.
    """

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        if "period" in self.fields:
            cast("PeriodField", self.fields["period"]).offer(
                data.get("period", ""), timezone.localdate()
            )
        if "town" in self.fields:
            towns = Region.objects.towns().in_scope_of_reader(user)
            if len(towns) > 1:
                cast("TownField", self.fields["town"]).queryset = towns
            else:
                del self.fields["town"]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not self.is_valid():
            return rows.none()
        for name, value in self.cleaned_data.items():
            if value:
                rows = getattr(self, f"by_{name}")(rows, value)
        return rows

    @property
    def narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def only(self) -> list[str]:
        """What the hidden filters, set by a link, narrow to: «代表：张伟»."""
        if not self.is_valid():
            return []
        return [
            _narrowing(bound, value)
            for bound in self.hidden_fields()
            if (value := self.cleaned_data.get(bound.name))
        ]


def _narrowing(bound: forms.BoundField, value: Any) -> str:
    if value is True:
        return str(bound.label)
    if isinstance(value, Period):
        return f"{bound.label}：{value.label}"
    if isinstance(value, str) and isinstance(bound.field, forms.ChoiceField):
        value = dict(cast("Any", bound.field).choices)[value]
    return f"{bound.label}：{value}"


class TownField(forms.ModelChoiceField):
    def __init__(self) -> None:
        super().__init__(
            Region.objects.none(), label="镇（街道）", required=False, empty_label="全部"
        )
