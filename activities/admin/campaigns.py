"""Tags, campaigns, circulars."""

from django.contrib import admin

from activities.models import (
    Campaign,
    CampaignStep,
    CampaignTask,
    Circular,
    CircularReceipt,
    Tag,
    TagAxis,
)
from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.keeping import ReadOnly


class TagInline(PortalInline):
    model = Tag
    fields = ("name", "order", "is_active")
    select_related = ("axis",)


@admin.register(TagAxis)
class TagAxisAdmin(PortalAdmin):
    list_display = ("name", "source", "for_activities", "for_visits", "order", "is_active")
    search_fields = ("name",)
    fields = ("name", "source", ("for_activities", "for_visits"), ("order", "is_active"))
    inlines = (TagInline,)
    export_columns = ("name", "source", "order")


class CampaignTaskInline(PortalInline):
    model = CampaignTask
    fields = ("number", "name", "form", "target", "due_on")
    select_related = ("campaign", "form")


class CampaignStepInline(PortalInline):
    model = CampaignStep
    fields = ("kind", "held_on", "content", "activity")
    autocomplete_fields = ("activity",)
    select_related = ("campaign", "activity")


@admin.register(Campaign)
class CampaignAdmin(PortalAdmin):
    list_display = ("title", "region", "parent", "theme", "begins_on", "ends_on")
    list_select_related = ("region", "parent", "theme")
    search_fields = ("title",)
    autocomplete_fields = ("parent",)
    fields = (
        "title",
        ("region", "parent"),
        "theme",
        ("begins_on", "ends_on"),
        "purpose",
        "summary",
    )
    inlines = (CampaignTaskInline, CampaignStepInline)
    export_columns = ("title", "region", "parent", "theme", "begins_on", "ends_on")


class CircularReceiptInline(ReadOnly, PortalInline):
    model = CircularReceipt
    fields = ("deputy", "read_at", "response")
    readonly_fields = ("deputy", "read_at", "response")
    select_related = ("deputy", "circular")
    max_num = 0


@admin.register(Circular)
class CircularAdmin(ReadOnly, PortalAdmin):
    """Written and given out on its pages: what deputies have read stays as they read it."""

    list_display = ("title", "kind", "region", "campaign", "published_at")
    list_select_related = ("region", "campaign")
    list_filter = ("kind",)
    search_fields = ("title",)
    fields = ("kind", "title", "region", "campaign", "body", "wants_response")
    inlines = (CircularReceiptInline,)
    export_columns = ("title", "kind", "region", "published_at")
