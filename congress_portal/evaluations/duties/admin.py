"""Requirements, their parts and exemptions as rows of the office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from congress_portal.core.admin import PortalAdmin, PortalInline, PortalStack
from congress_portal.core.admin.forms import PortalModelForm, RowForm
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.errors import DomainError
from congress_portal.core.metrics import metrics_of
from congress_portal.evaluations.duties.figures import MODELS, duty_metric
from congress_portal.evaluations.enums import DutySubject
from congress_portal.evaluations.models import (
    Exemption,
    Nudge,
    Requirement,
    RequirementPart,
    TypeThreshold,
)


def _offered(current: str, kind: str = "") -> list[Any]:
    """The metrics of the kind, or of all kinds; a word that is there already stays."""
    kinds = [DutySubject(kind)] if kind else list(DutySubject)
    groups = [
        (each.label, [(found.code, found.name) for found in metrics_of(MODELS[each])])
        for each in kinds
    ]
    known = {code for _, choices in groups for code, _ in choices}
    kept = [(current, current)] if current and current not in known else []
    return [("", "———"), *kept, *groups]


def _refuse_unknown(form: forms.ModelForm, name: str, kind: str, text: str) -> None:
    if kind and text:
        try:
            duty_metric(kind, text)
        except DomainError as error:
            form.add_error(name, ValidationError(error.message))


class RequirementForm(PortalModelForm):
    also_shown = forms.ChoiceField(label="并列显示的口径", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "also_shown" in self.fields:
            kind = self.instance.subject_kind
            self.fields["also_shown"].choices = _offered(self.instance.also_shown, kind)

    def clean(self) -> dict[str, Any]:
        """The kind and its metrics belong together, also those of the parts that are there."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("subject_kind", "")
        _refuse_unknown(self, "also_shown", kind, cleaned.get("also_shown", ""))
        if self.instance.pk and "subject_kind" in self.changed_data:
            for part in self.instance.parts.all():
                _refuse_unknown(self, "subject_kind", kind, part.metric)
        return cleaned


class PartForm(RowForm):
    metric = forms.ChoiceField(label="计数口径")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "metric" in self.fields:
            row = self.instance
            kind = row.requirement.subject_kind if row.requirement_id else ""
            self.fields["metric"].choices = _offered(row.metric, kind)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        row = self.instance
        kind = row.requirement.subject_kind if row.requirement_id else ""
        _refuse_unknown(self, "metric", kind, cleaned.get("metric", ""))
        return cleaned


class PartInline(PortalStack):
    model = RequirementPart
    form = PartForm
    fields = (("serial", "name", "metric"), ("comparison", "threshold", "is_prorated"))
    select_related = ("requirement",)
    show_change_link = True
    verbose_name_plural = "项目（活动形式、主题和按家站类型的数量，存后点「修改」再选）"


@admin.register(Requirement)
class RequirementAdmin(PortalAdmin):
    form = RequirementForm
    list_display = ("name", "subject_kind", "owed_by", "period_kind", "is_active", "board")
    list_filter = ("subject_kind", "period_kind", "is_active")
    search_fields = ("name",)
    autocomplete_fields = ("region",)
    inlines = (PartInline,)
    fields = (
        "name",
        ("subject_kind", "owed_by", "region"),
        ("period_kind", "warn_days"),
        "source",
        "exempt_words",
        "also_shown",
        ("active_from", "active_to"),
        ("is_active", "order"),
    )

    @admin.display(description="完成情况")
    def board(self, row: Requirement) -> str:
        return format_html(
            '<a href="{}">看完成情况</a>', reverse("evaluations:duty_board", args=[row.pk])
        )


class TypeThresholdInline(PortalInline):
    model = TypeThreshold
    fields = ("station_type", "threshold")
    select_related = ("station_type",)


class PartPageForm(PortalModelForm):
    def clean(self) -> dict[str, Any]:
        """Forms and themes narrow only what counts activities."""
        cleaned = super().clean() or self.cleaned_data
        row = self.instance
        try:
            paths = duty_metric(row.requirement.subject_kind, row.metric).filters
        except DomainError:
            return cleaned
        for name, path in (("forms", "form"), ("themes", "theme")):
            if cleaned.get(name) and path not in paths:
                self.add_error(name, "这个计数口径不分活动形式和主题，请不要选。")
        return cleaned


@admin.register(RequirementPart)
class RequirementPartAdmin(PortalAdmin):
    form = PartPageForm
    list_display = ("name", "requirement", "metric", "comparison", "threshold")
    list_select_related = ("requirement",)
    list_filter = ("requirement__subject_kind",)
    search_fields = ("name", "requirement__name")
    inlines = (TypeThresholdInline,)
    fields = (("requirement", "name", "metric"), "forms", "themes")
    readonly_fields = ("requirement", "name", "metric")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # added on the page of the requirement


@admin.register(Exemption)
class ExemptionAdmin(PortalAdmin):
    list_display = ("subject_told", "requirement", "begins_on", "ends_on", "reason")
    list_select_related = (
        "requirement", "deputy", "station", "group", "town", "member__deputy",
    )  # fmt: skip
    search_fields = ("reason", "deputy__name", "station__name", "group__name")
    autocomplete_fields = ("requirement", "deputy", "station", "group", "town", "member")
    fields = (
        "requirement",
        ("deputy", "station", "group"),
        ("town", "member"),
        ("begins_on", "ends_on"),
        "reason",
    )

    @admin.display(description="对象")
    def subject_told(self, row: Exemption) -> str:
        return str(row.subject)


@admin.register(Nudge)
class NudgeAdmin(ReadOnly, PortalAdmin):
    list_display = ("sent_on", "requirement", "subject_told", "missing", "sent_by")
    list_select_related = (
        "requirement", "sent_by", "deputy", "station", "group", "town", "member__deputy",
    )  # fmt: skip
    search_fields = ("missing", "deputy__name", "station__name")
    fields = (
        "sent_on",
        "requirement",
        "period_code",
        "subject_told",
        "missing",
        "sent_by",
        "people",
    )
    readonly_fields = ("subject_told",)

    @admin.display(description="对象")
    def subject_told(self, row: Nudge) -> str:
        return str(row.subject)
