"""Filters of the lists of stations and receptions."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import Verification
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.metrics import Metric
from congress_portal.core.models import Region
from congress_portal.core.periods import Period, quarter_of
from deputies.models import Deputy
from stations.enums import OfficerKind
from stations.models import (
    FeatureProfile,
    ModelStation,
    Reception,
    RotaDuty,
    RotaSlot,
    ServiceTag,
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
    tag = forms.ModelChoiceField(
        ServiceTag.objects.order_by("order", "pk"),
        label="“＋”服务", required=False, empty_label="全部",
    )  # fmt: skip
    known = forms.ChoiceField(
        label="特色、示范",
        required=False,
        choices=[("", "全部"), ("feature", "有特色的"), ("model", "示范家站")],
    )
    vacancy = forms.ChoiceField(
        label="人员空缺",
        required=False,
        choices=[
            ("", "全部"),
            ("any", "站长或联络员空缺"),
            (OfficerKind.HEAD, "缺站长"),
            (OfficerKind.LIAISON, "缺联络员"),
        ],
    )
    region = forms.ModelChoiceField(
        Region.objects.all(), label="属于", required=False, widget=forms.HiddenInput
    )
    unkept = forms.BooleanField(
        label="没有站长、联络员的", required=False, widget=forms.HiddenInput
    )

    def by_unkept(self, rows: QuerySet[Station], only: bool) -> QuerySet[Station]:
        kept = StationOfficer.objects.on(timezone.localdate()).values("station")
        return rows.active().exclude(pk__in=kept) if only else rows

    def by_tag(self, rows: QuerySet[Station], tag: ServiceTag) -> QuerySet[Station]:
        return rows.filter(pk__in=tag.stations.values("pk"))

    def by_known(self, rows: QuerySet[Station], what: str) -> QuerySet[Station]:
        if what == "model":
            terms = ModelStation.objects.on(timezone.localdate())
            return rows.filter(pk__in=terms.values("station"))
        told = FeatureProfile.objects.values("station")
        return rows.filter(Q(pk__in=told) | ~Q(feature=""))

    def by_vacancy(self, rows: QuerySet[Station], what: str) -> QuerySet[Station]:
        """Of stations in use only: one that is closed needs nobody."""
        held = StationOfficer.objects.on(timezone.localdate())
        rows = rows.active()
        if what in set(OfficerKind):
            return rows.exclude(pk__in=held.filter(kind=what).values("station"))
        heads = held.filter(kind=OfficerKind.HEAD).values("station")
        liaisons = held.filter(kind=OfficerKind.LIAISON).values("station")
        return rows.exclude(Q(pk__in=heads) & Q(pk__in=liaisons))

    def by_region(self, rows: QuerySet[Station], place: Region) -> QuerySet[Station]:
        return rows.filter(region=place)

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

    period = PeriodField(ahead=True)
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
            return rows.unregistered(today)
        if state == "held":
            return rows.filter(reception__isnull=False)
        return rows.exclude(cancelled_reason="")


class SpreadFilter(forms.Form):
    """Which figure, of which stations, in which period; ``line`` is the least that is enough."""

    metric = forms.ChoiceField(label="比什么")
    period = PeriodField()
    type = forms.ModelChoiceField(
        StationType.objects.all(), label="类型", required=False, empty_label="全部"
    )
    line = forms.DecimalField(
        label="低于多少列出",
        required=False, min_value=0, max_digits=8, decimal_places=2,
        error_messages={"invalid": "请填写数字，如 80。"},
    )  # fmt: skip

    def __init__(self, data: Any, *, metrics: Sequence[Metric], today: dt.date) -> None:
        given = {"metric": "inspection_score", "period": quarter_of(today).previous().code}
        super().__init__(given | {key: value for key, value in data.items() if value})
        self.fields["metric"].choices = [(each.code, each.name) for each in metrics]
        self.fields["period"].offer(self.data["period"], today)
