"""Pairs of members and deputies, and the log of their contacts."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import WordsField, held_on
from congress_portal.core.models import DictionaryEntry, User
from deputies.fields import DeputyNamesField
from deputies.models import CommitteeMember, Deputy, Pairing


class PairForm(forms.Form):
    member = forms.ModelChoiceField(
        CommitteeMember.objects.none(), label="组成人员", empty_label="请选择"
    )
    deputies = DeputyNamesField("联系哪几位代表")
    begins_on = held_on("从哪天起")
    reason = forms.CharField(
        label="超过人数的理由",
        required=False,
        max_length=200,
        help_text="一般不用填；超过规则的人数时写明理由，会记入操作记录。",
    )

    def __init__(self, data: Any = None, *, members: QuerySet[CommitteeMember], user: User) -> None:
        super().__init__(data)
        self.fields["member"].queryset = members  # type: ignore[attr-defined]
        self.fields["deputies"].rows = Deputy.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["deputies"].near = user.scope.write_prefixes  # type: ignore[attr-defined]


class EndPairForm(forms.Form):
    on = held_on("联系到哪一天")


class MemberContactForm(forms.Form):
    """``opinion`` goes on as the deputy's opinion on the committee's own work."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    pairing = forms.ModelChoiceField(
        Pairing.objects.none(), label="联系了哪位代表", widget=forms.RadioSelect, empty_label=None
    )
    held_on = held_on()
    channel = forms.ModelChoiceField(
        DictionaryEntry.objects.none(), label="怎样联系", widget=forms.RadioSelect, empty_label=None
    )
    matter = WordsField("谈了什么", rows=3, longest=2000, required=False)
    opinion = WordsField(
        "代表对人大工作的意见",
        rows=3,
        longest=2000,
        required=False,
        help_text="填了就转给常委会办公室，由有关委室答复代表。",
    )

    def __init__(self, data: Any = None, *, pairs: QuerySet[Pairing]) -> None:
        super().__init__(data)
        self.initial = {"key": uuid.uuid4(), "held_on": timezone.localdate()}
        field: Any = self.fields["pairing"]
        field.queryset = pairs
        field.label_from_instance = lambda pair: f"{pair.deputy.name}（{pair.deputy.town.name}）"
        channels = DictionaryEntry.objects.of(Dictionary.CHANNEL).active()
        self.fields["channel"].queryset = channels  # type: ignore[attr-defined]
