"""民情反映会: one meeting in its three phases, and the half-yearly duty of each town (M73)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from activities.enums import ActivityState, FindingPhase
from activities.models import Activity, Finding
from activities.selectors import findings as found
from activities.selectors.findings import OPINION_MEETING, Progress, Standing
from congress_portal.core.enums import Verification
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User


def meetings(user: User) -> QuerySet[Activity]:
    """Held or planned, of the form 民情反映会, as far as the reader sees them."""
    rows = Activity.objects.visible_to(user).exclude(state=ActivityState.CANCELLED)
    return found.of_form(rows, OPINION_MEETING).exclude(verification=Verification.REFUSED)


@dataclass(frozen=True)
class Phase:
    """One of the three: its name and what it holds."""

    code: str
    label: str
    lines: Sequence[tuple[Finding, Standing]]


@dataclass(frozen=True)
class Meeting:
    """``answered`` counts units' responses among findings that name a unit."""

    phases: Sequence[Phase]
    findings: Sequence[Finding]
    progress: Progress
    answered: Rate


_PHASES = (
    (FindingPhase.BEFORE, "会前收集"),
    (FindingPhase.DURING, "会中反映"),
    (FindingPhase.AFTER, "会后反馈"),
)


def meeting(activity: Activity, user: User, today: dt.date) -> Meeting:
    rows = Finding.objects.visible_to(user).filter(activity=activity)
    findings = list(found.in_full(rows).order_by("serial", "pk"))
    phases = [
        Phase(
            code,
            label,
            [(row, found.standing(row, today)) for row in findings if row.phase == code],
        )
        for code, label in _PHASES
    ]
    asked = [row for row in findings if row.unit_id]
    answered = Rate(sum(row.responded_on is not None for row in asked), len(asked))
    return Meeting(phases, findings, found.progress(findings), answered)


@dataclass(frozen=True)
class Half:
    """Half a year of one town. ``is_due`` is false while the half is running."""

    meetings: Sequence[Activity]
    is_due: bool

    @property
    def is_done(self) -> bool:
        return bool(self.meetings)


@dataclass(frozen=True)
class TownDuty:
    town: Region
    first: Half
    second: Half


@dataclass(frozen=True)
class DutyBoard:
    year: int
    towns: Sequence[TownDuty]
    first: Rate
    second: Rate


def duty_board(user: User, year: int, today: dt.date) -> DutyBoard:
    """Every town of the reader's scope with the meetings held in each half of the year.

    Held by the town itself and verified; only these are done.
    """
    towns = list(Region.objects.towns().in_scope_of_reader(user))
    held = {"state": ActivityState.HELD, "verification": Verification.VERIFIED}
    rows = meetings(user).filter(held_on__year=year, **held)
    rows = rows.filter(region__in=towns).order_by("held_on", "pk")
    heaps: dict[tuple[int, bool], list[Activity]] = {}
    for row in rows:
        heaps.setdefault((row.region_id, row.held_on.month <= 6), []).append(row)
    ends = (dt.date(year, 6, 30), dt.date(year, 12, 31))
    lines = [
        TownDuty(
            town,
            Half(heaps.get((town.pk, True), []), today > ends[0]),
            Half(heaps.get((town.pk, False), []), today > ends[1]),
        )
        for town in towns
    ]
    return DutyBoard(
        year,
        lines,
        Rate(sum(line.first.is_done for line in lines), len(lines)),
        Rate(sum(line.second.is_done for line in lines), len(lines)),
    )
