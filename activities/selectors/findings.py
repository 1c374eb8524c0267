"""Findings as their readers need them: how far, whose turn, who is late."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from activities.enums import FindingKind, Recheck
from activities.models import Activity, Attendance, Finding, Invitation
from activities.supervision_workflow import FindingStage, Side, finding_stage
from congress_portal.core.figures import Rate
from congress_portal.core.models import Unit, User

OPINION_MEETING, INQUIRY = "民情反映会", "询问"


def is_form(activity: Activity, name: str) -> bool:
    """Whether the activity is of the form, by its name or one of its other names."""
    return name in (activity.form.name, *activity.form.synonyms.split("、"))


def of_form(rows: QuerySet[Activity], name: str) -> QuerySet[Activity]:
    return rows.filter(Q(form__name=name) | Q(form__synonyms__contains=name))


def stage(finding: Finding) -> FindingStage:
    return finding_stage(
        responded=finding.responded_on is not None,
        mended=finding.mended_on is not None,
        rechecked=finding.rechecked_on is not None,
        recheck=finding.recheck,
        closed=finding.closed_on is not None,
    )


_WAITS_FOR_UNIT = frozenset({FindingStage.OPEN, FindingStage.ANSWERED, FindingStage.UNDONE})


@dataclass(frozen=True)
class Standing:
    """``state`` names the CSS class: overdue, soon or nothing."""

    shape: str
    words: str
    state: str


_SOON_DAYS = 15


def standing(finding: Finding, today: dt.date) -> Standing:
    """How the finding stands, in words with a shape beside it."""
    now = stage(finding)
    if now == FindingStage.CLOSED:
        return Standing("✓", now.label, "")
    if finding.due_on and now in _WAITS_FOR_UNIT:
        left = (finding.due_on - today).days
        if left < 0:
            return Standing("■", f"{now.label}，已逾期 {-left} 天", "overdue")
        if left <= _SOON_DAYS:
            return Standing(
                "▲", f"{now.label}，还剩 {left} 天" if left else f"{now.label}，今天到期", "soon"
            )
    return Standing("●", now.label, "")


def late(rows: QuerySet[Finding], today: dt.date) -> QuerySet[Finding]:
    """The unit's turn and its day gone by; what waits for a re-check is not the unit's delay."""
    undone = Q(recheck__in=(Recheck.PARTLY, Recheck.NOT_DONE))
    waiting = rows.filter(Q(mended_on__isnull=True) | undone, closed_on__isnull=True)
    return waiting.filter(due_on__lt=today)


def in_full(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    return rows.select_related("activity__form", "activity__region", "unit", "raised_by", "field")


def sides_of(user: User, activity: Activity, unit_id: int | None) -> frozenset[Side]:
    """Where the person stands towards a finding of the activity."""
    found = set()
    if may_run(user, activity):
        found.add(Side.OFFICE)
    if unit_id in user.scope.unit_ids:
        found.add(Side.UNIT)
    if _keeps(user, activity):
        found.add(Side.KEEPER)
    return frozenset(found)


def may_run(user: User, activity: Activity) -> bool:
    """Staff who may write the activity."""
    scope = user.scope
    return bool(scope.write_prefixes) and (
        Activity.objects.editable_by(user).filter(pk=activity.pk).exists()
    )


def _keeps(user: User, activity: Activity) -> bool:
    own = user.scope.deputy_user_id is not None and activity.entered_by_id == user.pk
    return own and activity.verification != "verified"


def may_add(user: User, activity: Activity) -> bool:
    return may_run(user, activity) or _keeps(user, activity)


def may_hand_in(user: User, activity: Activity) -> bool:
    """A deputy who is called to a 民情反映会 that has not been held yet (M73, 会前收集)."""
    if user.scope.deputy_user_id is None or not is_form(activity, OPINION_MEETING):
        return False
    if activity.state not in ("planned", "notified"):
        return False
    own = {"activity": activity, "deputy__user": user.pk}
    called = Invitation.objects.sent_to(user).filter(activity=activity).exists()
    return called or Attendance.objects.filter(**own).exists()


def adopted(rows: QuerySet[Finding]) -> Rate:
    """Adopted among all that the meeting brought up (M73)."""
    found = rows.aggregate(all=Count("pk"), yes=Count("pk", Q(is_adopted=True)))
    return Rate(found["yes"], found["all"])


@dataclass(frozen=True)
class UnitLine:
    """Open findings of one unit; ``oldest`` in days since the activity."""

    unit: Unit | None
    open: int
    late: int
    oldest: int


def by_unit(rows: QuerySet[Finding], today: dt.date) -> list[UnitLine]:
    """Units with open findings, most late ones first, then the oldest."""
    running = rows.filter(closed_on__isnull=True)
    lines = (
        running.order_by().values("unit").annotate(n=Count("pk"), since=Min("activity__held_on"))
    )
    late_ones = dict(
        late(running, today)
        .order_by()
        .values("unit")
        .annotate(n=Count("pk"))
        .values_list("unit", "n")
    )
    units = Unit.objects.in_bulk([line["unit"] for line in lines if line["unit"]])
    found = [
        UnitLine(
            units.get(line["unit"]),
            line["n"],
            late_ones.get(line["unit"], 0),
            max(0, (today - line["since"]).days),
        )
        for line in lines
    ]
    return sorted(found, key=lambda each: (-each.late, -each.oldest, str(each.unit)))


@dataclass(frozen=True)
class Progress:
    """One activity's findings of a kind, as its page sums them up."""

    all: int
    adopted: Rate
    mended: Rate


def progress(findings: list[Finding]) -> Progress:
    return Progress(
        len(findings),
        Rate(sum(each.is_adopted is True for each in findings), len(findings)),
        Rate(sum(each.recheck == Recheck.DONE for each in findings), len(findings)),
    )


def reviews(findings: list[Finding]) -> list[Finding]:
    """审议意见 among them (M84)."""
    return [each for each in findings if each.kind == FindingKind.REVIEW]


def waiting_for_unit(user: User) -> QuerySet[Finding]:
    """What the person's units still have to answer or mend."""
    undone = Q(recheck__in=(Recheck.PARTLY, Recheck.NOT_DONE))
    rows = Finding.objects.filter(unit__in=user.scope.unit_ids, closed_on__isnull=True)
    return rows.filter(Q(mended_on__isnull=True) | undone)


def waiting_for_recheck(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(closed_on__isnull=True, mended_on__isnull=False, rechecked_on__isnull=True)
