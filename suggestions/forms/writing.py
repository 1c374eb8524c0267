"""The deputy's guided form; a draft may lack anything, submission says what is missing."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import Dictionary, Level
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.periods import Period
from congress_portal.core.uploads import PaperField
from deputies.models import Deputy
from suggestions.enums import TASK_DICTIONARIES, CallKind, Kind, Session
from suggestions.forms.fields import (
    DeputyNamesField,
    StepForm,
    WordsField,
    colleagues_of,
    units_field,
)
from suggestions.models import Call, Suggestion
from suggestions.services import congress_of
from suggestions.services.drafting import WRITTEN

_LONGEST = 10_000


def _area(label: str, rows: int, hint: str) -> WordsField:
    return WordsField(label, rows=rows, longest=_LONGEST, required=False, help_text=hint)


class WriteForm(forms.Form):
    """``key`` makes a double tap one draft; ``seen_at`` is the moment of the last save read."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen_at = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    title = forms.CharField(
        label="题目",
        required=False,
        max_length=200,
        help_text="一句话说清建议什么，如「关于修复白鹤村通村公路的建议」。",
    )
    reason = _area("案由", 3, "为什么要提出这件议案。")
    situation = _area("情况", 5, "看到、听到的实际情况：什么时候、什么地方、多少人受影响。")
    analysis = _area("分析", 4, "问题出在哪里，为什么一直没有解决。")
    proposal = _area("具体建议", 5, "希望哪个单位做什么，怎样才算办好。")
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.FIELD).active(),
        label="类别",
        required=False,
        empty_label="请选择",
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label="向哪里的人大提出", empty_label=None, required=False
    )
    session = forms.ChoiceField(
        label="提出时间", choices=Session.choices, widget=forms.RadioSelect, required=False
    )
    meeting = forms.CharField(
        label="会次", required=False, max_length=40, help_text="大会期间提出的写，如 第六次会议。"
    )
    call = forms.ModelChoiceField(
        Call.objects.none(), label="响应哪次征集", required=False, empty_label="不是响应征集"
    )
    proposed_units = units_field("建议由哪个单位办理")
    themes = forms.ModelMultipleChoiceField(
        DictionaryEntry.objects.filter(dictionary__in=TASK_DICTIONARIES).active(),
        label="结合哪项中心工作",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_one_matter = forms.BooleanField(label="一件建议只写了一个事项", required=False)
    wants_meeting = forms.BooleanField(label="希望承办单位当面沟通后再答复（面商）", required=False)
    consents_to_publication = forms.BooleanField(label="同意向社会公开建议和答复", required=False)
    paper = PaperField(
        "附件",
        required=False,
        help_text="照片、图表、联名单都可以；PDF、图片、Word 或 Excel，不超过 20 MB。",
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        deputy: Deputy,
        draft: Suggestion | None = None,
        kind: str = Kind.SUGGESTION,
        call: Call | None = None,
    ) -> None:
        super().__init__(data, files)
        self.draft, self.deputy = draft, deputy
        self.initial = _stored(draft) if draft else _fresh(deputy, kind, call)
        self._offer_places(deputy, draft)
        self._fit_kind(self.data.get("kind") or self.initial["kind"])

    def _offer_places(self, deputy: Deputy, draft: Suggestion | None) -> None:
        today = timezone.localdate()
        regions = Region.objects.filter(
            pk__in=deputy.mandates.all()
            .in_force(Period(today, today, ""))
            .filter(level__in=(Level.COUNTY, Level.TOWN))
            .values("region")
        )
        self.fields["region"].queryset = regions
        calls = Call.objects.filter(
            kind=CallKind.SUGGESTIONS, region__in=regions, opens_on__lte=today, closes_on__gte=today
        )
        if draft and draft.call_id:
            calls |= Call.objects.filter(pk=draft.call_id)
        self.fields["call"].queryset = calls
        if not self.fields["themes"].queryset.exists():
            del self.fields["themes"]
        for name in ("region", "call"):
            if len(self.fields[name].queryset) < (2 if name == "region" else 1):
                del self.fields[name]

    def _fit_kind(self, kind: str) -> None:
        """A motion has 案由、案据、方案; a suggestion 情况、分析、具体建议."""
        if kind == Kind.MOTION:
            self.fields["situation"].label, self.fields["proposal"].label = "案据", "方案"
            del self.fields["analysis"]
        else:
            del self.fields["reason"]

    @property
    def is_motion(self) -> bool:
        return "reason" in self.fields

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The page's numbered parts; one theme each."""
        parts = (
            ("写什么", ("title", "reason")),
            ("情况" if not self.is_motion else "案据", ("situation", "analysis")),
            ("建议" if not self.is_motion else "方案", ("proposal", "proposed_units")),
            ("归类", ("field", "themes", "region", "session", "meeting", "call")),
            ("愿望", ("is_one_matter", "wants_meeting", "consents_to_publication")),
            ("附件", ("paper",)),
        )
        return [
            (title, [self[name] for name in names if name in self.fields]) for title, names in parts
        ]

    def clean_seen_at(self) -> dt.datetime | None:
        text = self.cleaned_data["seen_at"]
        try:
            moment = dt.datetime.fromisoformat(text) if text else None
        except ValueError:
            return None
        return moment if moment is not None and timezone.is_aware(moment) else None

    def differing(self, stored: Suggestion) -> list[tuple[str, str, str]]:
        """Name, label and stored text of what was written elsewhere in other words."""
        return [
            (name, str(self.fields[name].label), getattr(stored, name))
            for name in WRITTEN
            if name in self.fields
            and getattr(stored, name) != self.cleaned_data.get(name, "").strip()
        ]

    def renew(self, stored: Suggestion) -> None:
        """After a conflict: what is sent next was written with the stored text in view."""
        data: Any = self.data.copy()
        data["seen_at"] = stored.saved_at.isoformat() if stored.saved_at else ""
        self.data = data

    @property
    def values(self) -> dict[str, Any]:
        """What ``save_draft`` takes; an unset choice of place or time stays as it is."""
        own = {"key", "seen_at", "paper"}
        given = {name: v for name, v in self.cleaned_data.items() if name not in own}
        for name in ("region", "session"):
            if not given.get(name):
                given.pop(name, None)
        for name in {"proposed_units", "themes"} & set(given):
            given[name] = list(given[name])
        return given


def _fresh(deputy: Deputy, kind: str, call: Call | None) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(),
        "kind": kind,
        "session": Session.PLENARY if kind == Kind.MOTION else Session.INTERVAL,
        "region": congress_of(deputy, timezone.localdate()).region_id,
        "call": call.pk if call else None,
    }


