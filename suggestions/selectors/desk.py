"""Reads of the reception desk: a day's visitors, paper forms that are still out."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from congress_portal.core.models import User
from stations.models import Reception, ReceptionNumber, RotaSlot, Station, ThemedReception
from stations.selectors.rota import slots_in_full
from suggestions.models import Voice


@dataclass(frozen=True)
class DeskDay:
    """A day at a station's desk; ``slot`` and ``reception`` are None where there is none."""

    station: Station
    held_on: dt.date
    slot: RotaSlot | None
    reception: Reception | None
    voices: list[Voice]
    sheets: list[ReceptionNumber]

    @property
    def is_held(self) -> bool:
        return self.reception is not None and bool(self.reception.duties.all())


def desk_day(user: User, station: Station, held_on: dt.date) -> DeskDay:
    """``station`` must be editable by the user."""
    slots = RotaSlot.objects.visible_to(user).filter(station=station, held_on=held_on)
    receptions = Reception.objects.filter(station=station, held_on=held_on)
    reception = receptions.prefetch_related("duties__deputy").first()
    voices = Voice.objects.filter(reception=reception) if reception else Voice.objects.none()
    return DeskDay(
        station,
        held_on,
        slots_in_full(slots).first(),
        reception,
        list(voices.select_related("number__station", "field", "route", "unit").order_by("pk")),
        list(sheets_out(station)),
    )


def sheets_out(station: Station) -> QuerySet[ReceptionNumber]:
    """Paper forms that were printed and neither entered nor voided."""
    rows = ReceptionNumber.objects.filter(
        station=station, printed_at__isnull=False, void_reason="", voice__isnull=True
    )
    return rows.select_related("station").order_by("year", "serial")


@dataclass(frozen=True)
class ThemedFigures:
    visitors: int
    settled: int
    to_units: int


def themed_in_full(rows: QuerySet[ThemedReception]) -> QuerySet[ThemedReception]:
    """With station, partners and ``visitors``: matters entered at its reception."""
    return (
        rows.select_related("station__region", "theme", "reception")
        .prefetch_related("partners")
        .annotate(visitors=Count("reception__voices", distinct=True))
        .order_by("-held_on", "station__number", "pk")
    )


def themed_figures(themed: ThemedReception) -> ThemedFigures:
    voices = Voice.objects.filter(reception__isnull=False, reception=themed.reception_id)
    found = voices.aggregate(
        visitors=Count("pk"),
        settled=Count("pk", filter=Q(closed_on__isnull=False)),
        to_units=Count("pk", filter=Q(unit__isnull=False)),
    )
    return ThemedFigures(**found)
