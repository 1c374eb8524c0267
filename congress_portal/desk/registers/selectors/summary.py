"""One deputy's whole term in figures, with denominators and definitions (M112).

Figures are the portal's metrics over the days of the term on which the deputy held the seat, up
to the day of printing; the last column is the whole time measured at once, not a sum of years.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from activities.enums import Presence
from activities.models import Attendance
from congress_portal.core.enums import Verification
from congress_portal.core.figures import Rate
from congress_portal.core.metrics import Measures, find_metric, measure
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from congress_portal.core.periods import year as year_period
from congress_portal.desk.registers.selectors.file import (
    county_of,
    facts_of,
    reports_in,
    scores_in,
)
from congress_portal.desk.registers.selectors.file_parts import honours
from congress_portal.desk.registers.term_paper import SummaryRow, TermSummary, YearHead
from deputies.models import Deputy, Mandate, Term
from deputies.reports import Fact
from suggestions.models import Suggestion

_MEANINGS = {
    "activities": "出席的活动，不含学习培训",
    "inspections": "上一行里形式为视察、专题调研、执法检查的",
    "trainings": "出席的学习培训",
    "training_hours": "这些学习培训的学时相加",
    "courses_completed": "在平台课程库里学完的课程",
    "reception_days": "值班接待的天数，同一天同一个家站算一天",
    "voters_contacted": "接待的选民和走访联系的人次相加",
    "opinions_taken": "值班接待时登记的群众意见",
    "suggestions_led": "领衔提出的建议和议案，按提出的日期",
    "suggestions_cosigned": "附议的建议和议案",
    "duty_reports": "当年向选民述职的次数",
    "honours": "当年得到的表彰",
}
_CODES = tuple(_MEANINGS)


@dataclass(frozen=True)
class _Span:
    """A year's part of the time in office."""

    head: YearHead
    period: Period


def terms_of(deputy: Deputy) -> list[Term]:
    """Terms in which the deputy held a seat, newest first (from the prefetched mandates)."""
    found = {mandate.term.pk: mandate.term for mandate in deputy.mandates.all()}
    return sorted(found.values(), key=lambda term: (term.begins_on, term.pk), reverse=True)


def _served(deputy: Deputy, term: Term, today: dt.date) -> Period | None:
    """From the first to the last day of the seats in the term, not beyond today."""
    seats: list[Mandate] = [row for row in deputy.mandates.all() if row.term_id == term.pk]
    first = max(min(seat.first_day for seat in seats), term.begins_on)
    last = min(max(seat.last_day for seat in seats), term.ends_on, today)
    return Period(first, last, term.name) if first <= last else None


def _years(served: Period, address: str) -> list[_Span]:
    spans = []
    for number in range(served.first.year, served.last.year + 1):
        whole = year_period(number)
        first, last = max(whole.first, served.first), min(whole.last, served.last)
        told = _part_told(
            first if first > whole.first else None, last if last < whole.last else None
        )
        head = YearHead(f"{number}年", told, f"{address}?year={number}")
        spans.append(_Span(head, Period(first, last, str(number))))
    return spans


def _part_told(first: dt.date | None, last: dt.date | None) -> str:
    """«12月1日起», «到10月8日», both, or nothing for a whole year."""
    begin = f"{first.month}月{first.day}日起" if first else ""
    return begin + (f"到{last.month}月{last.day}日" if last else "")


def term_summary(deputy: Deputy, term: Term, *, reader: User, today: dt.date) -> TermSummary:
    """``deputy`` comes with mandates, groups and expertise prefetched (deputies.selectors)."""
    served = _served(deputy, term, today)
    address = reverse("desk:duty_file", args=[deputy.pk])
    spans = _years(served, address) if served else []
    periods = [span.period for span in spans] + ([served] if served else [])
    rows = tuple(_rows(deputy, periods, reader)) if served else ()
    parts = (
        reports_in(deputy, served, reader, True),
        honours(deputy, served, reader, True),
        scores_in(deputy, served, reader),
    ) if served else ()  # fmt: skip
    return TermSummary(
        name=deputy.name,
        town=deputy.town.name,
        term_name=str(term),
        facts=(*facts_of(deputy), _time(term, served)),
        heads=tuple(span.head for span in spans),
        rows=rows,
        parts=parts,
        issuer=settings.PORTAL_OFFICE or f"{county_of(deputy)}人大常委会代表工作委员会",
        printed_on=today,
        is_running=term.ends_on > today,
    )


def _time(term: Term, served: Period | None) -> Fact:
    whole = (term.ends_on - term.begins_on).days + 1
    days = (served.last - served.first).days + 1 if served else 0
    return Fact("本届在任", f"{days} 天（本届共 {whole} 天，到打印之日）")


def _rows(deputy: Deputy, periods: Sequence[Period], reader: User) -> Iterable[SummaryRow]:
    calls = [_attendance(deputy, period, reader) for period in periods]
    told = "应邀参加的活动里到会的；请假、缺席见「未到」"
    yield _rates("应邀出席", told, [rate for rate, _ in calls])
    yield SummaryRow(
        "未到：请假", "次", tuple(str(found[Presence.LEAVE]) for _, found in calls),
        "应邀参加而请了假的",
    )  # fmt: skip
    yield SummaryRow(
        "未到：缺席", "次", tuple(str(found[Presence.ABSENT]) for _, found in calls),
        "应邀参加而没有到会、也没有请假的",
    )  # fmt: skip
    metrics = {code: find_metric(Deputy, code) for code in (*_CODES, "opinions_closed")}
    who = Deputy.objects.filter(pk=deputy.pk)
    found = [measure(metrics.values(), period, who) for period in periods]
    for code in _CODES:
        metric = metrics[code]
        values = tuple(_figure(each[code][deputy.pk]) for each in found)
        yield SummaryRow(metric.name, metric.unit, values, _MEANINGS[code])
        if code == "opinions_taken":
            told = "其中到那一段时间的最后一天已经办结的；以后才办结的，只算进合计"
            yield _rates("意见办结", told, [_closed(each, deputy.pk) for each in found])
        if code == "suggestions_led":
            replied = [_replied(deputy, period) for period in periods]
            yield _rates("领衔建议答复", "其中到打印之日承办单位已经答复的", replied)


def _closed(found: Mapping[str, Measures], key: int) -> Rate:
    closed, taken = found["opinions_closed"][key], found["opinions_taken"][key]
    return Rate(int(closed or 0), int(taken or 0))


def _rates(name: str, meaning: str, found: Sequence[Rate]) -> SummaryRow:
    """Years show part/whole only; the last column also the percentage."""
    cells = [f"{rate.part}/{rate.whole}" if rate.whole else "—" for rate in found[:-1]]
    return SummaryRow(name, "", (*cells, str(found[-1])), meaning)


def _attendance(deputy: Deputy, period: Period, reader: User) -> tuple[Rate, Counter[str]]:
    rows = Attendance.objects.visible_to(reader).filter(
        deputy=deputy,
        activity__invitations__deputy=deputy,
        activity__verification=Verification.VERIFIED,
        activity__held_on__range=(period.first, period.last),
    )
    found = Counter(rows.order_by().values_list("presence", flat=True))
    return Rate(found[Presence.PRESENT], found.total()), found


def _replied(deputy: Deputy, period: Period) -> Rate:
    led = Suggestion.objects.filter(lead=deputy).submitted_in(period)
    done = led.filter(handlings__replies__isnull=False).values("pk").distinct()
    return Rate(done.count(), led.count())


def _figure(value: Decimal | int | None) -> str:
    return "0" if not value else f"{Decimal(value).normalize():f}"