def _stored(draft: Suggestion) -> dict[str, Any]:
    names = (
        "kind", "title", "reason", "situation", "analysis", "proposal", "session", "meeting",
        "is_one_matter", "wants_meeting", "consents_to_publication",
    )  # fmt: skip
    return {
        **{name: getattr(draft, name) for name in names},
        "field": draft.field_id,
        "region": draft.region_id,
        "call": draft.call_id,
        "proposed_units": list(Unit.objects.filter(pk__in=draft.proposed_units.values("pk"))),
        "themes": list(draft.themes.all()),
        "seen_at": draft.saved_at.isoformat() if draft.saved_at else "",
    }


class SearchForm(forms.Form):
    q = forms.CharField(label="姓名、拼音或首字母", required=False, max_length=40)


class InviteForm(StepForm):
    watches = False

    deputies = forms.ModelMultipleChoiceField(
        Deputy.objects.none(),
        label="邀请谁",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请先勾选要邀请的代表。"},
    )

    def prepare(self) -> None:
        self.fields["deputies"].queryset = invitable(self.suggestion)
        self.fields["deputies"].label_from_instance = lambda row: f"{row.name}（{row.town.name}）"

    def narrow(self, words: str) -> None:
        """Offer only those who are searched for; what was ticked is checked against all."""
        rows = invitable(self.suggestion).search(words) if words else Deputy.objects.none()
        self.fields["deputies"].queryset = rows[:30]


def invitable(suggestion: Suggestion) -> Any:
    """Colleagues of the same congress who are not asked yet or have declined."""
    asked = suggestion.cosignatures.exclude(state="declined").values("deputy")
    rows = colleagues_of(suggestion).exclude(pk=suggestion.lead_id).exclude(pk__in=asked)
    return rows.order_by("pinyin", "pk")


class PaperSignerForm(StepForm):
    watches = False

    deputies = DeputyNamesField("纸面签名的代表")

    def prepare(self) -> None:
        self.fields["deputies"].rows = colleagues_of(self.suggestion)
        self.fields["deputies"].near = (self.suggestion.lead.town.prefix,)


class FileForm(StepForm):
    watches = False

    kind = forms.ChoiceField(label="类别")
    upload = PaperField()

    def offer(self, kinds: list[tuple[str, str]]) -> None:
        self.fields["kind"].choices = kinds
