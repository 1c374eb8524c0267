"""What a campaign found: marks side by side, means, spread, ranks (M38, M42)."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from congress_portal.core.models import Region, User
from stations.enums import InspectionCampaignState, ObjectionState, SheetState
from stations.models import (
    Assignment,
    InspectionCampaign,
    InspectionMark,
    InspectionSheet,
    SheetLine,
    Station,
    Team,
)
from stations.models.campaign import scoring_now

_CENT = Decimal("0.01")
LINE_PERCENT = 80


def rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def mean(values: Sequence[Decimal]) -> Decimal:
    """To 0.01, half up; there must be a value."""
    return rounded(sum(values, Decimal(0)) / len(values))


def ranks(values: Mapping[Hashable, Decimal]) -> dict[Hashable, int]:
    """1 for the highest; equal figures share a rank and the next ones are left out (1, 2, 2, 4)."""
    return {key: 1 + sum(other > one for other in values.values()) for key, one in values.items()}


@dataclass(frozen=True)
class Mark:
    team: str
    score: Decimal
    sheet: int


@dataclass
class PlaceResult:
    """A place with the marks of its teams; ``rank`` 0 until all are set."""

    region: Region
    station: Station | None
    name: str
    marks: list[Mark] = field(default_factory=list)
    rank: int = 0

    @property
    def mean(self) -> Decimal:
        return mean([mark.score for mark in self.marks])

    @property
    def spread(self) -> Decimal | None:
        """Highest less lowest of several teams; None with one team."""
        scores = [mark.score for mark in self.marks]
        return max(scores) - min(scores) if len(scores) > 1 else None


@dataclass
class TownResult:
    """Mean of the means of the town's places."""

    region: Region
    mean: Decimal
    places: int
    rank: int = 0


@dataclass(frozen=True)
class Spread:
    """How far apart the places lie: ``deviation`` is the standard deviation of all of them."""

    highest: Decimal
    lowest: Decimal
    mean: Decimal
    deviation: Decimal
    line: Decimal
    below: list[PlaceResult]

    @property
    def width(self) -> Decimal:
        return self.highest - self.lowest


@dataclass(frozen=True)
class Results:
    full: Decimal
    places: list[PlaceResult]
    towns: list[TownResult]
    spread: Spread | None
    teams: list[str]

    @property
    def has_several_teams(self) -> bool:
        return any(len(place.marks) > 1 for place in self.places)


def full_points(campaign: InspectionCampaign) -> Decimal:
    """What can be reached: of the sheets as they were handed out, else of the standard."""
    sheet = InspectionSheet.objects.filter(assignment__team__campaign=campaign).first()
    rows = sheet.lines if sheet else campaign.standard.items.filter(points__gt=0)
    return rounded(Decimal(rows.aggregate(total=Sum("points"))["total"] or 0))


def scored_sheets(campaign: InspectionCampaign) -> QuerySet[InspectionSheet]:
    """Submitted and locked ones with their total; whoever may see the result reads all."""
    rows = InspectionSheet.objects.filter(assignment__team__campaign=campaign)
    rows = rows.exclude(state=SheetState.DRAFT)
    totals = rows.annotate(points=Sum("lines__points"), lost=Sum("lines__deduction"))
    return totals.select_related(
        "assignment__team", "assignment__station__type", "assignment__region"
    ).order_by("assignment__team__order", "assignment__team_id", "pk")


def results_of(campaign: InspectionCampaign, *, line_percent: int = LINE_PERCENT) -> Results:
    """Scores of a locked sheet are those written at the lock; before, they are summed up."""
    places: dict[tuple[int, int | None], PlaceResult] = {}
    teams: dict[str, None] = {}
    for sheet in scored_sheets(campaign):
        place = sheet.assignment
        key = (place.region_id, place.station_id)
        result = places.setdefault(key, PlaceResult(place.region, place.station, sheet.place))
        result.marks.append(Mark(place.team.name, _score(sheet), sheet.pk))
        teams[place.team.name] = None
    order = ranks({key: found.mean for key, found in places.items()})
    for key, found in places.items():
        found.rank = order[key]
    listed = sorted(places.values(), key=lambda p: (p.rank, p.region.code, p.name))
    full = full_points(campaign)
    spread = _spread(listed, full * line_percent / 100) if listed else None
    return Results(full, listed, _towns(listed), spread, list(teams))


def _score(sheet: Any) -> Decimal:
    """As written at the lock, before that of the sums that ``scored_sheets`` brings along."""
    value = sheet.score if sheet.score is not None else sheet.points - sheet.lost
    return rounded(Decimal(value))


