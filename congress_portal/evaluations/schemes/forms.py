from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.errors import DomainError
from congress_portal.core.listing import recent_quarters
from congress_portal.core.periods import Period
from congress_portal.evaluations.models import Scheme
from congress_portal.evaluations.schemes.templates import templates
from congress_portal.evaluations.selectors import subjects_of
from deputies.selectors import parse_period


class FromTemplateForm(forms.Form):
    template = forms.ChoiceField(
        label="模板", error_messages={"invalid_choice": "没有这个模板。", "required": "请选模板。"}
    )
    name = forms.CharField(
        label="方案名称", max_length=60, error_messages={"required": "请填写方案名称。"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [(each.code, each.name) for each in templates()]


class TrialForm(forms.Form):
    """For whom and when a scheme is tried; nothing is kept of it."""

    period = forms.CharField(
        label="周期", max_length=40, help_text="如 2026Q3、2026、2026-09。",
        error_messages={"required": "请填写周期。"},
    )  # fmt: skip
    subject = forms.TypedChoiceField(
        label="对象", coerce=int, empty_value=None,
        error_messages={
            "invalid_choice": "这一周期里没有这个对象，请另选。", "required": "请选对象。",
        },
    )  # fmt: skip

    def __init__(self, data: Any = None, *, scheme: Scheme) -> None:
        super().__init__(data)
        self.scheme = scheme
        last = recent_quarters(timezone.localdate())[1]
        self.fields["period"].initial = last.code
        self.period = self._period(data.get("period", "") if data else last.code) or last
        self.fields["subject"].choices = [
            (each.pk, each.key if each.key == each.label else f"{each.label}（{each.key}）")
            for each in subjects_of(scheme.subject_type, self.period)
        ]

    def clean_period(self) -> Period:
        try:
            return parse_period(self.cleaned_data["period"])
        except DomainError as error:
            raise forms.ValidationError(error.message) from error

    @staticmethod
    def _period(text: str) -> Period | None:
        try:
            return parse_period(text)
        except DomainError:
            return None
