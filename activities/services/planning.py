"""The office's side: plan, call, tell, change, hold, verify, or call off an activity."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from activities.bounds import refuse_hours
from activities.enums import ActivityState, Answer, Part, Presence
from activities.models import Activity, Attendance, Invitation
from activities.selectors.calling import sides_of, stage
from activities.selectors.planning import callable_by
from activities.services.calling import tell_invited
from activities.services.moves import CallingError, Step, locked, move
from activities.workflow import Action, next_state
from congress_portal.core.audit import delete_recorded, record, save_recorded
from congress_portal.core.enums import AuditAction, Verification
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify_each
from congress_portal.core.verification import verify
from deputies.models import Deputy
from stations.models import Station

PLAN_FIELDS = (
    "title", "form", "station", "group", "organiser", "held_on", "begins_at", "ends_at", "place",
    "theme", "field", "campaign", "central_task", "project", "notice", "contact", "reply_by",
    "observers", "hours",
)  # fmt: skip
_SETS = ("tags", "units")
_WHEN = ("held_on", "begins_at")  # after these change an answer no longer holds
_TOLD = (*_WHEN, "ends_at", "place", "title", "notice", "contact", "reply_by")


def plan_activity(
    *, actor: User, region: Region, key: uuid.UUID | None = None, **given: Any
) -> Activity:
    """A plan in the person's place; the same ``key`` always gives the same plan.

    ``given`` are PLAN_FIELDS, ``tags`` and ``units``. Raises CallingError, ValidationError.
    """
    if found := _already(actor, key):
        return found
    activity = Activity(region=region, state=ActivityState.PLANNED, entered_by=actor)
    activity.idempotency_key = key
    try:
        with transaction.atomic():
            _fill(activity, given)
            _refuse_place(activity, actor)
            save_recorded(activity)
            _set_lists(activity, given)
    except (IntegrityError, ValidationError):
        if found := _already(actor, key):
            return found
        raise
    return activity


def _already(actor: User, key: uuid.UUID | None) -> Activity | None:
    if key is None:
        return None
    return Activity.objects.filter(idempotency_key=key, entered_by=actor).first()


def _fill(activity: Activity, given: Mapping[str, Any]) -> None:
    for name in PLAN_FIELDS:
        if name in given:
            setattr(activity, name, given[name])
    refuse_hours(activity.form, activity.hours)
    if activity.held_on < timezone.localdate():
        raise CallingError("计划的日期已经过去；已经举行的活动请直接登记。")
    if activity.ends_at and activity.begins_at and activity.ends_at <= activity.begins_at:
        raise CallingError("结束时间要晚于开始时间。")
    if activity.reply_by and activity.reply_by > activity.held_on:
        raise CallingError("回执截止不能晚于活动日期。")


def _refuse_place(activity: Activity, actor: User) -> None:
    """Within the region prefixes, or at a station that the person keeps."""
    if actor.scope.may_write_code(activity.region.code):
        return
    kept = Station.objects.editable_by(actor).filter(pk=activity.station_id)
    if not kept.filter(region=activity.region).exists():
        raise CallingError("您不能在那里组织活动，请选自己范围内的镇（街道）或家站。")


def _set_lists(activity: Activity, given: Mapping[str, Any]) -> bool:
    """Tags and units; True where one changed."""
    changes = {}
    for name in _SETS:
        if name in given:
            before = sorted(getattr(activity, name).values_list("pk", flat=True))
            after = sorted(row.pk for row in given[name])
            if before != after:
                getattr(activity, name).set(given[name])
                changes[name] = [before, after]
    if changes:
        record(AuditAction.UPDATE, activity, changes=changes)
    return bool(changes)


def change_plan(*, actor: User, activity_pk: int, seen: str, **given: Any) -> Activity:
    """Mend a plan. Who was told hears of it once; after a new time all answer anew.

    Raises what ``move`` raises, and CallingError.
    """
    with move(Action.CHANGE, activity_pk=activity_pk, actor=actor, seen=seen) as step:
        activity = step.activity
        before = {name: getattr(activity, name) for name in _TOLD}
        _fill(activity, given)
        _refuse_place(activity, actor)
        _set_lists(activity, given)
        changed = [name for name in _TOLD if getattr(activity, name) != before[name]]
        if changed and activity.state == ActivityState.NOTIFIED:
            activity.notice_round += 1
            _tell_change(activity, anew=any(name in _WHEN for name in changed))
    return activity


def _tell_change(activity: Activity, *, anew: bool) -> None:
    rows = _told(activity)
    if anew:
        for row in rows:
            _start_again(row)
    title = "活动时间有变，请重新回执" if anew else "活动安排有变"
    tell_invited(rows, activity, title=title)


def _told(activity: Activity) -> list[Invitation]:
    rows = Invitation.objects.filter(activity=activity, sent_at__isnull=False)
    return list(rows.select_related("deputy__user", "activity").order_by("pk"))


def _start_again(row: Invitation) -> None:
    row.answer, row.leave_kind, row.leave_reason, row.decision = Answer.WAITING, "", "", ""
    row.answered_at = row.answered_by = row.decided_at = row.decided_by = row.read_at = None
    save_recorded(row)


def invite(*, actor: User, activity_pk: int, deputies: Iterable[Deputy]) -> int:
    """Put deputies on the list; once the activity is told, they hear at once.

    Who is on it stays. Returns how many are new. Raises what ``move`` raises, CallingError.
    """
    with move(Action.INVITE, activity_pk=activity_pk, actor=actor) as step:
        activity = step.activity
        wanted = {deputy.pk for deputy in deputies}
        known = set(Invitation.objects.filter(activity=activity).values_list("deputy", flat=True))
        fresh = callable_by(actor, activity.held_on).filter(pk__in=wanted - known)
        people = list(fresh.order_by("pk"))
        if len(people) < len(wanted - known):
            raise CallingError("名单里有不在职或不在您范围内的代表，请重新选择。")
        told = timezone.now() if activity.state == ActivityState.NOTIFIED else None
        rows = [Invitation(activity=activity, deputy=each, sent_at=told) for each in people]
        Invitation.objects.bulk_create(rows)
        if rows:
            changes = {"invitations": [[], [row.deputy_id for row in rows]]}
            record(AuditAction.UPDATE, activity, changes=changes)
        if told:
            tell_invited(_told(activity), activity)
    return len(rows)


def uninvite(*, actor: User, invitation_pk: int) -> None:
    """Take a deputy off the list; one who was told hears that."""
    row = Invitation.objects.select_related("deputy__user").get(pk=invitation_pk)
    with move(Action.INVITE, activity_pk=row.activity_id, actor=actor) as step:
        if row.sent_at and row.deputy.user:
            message = Message(
                key=f"uninvited:{row.pk}",
                title=f"不用参加了：{step.activity.title}",
                body="组织者把您从这次活动的名单里去掉了。",
            )
            notify_each([(row.deputy.user, message)])
        delete_recorded(row)


def notify_invited(*, actor: User, activity_pk: int, seen: str = "") -> int:
    """Tell everyone on the list; returns how many have an account that got the notice.

    Raises what ``move`` raises, CallingError for an empty list.
    """
    with move(Action.NOTIFY, activity_pk=activity_pk, actor=actor, seen=seen) as step:
        activity = step.activity
        if activity.held_on < timezone.localdate():
            raise CallingError("活动日期已经过去，请先改日期。")
        rows = Invitation.objects.filter(activity=activity)
        if not rows.exists():
            raise CallingError("还没有邀请代表，请先选人。")
        rows.update(sent_at=timezone.now())
        activity.notified_on = timezone.localdate()
        return tell_invited(_told(activity), activity)


def cancel_activity(*, actor: User, activity_pk: int, reason: str, seen: str = "") -> Activity:
    """Call it off; everyone who was told hears it once, with the reason."""
    with move(
        Action.CANCEL, activity_pk=activity_pk, actor=actor, reason=reason, seen=seen
    ) as step:
        step.activity.cancel_reason = step.reason
        pairs = [
            (
                row.deputy.user,
                Message(
                    key=f"cancelled:{step.activity.pk}",
                    title=f"活动取消：{step.activity.title}",
                    body=f"原因：{step.reason.rstrip('。')}。原定{step.activity.held_on:%m月%d日}。",
                    link=f"/invitations/{row.pk}/",
                    is_urgent=True,
                ),
            )
            for row in _told(step.activity)
            if row.deputy.user
        ]
        notify_each(pairs)
    return step.activity


@dataclass(frozen=True)
class Seat:
    """One line of the attendance list."""

    deputy: Deputy
    presence: str
    part: str = Part.MEMBER
    speech: str = ""


def hold_activity(
    *, actor: User, activity_pk: int, seats: Iterable[Seat], audience: int | None = None,
    seen: str = "",
) -> Activity:  # fmt: skip
    """Note that it was held and who came; it counts once it is verified.

    Everyone on the list must have a line; further deputies may have one. Whose leave is still
    undecided may only be noted as present. Raises what ``move`` raises, CallingError.
    """
    with move(Action.HOLD, activity_pk=activity_pk, actor=actor, seen=seen) as step:
        if step.activity.held_on > timezone.localdate():
            raise CallingError("还没到活动日期，不能登记到会。")
        step.activity.audience = audience
        _seat(step, list(seats))
    return step.activity


def correct_attendance(
    *, actor: User, activity_pk: int, seats: Iterable[Seat], audience: int | None = None,
    seen: str = "",
) -> Activity:  # fmt: skip
    """Mend who came, as long as it is not verified."""
    with move(Action.CORRECT, activity_pk=activity_pk, actor=actor, seen=seen) as step:
        _wait_again(step.activity)
        step.activity.audience = audience
        _seat(step, list(seats))
    return step.activity


def _wait_again(activity: Activity) -> None:
    """What was refused and mended waits to be verified anew."""
    if activity.verification == Verification.REFUSED:
        activity.verification, activity.refusal_reason = Verification.PENDING, ""
        activity.verified_by = activity.verified_at = None


def _seat(step: Step, seats: list[Seat]) -> None:
    activity = step.activity
    listed = set(Invitation.objects.filter(activity=activity).values_list("deputy", flat=True))
    given = {seat.deputy.pk: seat for seat in seats}
    if listed - set(given):
        raise CallingError("还有受邀代表没有登记到会情况。")
    _refuse_undecided(activity, given)
    before = _seated(activity)
    others = set(given) - listed - set(before)
    allowed = callable_by(step.actor, activity.held_on).filter(pk__in=others)
    if allowed.count() < len(others):
        raise CallingError("其他到会代表里有不在职或不在您范围内的人。")
    Attendance.objects.filter(activity=activity).delete()
    rows = [
        Attendance(
            activity=activity, deputy=seat.deputy, presence=seat.presence, part=seat.part,
            speech=seat.speech, serial=serial,
        )
        for serial, seat in enumerate(given.values())
    ]  # fmt: skip
    for row in rows:
        row.full_clean(exclude=["activity"])
    Attendance.objects.bulk_create(rows)
    after = _seated(activity)
    if before != after:
        record(
            AuditAction.UPDATE,
            activity,
            changes={"attendances": [_plain(before), _plain(after)]},
        )


def _refuse_undecided(activity: Activity, given: Mapping[int, Seat]) -> None:
    """A leave that was asked is granted or refused before anyone is noted as away."""
    rows = Invitation.objects.filter(activity=activity, answer=Answer.LEAVE_ASKED)
    away = [
        row.deputy.name
        for row in rows.select_related("deputy").order_by("deputy__pinyin", "pk")
        if given[row.deputy_id].presence != Presence.PRESENT
    ]
    if away:
        names = "、".join(away)
        raise CallingError(f"请假还没有批：{names}。请先批假，再登记到会；人到了的，选「出席」。")


def _seated(activity: Activity) -> dict[int, tuple[str, str, str]]:
    rows = Attendance.objects.filter(activity=activity).order_by("serial", "pk")
    return {row.deputy_id: (row.presence, row.part, row.speech) for row in rows}


def _plain(seated: Mapping[int, tuple[str, str, str]]) -> list[str]:
    return [f"{pk}:{presence}" for pk, (presence, _, _) in seated.items()]


def report_activity(
    *, actor: User, activity_pk: int, content: str, result: str, observers: str = "",
    opinions_reported: int | None = None, seen: str = "",
) -> Activity:  # fmt: skip
    """What was done and what came of it; the brief is printed from this."""
    with move(Action.REPORT, activity_pk=activity_pk, actor=actor, seen=seen) as step:
        activity = step.activity
        _wait_again(activity)
        activity.content, activity.result = content, result
        activity.observers, activity.opinions_reported = observers, opinions_reported
    return step.activity


def verify_activity(*, actor: User, activity_pk: int) -> Activity:
    """From now on it counts. Raises as ``move``, and VerificationError."""
    with transaction.atomic():
        activity = locked(activity_pk)
        sides = sides_of(actor, activity)
        if not sides:
            raise Activity.DoesNotExist
        next_state(Action.VERIFY, stage(activity), sides)
        return verify(activity, actor=actor)  # type: ignore[return-value]


def reopen_activity(*, actor: User, activity_pk: int, reason: str, seen: str = "") -> Activity:
    """Back to 已通知 before it is verified; the attendance goes, answers stay."""
    with move(
        Action.REOPEN, activity_pk=activity_pk, actor=actor, reason=reason, seen=seen
    ) as step:
        before = _seated(step.activity)
        Attendance.objects.filter(activity=step.activity).delete()
        record(AuditAction.UPDATE, step.activity, changes={"attendances": [_plain(before), []]})
    return step.activity


def suggested_presence(row: Invitation) -> str:
    """From the answer: accepted is present until staff say otherwise, granted leave is leave."""
    if row.answer == Answer.ACCEPTED:
        return Presence.PRESENT
    return Presence.LEAVE if row.answer == Answer.LEAVE_GRANTED else Presence.ABSENT
