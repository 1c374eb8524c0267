"""What deputies fill in after the reply."""

from typing import Any

from django import forms

from congress_portal.core.enums import Rating
from deputies.models import Group
from deputies.selectors import deputy_of
from suggestions.enums import Finding
from suggestions.forms.fields import (
    DeputyNamesField,
    StepForm,
    WordsField,
    colleagues_of,
    held_on,
    yes_no,
)


class AppraisalForm(StepForm):
    """Attitude and result apart, each with its words (满意、基本满意、不满意).

    Others may rate meanwhile: the sheet itself says whether it was given.
    """

    watches = False

    was_contacted = yes_no("答复前，承办单位联系过您吗")
    process = forms.ChoiceField(label="办理态度", choices=Rating.choices, widget=forms.RadioSelect)
    result = forms.ChoiceField(label="办理结果", choices=Rating.choices, widget=forms.RadioSelect)
    words = WordsField(
        "意见", rows=4, longest=2000, required=False, help_text="不满意的请写明哪里没有解决。"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        unhappy = Rating.UNSATISFIED in (data.get("process"), data.get("result"))
        if unhappy and not data.get("words", "").strip():
            self.add_error("words", "不满意的请写明意见，以便重新办理。")
        return data


class LookBackForm(StepForm):
    on = held_on("回头看日期")
    finding = forms.ChoiceField(label="结论", choices=Finding.choices, widget=forms.RadioSelect)
    words = WordsField("看到的情况", rows=4, longest=2000)
    deputies = DeputyNamesField("参加的代表", required=False)
    group = forms.ModelChoiceField(
        Group.objects.none(), label="代表小组", required=False, empty_label="不是小组组织的"
    )
    reopen = forms.BooleanField(label="没有解决，重启办理", required=False)

    def prepare(self) -> None:
        self.fields["deputies"].rows = colleagues_of(self.suggestion)
        self.fields["deputies"].near = (self.suggestion.lead.town.prefix,)
        self.fields["group"].queryset = Group.objects.visible_to(self.user).filter(is_active=True)
        own = deputy_of(self.user)
        if own is not None:
            self.initial["deputies"] = own.name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("deputies") and not data.get("group") and "deputies" not in self.errors:
            self.add_error("deputies", "请写参加的代表，或选代表小组。")
        if data.get("reopen") and data.get("finding") == Finding.SOLVED:
            self.add_error("reopen", "结论是已解决，不用重启办理。")
        return data


class ConsentForm(StepForm):
    """For the lead proposer; the office enters what the deputy told it."""

    consents = forms.TypedChoiceField(
        label="公开建议和答复", choices=[("yes", "同意公开"), ("no", "不同意公开")],
        coerce=lambda one: one == "yes", widget=forms.RadioSelect,
        error_messages={"required": "请选同意还是不同意。"},
    )  # fmt: skip
    how = WordsField("代表怎样表示的", rows=2, longest=200, required=False)

    def prepare(self) -> None:
        if self.suggestion.lead.user_id == self.user.pk:
            del self.fields["how"]
        else:
            self.fields["how"].help_text = "代为登记的要写，如：11月3日书面同意。"
