"""Filters of the lists of stations and receptions."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import Verification
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from deputies.models import Deputy
from stations.models import (
    Reception,
    RotaDuty,
    RotaSlot,
    Station,
    StationOfficer,
    StationType,
)


class StationFilter(ListFilter):
    q = forms.CharField(label="名称或编号", required=False, max_length=40)
    town = TownField()
    type = forms.ModelChoiceField(
        StationType.objects.all(), label="类型", required=False, empty_label="全部"
    )

    unkept = forms.BooleanField(
        label="没有站长、联络员的", required=False, widget=forms.HiddenInput
    )

    def by_unkept(self, rows: QuerySet[Station], only: bool) -> QuerySet[Station]:
        kept = StationOfficer.objects.on(timezone.localdate()).values("station")
        return rows.active().exclude(pk__in=kept) if only else rows

    def by_q(self, rows: QuerySet[Station], words: str) -> QuerySet[Station]:
        return rows.filter(Q(name__contains=words.strip()) | Q(number__icontains=words.strip()))

    def by_town(self, rows: QuerySet[Station], town: Region) -> QuerySet[Station]:
        return rows.filter(region=town)

    def by_type(self, rows: QuerySet[Station], kind: StationType) -> QuerySet[Station]:
        return rows.filter(type=kind)


class ReceptionFilter(ListFilter):
    period = PeriodField()
    town = TownField()
    verification = forms.ChoiceField(
        label="核实", required=False, choices=[("", "全部"), *Verification.choices]
    )
    station = forms.ModelChoiceField(
        Station.objects.none(), label="家站", required=False, widget=forms.HiddenInput
    )
    deputy = forms.ModelChoiceField(
        Deputy.objects.none(), label="代表", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = Station.objects.visible_to(self.user)
        self.fields["deputy"].queryset = Deputy.objects.visible_to(self.user)

    def by_period(self, rows: QuerySet[Reception], period: Period) -> QuerySet[Reception]:
        return rows.in_period(period)

    def by_town(self, rows: QuerySet[Reception], town: Region) -> QuerySet[Reception]:
        return rows.filter(station__region=town)

    def by_verification(self, rows: QuerySet[Reception], state: str) -> QuerySet[Reception]:
        return rows.filter(verification=state)

    def by_station(self, rows: QuerySet[Reception], station: Station) -> QuerySet[Reception]:
        return rows.filter(station=station)

    def by_deputy(self, rows: QuerySet[Reception], deputy: Deputy) -> QuerySet[Reception]:
        return rows.filter(duties__deputy=deputy)


class RotaDayFilter(ListFilter):
    """Reception days; ``month`` also drives the calendar page."""

    period = PeriodField()
    town = TownField()
    state = forms.ChoiceField(
        label="情况",
        required=False,
        choices=[
            ("", "全部"),
            ("empty", "没有代表的"),
            ("waiting", "过了还没登记的"),
            ("held", "已登记的"),
            ("cancelled", "取消的"),
        ],
    )
    station = forms.ModelChoiceField(
        Station.objects.none(), label="家站", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = Station.objects.visible_to(self.user)

    def by_period(self, rows: QuerySet[RotaSlot], period: Period) -> QuerySet[RotaSlot]:
        return rows.filter(held_on__range=(period.first, period.last))

    def by_town(self, rows: QuerySet[RotaSlot], town: Region) -> QuerySet[RotaSlot]:
        return rows.filter(station__region=town)

    def by_station(self, rows: QuerySet[RotaSlot], station: Station) -> QuerySet[RotaSlot]:
        return rows.filter(station=station)

    def by_state(self, rows: QuerySet[RotaSlot], state: str) -> QuerySet[RotaSlot]:
        today = timezone.localdate()
        standing = RotaDuty.objects.all().standing().values("slot")
        if state == "empty":
            return rows.standing().filter(held_on__gte=today).exclude(pk__in=standing)
        if state == "waiting":
            return rows.standing().filter(held_on__lt=today, reception__isnull=True)
        if state == "held":
            return rows.filter(reception__isnull=False)
        return rows.exclude(cancelled_reason="")
