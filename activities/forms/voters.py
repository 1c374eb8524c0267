"""Fixed voters: one short form on the phone, and one to tick whom one has been in touch with."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from activities.forms.entries import VillageField
from activities.models import FixedVoter
from activities.selectors.entries import villages_by_town, villages_first
from activities.selectors.voters import voters_of
from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import WordsField, held_on
from congress_portal.core.importing import values
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy, DeputyQuerySet


class VoterForm(forms.Form):
    """``row`` is the entry to be mended; what was typed is compared with it when saved."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text="手机或座机。只有您和镇（街道）人大工作人员写明理由后能看到全号。",
    )
    village = VillageField()
    is_household = forms.BooleanField(label="按户联系（写户主姓名）", required=False)
    note = forms.CharField(
        label="备注", required=False, max_length=200, help_text="如 种粮大户、独居老人。"
    )
    begins_on = held_on("从哪天起联系")

    def __init__(self, data: Any = None, *, deputy: Deputy, row: FixedVoter | None = None) -> None:
        super().__init__(data)
        self.row = row
        today = timezone.localdate()
        village = self.fields["village"]
        village.offer(villages_first(deputy, today), villages_by_town(deputy))  # type: ignore[attr-defined]
        village.label = "住在哪个村（社区）"
        if row is not None:
            names = ("name", "phone", "is_household", "note", "begins_on")
            self.initial = {name: getattr(row, name) for name in names}
            self.initial |= {"village": row.village_id, "seen": fingerprint(row)}
        else:
            self.initial = {"village": deputy.village_id}

    def clean_name(self) -> str:
        name = "".join(self.cleaned_data["name"].split())
        if name[:1] in "=+-@":
            raise forms.ValidationError("姓名不能以 = + - @ 开头。")
        return name

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"]
        try:
            return values.office_phone(text) if text else ""
        except ValueFault as fault:
            raise forms.ValidationError(f"{fault.reason}。{fault.advice}") from fault

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class EndVoterForm(forms.Form):
    on = held_on("联系到哪一天")


class ContactForm(forms.Form):
    """Whom one has been in touch with today; a visit comes of it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    voters = forms.ModelMultipleChoiceField(
        FixedVoter.objects.none(),
        label="联系了哪几位",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少勾选一位。"},
    )
    held_on = held_on()
    channel = forms.ModelChoiceField(
        DictionaryEntry.objects.none(), label="怎样联系", widget=forms.RadioSelect, empty_label=None
    )
    matter = WordsField("反映了什么", rows=3, longest=2000, required=False)

    def __init__(self, data: Any = None, *, deputy: Deputy, shows_names: bool) -> None:
        super().__init__(data)
        self.initial = {"key": uuid.uuid4(), "held_on": timezone.localdate()}
        channels = DictionaryEntry.objects.of(Dictionary.CHANNEL).active()
        self.fields["channel"].queryset = channels  # type: ignore[attr-defined]
        field: Any = self.fields["voters"]
        field.queryset = voters_of(deputy, timezone.localdate())
        field.label_from_instance = lambda voter: voter.shown_as(in_full=shows_names)


class BoardFilter(ListFilter):
    """Deputies of the boards of contact: by name and town; the period is read by the page."""

    q = forms.CharField(label="姓名或拼音首字母", required=False, max_length=40)
    period = PeriodField()
    town = TownField()

    def by_q(self, rows: DeputyQuerySet, words: str) -> DeputyQuerySet:
        return rows.search(words)

    def by_period(self, rows: DeputyQuerySet, period: Any) -> DeputyQuerySet:
        return rows.in_office(period)

    def by_town(self, rows: DeputyQuerySet, town: Region) -> DeputyQuerySet:
        return rows.filter(town=town)


class VoterBoardFilter(BoardFilter):
    short = forms.BooleanField(label="只看人数不够的", required=False)

    def by_short(self, rows: DeputyQuerySet, _: bool) -> DeputyQuerySet:
        return rows  # the page, which knows the rules, leaves out the others


class HabitFilter(BoardFilter):
    flag = forms.ChoiceField(
        label="只看有提示的",
        required=False,
        choices=[
            ("", "全部"),
            ("any", "有任何一项提示"),
            ("narrow", "联系面偏窄"),
            ("unsteady", "忽冷忽热"),
            ("organised", "没有自主开展的"),
        ],
    )

    def by_flag(self, rows: DeputyQuerySet, _: str) -> DeputyQuerySet:
        return rows  # worked out beside the rows, see the page


class CoverageFilter(ListFilter):
    period = PeriodField()
