"""Questionnaires to read in the back office; written by the steps alone."""

from django.contrib import admin

from suggestions.admin_voices import ReadOnlyAdmin
from suggestions.models import (
    Survey,
    SurveyAnswer,
    SurveyProblem,
    SurveyQuestion,
    SurveyResponse,
    SurveyTarget,
)


@admin.register(Survey)
class SurveyAdmin(ReadOnlyAdmin):
    list_display = ("title", "region", "state", "closes_on", "is_published")
    list_select_related = ("region",)
    list_filter = ("state",)
    exclude = ("token",)


@admin.register(SurveyQuestion)
class SurveyQuestionAdmin(ReadOnlyAdmin):
    list_display = ("survey", "serial", "kind", "text")
    list_select_related = ("survey",)


@admin.register(SurveyTarget)
class SurveyTargetAdmin(ReadOnlyAdmin):
    list_display = ("survey", "district", "people")
    list_select_related = ("survey", "district__term", "district__region")


@admin.register(SurveyResponse)
class SurveyResponseAdmin(ReadOnlyAdmin):
    list_display = ("survey", "district", "method", "entered_at")
    list_select_related = ("survey", "district__term", "district__region")
    list_filter = ("method",)


@admin.register(SurveyAnswer)
class SurveyAnswerAdmin(ReadOnlyAdmin):
    list_display = ("question", "picked", "words")
    list_select_related = ("question",)


@admin.register(SurveyProblem)
class SurveyProblemAdmin(ReadOnlyAdmin):
    list_display = ("measure", "unit", "due_on", "voice")
    list_select_related = ("unit", "voice")
