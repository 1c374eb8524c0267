"""Sections of the duty file that come from the deputy's own desk: study, contacts, honours …"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from activities.enums import InterviewState, Presence
from activities.models import (
    Attendance,
    CourseCompletion,
    Finding,
    GoodDeed,
    Honour,
    Interview,
    MemberContact,
    Question,
)
from congress_portal.core.enums import Verification
from congress_portal.core.models import Record, User
from congress_portal.core.periods import Period
from deputies.models import Deputy
from deputies.reports import Entry, Fact, Section
from suggestions.models import Voice


def only(rows: Any, verified_only: bool, path: str = "") -> Any:
    """Verified ones for paper; on the page also those that wait, never those sent back."""
    if verified_only:
        return rows.filter(**{f"{path}verification": Verification.VERIFIED})
    return rows.exclude(**{f"{path}verification": Verification.REFUSED})


def counts(record: Record) -> bool:
    return record.verification == Verification.VERIFIED


def _times(entries: tuple[Entry, ...], unit: str = "次") -> str:
    return f"{sum(entry.counted for entry in entries)} {unit}"


def _span(period: Period) -> tuple[dt.date, dt.date]:
    return period.first, period.last


def turnout(deputy: Deputy, period: Period, reader: User) -> Iterable[Fact]:
    """Of the activities the deputy was called to: came, excused, missing. Leave is no absence."""
    rows = Attendance.objects.visible_to(reader).filter(
        deputy=deputy,
        activity__invitations__deputy=deputy,
        activity__verification=Verification.VERIFIED,
        activity__held_on__range=_span(period),
    )
    found = Counter(rows.values_list("presence", flat=True))
    if found:
        parts = "，".join(f"{each.label} {found[each]} 次" for each in Presence)
        yield Fact("应邀参加", f"{found.total()} 次：{parts}")


def studies(deputy: Deputy, period: Period, reader: User) -> Section:
    """Self-study by finished courses; minutes are never counted."""
    rows = CourseCompletion.objects.visible_to(reader).filter(
        deputy=deputy, completed_on__range=_span(period)
    )
    found = list(rows.select_related("course").order_by("completed_on", "pk"))
    entries = tuple(
        Entry(row.completed_on, row.course.title, f"自学，{row.hours.normalize():f} 学时")
        for row in found
    )
    hours = sum((row.hours for row in found), Decimal(0))
    return Section("自学课程", entries, f"{len(entries)} 门，{hours.normalize():f} 学时")


def voices(deputy: Deputy, period: Period, reader: User) -> Section:
    """What the deputy heard and put down; never with the voter's name."""
    rows = Voice.objects.visible_to(reader).filter(deputy=deputy, raised_on__range=_span(period))
    entries = tuple(
        Entry(
            row.raised_on,
            row.said[:80],
            f"{row.closed_on:%-m月%-d日}办结" if row.closed_on else "未办结",
            reverse("suggestions:voice_detail", args=[row.pk]),
        )
        for row in rows.order_by("raised_on", "pk")
    )
    return Section("转达选民反映", entries, f"{len(entries)} 件")


def supervision(deputy: Deputy, period: Period, reader: User) -> tuple[Section, ...]:
    """约见, questions put and problems brought up; each opens its activity."""
    return (
        _interviews(deputy, period, reader),
        _put(Question, "asker", "提出询问", deputy, period, reader),
        _put(Finding, "raised_by", "提出问题和意见", deputy, period, reader),
    )


def _interviews(deputy: Deputy, period: Period, reader: User) -> Section:
    """Each on the day that it was held, as its activity is; before that on the day of asking."""
    held = Q(state=InterviewState.HELD)
    when = held & Q(arranged_on__range=_span(period)) | ~held & Q(asked_on__range=_span(period))
    rows = Interview.objects.visible_to(reader).filter(Q(deputy=deputy) | Q(fellows=deputy), when)
    found = [
        Entry(
            row.arranged_on if row.state == InterviewState.HELD else row.asked_on,
            f"约见{row.unit}：{row.subject}",
            row.get_state_display(),
            counted=row.state == InterviewState.HELD,
        )
        for row in rows.select_related("unit").distinct().order_by("asked_on", "pk")
    ]
    entries = tuple(sorted(found, key=lambda entry: entry.on or dt.date.min))
    return Section("约见国家机关负责人", entries, _times(entries))


def _put(
    model: Any, path: str, title: str, deputy: Deputy, period: Period, reader: User
) -> Section:
    rows: QuerySet[Any] = model.objects.visible_to(reader).filter(
        **{path: deputy}, activity__held_on__range=_span(period)
    )
    rows = rows.select_related("activity", "unit").order_by("activity__held_on", "pk")
    entries = tuple(
        Entry(
            row.activity.held_on,
            row.text[:80],
            f"在「{row.activity}」" + (f"，{row.unit}" if row.unit else ""),
            reverse("activities:detail", args=[row.activity_id]),
            counts(row.activity),
        )
        for row in rows
    )
    return Section(title, entries, _times(entries, "条"))


def pair_contacts(deputy: Deputy, period: Period, reader: User, verified_only: bool) -> Section:
    """双联系 from both ends: the member who contacts the deputy, and the deputies contacted."""
    rows = MemberContact.objects.visible_to(reader).in_period(period)
    rows = rows.filter(Q(pairing__deputy=deputy) | Q(pairing__member__deputy=deputy))
    related = ("pairing__member__deputy", "pairing__deputy", "channel")
    rows = only(rows, verified_only).select_related(*related).order_by("held_on", "pk")
    entries = tuple(
        Entry(row.held_on, f"{row.pairing}，{row.channel}", row.matter[:80], counted=counts(row))
        for row in rows
    )
    return Section("常委会组成人员联系代表", entries, _times(entries))


def honours(deputy: Deputy, period: Period, reader: User, verified_only: bool) -> Section:
    rows = Honour.objects.visible_to(reader).filter(deputy=deputy).in_period(period)
    rows = only(rows, verified_only).select_related("level").order_by("held_on", "pk")
    entries = tuple(
        Entry(
            row.held_on,
            row.title,
            "，".join(filter(None, (str(row.level or ""), row.given_by, row.document_number))),
            counted=counts(row),
        )
        for row in rows
    )
    return Section("表彰", entries, _times(entries, "项"))


def deeds(deputy: Deputy, period: Period, reader: User, verified_only: bool) -> Section:
    rows = GoodDeed.objects.visible_to(reader).filter(deputy=deputy).in_period(period)
    rows = only(rows, verified_only).select_related("kind").order_by("held_on", "pk")
    entries = tuple(Entry(row.held_on, row.title, _deed(row), counted=counts(row)) for row in rows)
    return Section("先进事迹", entries, _times(entries, "件"))


def _deed(row: GoodDeed) -> str:
    amount = f"{row.amount:,.2f}".removesuffix(".00") + " 元" if row.amount else ""
    people = f"受益 {row.beneficiaries} 人" if row.beneficiaries else ""
    return "，".join(filter(None, (str(row.kind), amount, people)))
