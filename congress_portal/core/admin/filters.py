"""Filters beside a list; their choices lie in the reader's scope and cost no DISTINCT."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from congress_portal.core.errors import DomainError
from congress_portal.core.listing import recent_quarters
from congress_portal.core.models import Region
from congress_portal.core.periods import parse_calendar_period, year

Choices = list[tuple[str, str]]


class TownFilter(admin.SimpleListFilter):
    """By the town; ``path`` leads from the row to its region."""

    title = "镇（街道）"
    parameter_name = "town"
    path: ClassVar[str] = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        towns = Region.objects.towns().in_scope_of_reader(request.user)
        return [(town.code, town.name) for town in towns]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        if not code:
            return queryset
        town = Region.objects.towns().filter(code=code).first()
        if town is None:
            return queryset.none()
        return queryset.filter(**{f"{self.path}__code__startswith": town.prefix})

    @classmethod
    def by(cls, path: str) -> type["TownFilter"]:
        return type("TownFilter", (cls,), {"path": path})


class PeriodFilter(admin.SimpleListFilter):
    """By this and last year and the last eight quarters; ``path`` names the day."""

    title = "期间"
    parameter_name = "period"
    path: ClassVar[str] = "held_on"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        today = timezone.localdate()
        periods = [year(today.year), year(today.year - 1), *recent_quarters(today)]
        return [(period.code, period.label) for period in periods]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        try:
            period = parse_calendar_period(self.value() or "")
        except DomainError:
            return queryset.none()
        return queryset.filter(**{f"{self.path}__range": (period.first, period.last)})

    @classmethod
    def by(cls, path: str) -> type["PeriodFilter"]:
        return type("PeriodFilter", (cls,), {"path": path})
