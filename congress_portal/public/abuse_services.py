"""Complaints about published texts: taken from anybody, decided by the office, answered."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.crypto import keyed_hash
from congress_portal.core.errors import DomainError
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify, office_people
from congress_portal.core.stale import refuse_stale
from congress_portal.core.text import printable
from congress_portal.public import selectors
from congress_portal.public.enums import AbuseState, Reported
from congress_portal.public.models import AbuseReport
from suggestions.enums import Knock
from suggestions.models import DoorKnock

EASY, MOST = 2, 10  # reports of an address in 24 hours: from here a question, and then none
LONGEST = 500


class AbuseError(DomainError):
    """A rule of the complaints refuses the input."""


@dataclass(frozen=True)
class Target:
    """A published text that can be complained of."""

    kind: Reported
    pk: int
    title: str
    address: str
    region: Region


def target_of(kind: str, pk: int) -> Target | None:
    """None for what is not published (any more)."""
    if kind == Reported.NEWS:
        news = selectors.shown_news().filter(pk=pk).first()
        if news:
            address = reverse("public:news_item", args=[pk])
            title = without_numbers(news.news.title)
            return Target(Reported.NEWS, pk, title, address, news.news.region)
    if kind == Reported.SUGGESTION:
        row = selectors.shown_suggestions().filter(pk=pk).first()
        if row:
            address = reverse("public:suggestion", args=[pk])
            return Target(Reported.SUGGESTION, pk, without_numbers(row.title), address, row.region)
    if kind == Reported.REPLY:
        reply = selectors.shown_replies().filter(pk=pk).first()
        row = reply.handling.suggestion if reply else None
        if reply and row and selectors.shown_suggestions().filter(pk=row.pk).exists():
            address = reverse("public:suggestion", args=[row.pk])
            title = f"{reply.handling.unit}对「{without_numbers(row.title)}」的答复"
            return Target(Reported.REPLY, pk, title, address, row.region)
    return None


def reports_today(address: str) -> int:
    """How many came from this address in the last 24 hours."""
    since = timezone.now() - dt.timedelta(days=1)
    rows = DoorKnock.objects.filter(kind=Knock.REPORT, at__gt=since)
    return rows.filter(address_hash=keyed_hash(address)).count()


def report_abuse(
    *, target: Target, reason: str, words: str, key: uuid.UUID, address: str
) -> AbuseReport:
    """Take a complaint; the same ``key`` always gives the same one. Raises AbuseError."""
    if found := AbuseReport.objects.filter(idempotency_key=key).first():
        return found
    if reports_today(address) >= MOST:
        raise AbuseError("这里今天举报太多了，请明天再来，或者打人大机关的电话。")
    try:
        return _enter(target, reason, printable(words).strip()[:LONGEST], key, address)
    except IntegrityError:
        return AbuseReport.objects.get(idempotency_key=key)  # the second of two taps


@transaction.atomic
def _enter(target: Target, reason: str, words: str, key: uuid.UUID, address: str) -> AbuseReport:
    report = AbuseReport(
        kind=target.kind, target=target.pk, title=target.title[:200], region=target.region,
        reason=reason, words=words, idempotency_key=key,
    )  # fmt: skip
    save_recorded(report)
    DoorKnock.objects.create(kind=Knock.REPORT, address_hash=keyed_hash(address))
    message = Message(
        key=f"abuse-report-{report.pk}",
        title="有人举报一条公开的信息",
        body=f"{report.get_reason_display()}：{report.title}"[:200],
        link=reverse("public:abuse_report", args=[report.pk]),
        is_urgent=True,
    )
    notify(office_people(target.region), message)
    return report


@transaction.atomic
def decide_report(*, actor: User, pk: int, seen: str, state: str, answer: str) -> AbuseReport:
    """Hide the text or leave it, with words for who reported; may be decided anew.

    Raises AbuseReport.DoesNotExist, StaleRecordError, AbuseError.
    """
    rows = AbuseReport.objects.editable_by(actor).order_by().values("pk")
    locked = AbuseReport.objects.order_by().select_for_update(of=("self",))
    report: AbuseReport = locked.get(pk=pk, pk__in=rows)
    refuse_stale(report, seen)
    if state not in (AbuseState.HIDDEN, AbuseState.KEPT):
        raise AbuseError("请选停止公开，还是继续公开。")
    answer = printable(answer).strip()
    if not answer:
        raise AbuseError("请写处理说明，举报的人会看到。")
    report.state, report.answer = state, answer[:LONGEST]
    report.decided_at, report.decided_by = timezone.now(), actor
    save_recorded(report, reason=report.answer)
    _keep_in_step(report, actor)
    return report


def _keep_in_step(report: AbuseReport, actor: User) -> None:
    """One text, one decision: other complaints about it follow."""
    same = AbuseReport.objects.filter(kind=report.kind, target=report.target)
    for other in same.exclude(pk=report.pk).exclude(state=report.state).order_by("pk"):
        other.state, other.answer = report.state, report.answer
        other.decided_at, other.decided_by = report.decided_at, actor
        save_recorded(other, reason=report.answer)