def _towns(places: Iterable[PlaceResult]) -> list[TownResult]:
    """Towns alone: the county's own stations belong to none."""
    grouped: dict[int, list[PlaceResult]] = {}
    for place in places:
        if place.region.is_town:
            grouped.setdefault(place.region.pk, []).append(place)
    towns = {
        key: TownResult(rows[0].region, mean([row.mean for row in rows]), len(rows))
        for key, rows in grouped.items()
    }
    order = ranks({key: town.mean for key, town in towns.items()})
    for key, town in towns.items():
        town.rank = order[key]
    return sorted(towns.values(), key=lambda town: (town.rank, town.region.code))


def _spread(places: Sequence[PlaceResult], line: Decimal) -> Spread:
    values = [place.mean for place in places]
    middle = sum(values, Decimal(0)) / len(values)
    variance = sum(((value - middle) ** 2 for value in values), Decimal(0)) / len(values)
    below = [place for place in places if place.mean < line]
    return Spread(
        max(values), min(values), rounded(middle), rounded(variance.sqrt()), rounded(line), below
    )


@dataclass(frozen=True)
class LostPoints:
    """An item and how often and how much was deducted for it."""

    name: str
    count: int
    lost: Decimal


def lost_by_item(campaign: InspectionCampaign) -> list[LostPoints]:
    """The items that lost points, most places first; the campaign's sheets all together."""
    rows = SheetLine.objects.filter(
        sheet__assignment__team__campaign=campaign, deduction__gt=0
    ).exclude(sheet__state=SheetState.DRAFT)
    place = ("sheet__assignment__region", "sheet__assignment__station")
    seen: dict[str, tuple[set[object], Decimal]] = {}
    for name, lost, *key in rows.values_list("name", "deduction", *place).order_by():
        places, total = seen.get(name, (set(), Decimal(0)))
        seen[name] = (places | {tuple(key)}, total + lost)
    found = [LostPoints(name, len(places), total) for name, (places, total) in seen.items()]
    return sorted(found, key=lambda row: (-row.count, -row.lost, row.name))


def deductions(campaign: InspectionCampaign) -> QuerySet[SheetLine]:
    rows = SheetLine.objects.filter(
        sheet__assignment__team__campaign=campaign, deduction__gt=0
    ).exclude(sheet__state=SheetState.DRAFT)
    return rows.select_related(
        "sheet__assignment__region", "sheet__assignment__station", "sheet__assignment__team"
    ).order_by(
        "sheet__assignment__region__code", "sheet__assignment__station__number", "item__number",
        "pk",
    )  # fmt: skip


def other_marks(campaign: InspectionCampaign) -> QuerySet[InspectionMark]:
    """Marks of the quarter that were imported or entered beside: at the lock they would double."""
    places = Assignment.objects.filter(team__campaign=campaign)
    rows = InspectionMark.objects.filter(
        station__in=places.values("station"), year=campaign.year, sheet__isnull=True
    )
    if not campaign.quarter:
        return rows.none()
    return rows.filter(quarter=campaign.quarter).order_by("station__number", "pk")


def may_read_results(user: User, campaign: InspectionCampaign) -> bool:
    """The office and leaders, but not while they score themselves; once it is locked, everybody
    whom the 通报 goes to."""
    if campaign.state == InspectionCampaignState.LOCKED:
        return True
    if not user.scope.is_office and scoring_now(user.pk).filter(pk=campaign.pk).exists():
        return False
    judges = user.scope.roles & {"staff", "admin", "leader"}
    in_area = any(campaign.region.code.startswith(p) for p in user.scope.read_prefixes)
    return bool(judges) and in_area


def campaigns_listed(user: User) -> QuerySet[InspectionCampaign]:
    """With the number of sheets, those submitted, and objections that wait."""
    sheet = "teams__assignments__sheet"
    done = Q(**{f"{sheet}__state__in": (SheetState.SUBMITTED, SheetState.LOCKED)})
    waiting = Q(**{f"{sheet}__objections__state": ObjectionState.RAISED})
    return (
        InspectionCampaign.objects.visible_to(user)
        .select_related("region", "standard")
        .annotate(
            places=Count("teams__assignments", distinct=True),
            done=Count(sheet, filter=done, distinct=True),
            waiting=Count(f"{sheet}__objections", filter=waiting, distinct=True),
        )
        .order_by("-year", "-opens_on", "-pk")
    )


def teams_of(user: User, campaign: InspectionCampaign) -> QuerySet[Team]:
    """With members and, where the person may see them, assignments and sheets."""
    return Team.objects.visible_to(user).filter(campaign=campaign).order_by("order", "pk")


def assignments_of(user: User, campaign: InspectionCampaign) -> QuerySet[Assignment]:
    rows = Assignment.objects.visible_to(user).filter(team__campaign=campaign)
    return (
        rows.select_related("team", "station", "region", "sheet")
        .order_by("team__order", "team_id", "region__code", "station__number", "pk")
        .distinct()
    )
