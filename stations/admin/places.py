"""What stations are bound to and furnished with; features, models and their materials."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import TownFilter
from stations.models import (
    Enterprise,
    FeatureFigure,
    FeatureFigureKind,
    FeatureProfile,
    FixtureKind,
    FixtureNeed,
    Material,
    ModelStation,
    RegionOutline,
    ServiceTag,
)


@admin.register(ServiceTag)
class ServiceTagAdmin(PortalAdmin):
    list_display = ("name", "description", "order", "is_active")
    search_fields = ("name",)
    fields = ("name", "description", ("order", "is_active"))
    export_columns = ("name", "description")


@admin.register(Enterprise)
class EnterpriseAdmin(PortalAdmin):
    list_display = ("name", "region", "industry", "contact_name", "is_active")
    list_select_related = ("region",)
    list_filter = (TownFilter, "is_active")
    search_fields = ("name",)
    owner_fields = ("region",)
    autocomplete_fields = ("region",)
    exports_personal = True
    fields = (
        ("name", "region"), "industry", "address", ("contact_name", "contact_phone"), "is_active",
    )  # fmt: skip


@admin.register(RegionOutline)
class RegionOutlineAdmin(PortalAdmin):
    list_display = ("region", "source")
    list_select_related = ("region",)
    search_fields = ("region__name",)
    autocomplete_fields = ("region",)
    owner_fields = ("region",)
    fields = ("region", "polygons", "source")


class FixtureNeedInline(PortalInline):
    model = FixtureNeed
    fields = ("type", "least_count", "source")
    select_related = ("type", "kind")


@admin.register(FixtureKind)
class FixtureKindAdmin(PortalAdmin):
    list_display = ("name", "group", "order", "is_active")
    list_filter = ("group", "is_active")
    search_fields = ("name",)
    inlines = (FixtureNeedInline,)
    fields = ("name", "group", ("order", "is_active"))
    export_columns = ("name", "group")


class FigureInline(PortalInline):
    model = FeatureFigure
    fields = ("kind", "value", "as_of", "source")
    select_related = ("kind", "profile__station")


@admin.register(FeatureFigureKind)
class FeatureFigureKindAdmin(PortalAdmin):
    list_display = ("name", "unit", "order", "is_active")
    search_fields = ("name",)
    fields = ("name", "unit", ("order", "is_active"))
    export_columns = ("name", "unit")


@admin.register(FeatureProfile)
class FeatureProfileAdmin(PortalAdmin):
    list_display = ("title", "station", "industry", "lead", "company", "is_shown")
    list_select_related = ("station", "lead")
    list_filter = (TownFilter.by("station__region"), "is_shown")
    search_fields = ("title", "station__name", "industry")
    autocomplete_fields = ("station", "lead")
    owner_fields = ("station",)
    inlines = (FigureInline,)
    fields = (
        ("station", "title"), ("industry", "lead", "company"), "begins_on", "story", "is_shown",
    )  # fmt: skip
    export_columns = ("title", "station", "industry", "lead", "company")


@admin.register(ModelStation)
class ModelStationAdmin(PortalAdmin):
    list_display = ("title", "station", "begins_on", "ends_on")
    list_select_related = ("station",)
    list_filter = (TownFilter.by("station__region"),)
    search_fields = ("title", "station__name")
    autocomplete_fields = ("station",)
    owner_fields = ("station",)
    fields = ("station", "title", "reason", ("begins_on", "ends_on"))
    export_columns = ("title", "station", "begins_on", "ends_on")


@admin.register(Material)
class MaterialAdmin(PortalAdmin):
    list_display = ("title", "station", "author", "written_on")
    list_select_related = ("station",)
    list_filter = (TownFilter.by("station__region"),)
    search_fields = ("title", "station__name", "author")
    autocomplete_fields = ("station",)
    owner_fields = ("station",)
    fields = ("station", "title", "author", "written_on", "text", "file")
    export_columns = ("title", "station", "author", "written_on")

    def stamp(self, request: HttpRequest, row: Any, change: bool) -> None:
        if not change:
            row.entered_by = request.user
