"""Forms of the ledger of things done for people."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from congress_portal.core.enums import Dictionary, Verification
from congress_portal.core.fields import WordsField, held_on
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.periods import Period
from congress_portal.core.photos import PhotoField
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy
from stations.models import Station
from stations.selectors.posted import deputies_near
from suggestions.enums import DeedSource
from suggestions.models import Deed, Suggestion, Voice, WishClaim

_TYPED = (DeedSource.PROJECT, DeedSource.SELF, DeedSource.SUGGESTION)


class DeedForm(forms.Form):
    """From a closed voice its place and source are given, and not asked for; so are those of a
    row that is changed, where it came from a voice."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
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

    def __init__(
        self, *args: Any, user: User, voice: Voice | None, deed: Deed | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.voice, self.initial["key"] = voice, uuid.uuid4()
        own = Station.objects.editable_by(user).active()
        free = Q(deed__isnull=True) | Q(deed=deed) if deed else Q(deed__isnull=True)
        rows: dict[str, Any] = {
            "category": DictionaryEntry.objects.of(Dictionary.FIELD).active(),
            "suggestion": Suggestion.objects.visible_to(user).filter(free, closed_on__isnull=False),
            "region": _places(user, own),
            "station": own.order_by("number"),
            "deputy": deputies_near(user).select_related("town"),
            "unit": Unit.objects.all(),
        }  # fmt: skip
        for name, found in rows.items():
            field: Any = self.fields[name]
            field.queryset = found
        self.fields["station"].required = not user.scope.write_prefixes
        if voice is not None:
            for name in ("source", "suggestion", "region"):
                del self.fields[name]
            given = {"category": voice.field_id, "station": voice.station_id}
            self.initial.update(given, deputy=heard_or_claimed(voice), unit=voice.unit_id)
        if deed is not None:
            for name in self.fields.keys() - {"key", "seen", "photo"}:
                self.initial[name] = getattr(deed, f"{name}_id", getattr(deed, name))
            self.initial["seen"] = fingerprint(deed)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        wants = data.get("source") == DeedSource.SUGGESTION
        if self.voice is None and wants != bool(data.get("suggestion")):
            self.add_error("suggestion", "来源是代表建议的，选哪件建议；不是的，不选。")
        region, station = data.get("region"), data.get("station")
        if region and station and not station.region.code.startswith(region.prefix):
            self.add_error("station", f"{station}不在{region}，请改其中一样。")
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {n: v for n, v in self.cleaned_data.items() if n not in ("key", "seen", "photo")}


def _places(user: User, stations: QuerySet[Station]) -> QuerySet[Region]:
    """Where the person enters: the own county and towns, or those of the kept stations."""
    rows = Region.objects.filter(
        Q(parent__isnull=True) | Q(pk__in=Region.objects.towns().order_by().values("pk"))
    )
    prefixes = user.scope.write_prefixes
    rule = Q(pk__in=stations.order_by().values("region"))
    for prefix in prefixes:
        rule |= Q(code__startswith=prefix)
    return rows.filter(rule).order_by("code")


def heard_or_claimed(voice: Voice) -> int | None:
    """The deputy who heard the matter, or who claimed the wish."""
    claims = WishClaim.objects.all().standing().filter(wish__voice=voice)
    return voice.deputy_id or claims.values_list("deputy", flat=True).first()


class DeedFilter(ListFilter):
    q = forms.CharField(label="办了什么事", required=False, max_length=60)
    period = PeriodField("办成于")
    town = TownField()
    category = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.FIELD), label="类别", required=False,
        empty_label="全部",
    )  # fmt: skip
    state = forms.ChoiceField(
        label="核实", required=False, choices=[("", "全部"), *Verification.choices]
    )

    def by_q(self, rows: QuerySet[Deed], words: str) -> QuerySet[Deed]:
        return rows.filter(title__contains=words.strip())

    def by_period(self, rows: QuerySet[Deed], period: Period) -> QuerySet[Deed]:
        return rows.filter(finished_on__range=(period.first, period.last))

    def by_town(self, rows: QuerySet[Deed], town: Region) -> QuerySet[Deed]:
        return rows.filter(region=town)

    def by_category(self, rows: QuerySet[Deed], entry: DictionaryEntry) -> QuerySet[Deed]:
        return rows.filter(category=entry)

    def by_state(self, rows: QuerySet[Deed], state: str) -> QuerySet[Deed]:
        return rows.filter(verification=state)


class CheckDeedForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    is_true = forms.TypedChoiceField(
        label="核实", choices=[("yes", "属实"), ("no", "不予核实")],
        coerce=lambda one: one == "yes",
        widget=forms.RadioSelect, error_messages={"required": "请选属实还是不予核实。"},
    )  # fmt: skip
    is_published = forms.BooleanField(label="在公开网页列出", required=False)
    reason = WordsField("不予核实的原因", rows=2, longest=200, required=False)

    def __init__(self, *args: Any, deed: Deed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(seen=fingerprint(deed), is_published=deed.is_published)
