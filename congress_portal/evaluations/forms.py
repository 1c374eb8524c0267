from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.errors import DomainError
from congress_portal.core.listing import ListFilter, PeriodField, TownField, recent_quarters
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.evaluations.models import Scheme, Score, ScoreSheet
from congress_portal.evaluations.selectors import subject_rows
from deputies.selectors import parse_period


class SheetFilter(ListFilter):
    scheme = forms.ModelChoiceField(
        Scheme.objects.none(), label="方案", required=False, empty_label="全部"
    )
    period = PeriodField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = Scheme.objects.visible_to(self.user).active()

    def by_scheme(self, rows: QuerySet[ScoreSheet], scheme: Scheme) -> QuerySet[ScoreSheet]:
        return rows.filter(scheme__name=scheme.name)

    def by_period(self, rows: QuerySet[ScoreSheet], period: Period) -> QuerySet[ScoreSheet]:
        return rows.filter(period_code=period.code)


class ScoreFilter(ListFilter):
    q = forms.CharField(label="名称或编号", required=False, max_length=40)
    town = TownField()

    def by_q(self, rows: QuerySet[Score], words: str) -> QuerySet[Score]:
        return rows.filter(label__contains=words) | rows.filter(key__contains=words)

    def by_town(self, rows: QuerySet[Score], town: Region) -> QuerySet[Score]:
        return rows.filter(region=town)


def begun_period(text: str) -> Period:
    """A period that has begun: before that there is nothing to count. Raises ValidationError."""
    try:
        period = parse_period(text)
    except DomainError as error:
        raise forms.ValidationError(error.message) from error
    if period.first > timezone.localdate():
        raise forms.ValidationError(f"{period.label}还没有开始，没有可计的记录。")
    return period


class ComputeForm(forms.Form):
    scheme = forms.ModelChoiceField(
        Scheme.objects.none(), label="方案", empty_label=None,
        error_messages={"invalid_choice": "没有这个在用的方案。"},
    )  # fmt: skip
    period = forms.CharField(
        label="周期",
        max_length=40,
        help_text="如 2026Q3、2026H1（上半年）、2026、2026-09，或县人大届次（第十八届）。",
        error_messages={"required": "请填写周期。"},
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        self.fields["scheme"].queryset = Scheme.objects.visible_to(user).active()
        self.fields["period"].initial = recent_quarters(timezone.localdate())[1].code

    def clean_period(self) -> Period:
        return begun_period(self.cleaned_data["period"])

    def clean(self) -> dict[str, Any]:
        """A period without anybody to score is a slip of the pen."""
        cleaned = super().clean() or {}
        scheme, period = cleaned.get("scheme"), cleaned.get("period")
        if scheme and period and not subject_rows(scheme.subject_type, period).exists():
            kind = scheme.get_subject_type_display()
            self.add_error("period", f"{period.label}没有可评的{kind}，请核对周期。")
        return cleaned


class DigestForm(forms.Form):
    """``digest`` is that of the figures on the page."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def look_again(self, sheet: ScoreSheet) -> None:
        """Refused, the page shows the figures as they are now: carry theirs, unconfirmed."""
        if self.is_bound:
            sent = {name: self.data[name] for name in self.data if name != "confirmed"}
            self.data = {**sent, "digest": sheet.digest}


class PublishForm(DigestForm):
    """Nothing unseen is published."""

    confirmed = forms.BooleanField(
        label="我已核对，同意发布",
        error_messages={"required": "请核对后勾选「我已核对，同意发布」。"},
    )


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label="更正的理由",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="理由会随新版本一起公布。",
        error_messages={"required": "请写明更正的理由。"},
    )


class PagesForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
