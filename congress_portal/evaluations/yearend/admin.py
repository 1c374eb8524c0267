"""The year-end review as records; its pages and services write it."""

from django.contrib import admin

from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.evaluations.models import (
    Nominee,
    Recommendation,
    ReviewObjection,
    ReviewTitle,
    YearReview,
)


class TitleInline(ReadOnly, PortalInline):
    model = ReviewTitle
    fields = ("serial", "name", "places", "level", "wording")
    select_related = ("level",)


@admin.register(YearReview)
class YearReviewAdmin(ReadOnly, PortalAdmin):
    list_display = ("title", "year", "region", "state", "public_until", "awarded_on")
    list_select_related = ("region",)
    list_filter = ("state", "year")
    search_fields = ("title",)
    inlines = (TitleInline,)
    fields = (
        ("title", "year", "region"),
        ("state", "publicity_days", "sheet", "ballot"),
        "basis",
        ("publicised_on", "public_until"),
        ("given_by", "document_number", "awarded_on"),
        ("issued_at", "issued_by"),
    )


@admin.register(ReviewTitle)
class ReviewTitleAdmin(ReadOnly, PortalAdmin):
    list_display = ("name", "review", "places", "level")
    list_select_related = ("review", "level")
    search_fields = ("name",)


@admin.register(Nominee)
class NomineeAdmin(ReadOnly, PortalAdmin):
    list_display = ("deputy", "title", "rank", "votes", "papers", "is_chosen", "struck_reason")
    list_select_related = ("deputy", "title")
    list_filter = ("is_chosen",)
    search_fields = ("deputy__name", "title__name")


@admin.register(Recommendation)
class RecommendationAdmin(ReadOnly, PortalAdmin):
    list_display = ("nominee", "region", "group", "reason", "author", "given_at")
    list_select_related = ("nominee__deputy", "nominee__title", "region", "group", "author")
    search_fields = ("nominee__deputy__name", "reason")


@admin.register(ReviewObjection)
class ReviewObjectionAdmin(ReadOnly, PortalAdmin):
    list_display = ("review", "nominee", "received_on", "upheld", "answered_by")
    list_select_related = ("review", "nominee__deputy", "nominee__title", "answered_by")
    list_filter = ("upheld",)
    search_fields = ("words",)
