"""Training plans, courses and completions."""

from django.contrib import admin
from django.http import HttpRequest

from activities.models import (
    Course,
    CourseCompletion,
    CourseFile,
    QuizQuestion,
    TrainingPlan,
    TrainingSession,
)
from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import TownFilter


class TrainingSessionInline(PortalInline):
    """Audience and coverage are set and seen on the pages."""

    model = TrainingSession
    fields = ("title", "planned_on", "hours", "kind", "category")
    select_related = ("plan", "kind", "category")


@admin.register(TrainingPlan)
class TrainingPlanAdmin(PortalAdmin):
    list_display = ("year", "title", "region")
    list_display_links = ("year", "title")
    list_select_related = ("region",)
    list_filter = ("year",)
    search_fields = ("title",)
    owner_fields = ("region",)
    fields = ("title", ("region", "year"), "goal")
    inlines = (TrainingSessionInline,)
    export_columns = ("year", "title", "region")


class CourseFileInline(PortalInline):
    model = CourseFile
    fields = ("title", "file")
    readonly_fields = ("file",)
    select_related = ("course",)
    max_num = 0


class QuizQuestionInline(PortalInline):
    model = QuizQuestion
    fields = ("serial", "text", "choices", "right")
    select_related = ("course",)


@admin.register(Course)
class CourseAdmin(PortalAdmin):
    """Files are added and the course is published on its page."""

    list_display = ("title", "category", "region", "hours", "published_at", "is_active")
    list_select_related = ("category", "region")
    list_filter = ("is_active",)
    search_fields = ("title",)
    owner_fields = ("region",)
    readonly_fields = ("published_at",)
    fields = (
        "title",
        ("region", "category"),
        "sectors",
        "summary",
        "body",
        ("hours", "pass_mark"),
        ("is_active", "published_at"),
    )
    inlines = (CourseFileInline, QuizQuestionInline)
    export_columns = ("title", "category", "region", "hours", "is_active")


@admin.register(CourseCompletion)
class CourseCompletionAdmin(PortalAdmin):
    """Deputies note their own; here it is looked at, and taken out where it was a slip."""

    list_display = ("completed_on", "deputy", "course", "hours", "right_answers")
    list_display_links = ("completed_on", "deputy")
    list_select_related = ("deputy", "course")
    list_filter = (TownFilter.by("deputy__town"),)
    search_fields = ("deputy__name", "^deputy__pinyin", "course__title")
    readonly_fields = ("deputy", "course", "completed_on", "hours", "right_answers", "note")
    fields = (("deputy", "course"), ("completed_on", "hours", "right_answers"), "note")
    export_columns = ("completed_on", "deputy", "course", "hours")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
