"""Forms of the ledger of things done for people."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q

from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import WordsField, held_on
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.photos import PhotoField
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy
from stations.models import Station
from suggestions.enums import DeedSource
from suggestions.models import Deed, Suggestion, Voice

_TYPED = (DeedSource.PROJECT, DeedSource.SELF, DeedSource.SUGGESTION)


class DeedForm(forms.Form):
    """From a closed voice its place and source are given, and not asked for."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label="办了什么事", max_length=120, help_text="如 东街口装了路灯；不写群众姓名。"
    )
    category = forms.ModelChoiceField(
        DictionaryEntry.objects.none(), label="类别", empty_label="请选择"
    )
    finished_on = held_on("哪天办成的")
    source = forms.ChoiceField(label="来源", choices=[(each.value, each.label) for each in _TYPED])
    suggestion = forms.ModelChoiceField(
        Suggestion.objects.none(), label="哪件建议", required=False, empty_label="不是建议来的"
    )
    region = forms.ModelChoiceField(Region.objects.none(), label="县、镇或街道", empty_label=None)
    station = forms.ModelChoiceField(
        Station.objects.none(), label="家站", required=False, empty_label="不填"
    )
    deputy = forms.ModelChoiceField(
        Deputy.objects.none(), label="代表", required=False, empty_label="不填"
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="办理单位", required=False, empty_label="不填"
    )
    amount = forms.DecimalField(
        label="投入资金（元）", required=False, min_value=0, max_digits=12, decimal_places=2
    )
    beneficiaries = forms.IntegerField(
        label="受益人数", required=False, min_value=0, max_value=10_000_000
    )
    evidence = WordsField("凭据和经过", rows=4, longest=2000)
    photo = PhotoField()

    def __init__(self, *args: Any, user: User, voice: Voice | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voice, self.initial["key"] = voice, uuid.uuid4()
        rows: dict[str, Any] = {
            "category": DictionaryEntry.objects.of(Dictionary.FIELD).active(),
            "suggestion": Suggestion.objects.visible_to(user).filter(
                closed_on__isnull=False, deed__isnull=True
            ),
            "region": Region.objects.filter(
                Q(parent__isnull=True) | Q(pk__in=Region.objects.towns().order_by().values("pk"))
            ).order_by("code"),
            "station": Station.objects.visible_to(user).active(),
            "deputy": Deputy.objects.visible_to(user),
            "unit": Unit.objects.all(),
        }  # fmt: skip
        for name, found in rows.items():
            field: Any = self.fields[name]
            field.queryset = found
        if voice is not None:
            for name in ("source", "suggestion", "region"):
                del self.fields[name]
            given = {"category": voice.field_id, "station": voice.station_id}
            self.initial.update(given, deputy=voice.deputy_id, unit=voice.unit_id)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        wants = data.get("source") == DeedSource.SUGGESTION
        if self.voice is None and wants != bool(data.get("suggestion")):
            self.add_error("suggestion", "来源是代表建议的，选哪件建议；不是的，不选。")
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n not in ("key", "photo")}


class CheckDeedForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    is_true = forms.TypedChoiceField(
        label="核实", choices=[("1", "属实"), ("", "不予核实")], coerce=bool, required=False,
        empty_value=False, widget=forms.RadioSelect, initial="1",
    )  # fmt: skip
    is_published = forms.BooleanField(label="在公开网页列出", required=False)
    reason = WordsField("不予核实的原因", rows=2, longest=200, required=False)

    def __init__(self, *args: Any, deed: Deed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(seen=fingerprint(deed), is_published=deed.is_published)
