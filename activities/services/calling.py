"""Invitation, receipt, leave: what the deputy says, and what staff enter or decide."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from activities.enums import Answer, LeaveReason, ToldBy
from activities.models import Activity, Invitation
from activities.services.moves import CallingError, ChangedMeanwhileError, invitation_page, move
from activities.workflow import Action
from congress_portal.core.audit import save_recorded
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, notify_each, office_people
from congress_portal.core.stale import refuse_stale

_LEAVES = (Answer.LEAVE_ASKED, Answer.LEAVE_GRANTED)
_TOLD_TEXT = 280


def when_and_where(activity: Activity) -> str:
    """«2026年9月3日 09:00，县人大三楼会议室»."""
    day = activity.held_on
    words = f"{day.year}年{day.month}月{day.day}日"
    if activity.begins_at:
        words += f" {activity.begins_at:%H:%M}"
    return f"{words}，{activity.place}" if activity.place else words


def tell_invited(rows: Iterable[Invitation], activity: Activity, *, title: str = "") -> int:
    """Each invited deputy's notice of this round, once; returns how many accounts got it."""
    head = title or "活动通知"
    limit = activity.reply_by
    ask = f"请在{limit.month}月{limit.day}日前回执。" if limit else "请尽早回执。"
    text = activity.notice.strip()[:_TOLD_TEXT]
    pairs = [
        (
            row.deputy.user,
            Message(
                key=f"invitation:{row.pk}:{activity.notice_round}",
                title=f"{head}：{activity.title}",
                body=f"{when_and_where(activity)}。{text} {ask}",
                link=invitation_page(row),
            ),
        )
        for row in rows
        if row.deputy.user is not None
    ]
    return notify_each(pairs)


@transaction.atomic
def mark_invitation_read(*, actor: User, invitation_pk: int) -> None:
    """The first opening by the deputy is the receipt of reading; later ones change nothing."""
    rows = Invitation.objects.sent_to(actor).select_for_update(of=("self",))
    row = rows.filter(pk=invitation_pk, read_at__isnull=True).first()
    if row is not None:
        row.read_at = timezone.now()
        save_recorded(row)


def answer_invitation(
    *,
    actor: User,
    invitation_pk: int,
    accepts: bool,
    leave_kind: str = "",
    leave_reason: str = "",
    round_seen: int | None = None,
) -> Invitation:
    """The deputy's own receipt; the same answer again changes nothing.

    ``round_seen`` is the round of the notice on the page: an answer to what was changed since is
    refused. Raises Invitation.DoesNotExist, CallingError, ChangedMeanwhileError and what ``move``
    raises.
    """
    own = Invitation.objects.sent_to(actor).get(pk=invitation_pk)
    with move(Action.ANSWER, activity_pk=own.activity_id, actor=actor) as step:
        row = _locked(invitation_pk)
        _refuse_late(row, step.activity, round_seen)
        answer = Answer.ACCEPTED if accepts else Answer.LEAVE_ASKED
        if not accepts and leave_kind not in LeaveReason.values:
            raise CallingError("请选择请假类别。")
        kind, reason = ("", "") if accepts else (leave_kind, leave_reason.strip())
        same = (row.answer, row.leave_kind, row.leave_reason) == (answer, kind, reason)
        settled = row.answer == Answer.LEAVE_GRANTED and not accepts
        if same or settled:
            return row
        _answer(row, answer, kind, reason, actor)
        row.read_at = row.read_at or row.answered_at
        save_recorded(row)
        if not accepts:
            _tell_office_of_leave(row, step.activity)
    return row


