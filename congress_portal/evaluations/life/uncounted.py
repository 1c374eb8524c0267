"""Records of the subject in the period that a line did not count, and why, in words (M106)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from activities.enums import CountsAs, Presence
from activities.models import Activity, Attendance, Visit
from congress_portal.core.enums import Verification
from congress_portal.core.models import User
from congress_portal.evaluations.models import Score, ScoreLine
from stations.models import Reception

_TRAINING = frozenset({"trainings", "training_hours"})
_OF_ACTIVITIES = frozenset({"activities", "inspections", *_TRAINING})
_OF_VISITS = frozenset(
    {"people_visited", "self_initiated_visits", "villages_contacted", "voters_contacted"}
)


@dataclass(frozen=True)
class Uncounted:
    """``reason`` completes «没有计入，因为…»."""

    row: Any
    reason: str


def uncounted(line: ScoreLine, user: User) -> list[Uncounted]:
    """Own records of the kind that the line counts, read within the reader's sight."""
    score = line.score
    if line.metric in _OF_ACTIVITIES:
        rows = _activities(score)
    elif line.metric in _OF_VISITS and score.deputy_id:
        rows = Visit.objects.filter(deputy=score.deputy_id)
        rows = rows.select_related("deputy", "channel", "village", "region")
    elif line.metric == "reception_days":
        rows = _receptions(score)
    else:
        return []
    period = score.sheet.period
    counted = {*line.evidence.get(rows.model._meta.label, ())}
    visible = rows.visible_to(user).in_period(period).exclude(pk__in=counted).distinct()  # type: ignore[attr-defined]
    reason = _of_activity if rows.model is Activity else _of_record
    return [Uncounted(row, reason(row, line)) for row in visible.order_by("held_on", "pk")]


def _activities(score: Score) -> QuerySet[Any]:
    rows = Activity.objects.select_related("form")
    if score.station_id:
        return rows.filter(station=score.station_id)
    if score.deputy_id:
        mine = Attendance.objects.filter(deputy=score.deputy_id)
        own = Prefetch("attendances", mine, to_attr="own_attendances")
        return rows.filter(attendances__deputy=score.deputy_id).prefetch_related(own)
    if score.group_id:
        return rows.filter(group=score.group_id)
    return rows.filter(region=score.town_id) if score.town_id else rows.none()


def _receptions(score: Score) -> QuerySet[Any]:
    rows = Reception.objects.select_related("station")
    if score.station_id:
        return rows.filter(station=score.station_id)
    if score.town_id:
        return rows.filter(station__region=score.town_id)
    return rows.filter(duties__deputy=score.deputy_id) if score.deputy_id else rows.none()


def _of_record(row: Any, line: ScoreLine) -> str:
    if row.verification == Verification.PENDING:
        return "还没有核实"
    if row.verification == Verification.REFUSED:
        return f"核实没有通过：{row.refusal_reason or '没有写明原因'}"
    return "计算以后才登记、核实或改动，没有算进这一版"


def _of_activity(row: Activity, line: ScoreLine) -> str:
    if row.verification != Verification.VERIFIED:
        return _of_record(row, line)
    for attendance in getattr(row, "own_attendances", ()):
        if attendance.presence != Presence.PRESENT:
            return f"登记为「{attendance.get_presence_display()}」"
    told = _by_form(line.metric, row.form.counts_as) if line.score.deputy_id else ""
    return told or _of_record(row, line)


def _by_form(metric: str, counts_as: str) -> str:
    is_training = counts_as == CountsAs.TRAINING
    wrong: dict[str, tuple[Callable[[], bool], str]] = {
        "activities": (lambda: is_training, "培训学习另计，不算活动次数"),
        "inspections": (
            lambda: counts_as != CountsAs.INSPECTION,
            "活动形式不是视察、专题调研或执法检查",
        ),
    }
    if metric in _TRAINING:
        return "" if is_training else "活动形式不是培训学习"
    applies, words = wrong[metric]
    return words if applies() else ""
