"""What the congress office (and the government office) fills in."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from congress_portal.core.enums import Role
from congress_portal.core.models import RoleAssignment, User
from deputies.enums import GroupKind
from deputies.models import Group
from suggestions.enums import (
    NOT_IN_HAND,
    Decision,
    HandlingState,
    NominationState,
    ReviewKind,
    Share,
    State,
    SupervisionForm,
)
from suggestions.forms.fields import (
    DayField,
    DeputyNamesField,
    StepForm,
    WordsField,
    class_field,
    colleagues_of,
    comment_field,
    held_on,
    unit_field,
    units_field,
)
from suggestions.models import Extension, Handling, Nomination, Promise, ReviewItem, Suggestion
from suggestions.selectors import specialist_groups
from suggestions.services.steps import who_was_it


def _items(kind: str, label: str, *, required: bool) -> forms.ModelMultipleChoiceField:
    rows = ReviewItem.objects.filter(kind=kind, is_active=True)
    return forms.ModelMultipleChoiceField(
        rows, label=label, widget=forms.CheckboxSelectMultiple, required=required
    )


class AcceptForm(StepForm):
    on = held_on("受理日期")
    number = forms.CharField(
        label="编号",
        required=False,
        max_length=20,
        help_text="留空就接着本年度的号往下编；纸质已有编号的照填。",
    )
    comment = comment_field(required=False, label="审核意见")


class ReturnForm(StepForm):
    items = _items(ReviewKind.QUALITY, "哪里要改", required=False)
    comment = comment_field(required=False, label="还要说明的")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("items") and not data.get("comment"):
            self.add_error("comment", "请勾选要改的地方，或写明理由。")
        return data


class RefuseForm(StepForm):
    items = _items(ReviewKind.REFUSAL, "属于哪种情形", required=True)
    comment = comment_field(required=False, label="还要说明的")


def mergeable(user: User, suggestion: Suggestion) -> QuerySet[Suggestion]:
    """Main items that a suggestion of the same congress can join."""
    states = (State.ACCEPTED, State.AT_GOVERNMENT, State.HANDLING)
    rows = Suggestion.objects.editable_by(user).filter(region=suggestion.region, state__in=states)
    return rows.exclude(pk=suggestion.pk).order_by("-year", "number")


class MergeForm(StepForm):
    into = forms.ModelChoiceField(
        Suggestion.objects.none(), label="并入哪一件", empty_label="请选择"
    )
    comment = comment_field()

    def prepare(self) -> None:
        rows = mergeable(self.user, self.suggestion)
        self.offer_rows("into", rows, "要并入的主件情况已经变了。")
        self.fields["into"].label_from_instance = lambda row: (
            f"{row.year}年{row.number}　{row.title}（{row.get_state_display()}）"
        )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "into_pk": self.cleaned_data["into"].pk,
            "comment": self.cleaned_data["comment"],
        }


class HandOverForm(StepForm):
    lead = unit_field("主办单位")
    assisting = units_field("会办单位")
    on = held_on("交办日期")
    comment = comment_field(required=False, label="交办意见")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("lead") and data["lead"] in data.get("assisting", ()):
            self.add_error("assisting", "主办单位不能同时会办。")
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "assisting": list(self.cleaned_data["assisting"])}


class PassOnForm(StepForm):
    on = held_on("交政府办的日期")
    comment = comment_field(required=False, label="说明")


class ReassignForm(StepForm):
    """Instead of a unit that gave it back or is to give it up, or one more assisting unit."""

    instead_of = forms.ModelChoiceField(
        Handling.objects.none(),
        label="代替哪家单位",
        required=False,
        empty_label="不代替，增加一家会办单位",
    )
    unit = unit_field("交给哪家单位")
    on = held_on("改派日期")
    comment = comment_field()

    def prepare(self) -> None:
        rows = self.suggestion.handlings.exclude(state=HandlingState.ANSWERED)
        in_hand = self.suggestion.handlings.all().in_hand()
        if in_hand.filter(share=Share.LEAD).exists():
            rows = rows.exclude(share=Share.LEAD, state__in=sorted(NOT_IN_HAND))
        listed = rows.select_related("unit").order_by("-pk")
        self.offer_rows("instead_of", listed, "这家单位的情况已经变了。")
        self.fields["instead_of"].label_from_instance = lambda row: (
            f"{row.unit}（{row.get_share_display()}，{row.get_state_display()}）"
        )
        waiting = rows.filter(state=HandlingState.RETURNED).order_by("-ended_on", "-pk").first()
        self.initial["instead_of"] = waiting.pk if waiting else None

    @property
    def values(self) -> dict[str, Any]:
        data = dict(super().values)
        old = data.pop("instead_of")
        return {**data, "instead_of": old.pk if old else None, "share": Share.ASSIST}


class ExtensionDecisionForm(StepForm):
    """Of the one request that waits; the day may be earlier than asked for."""

    comment = comment_field(required=False, label="决定说明")

    def prepare(self) -> None:
        self.request = (
            Extension.objects.filter(
                handling__suggestion=self.suggestion, decision=Decision.PENDING
            )
            .select_related("handling__unit")
            .first()
        )
        self.fill()

    def fill(self) -> None:
        """Hook of the granting form."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.request is None:
            raise forms.ValidationError(f"没有待决定的延期申请。{who_was_it(self.suggestion)}")
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "extension_pk": self.request.pk if self.request else 0}


