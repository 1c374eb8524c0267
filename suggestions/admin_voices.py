"""Settings of the voters' door, and the way of each matter to read."""

from django.contrib import admin
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin
from suggestions.models import (
    ConsentText,
    Deed,
    RightDoor,
    VoiceCase,
    VoiceLog,
    VoicePart,
    VoicePhoto,
    VoiceRule,
    Wish,
    WishClaim,
)


@admin.register(ConsentText)
class ConsentTextAdmin(PortalAdmin):
    """A new wording is a new version; what somebody agreed to stays."""

    list_display = ("version", "in_force_on")


@admin.register(RightDoor)
class RightDoorAdmin(PortalAdmin):
    list_display = ("name", "text", "is_active")


@admin.register(VoiceRule)
class VoiceRuleAdmin(PortalAdmin):
    list_display = ("region", "unit_days", "reopen_days", "easy_posts", "most_posts")
    list_select_related = ("region",)
    owner_fields = ("region",)


class ReadOnlyAdmin(PortalAdmin):
    """Written by the steps alone."""

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(VoiceCase)
class VoiceCaseAdmin(ReadOnlyAdmin):
    list_display = ("voice", "state", "posted_at", "answered_at", "reopened")
    list_select_related = ("voice__number__station",)
    list_filter = ("state",)
    exclude = ("token",)


@admin.register(VoicePart)
class VoicePartAdmin(ReadOnlyAdmin):
    list_display = ("voice", "unit", "share", "due_on", "ended_at")
    list_select_related = ("voice", "unit")


@admin.register(VoiceLog)
class VoiceLogAdmin(ReadOnlyAdmin):
    list_display = ("voice", "at", "label", "actor_name")
    list_select_related = ("voice",)


@admin.register(VoicePhoto)
class VoicePhotoAdmin(ReadOnlyAdmin):
    list_display = ("voice", "kind", "at")
    list_select_related = ("voice",)
    exclude = ("image",)


@admin.register(Wish)
class WishAdmin(ReadOnlyAdmin):
    list_display = ("text", "state", "published_at", "thanked_at")
    list_select_related = ("voice",)
    list_filter = ("state",)


@admin.register(WishClaim)
class WishClaimAdmin(ReadOnlyAdmin):
    list_display = ("wish", "who", "promised_on", "fulfilled_on", "given_back_at")
    list_select_related = ("wish", "deputy", "enterprise")
    exclude = ("photo",)


@admin.register(Deed)
class DeedAdmin(ReadOnlyAdmin):
    list_display = ("finished_on", "title", "category", "source", "region", "verification")
    list_select_related = ("category", "region")
    list_filter = ("verification", "source", "category")
    search_fields = ("title",)
