"""Deputies report to the voters (述职, 代表法 §58): meeting, text, ballots, what follows."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from activities.models import BallotScale, DutyReport, ReportMeeting, VoterQuestion
from activities.selectors.reporting import (
    COLUMNS,
    outcome_of,
    reports_in_full,
    seat_on,
    seats_to_call,
    term_days,
)
from activities.selectors.scales import labels_of, with_rules
from activities.selectors.story import story_of
from congress_portal.core.audit import delete_recorded, record, save_recorded
from congress_portal.core.documents.wording import date_words
from congress_portal.core.enums import AuditAction, Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify, notify_each
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy, Mandate


class ReportingError(DomainError):
    """The meeting or report does not allow this, or not by this person."""


_MEETING_FIELDS = ("title", "region", "district", "held_on", "place", "scale")


def _own_place(actor: User, region: Region) -> None:
    if not actor.scope.may_write_code(region.code):
        raise ReportingError(f"{region}的述职由那里的人大工作人员组织。")


def _locked_meeting(actor: User, pk: int) -> ReportMeeting:
    rows = ReportMeeting.objects.select_for_update(of=("self",)).select_related("region")
    meeting = rows.get(pk=pk)
    _own_place(actor, meeting.region)
    return meeting


@transaction.atomic
def save_meeting(
    *,
    actor: User,
    values: Mapping[str, Any],
    meeting_pk: int | None = None,
    seen: str = "",
    key: uuid.UUID | None = None,
) -> ReportMeeting:
    """Plan a meeting or mend the plan; a new day goes to the reports too.

    The same ``key`` always gives the same meeting. Raises ReportingError, StaleRecordError,
    ValidationError.
    """
    if found := _meeting_of(key) if meeting_pk is None else None:
        _own_place(actor, found.region)
        return found
    meeting = ReportMeeting(idempotency_key=key)
    if meeting_pk:
        meeting = _locked_meeting(actor, meeting_pk)
        refuse_stale(meeting, seen)
        if meeting.is_held:
            raise ReportingError("述职会已经召开，不能再改安排；票数有误请在“登记结果”里更正。")
    for name in _MEETING_FIELDS:
        setattr(meeting, name, values[name])
    _own_place(actor, meeting.region)
    _refuse_odd_scale(meeting.scale)
    try:
        with transaction.atomic():
            save_recorded(meeting)
    except (IntegrityError, ValidationError):
        if found := _meeting_of(key):
            return found
        raise
    for report in DutyReport.objects.select_for_update(of=("self",)).filter(meeting=meeting):
        report.held_on, report.scale = meeting.held_on, meeting.scale
        report.district = meeting.district or report.district
        save_recorded(report)
    return meeting


def _meeting_of(key: uuid.UUID | None) -> ReportMeeting | None:
    if key is None:
        return None
    return ReportMeeting.objects.select_related("region").filter(idempotency_key=key).first()


def _refuse_odd_scale(scale: BallotScale) -> None:
    if len(labels_of(scale)) not in COLUMNS:
        raise ReportingError("述职评议用的票式要有两到四个选项。")


@transaction.atomic
def call_to_report(*, actor: User, meeting_pk: int, deputies: Iterable[Deputy]) -> list[DutyReport]:
    """Put deputies on the list: each gets a draft from the own records, and a notice.

    Who is on it already stays as is. Raises ReportingError.
    """
    meeting = _locked_meeting(actor, meeting_pk)
    if meeting.is_held:
        raise ReportingError("述职会已经召开，不能再加代表。")
    wanted = {deputy.pk for deputy in deputies}
    there = set(DutyReport.objects.filter(meeting=meeting).values_list("deputy", flat=True))
    seats = {seat.deputy_id: seat for seat in reversed(seats_to_call(meeting, actor))}
    if wanted - there - set(seats):
        raise ReportingError("名单里有不在这个选区、不在任，或已安排在别的述职会上的代表。")
    reports = [_drafted(actor, meeting, seats[pk]) for pk in sorted(wanted - there)]
    told = [
        (report.deputy.user, _invitation(meeting, report))
        for report in reports
        if report.deputy.user
    ]
    notify_each(told)
    return reports


def _drafted(actor: User, meeting: ReportMeeting, seat: Mandate) -> DutyReport:
    report = DutyReport(
        deputy=seat.deputy, held_on=meeting.held_on, meeting=meeting, scale=meeting.scale,
        district=meeting.district or seat.district, entered_by=actor, on_behalf=True,
        text=draft_of(seat.deputy, meeting.held_on, seat),
    )  # fmt: skip
    save_recorded(report)
    return report


def draft_of(deputy: Deputy, day: dt.date, seat: Mandate | None) -> str:
    """From the records up to today (or the day, where that lies behind)."""
    until = min(day, timezone.localdate())
    period = term_days(seat, until)
    named = f"{seat.term.region or ''}{seat.term.name}人大代表" if seat else "人大代表"
    return story_of(deputy, period, named, f"{date_words(period.first)}至{date_words(until)}")


def _invitation(meeting: ReportMeeting, report: DutyReport) -> Message:
    place = f"，地点：{meeting.place}" if meeting.place else ""
    return Message(
        key=f"report:{report.pk}",
        title=f"请您向选民述职：{meeting.title}",
        body=f"时间：{date_words(meeting.held_on)}{place}。述职报告已按您的履职记录起草，请您修改。",
        link=_page(report),
    )


def _page(report: DutyReport) -> str:
    return reverse("activities:duty_report", args=[report.pk])


@transaction.atomic
def drop_from_meeting(*, actor: User, report_pk: int) -> None:
    """Take a deputy off the list of a meeting to come; who was told hears of it."""
    report = _locked_report(report_pk)
    meeting = report.meeting
    if meeting is None or meeting.is_held:
        raise ReportingError("述职会已经召开，不能再去掉代表。")
    _own_place(actor, meeting.region)
    if report.deputy.user:
        message = Message(key=f"report-dropped:{report.pk}", title=f"不用参加了：{meeting.title}")
        notify([report.deputy.user], message)
    delete_recorded(report)


def _locked_report(pk: int) -> DutyReport:
    rows = DutyReport.objects.select_for_update(of=("self",))
    return rows.select_related("deputy__user", "meeting__region").get(pk=pk)


def _writer(actor: User, report: DutyReport) -> None:
    """The deputy, or staff who keep the deputy's records (代录)."""
    own = actor.scope.deputy_user_id is not None and report.deputy.user_id == actor.pk
    if not own and not DutyReport.objects.editable_by(actor).filter(pk=report.pk).exists():
        raise DutyReport.DoesNotExist


