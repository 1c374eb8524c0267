"""Paper forms: numbered, entered and taken away on their own page, found here."""

from django.contrib import admin

from activities.models import EntrySheet
from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.admin.keeping import ReadOnly


@admin.register(EntrySheet)
class EntrySheetAdmin(ReadOnly, PortalAdmin):
    list_display = ("region", "year", "serial", "kind", "deputy", "used_at", "void_reason")
    list_select_related = ("region", "deputy")
    list_filter = ("kind", "year", TownFilter)
    search_fields = ("=serial", "deputy__name")
    fields = (
        ("region", "kind"), ("year", "serial"), ("printed_at", "printed_by"),
        ("deputy", "mark"), ("used_at", "used_by"), "void_reason",
    )  # fmt: skip
    export_columns = ("region", "year", "serial", "kind", "deputy", "used_at", "void_reason")