class GrantForm(ExtensionDecisionForm):
    until = DayField("同意延至")

    def fill(self) -> None:
        self.initial["until"] = self.request.asked_until if self.request else None


class DenyForm(ExtensionDecisionForm):
    comment = comment_field(label="不同意的理由")


def leaders() -> QuerySet[User]:
    held = RoleAssignment.objects.filter(role=Role.LEADER).values("user")
    return User.objects.filter(pk__in=held, is_active=True).order_by("pk")


class KeyForm(StepForm):
    is_key = forms.BooleanField(label="列为重点督办建议", required=False, initial=True)
    leading_member = forms.ModelChoiceField(
        User.objects.none(), label="领衔督办的领导", required=False, empty_label="暂不确定"
    )
    comment = comment_field(required=False, label="说明")

    def prepare(self) -> None:
        self.fields["leading_member"].queryset = leaders()
        self.initial["leading_member"] = self.suggestion.leading_member_id


class SupervisionEntryForm(StepForm):
    form = forms.ChoiceField(
        label="督办方式", choices=SupervisionForm.choices, widget=forms.RadioSelect
    )
    on = held_on()
    place = forms.CharField(label="地点", required=False, max_length=80)
    chair = forms.CharField(label="主持（带队）", required=False, max_length=40)
    deputies = DeputyNamesField("参加的代表", required=False)
    content = WordsField("督办情况")
    demand = WordsField("督办要求", rows=3, required=False)
    demand_due_on = DayField("要求完成日期", required=False)

    def prepare(self) -> None:
        self.fields["deputies"].rows = colleagues_of(self.suggestion)
        self.fields["deputies"].near = (self.suggestion.lead.town.prefix,)


class GroupFollowForm(StepForm):
    group = forms.ModelChoiceField(Group.objects.none(), label="专业代表小组", empty_label=None)
    on = held_on()
    content = WordsField("督导情况")
    opinion = WordsField("对答复的意见", rows=3, required=False)

    def prepare(self) -> None:
        rows = Group.objects.filter(
            kind=GroupKind.PROFESSIONAL, is_active=True, field=self.suggestion.field_id
        )
        if not self.user.scope.write_prefixes:
            rows = specialist_groups(self.user, self.suggestion)
        self.fields["group"].queryset = rows


class SettleForm(StepForm):
    promise = forms.ModelChoiceField(
        Promise.objects.none(), label="哪一项承诺", empty_label=None, widget=forms.RadioSelect
    )
    comment = comment_field(required=False, label="核实情况")

    def prepare(self) -> None:
        rows = self.suggestion.promises.all().open()
        self.offer_rows("promise", rows, "这项承诺已经了结。")
        first = rows.first()
        self.initial["promise"] = first.pk if first else None

    @property
    def values(self) -> dict[str, Any]:
        data = super().values
        return {"promise_pk": data["promise"].pk, "comment": data["comment"]}


class ReclassifyForm(StepForm):
    reply_class = class_field()
    promise = WordsField("承诺事项", rows=3, required=False)
    promise_due_on = DayField("承诺完成日期", required=False)
    comment = comment_field()


class PublishForm(StepForm):
    is_public = forms.BooleanField(label="列入公开目录", required=False)

    def prepare(self) -> None:
        self.initial["is_public"] = self.suggestion.published_on is None


class NominateForm(StepForm):
    year = forms.IntegerField(label="评选年度", min_value=2000, max_value=2100)
    reason = WordsField("推荐理由", rows=3, longest=400)

    def prepare(self) -> None:
        self.initial["year"] = self.suggestion.year


class HonourForm(StepForm):
    nomination = forms.ModelChoiceField(
        Nomination.objects.none(), label="哪次推荐", empty_label=None
    )
    honoured = forms.BooleanField(label="评为优秀建议", required=False, initial=True)
    votes = forms.IntegerField(label="得票", required=False, min_value=0, max_value=9999)
    honour = forms.CharField(
        label="荣誉名称", required=False, max_length=80, help_text="留空为「某年度优秀代表建议」。"
    )

    def prepare(self) -> None:
        rows = self.suggestion.nominations.filter(state=NominationState.PENDING)
        self.offer_rows("nomination", rows, "这次推荐已经评定。")

    @property
    def values(self) -> dict[str, Any]:
        data = dict(super().values)
        nomination = data.pop("nomination")
        return {**data, "nomination_pk": nomination.pk}


class InternalNoteForm(StepForm):
    watches = False

    text = WordsField("内部意见", rows=3, longest=2000)