def _keeper(actor: User, report: DutyReport) -> None:
    if not DutyReport.objects.editable_by(actor).filter(pk=report.pk).exists():
        raise ReportingError("只有所在镇（街道）或县的人大工作人员可以登记。")


def _refuse_verified(report: DutyReport) -> None:
    if report.verification == Verification.VERIFIED:
        raise ReportingError(f"{report.deputy}的述职已经核实，不能再改；有误请提更正申请。")


@transaction.atomic
def save_text(*, actor: User, report_pk: int, text: str, seen: str) -> DutyReport:
    """The report's words, until it is verified. Raises ReportingError, StaleRecordError."""
    report = _locked_report(report_pk)
    _writer(actor, report)
    _refuse_verified(report)
    refuse_stale(report, seen)
    report.text = text.strip()
    return save_recorded(report)  # type: ignore[return-value]


@transaction.atomic
def draft_again(*, actor: User, report_pk: int, seen: str) -> DutyReport:
    """Write the draft anew from today's records; what stood there goes into the trail."""
    report = _locked_report(report_pk)
    _writer(actor, report)
    _refuse_verified(report)
    refuse_stale(report, seen)
    seat = seat_on(report.deputy, report.held_on, report.district)
    report.text = draft_of(report.deputy, report.held_on, seat)
    return save_recorded(report)  # type: ignore[return-value]


# --- what happened at the meeting -----------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """One deputy's line of the count; ``votes`` in the order of the scale's options."""

    report_pk: int
    seen: str
    votes: Sequence[int]
    is_written: bool = False


@transaction.atomic
def record_meeting(
    *,
    actor: User,
    meeting_pk: int,
    seen: str,
    voters_present: int,
    counts: Iterable[Counted],
    note: str = "",
) -> ReportMeeting:
    """Note that it was held, how many voters came and how they voted; the result follows.

    May be corrected until a report is verified; an announced result that changes has to be
    announced anew. Raises ReportingError, StaleRecordError, ValidationError.
    """
    meeting = _locked_meeting(actor, meeting_pk)
    refuse_stale(meeting, seen)
    if meeting.held_on > timezone.localdate():
        raise ReportingError("还没到述职会的日期，不能登记结果；提前开的请先改日期。")
    if meeting.voters_present not in (None, voters_present) and _has_verified(meeting):
        raise ReportingError("已有代表的述职核实进入档案，到会选民不能再改；有误请提更正申请。")
    meeting.is_held, meeting.voters_present, meeting.note = True, voters_present, note.strip()
    save_recorded(meeting)
    scale = with_rules(BallotScale.objects.filter(pk=meeting.scale_id)).get()
    for line in counts:
        _count(actor, meeting, scale, line)
    return meeting


def _has_verified(meeting: ReportMeeting) -> bool:
    rows = DutyReport.objects.filter(meeting=meeting, verification=Verification.VERIFIED)
    return rows.exists()


