"""Figures over voices: backlog, what became suggestions, satisfaction, hours; each opens.

``opens`` of a row is the part of the list's address that shows its records.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet

from congress_portal.core.enums import Rating
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region
from suggestions.enums import VoiceSource, VoiceState
from suggestions.models import Voice, VoiceCase, VoiceRule
from suggestions.selectors.voice_states import AGES, with_state


@dataclass(frozen=True)
class AgeRow:
    """Open matters of one owner older than 30, 60 and 90 days (M76)."""

    owner: str
    total: int
    ages: tuple[int, ...]
    oldest: dt.date
    opens: str

    @property
    def cells(self) -> list[tuple[int, int]]:
        """(days, how many are older)."""
        return list(zip(AGES, self.ages, strict=True))


def not_merged(rows: QuerySet[Voice]) -> QuerySet[Any]:
    """A matter that went into another one counts with that one, answered or not."""
    rows = with_state(rows).exclude(stands=VoiceState.MERGED)
    return rows.exclude(case__merged_into__isnull=False)


def standing_open(rows: QuerySet[Voice]) -> QuerySet[Any]:
    return not_merged(rows).filter(closed_on__isnull=True)


def backlog(voices: QuerySet[Voice], today: dt.date) -> list[AgeRow]:
    """By owner: the unit that handles it, else the station, else the place; the oldest first."""
    counts: dict[str, Any] = {
        f"over_{days}": Count("pk", filter=Q(raised_on__lt=today - dt.timedelta(days=days)))
        for days in AGES
    }
    found: Any = standing_open(voices).order_by()
    found = found.values(
        "unit", "unit__name", "station", "station__name", "region", "region__name"
    ).annotate(total=Count("pk"), oldest=Min("raised_on"), **counts)
    merged: dict[str, AgeRow] = {}
    for each in found:
        owner, opens = _owner(each)
        ages = tuple(each[f"over_{days}"] for days in AGES)
        old = merged.get(opens) or AgeRow(owner, 0, (0,) * len(AGES), each["oldest"], opens)
        merged[opens] = AgeRow(
            owner,
            old.total + each["total"],
            tuple(a + b for a, b in zip(ages, old.ages, strict=True)),
            min(each["oldest"], old.oldest),
            opens,
        )
    return sorted(merged.values(), key=lambda row: (*(-n for n in row.ages[::-1]), row.owner))


def _owner(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["unit"]:
        return row["unit__name"], urlencode({"unit": row["unit"]})
    if row["station"]:
        return row["station__name"], urlencode({"no_unit": "on", "station": row["station"]})
    return row["region__name"], urlencode({"no_unit": "on", "at": row["region"]})


@dataclass(frozen=True)
class Turned:
    """How many matters of one source became suggestions (M81)."""

    source: str
    rate: Rate
    opens: str


def turned_into_suggestions(voices: QuerySet[Voice]) -> list[Turned]:
    """By source, in the order of the sources; all together last. Merged ones count with their
    main matter only."""
    rows = not_merged(voices).order_by().values("source")
    found = {
        row["source"]: Rate(row["turned"], row["whole"])
        for row in rows.annotate(
            whole=Count("pk"), turned=Count("pk", filter=Q(suggestion__isnull=False))
        )
    }
    lines = [
        Turned(str(each.label), found[each.value], urlencode({"source": each.value}))
        for each in VoiceSource
        if each.value in found
    ]
    if len(lines) > 1:
        whole = sum(line.rate.whole for line in lines)
        lines.append(Turned("合计", Rate(sum(line.rate.part for line in lines), whole), ""))
    return lines


@dataclass(frozen=True)
class Satisfaction:
    """``rate`` is None where fewer were rated than the places' rules list, which is ``least``."""

    owner: str
    rated: int
    satisfied: int
    least: int
    rate: int | None
    opens: str


OWNERS = {"station": "家站", "deputy": "代表", "unit": "单位"}
_DUTY = "reception__duties__deputy"  # who sat at the reception heard it, too
_NAME_IN_ADDRESS = {"station": "station", "deputy": "heard_by", "unit": "unit"}


def satisfaction(voices: QuerySet[Voice], by: str) -> list[Satisfaction]:
    """Satisfied and basically satisfied of those rated, by ``station``, ``unit`` or ``deputy``.

    The least number is the place's own (M115); of several places the greatest.
    """
    rated = voices.filter(closed_on__isnull=False).exclude(rating="")
    rows = list(_rated_by(rated, by))
    if by == "deputy":
        rows += _rated_by(rated.exclude(deputy=F(_DUTY)), _DUTY)
    by_owner: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_owner[row["owner"]].append(row)
    least = _least_ratings({row["region"] for own in by_owner.values() for row in own})
    lines = [_line(by, key, own, least) for key, own in by_owner.items()]
    return sorted(lines, key=lambda line: (line.owner, line.opens))


def _rated_by(rated: QuerySet[Voice], path: str) -> QuerySet[Any, Any]:
    good = Q(rating__in=[Rating.SATISFIED, Rating.BASICALLY])
    rows = rated.exclude(**{path: None}).order_by()
    return rows.values("region", owner=F(path), name=F(f"{path}__name")).annotate(
        rated=Count("pk", distinct=True), good=Count("pk", filter=good, distinct=True)
    )


def _line(by: str, key: int, rows: list[Any], least: Mapping[int, int]) -> Satisfaction:
    rated, satisfied = (sum(row[name] for row in rows) for name in ("rated", "good"))
    needed = max(least[row["region"]] for row in rows)
    rate = round(satisfied * 100 / rated) if rated >= needed else None
    opens = urlencode({_NAME_IN_ADDRESS[by]: key})
    return Satisfaction(rows[0]["name"], rated, satisfied, needed, rate, opens)


def _least_ratings(regions: set[int]) -> dict[int, int]:
    """By region, as ``VoiceRule.objects.of`` finds it for one."""
    parents = dict(Region.objects.filter(pk__in=regions).values_list("pk", "parent"))
    rows = VoiceRule.objects.filter(region__in={*regions, *parents.values()})
    set_by = dict(rows.values_list("region", "least_ratings"))
    usual = VoiceRule().least_ratings
    return {
        pk: set_by.get(pk) or set_by.get(parent, usual) if parent else set_by.get(pk, usual)
        for pk, parent in parents.items()
    }


def hours_to_solve(voices: QuerySet[Voice]) -> tuple[int, float | None]:
    """Photographed matters that were solved: how many, and the hours on average (M74)."""
    rows = VoiceCase.objects.filter(
        voice__in=voices.filter(source=VoiceSource.PHOTO), solved_at__isnull=False
    )
    took = ExpressionWrapper(F("solved_at") - F("posted_at"), DurationField())
    found = rows.aggregate(count=Count("pk"), took=Avg(took))
    hours = found["took"].total_seconds() / 3600 if found["took"] else None
    return found["count"], hours
