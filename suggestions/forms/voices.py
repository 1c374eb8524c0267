"""One form for every step on a voter's matter: each action shows the fields it needs."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import Rating
from congress_portal.core.fields import DayField, WordsField, yes_no
from congress_portal.core.models import Unit, User
from congress_portal.core.periods import Period
from congress_portal.core.photos import PhotoField
from congress_portal.core.scope import NOTHING
from deputies.models import Deputy, Mandate
from suggestions.models import RightDoor, Voice
from suggestions.selectors.voice_desk import SimilarVoice
from suggestions.selectors.voice_states import of_number
from suggestions.services.voices.handling import Facts
from suggestions.voice_workflow import VOICE_TABLE, VoiceAction

_WORDS = {
    VoiceAction.ANSWER: "答复（选民会看到）",
    VoiceAction.SOLVE_AT_ONCE: "怎样解决的（选民会看到）",
    VoiceAction.CONSULT: "会商记录：时间、地点、参加的人、意见",
    VoiceAction.OPINION: "协办意见",
    VoiceAction.TELL: "怎样告知的，如：电话告知",
    VoiceAction.REOPEN: "哪里没有解决",
    VoiceAction.TAKE_BACK: "为什么收回",
    VoiceAction.LOOK_BACK: "回访情况",
}
_PHOTOS = {
    VoiceAction.ANSWER, VoiceAction.SOLVE_AT_ONCE, VoiceAction.CONSULT, VoiceAction.COMMENT,
}  # fmt: skip


class VoiceStepForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        action: VoiceAction,
        user: User,
        voice: Voice,
        seen: str,
        similar: list[SimilarVoice],
    ) -> None:
        super().__init__(data, files)
        self.initial.update(seen=seen, key=uuid.uuid4())
        adders = {
            VoiceAction.ASSIGN: self._add_units,
            VoiceAction.TURN: self._add_deputy,
            VoiceAction.GUIDE: self._add_door,
            VoiceAction.MERGE: self._add_main,
            VoiceAction.CONFIRM: self._add_rating,
            VoiceAction.LOOK_BACK: self._add_solved,
        }
        self.user, self.voice, self.similar = user, voice, similar
        if adder := adders.get(action):
            adder()
        self.fields["comment"] = WordsField(
            _WORDS.get(action, "说明"),
            rows=4,
            longest=80 if action == VoiceAction.TELL else 1000,
            required=VOICE_TABLE[action].needs_comment,
        )
        if action in _PHOTOS:
            for name, label in (("before", "办理前的照片"), ("after", "办理后的照片")):
                field = PhotoField()
                field.label = label
                self.fields[name] = field

    def _add_units(self) -> None:
        units = Unit.objects.active()
        self.fields["lead"] = forms.ModelChoiceField(units, label="主办单位", empty_label="请选择")
        self.fields["assisting"] = forms.ModelMultipleChoiceField(
            units, label="协办单位", required=False, widget=forms.CheckboxSelectMultiple
        )
        self.fields["due_on"] = DayField(
            "办理期限", required=False, help_text="不填的，按意见办理规则的工作日数计算。"
        )

    def _add_deputy(self) -> None:
        if self.user.scope.deputy_user_id:
            return
        today = timezone.localdate()
        held = Mandate.objects.in_force(Period(today, today, today.isoformat()))
        writes = self.user.scope.writes("region") if self.user.scope.write_prefixes else NOTHING
        rows = Deputy.objects.filter(pk__in=held.filter(writes).order_by().values("deputy"))
        found = rows.filter(town=self.voice.region_id)
        found = (found if found.exists() else rows).select_related("town").order_by("pinyin", "pk")
        self.fields["deputy"] = forms.ModelChoiceField(
            found, label="由哪位代表提出", empty_label="请选择"
        )

    def _add_door(self) -> None:
        doors = RightDoor.objects.filter(is_active=True)
        self.fields["door"] = forms.ModelChoiceField(
            doors, label="属于哪一类", empty_label="请选择"
        )

    def _add_main(self) -> None:
        keys = [each.voice.pk for each in self.similar]
        field = forms.ModelChoiceField(
            Voice.objects.filter(pk__in=keys), label="合并到哪一件", empty_label=None,
            widget=forms.RadioSelect, required=False,
        )  # fmt: skip
        field.choices = [
            (each.voice.pk, f"{each.voice.raised_on} {each.voice.said[:40]}（{each.percent}%像）")
            for each in self.similar
        ]
        if self.similar:
            self.fields["main"] = field
        self.fields["number"] = forms.CharField(
            label="或者写那一件的登记号" if self.similar else "那一件的登记号",
            max_length=40, required=False, help_text="如：JZ003-2026-0001。",
        )  # fmt: skip

    def clean_number(self) -> Voice | None:
        """The matter to merge into, where none of those listed is it."""
        text = self.cleaned_data["number"].strip()
        if not text:
            return None
        found = of_number(Voice.objects.editable_by(self.user).exclude(pk=self.voice.pk), text)
        if not found.exists():
            raise forms.ValidationError("没有找到这个登记号，或者那一件不归您办理，请核对。")
        return found.get()

    def _add_rating(self) -> None:
        self.fields["rating"] = forms.ChoiceField(
            label="选民怎样评价",
            choices=[("", "没有评价"), *Rating.choices],
            required=False,
            widget=forms.RadioSelect,
        )

    def _add_solved(self) -> None:
        self.fields["is_solved"] = yes_no("真正落实了吗")

    @property
    def values(self) -> dict[str, Any]:
        """What ``take_voice_step`` takes besides action, voice and actor."""
        data = dict(self.cleaned_data)
        if number := data.pop("number", None):
            data["main"] = number
        given = {name: data.pop(name) for name in ("seen", "key", "comment")}
        return {**given, "facts": Facts(**data)}
