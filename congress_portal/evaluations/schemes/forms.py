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

_MOST_TOLD = 9


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
    subject = forms.CharField(
        label="对象", max_length=80, help_text="写名称或其中几个字，再从列出的里选。",
        widget=forms.TextInput({"list": "subjects", "autocomplete": "off"}),
        error_messages={"required": "请写对象。"},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, scheme: Scheme) -> None:
        super().__init__(data)
        last = recent_quarters(timezone.localdate())[1]
        self.fields["period"].initial = last.code
        period = self._period(data.get("period", "") if data else last.code) or last
        self.subjects = {
            each.key if each.key == each.label else f"{each.label}（{each.key}）": each.pk
            for each in subjects_of(scheme.subject_type, period)
        }

    def clean_subject(self) -> int:
        """Its key: the one named in full, else the only one whose name holds the words."""
        words = self.cleaned_data["subject"]
        close = (
            [words] if words in self.subjects else [one for one in self.subjects if words in one]
        )
        if not close:
            raise forms.ValidationError(f"这一周期里没有「{words}」，请另写。")
        if len(close) > 1:
            some = "、".join(close[:_MOST_TOLD])
            raise forms.ValidationError(f"「{words}」有 {len(close)} 个，请写明是哪一个：{some}。")
        return self.subjects[close[0]]

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
