"""Places, units, the calendar and the dictionaries."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.core.admin.base import PortalAdmin
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.enums import RegionLevel
from congress_portal.core.models import (
    CalendarDay,
    CalendarYear,
    DictionaryEntry,
    HeaderSynonym,
    Region,
    RetentionRule,
    Unit,
)
from congress_portal.core.workdays import calendar_changed


class WithinTownFilter(TownFilter):
    """A place by its own code."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        town = Region.objects.towns().filter(code=self.value()).first()
        return queryset.within(town) if town else queryset.none()


@admin.register(Region)
class RegionAdmin(PortalAdmin):
    list_display = ("name", "level", "parent", "code", "resident_population")
    list_select_related = ("parent",)
    list_filter = ("level", WithinTownFilter)
    search_fields = ("name", "^code")
    autocomplete_fields = ("parent",)
    owner_fields = ("parent",)
    has_import = True
    export_kinds = ("行政区划",)
    fields = (
        "code",
        "name",
        "level",
        "parent",
        ("registered_population", "resident_population"),
        ("households", "enterprises"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("parent")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.exclude(level__in=(RegionLevel.CELL,))


@admin.register(Unit)
class UnitAdmin(PortalAdmin):
    list_display = ("name", "short_name", "kind", "contact_name", "contact_phone", "is_active")
    list_select_related = ("kind",)
    list_filter = ("is_active", "kind")
    search_fields = ("name", "short_name")
    autocomplete_fields = ("region",)
    has_import = True
    export_kinds = ("承办单位",)
    fields = (
        "name",
        "short_name",
        "kind",
        "region",
        ("contact_name", "contact_phone"),
        "is_active",
    )


class CalendarMixin:
    """What was counted in working days follows the calendar at once, in the same transaction."""

    def save_related(self, request: HttpRequest, *args: Any) -> None:
        super().save_related(request, *args)  # type: ignore[misc]  # PortalAdmin's
        calendar_changed()

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().delete_view(request, *args, **kwargs)  # type: ignore[misc]  # PortalAdmin's
        if request.method == "POST":
            calendar_changed()
        return answer

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)  # type: ignore[misc]  # PortalAdmin's
        calendar_changed()


@admin.register(CalendarYear)
class CalendarYearAdmin(CalendarMixin, PortalAdmin):
    """The office says that all days of a year are entered; only then limits are computed in it."""

    list_display = ("year", "source")
    fields = ("year", "source")
    export_columns = ("year", "source")


@admin.register(CalendarDay)
class CalendarDayAdmin(CalendarMixin, PortalAdmin):
    """Every edit recomputes the open limits; see also «已录完的工作日历»."""

    list_display = ("date", "is_workday", "name")
    list_filter = ("is_workday",)
    search_fields = ("name", "^date")
    fields = ("date", "is_workday", "name")
    export_columns = ("date", "is_workday", "name")


@admin.register(RetentionRule)
class RetentionRuleAdmin(PortalAdmin):
    """``manage.py erase_personal`` works by these rows."""

    list_display = ("name", "months", "is_active", "source")
    fields = ("kind", "name", "months", "source", "is_active")
    export_columns = ("kind", "name", "months", "is_active", "source")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind",) if obj else ()


@admin.register(DictionaryEntry)
class DictionaryEntryAdmin(PortalAdmin):
    """Words that records use are switched off, not deleted; the database refuses the latter."""

    list_display = ("name", "dictionary", "code", "synonyms", "order", "is_active")
    list_filter = ("dictionary", "is_active")
    search_fields = ("name", "synonyms")
    fields = ("dictionary", "name", "code", "synonyms", "description", "order", "is_active")
    export_columns = ("dictionary", "name", "code", "synonyms", "description", "order")


@admin.register(HeaderSynonym)
class HeaderSynonymAdmin(PortalAdmin):
    list_display = ("synonym", "column", "kind")
    list_filter = ("kind",)
    search_fields = ("synonym", "column")
    fields = ("kind", "column", "synonym")
    export_columns = ("kind", "column", "synonym")
