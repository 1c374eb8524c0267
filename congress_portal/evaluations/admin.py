"""Schemes as rows; score sheets that are computed and published, never typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from congress_portal.core.admin import PortalAdmin, PortalInline, PortalStack
from congress_portal.core.admin.forms import RowForm
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import recent_quarters
from congress_portal.core.periods import Period, year
from congress_portal.evaluations.duties import admin as duties  # noqa: F401 - registers its own
from congress_portal.evaluations.enums import SheetState, SubjectType
from congress_portal.evaluations.forms import begun_period
from congress_portal.evaluations.life.admin import AppealAdmin as AppealAdmin  # registers
from congress_portal.evaluations.marks import check_indicator, parse_raters, parse_weights
from congress_portal.evaluations.models import (
    Grade,
    Indicator,
    Scheme,
    Score,
    ScoreLine,
    ScoreSheet,
)
from congress_portal.evaluations.registry import metric_choices, metric_for
from congress_portal.evaluations.services import (
    compute_sheet,
    new_version,
    publish_sheet,
    recompute_open,
)
from congress_portal.evaluations.statistics import admin as statistics  # noqa: F401 - registers
from congress_portal.evaluations.warnings import admin as warnings  # noqa: F401 - registers
from congress_portal.evaluations.yearend import admin as yearend  # noqa: F401 - registers


def _offered(current: str) -> list[Any]:
    """Every metric, grouped by whom it counts; a word that is there already stays."""
    groups = [(kind.label, metric_choices(kind)) for kind in SubjectType]
    known = {code for _, choices in groups for code, _ in choices}
    kept = [(current, current)] if current and current not in known else []
    return [("", "———"), *kept, *groups]


class IndicatorForm(RowForm):
    metric = forms.ChoiceField(label="计数口径")
    denominator = forms.ChoiceField(label="比率分母", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("metric", "denominator"):
            kept = self._code(getattr(self.instance, name))
            self.fields[name].choices = _offered(kept)
            self.initial[name] = kept

    def _code(self, word: str) -> str:
        """A scheme of the office's file or of a template names its metrics in Chinese."""
        if not word or not self.instance.scheme_id:
            return word
        try:
            return metric_for(self.instance.scheme.subject_type, word).code
        except DomainError:
            return word

    def clean(self) -> dict[str, Any]:
        """A scheme can only count what there is for its kind of subject."""
        cleaned = super().clean()
        subject_type = self.instance.scheme.subject_type if self.instance.scheme_id else ""
        for name in ("metric", "denominator"):
            if subject_type and cleaned.get(name):
                try:
                    cleaned[name] = metric_for(subject_type, cleaned[name]).code
                except DomainError as error:
                    self.add_error(name, ValidationError(error.message))
        self._check_words(cleaned)
        return cleaned

    def _check_words(self, cleaned: dict[str, Any]) -> None:
        """Raters, weights, and the way of counting that a metric of our own needs."""
        checks: dict[str, Callable[[], object]] = {
            "raters": lambda: parse_raters(cleaned.get("raters") or ""),
            "weights": lambda: parse_weights(cleaned.get("weights") or ""),
            "method": lambda: check_indicator(
                cleaned.get("metric") or "", cleaned.get("method") or ""
            ),
        }
        for name, check in checks.items():
            try:
                check()
            except DomainError as error:
                self.add_error(name, ValidationError(error.message))


class GradeInline(PortalInline):
    model = Grade
    fields = ("name", "at_least")


class IndicatorInline(PortalStack):
    model = Indicator
    form = IndicatorForm
    fields = (
        ("serial", "name", "full"),
        ("method", "metric", "denominator"),
        ("target", "first", "further", "when_empty"),
        ("raters", "source", "weights"),
    )
    select_related = ("scheme",)


class PeriodForm(forms.Form):
    period = forms.CharField(
        label="周期",
        max_length=10,
        help_text="如 2026Q3、2026、2026-09。",
        error_messages={"required": "请填写周期。"},
    )

    def clean_period(self) -> Period:
        return begun_period(self.cleaned_data["period"])


class ConfirmForm(forms.Form):
    """``seen`` says which drafts were looked at: «key:digest» of each."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(
        label="我已核对", error_messages={"required": "请核对后勾选「我已核对」。"}
    )


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label="更正的理由",
        max_length=400,
        error_messages={"required": "请写明更正的理由，理由会随新版本公布。"},
    )


@admin.register(Scheme)
class SchemeAdmin(PortalAdmin):
    list_display = ("name", "version", "subject_type", "ranks", "is_active")
    list_filter = ("subject_type", "is_active")
    search_fields = ("name",)
    inlines = (IndicatorInline, GradeInline)
    has_import = True
    export_kinds = ("考评办法",)
    actions = ["compute_selected", "export_selected"]
    fields = (
        ("name", "version"),
        "subject_type",
        ("ranks", "is_active"),
        ("objection_days", "answer_days", "silence"),
        "description",
    )

    def export_rows(self, kind: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return Indicator.objects.filter(scheme__in=rows.order_by().values("pk"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Edited thresholds reach drafts only; what was checked or published keeps its own."""
        super().save_related(request, form, formsets, change)
        if not any(each.model is Grade and each.has_changed() for each in formsets):
            return
        try:
            count = recompute_open(scheme=form.instance, actor=request.user)
        except DomainError as error:
            messages.error(request, error.message)
            return
        if count:
            messages.success(request, f"等次改了，{count} 份草稿已重新计算；其余的结果不变。")

    @admin.action(description="计算考评结果", permissions=["change"])
    def compute_selected(self, request: HttpRequest, queryset: QuerySet[Scheme]) -> Any:
        form = PeriodForm(request.POST if "period" in request.POST else None)
        if not form.is_valid():
            if not form.is_bound:
                form.initial["period"] = recent_quarters(timezone.localdate())[1].code
            told = "按现在的记录计算所选方案；同一周期的草稿会重新计算，已发布的结果不变。"
            return self.ask(request, queryset, "compute_selected", form, "计算考评结果", told)
        for scheme in queryset:
            self._compute(request, scheme, form.cleaned_data["period"])
        return None

    def _compute(self, request: HttpRequest, scheme: Scheme, period: Period) -> None:
        try:
            sheet = compute_sheet(scheme=scheme, period=period, actor=request.user)
        except DomainError as error:
            messages.error(request, f"{scheme}：{error.message}")
            return
        link = reverse("admin:evaluations_scoresheet_change", args=[sheet.pk])
        told = format_html('已计算 <a href="{}">{}</a>，请核对后发布。', link, sheet)
        messages.success(request, told)