def _count(actor: User, meeting: ReportMeeting, scale: BallotScale, line: Counted) -> None:
    report = _locked_report(line.report_pk)
    if report.meeting_id != meeting.pk:
        raise ReportingError("名单刚被改过，请重新打开再登记。")
    _keeper(actor, report)
    _refuse_verified(report)
    refuse_stale(report, line.seen)
    present = meeting.voters_present or 0
    if sum(line.votes) > present:
        raise ReportingError(
            f"{report.deputy}的票数合计 {sum(line.votes)} 张，多于到会选民 {present} 人。"
        )
    columns = COLUMNS[len(labels_of(scale))]
    before = (report.result, *(getattr(report, name) for name in columns))
    for name, votes in zip(columns, line.votes, strict=True):
        setattr(report, name, votes)
    report.scale, report.voters_present, report.is_written = scale, present, line.is_written
    report.held_on = meeting.held_on
    made = outcome_of(report)
    report.result = made.result if made else ""
    if before != (report.result, *line.votes):
        report.announced_at = None
    save_recorded(report)


@transaction.atomic
def announce_results(*, actor: User, meeting_pk: int) -> int:
    """Make the results known; each deputy hears the own one. Returns how many are new."""
    meeting = _locked_meeting(actor, meeting_pk)
    rows = DutyReport.objects.filter(meeting=meeting, announced_at__isnull=True)
    fresh = list(reports_in_full(rows.exclude(result="")).order_by("pk"))
    now = timezone.now()
    for report in fresh:
        report.announced_at = now
        save_recorded(report, clean=False)
    if fresh:
        record(AuditAction.PUBLISH, meeting, changes={"announced": [r.pk for r in fresh]})
    told = [(r.deputy.user, _result_message(r, now)) for r in fresh if r.deputy.user]
    notify_each(told)
    return len(fresh)


def _result_message(report: DutyReport, now: dt.datetime) -> Message:
    made = outcome_of(report)
    advice = f"按规则需要：{made.advice}。" if made and made.advice else ""
    return Message(
        key=f"report-result:{report.pk}:{now:%Y%m%d%H%M%S}",
        title=f"述职评议结果：{report.result}",
        body=f"{made.basis if made else ''}。{advice}",
        link=_page(report),
    )


@transaction.atomic
def set_questions(
    *, actor: User, report_pk: int, questions: Sequence[tuple[str, str]], seen: str
) -> list[VoterQuestion]:
    """Make the questions exactly these (question, answer), in this order.

    ``seen`` is ``questions_digest`` of the page, so that two clerks do not overwrite each other.
    """
    report = _locked_report(report_pk)
    _keeper(actor, report)
    _refuse_verified(report)
    kept = list(report.questions.order_by("serial", "pk"))
    if seen != questions_digest(kept):
        raise ReportingError("提问和回答刚被别人改过，您的修改没有保存。请重新打开再改。")
    for row in kept[len(questions) :]:
        delete_recorded(row)
    saved = []
    for serial, (question, answer) in enumerate(questions):
        row = kept[serial] if serial < len(kept) else VoterQuestion(report=report)
        row.serial, row.question, row.answer = serial, question.strip(), answer.strip()
        saved.append(save_recorded(row))
    return saved  # type: ignore[return-value]


def questions_digest(rows: Iterable[VoterQuestion]) -> str:
    """Stands in the form for the questions it was made from."""
    text = "\x1f".join(f"{row.question}\x1e{row.answer}" for row in rows)
    return str(uuid.uuid5(uuid.NAMESPACE_OID, text))


@transaction.atomic
def write_feedback(*, actor: User, report_pk: int, feedback: str, seen: str) -> DutyReport:
    """What the voters hold against or praise, in writing to the deputy; also after verification."""
    report = _locked_report(report_pk)
    _keeper(actor, report)
    refuse_stale(report, seen)
    if report.meeting and not report.meeting.is_held:
        raise ReportingError("述职会还没有召开，没有反馈意见。")
    report.feedback = feedback.strip()
    save_recorded(report)
    if report.deputy.user and report.feedback:
        digest = uuid.uuid5(uuid.NAMESPACE_OID, report.feedback).hex[:8]
        message = Message(
            key=f"report-feedback:{report.pk}:{digest}",
            title="述职评议的反馈意见",
            body=report.feedback,
            link=_page(report),
        )
        notify([report.deputy.user], message)
    return report


@transaction.atomic
def write_rectification(
    *, actor: User, report_pk: int, rectification: str, rectified_on: dt.date, seen: str
) -> DutyReport:
    """What was mended and when, by the deputy or on the deputy's behalf. Raises ReportingError."""
    report = _locked_report(report_pk)
    _writer(actor, report)
    refuse_stale(report, seen)
    if rectified_on < report.held_on:
        raise ReportingError("整改日期不能早于述职日期。")
    report.rectification, report.rectified_on = rectification.strip(), rectified_on
    return save_recorded(report)  # type: ignore[return-value]
