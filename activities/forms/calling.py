"""Receipts, leave, attendance: short forms, most of them for a phone."""

from typing import Any

from django import forms

from activities.enums import Answer, LeaveReason, ToldBy
from activities.models import Invitation
from congress_portal.core.stale import fingerprint


class AnswerForm(forms.Form):
    """The deputy's receipt. Both ways of answering stand on one page; ``answer`` tells which."""

    ACCEPT, LEAVE = "accept", "leave"

    answer = forms.ChoiceField(
        label="回执",
        choices=[(ACCEPT, "能参加"), (LEAVE, "请假")],
        widget=forms.HiddenInput,
        error_messages={"required": "请选择能参加还是请假。"},
    )
    leave_kind = forms.ChoiceField(
        label="请假类别",
        choices=LeaveReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择请假类别。"},
    )
    leave_reason = forms.CharField(
        label="事由",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一句话就行。",
    )
    round = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, invitation: Invitation) -> None:
        super().__init__(data)
        if self.is_bound and not self.asks_leave:
            self.fields["leave_kind"].required = False
        self.initial = {
            "leave_kind": invitation.leave_kind,
            "leave_reason": invitation.leave_reason,
            "round": invitation.activity.notice_round,
        }

    @property
    def asks_leave(self) -> bool:
        return self.is_bound and self.data.get("answer") == self.LEAVE

    @property
    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "accepts": given["answer"] == self.ACCEPT,
            "leave_kind": given["leave_kind"],
            "leave_reason": given["leave_reason"],
            "round_seen": given["round"],
        }


class SeenForm(forms.Form):
    """Carries what it was made from, so that two people do not undo each other."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, row: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.initial = {"seen": fingerprint(row), **self.initial}


class RecordAnswerForm(SeenForm):
    """代录: what a deputy said on the phone."""

    told_by = forms.ChoiceField(
        label="怎样通知到的",
        choices=[each for each in ToldBy.choices if each[0] != ToldBy.PORTAL],
        widget=forms.RadioSelect,
        initial=ToldBy.PHONE,
    )
    answer = forms.ChoiceField(
        label="代表怎么说",
        choices=[
            (Answer.ACCEPTED, "能参加"),
            (Answer.LEAVE_GRANTED, "请假，已同意"),
            (Answer.LEAVE_ASKED, "请假，还要请示"),
            (Answer.WAITING, "通知到了，还没有答复"),
        ],
        widget=forms.RadioSelect,
        initial=Answer.ACCEPTED,
    )
    leave_kind = forms.ChoiceField(
        label="请假类别", choices=LeaveReason.choices, widget=forms.RadioSelect, required=False
    )
    leave_reason = forms.CharField(label="请假事由", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        leaves = (Answer.LEAVE_ASKED, Answer.LEAVE_GRANTED)
        if cleaned.get("answer") in leaves and not cleaned.get("leave_kind"):
            self.add_error("leave_kind", "请假要选类别。")
        return cleaned


class DecideLeaveForm(SeenForm):
    grants = forms.ChoiceField(
        label="批假",
        choices=[("yes", "准假"), ("no", "不准假")],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="批假意见",
        max_length=200,
        required=False,
        help_text="不准假要写理由，代表会看到。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("grants") == "no" and not cleaned.get("words"):
            self.add_error("words", "不准假要写明理由，代表会看到。")
        return cleaned


class PhonesForm(forms.Form):
    """Why the numbers are needed, and whether to show or to print them."""

    reason = forms.CharField(
        label="用途",
        min_length=4,
        max_length=200,
        initial="电话通知活动",
        error_messages={
            "required": "请写明用途。",
            "min_length": "用途太短，请写清楚（至少 4 个字）。",
        },
    )
    then = forms.ChoiceField(
        choices=[("show", "显示"), ("pdf", "PDF"), ("docx", "Word")], widget=forms.HiddenInput
    )