class YearFilter(admin.SimpleListFilter):
    title = "年度"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        this = timezone.localdate().year
        return [(str(number), f"{number}年") for number in range(this, this - 5, -1)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (self.value() or "").isdigit():
            return queryset
        whole = year(int(self.value() or 0))
        return queryset.filter(first_day__gte=whole.first, last_day__lte=whole.last)


class ScoreInline(ReadOnly, PortalInline):
    model = Score
    fields = ("rank", "label", "region", "total")
    select_related = ("region",)
    show_change_link = True
    verbose_name_plural = "得分"


@admin.register(ScoreSheet)
class ScoreSheetAdmin(ReadOnly, PortalAdmin):
    """Read only: computed, published and corrected by the services (DESIGN §4)."""

    list_display = ("scheme", "period_label", "version", "state", "computed_at", "published_at")
    list_select_related = ("scheme",)
    list_filter = ("state", "scheme__subject_type", YearFilter)
    search_fields = ("scheme__name", "period_code")
    inlines = (ScoreInline,)
    actions = ["recompute_selected", "publish_selected", "correct_selected"]
    fields = (
        ("scheme", "period_label", "version"),
        "state",
        ("computed_at", "computed_by"),
        ("checked_at", "checked_by"),
        ("disclosed_at", "objections_until", "decided_at"),
        ("published_at", "published_by", "appeals_until"),
        "reason",
        "documents",
        "digest",
    )
    readonly_fields = ("period_label", "documents")

    @admin.display(description="周期", ordering="-last_day")
    def period_label(self, sheet: ScoreSheet) -> str:
        return sheet.period.label

    @admin.display(description="文件")
    def documents(self, sheet: ScoreSheet) -> str:
        address = reverse("evaluations:sheet", args=[sheet.pk])
        return format_html('<a href="{}">看得分，下载通报和得分表</a>', address)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return ScoreSheet.objects.all().may_add(request.user)

    @admin.action(description="重新计算草稿", permissions=["publish"])
    def recompute_selected(self, request: HttpRequest, queryset: QuerySet[ScoreSheet]) -> None:
        for sheet in queryset.select_related("scheme"):
            try:
                compute_sheet(scheme=sheet.scheme, period=sheet.period, actor=request.user)
                messages.success(request, f"已重新计算：{sheet}。")
            except DomainError as error:
                messages.error(request, f"{sheet}：{error.message}")

    @admin.action(description="发布所选", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[ScoreSheet]) -> Any:
        drafts = queryset.exclude(state=SheetState.PUBLISHED).select_related("scheme")
        form = ConfirmForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            form.initial["seen"] = ",".join(f"{sheet.pk}:{sheet.digest}" for sheet in drafts)
            told = "请核对。发布以后，结果连同方案和依据一起封存，不能再改；有误只能发布新版本。"
            return self.ask(request, drafts, "publish_selected", form, "发布", told)
        told = form.cleaned_data["seen"]
        seen = dict(pair.split(":", 1) for pair in told.split(",") if ":" in pair)
        for sheet in drafts:
            try:
                digest = seen.get(str(sheet.pk), "" if seen else sheet.digest)
                publish_sheet(sheet=sheet, actor=request.user, digest=digest)
                messages.success(request, f"已发布并封存：{sheet}。各对象现在可以看到自己的得分。")
            except DomainError as error:
                messages.error(request, f"{sheet}：{error.message}")
        return None

    @admin.action(description="更正已发布的结果（新版本）", permissions=["publish"])
    def correct_selected(self, request: HttpRequest, queryset: QuerySet[ScoreSheet]) -> Any:
        form = CorrectionForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            told = "按现在的记录另算一个新版本的草稿；已发布的版本仍可查看。"
            return self.ask(request, queryset, "correct_selected", form, "另算新版本", told)
        for sheet in queryset.select_related("scheme"):
            try:
                new_version(sheet=sheet, reason=form.cleaned_data["reason"], actor=request.user)
                messages.success(request, f"已算出新版本的草稿：{sheet}，请核对后发布。")
            except DomainError as error:
                messages.error(request, f"{sheet}：{error.message}")
        return None


class ScoreLineInline(ReadOnly, PortalInline):
    model = ScoreLine
    fields = ("indicator", "formula", "points", "full", "note")
    verbose_name_plural = "得分明细"


@admin.register(Score)
class ScoreAdmin(ReadOnly, PortalAdmin):
    list_display = ("label", "sheet_title", "region", "total", "rank")
    list_select_related = ("sheet__scheme", "region")
    list_filter = ("sheet__state", "sheet__scheme__subject_type")
    search_fields = ("label", "=key")
    inlines = (ScoreLineInline,)
    fields = ("label", "sheet", "region", "total", "rank")
    export_columns = ("key", "label", "sheet", "total", "rank")

    @admin.display(description="考评结果")
    def sheet_title(self, score: Score) -> str:
        return str(score.sheet)
