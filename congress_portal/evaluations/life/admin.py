"""What happens around a sheet, read only: the services of the pages write it."""

from django.contrib import admin

from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.evaluations.models import Appeal, Rating, SheetProof, Unlock


@admin.register(Appeal)
class AppealAdmin(ReadOnly, PortalAdmin):
    list_display = ("score", "line", "state", "raised_by", "raised_at", "answer_until")
    list_select_related = ("score", "line", "raised_by")
    list_filter = ("state", "is_late_stage")
    search_fields = ("score__label",)
    fields = (
        ("score", "line", "is_late_stage"),
        "words",
        ("raised_by", "raised_at", "answer_until"),
        "state",
        "answer",
        ("decided_by", "decided_at"),
    )


@admin.register(Rating)
class RatingAdmin(ReadOnly, PortalAdmin):
    list_display = ("scheme", "period_code", "indicator", "rater", "points", "author", "given_at")
    list_select_related = ("scheme", "author")
    list_filter = ("rater", "scheme")
    search_fields = ("indicator", "reason")


@admin.register(Unlock)
class UnlockAdmin(ReadOnly, PortalAdmin):
    list_display = ("sheet", "region", "station", "unit", "until", "reason", "opened_by")
    list_select_related = ("sheet__scheme", "region", "station", "unit", "opened_by")
    search_fields = ("reason",)


@admin.register(SheetProof)
class SheetProofAdmin(ReadOnly, PortalAdmin):
    list_display = ("sheet", "proved_at", "is_intact", "has_changed")
    list_select_related = ("sheet__scheme",)
    list_filter = ("is_intact", "has_changed")
