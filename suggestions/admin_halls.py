"""Deliberations to read in the back office; written by the steps alone."""

from django.contrib import admin

from suggestions.admin_voices import ReadOnlyAdmin
from suggestions.models import Hall, HallTask, HallView


@admin.register(Hall)
class HallAdmin(ReadOnlyAdmin):
    list_display = ("topic", "activity", "concluded_on", "is_published")
    list_select_related = ("activity",)
    search_fields = ("topic",)


@admin.register(HallView)
class HallViewAdmin(ReadOnlyAdmin):
    list_display = ("hall", "serial", "speaker", "words")
    list_select_related = ("hall",)
    list_filter = ("speaker",)
    exclude = ("voter_name",)


@admin.register(HallTask)
class HallTaskAdmin(ReadOnlyAdmin):
    list_display = ("what", "hall", "unit", "owner", "due_on", "done_on")
    list_select_related = ("hall", "unit")