def _locked(pk: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",))
    return rows.select_related("deputy__user", "activity").get(pk=pk)


def _refuse_late(row: Invitation, activity: Activity, round_seen: int | None) -> None:
    if round_seen is not None and round_seen != activity.notice_round:
        raise ChangedMeanwhileError("活动的时间或安排刚有变动，请看过新的通知再回执。")
    row.activity = activity
    until = row.answer_until
    if timezone.localdate() > until:
        contact = f"：{activity.contact}" if activity.contact else ""
        raise CallingError(
            f"回执已于{until.month}月{until.day}日截止。要变动请打电话给联系人{contact}。"
        )


def _answer(row: Invitation, answer: str, kind: str, reason: str, actor: User) -> None:
    row.answer, row.leave_kind, row.leave_reason = answer, kind, reason
    row.answered_at, row.answered_by = timezone.now(), actor
    row.decided_by = row.decided_at = None
    row.decision = ""


def organisers_of(activity: Activity) -> list[User]:
    """Who hears of leaves: whoever planned it, else the office of the place."""
    if activity.entered_by is not None and activity.entered_by.is_active:
        return [activity.entered_by]
    return office_people(activity.region)


def _tell_office_of_leave(row: Invitation, activity: Activity) -> None:
    reason = f"，{row.leave_reason}" if row.leave_reason else ""
    message = Message(
        key=f"leave:{row.pk}:{row.answered_at:%Y%m%d%H%M%S%f}",
        title=f"{row.deputy.name}请假：{activity.title}",
        body=f"{row.get_leave_kind_display()}{reason}。请批假。",
        link=f"/invitations/{row.pk}/leave/",
    )
    notify(organisers_of(activity), message)


def record_answer(
    *,
    actor: User,
    invitation_pk: int,
    told_by: str,
    answer: str,
    leave_kind: str = "",
    leave_reason: str = "",
    seen: str = "",
) -> Invitation:
    """A receipt that came by phone, chat or on paper (代录); may come after the limit.

    ``answer`` WAITING: the deputy was reached, but gave no answer. Raises as ``move`` and
    CallingError, StaleRecordError.
    """
    activity_pk = _activity_of(invitation_pk)
    with move(Action.ANSWER_FOR, activity_pk=activity_pk, actor=actor):
        row = _locked(invitation_pk)
        refuse_stale(row, seen)
        if told_by not in ToldBy.values or told_by == ToldBy.PORTAL:
            raise CallingError("请选择通知方式。")
        if answer in _LEAVES and leave_kind not in LeaveReason.values:
            raise CallingError("请假要写明类别。")
        kind, reason = (leave_kind, leave_reason.strip()) if answer in _LEAVES else ("", "")
        now = timezone.now()
        row.told_by, row.read_at = told_by, row.read_at or now
        if answer != Answer.WAITING:
            _answer(row, answer, kind, reason, actor)
        if answer == Answer.LEAVE_GRANTED:
            row.decided_by, row.decided_at = actor, now
        save_recorded(row)
    return row


def _activity_of(invitation_pk: int) -> int:
    return Invitation.objects.values_list("activity", flat=True).get(pk=invitation_pk)


def decide_leave(
    *, actor: User, invitation_pk: int, grants: bool, words: str = "", seen: str = ""
) -> Invitation:
    """Grant or refuse a leave that was asked; a refusal says why. The deputy hears once.

    Raises as ``move`` and CallingError, StaleRecordError.
    """
    activity_pk = _activity_of(invitation_pk)
    with move(Action.DECIDE_LEAVE, activity_pk=activity_pk, actor=actor) as step:
        row = _locked(invitation_pk)
        if row.answer != Answer.LEAVE_ASKED:
            who = f"{row.decided_by}已批" if row.decided_by else "代表已改"
            raise CallingError(f"{who}为「{row.get_answer_display()}」，不用再批。")
        refuse_stale(row, seen)
        if not grants and not words.strip():
            raise CallingError("不准假要写明理由，代表会看到。")
        row.answer = Answer.LEAVE_GRANTED if grants else Answer.LEAVE_REFUSED
        row.decided_by, row.decided_at = actor, timezone.now()
        row.decision = words.strip()
        save_recorded(row)
        _tell_decision(row, step.activity)
    return row


def _tell_decision(row: Invitation, activity: Activity) -> None:
    if row.deputy.user is None:
        return
    granted = row.answer == Answer.LEAVE_GRANTED
    words = f"{row.decision.rstrip('。')}。" if row.decision else ""
    message = Message(
        key=f"leave-decided:{row.pk}:{row.decided_at:%Y%m%d%H%M%S%f}",
        title=f"{'已准假' if granted else '未准假'}：{activity.title}",
        body=f"{words}{'不计缺席。' if granted else '请准时参加；确有困难请联系组织者。'}",
        link=invitation_page(row),
        is_urgent=not granted,
    )
    notify([row.deputy.user], message)
