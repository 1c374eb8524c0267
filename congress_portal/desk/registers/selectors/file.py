"""One deputy's records of one year, gathered from every app (MISSION M03)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Prefetch
from django.urls import reverse

from activities.enums import CountsAs, Presence
from activities.enums import Part as AttendancePart
from activities.models import Attendance, BallotScale, DutyReport, Visit
from activities.selectors.reporting import shows_votes, tally_of
from activities.selectors.scales import with_rules
from congress_portal.core.enums import RegionLevel
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from congress_portal.core.periods import year as year_period
from congress_portal.desk.registers.selectors.file_parts import (
    counts,
    deeds,
    honours,
    only,
    pair_contacts,
    studies,
    supervision,
    turnout,
    voices,
)
from congress_portal.evaluations.models import Score
from deputies.models import Deputy, GroupMembership
from deputies.reports import DutyFile, Entry, Fact, Part, Section
from stations.models import Posting, ReceptionDuty
from suggestions.models import CoSigner, Suggestion

NOT_FILLED = "（未填写）"


def years_of(deputy: Deputy, today: dt.date) -> list[int]:
    """Years of the deputy's terms up to today, newest first."""
    begins = [mandate.first_day.year for mandate in deputy.mandates.all()]
    return list(range(today.year, min([*begins, today.year]) - 1, -1))


def duty_file(
    deputy: Deputy, year: int, *, reader: User, today: dt.date, verified_only: bool = False
) -> DutyFile:
    """Everything that the reader may see; the deputy sees all of the own file.

    ``deputy`` comes with mandates, groups and expertise prefetched (deputies.selectors).
    """
    period = year_period(year)
    attended = _attended(deputy, period, reader, verified_only)
    received = _received(deputy, period, reader, verified_only)
    visits = _visits(deputy, period, reader, verified_only)
    led = _led(deputy, period, reader)
    cosigned = _cosigned(deputy, period, reader)
    reports = reports_in(deputy, period, reader, verified_only)
    parts = (
        Part("二", "会议", (_activities("参加会议", [a for a in attended if _part(a) == 0]),)),
        Part("三", "视察调研", (_activities("视察调研", [a for a in attended if _part(a) == 1]),)),
        Part(
            "四",
            "学习培训",
            (
                _trainings([a for a in attended if _part(a) == 2]),
                studies(deputy, period, reader),
            ),
        ),
        Part(
            "五",
            "小组活动",
            (
                _groups(deputy, period),
                _activities("小组活动", [a for a in attended if _part(a) == 3]),
                _activities("其他活动", [a for a in attended if _part(a) == 4]),
            ),
        ),
        Part("六", "建议", (led, cosigned, voices(deputy, period, reader))),
        Part(
            "七",
            "述职与监督",
            (
                reports,
                *supervision(deputy, period, reader),
                received,
                visits,
                pair_contacts(deputy, period, reader, verified_only),
                scores_in(deputy, period, reader),
            ),
        ),
        Part(
            "八",
            "表彰",
            (
                honours(deputy, period, reader, verified_only),
                deeds(deputy, period, reader, verified_only),
            ),
        ),
    )
    return DutyFile(
        name=deputy.name,
        town=deputy.town.name,
        year=year,
        facts=(*facts_of(deputy), _stations(deputy, period, reader)),
        totals=(
            *_totals(attended, received, visits, led, cosigned, reports),
            *turnout(deputy, period, reader),
            *_once_a_term(deputy, min(period.last, today), reader),
        ),
        parts=parts,
        issuer=settings.PORTAL_OFFICE or f"{county_of(deputy)}人大常委会代表工作委员会",
        printed_on=today,
        is_partial=deputy.user_id != reader.pk and not _reads_county_of(deputy, reader),
    )


def _reads_county_of(deputy: Deputy, reader: User) -> bool:
    county = deputy.town.code[: RegionLevel.COUNTY.prefix_length]
    return any(county.startswith(prefix) for prefix in reader.scope.read_prefixes)


def county_of(deputy: Deputy) -> str:
    parent = deputy.town.parent
    return parent.name if parent else ""


def facts_of(deputy: Deputy) -> Iterable[Fact]:
    """Identity number and phone stay out: the file goes from hand to hand."""
    seats = [
        f"{mandate.get_level_display()}人大代表（{mandate.term.name}"
        + (f"，{mandate.district.name}" if mandate.district else "")
        + f"，{mandate.first_day:%Y年%-m月}—{mandate.last_day:%Y年%-m月}"
        + (f"，{mandate.get_end_kind_display()}" if mandate.end_kind else "")
        + "）"
        for mandate in deputy.mandates.all()
    ]
    yield Fact("姓名", deputy.name)
    yield Fact("性别", deputy.get_sex_display() or NOT_FILLED)
    yield Fact("民族", deputy.ethnicity or NOT_FILLED)
    born = deputy.birth_month
    yield Fact("出生年月", f"{born.year}年{born.month}月" if born else NOT_FILLED)
    yield Fact("文化程度", deputy.education or NOT_FILLED)
    yield Fact("政治面貌", deputy.party or NOT_FILLED)
    yield Fact("代表构成", deputy.sector or NOT_FILLED)
    yield Fact("工作单位及职务", deputy.employer or NOT_FILLED)
    yield Fact("专长", "、".join(entry.name for entry in deputy.expertise.all()) or NOT_FILLED)
    yield Fact("所在地", f"{deputy.town.name}{deputy.village.name if deputy.village else ''}")
    yield Fact("代表职务", "；".join(seats) or "没有登记")


def _stations(deputy: Deputy, period: Period, reader: User) -> Fact:
    rows = Posting.objects.visible_to(reader).during(period.first, period.last)
    names = rows.filter(deputy=deputy).order_by("serial", "pk")
    return Fact("进站", "、".join(names.values_list("station__name", flat=True)) or "没有进站")


def _attended(
    deputy: Deputy, period: Period, reader: User, verified_only: bool
) -> Sequence[Attendance]:
    rows = Attendance.objects.visible_to(reader).filter(
        deputy=deputy,
        presence=Presence.PRESENT,
        activity__held_on__range=(period.first, period.last),
    )
    rows = only(rows, verified_only, "activity__")
    related = ("activity__form", "activity__station", "activity__group", "activity__region")
    return list(rows.select_related(*related).order_by("activity__held_on", "activity_id"))


def _part(attendance: Attendance) -> int:
    """0 meeting, 1 inspection, 2 training, 3 group, 4 other."""
    form = attendance.activity.form
    if form.counts_as == CountsAs.TRAINING:
        return 2
    if form.counts_as == CountsAs.INSPECTION:
        return 1
    if attendance.activity.group_id or "小组" in form.name:
        return 3
    return 0 if form.is_meeting else 4


def _activity_entry(attendance: Attendance) -> Entry:
    activity = attendance.activity
    where = activity.station or activity.place or activity.region
    hours = f"，{activity.hours.normalize():f} 学时" if activity.hours else ""
    part = f"，{attendance.get_part_display()}" if attendance.part != AttendancePart.MEMBER else ""
    speech = f"；发言：{attendance.speech[:80]}" if attendance.speech else ""
    return Entry(
        activity.held_on,
        activity.title,
        f"{activity.form.name}，{where}{hours}{part}{speech}",
        reverse("activities:detail", args=[activity.pk]),
        counts(activity),
    )


def _activities(title: str, rows: Sequence[Attendance]) -> Section:
    entries = tuple(map(_activity_entry, rows))
    return Section(title, entries, f"{_counted(entries)} 次")


def _trainings(rows: Sequence[Attendance]) -> Section:
    entries = tuple(map(_activity_entry, rows))
    counted = [row.activity.hours or Decimal(0) for row in rows if counts(row.activity)]
    hours = sum(counted, Decimal(0))
    return Section("参加学习培训", entries, f"{len(counted)} 次，{hours.normalize():f} 学时")


def _counted(entries: Iterable[Entry]) -> int:
    return sum(entry.counted for entry in entries)


def _received(deputy: Deputy, period: Period, reader: User, verified_only: bool) -> Section:
    rows = ReceptionDuty.objects.visible_to(reader).filter(
        deputy=deputy, reception__held_on__range=(period.first, period.last)
    )
    rows = only(rows, verified_only, "reception__").annotate(matters=Count("reception__voices"))
    duties = rows.select_related("reception__station").order_by("reception__held_on", "pk")
    entries = tuple(
        Entry(
            duty.reception.held_on,
            duty.reception.station.name,
            f"收到意见 {duty.matters} 条",
            reverse("stations:reception_detail", args=[duty.reception_id]),
            counts(duty.reception),
        )
        for duty in duties
    )
    days = {(duty.reception.held_on, duty.reception.station_id) for duty in duties}
    matters = sum(duty.matters for duty in duties if counts(duty.reception))
    return Section("接待选民", entries, f"{len(days)} 天，意见 {matters} 条")


def _visits(deputy: Deputy, period: Period, reader: User, verified_only: bool) -> Section:
    rows = Visit.objects.visible_to(reader).filter(deputy=deputy).in_period(period)
    rows = only(rows, verified_only).select_related("region", "village", "channel")
    visits = list(rows.order_by("held_on", "pk"))
    entries = tuple(
        Entry(
            visit.held_on,
            f"{visit.region}{visit.village or ''}，{visit.channel}，{visit.people} 人次",
            visit.matter,
            reverse("activities:visit_detail", args=[visit.pk]),
            counts(visit),
        )
        for visit in visits
    )
    people = sum(visit.people for visit in visits if counts(visit))
    return Section("联系走访", entries, f"{_counted(entries)} 次，{people} 人次")


def _suggestion_entry(suggestion: Suggestion) -> Entry:
    return Entry(
        suggestion.submitted_on,
        suggestion.title,
        f"{suggestion.year}年第{suggestion.number}号{suggestion.get_kind_display()}"
        if suggestion.number
        else f"{suggestion.get_kind_display()}（还没有编号）",
        reverse("suggestions:detail", args=[suggestion.pk]),
    )


def _led(deputy: Deputy, period: Period, reader: User) -> Section:
    rows = Suggestion.objects.visible_to(reader).filter(lead=deputy).submitted_in(period)
    entries = tuple(map(_suggestion_entry, rows.order_by("submitted_on", "pk")))
    return Section("领衔提出", entries, f"{len(entries)} 件")


def _cosigned(deputy: Deputy, period: Period, reader: User) -> Section:
    rows = CoSigner.objects.visible_to(reader).filter(
        deputy=deputy, suggestion__submitted_on__range=(period.first, period.last)
    )
    rows = rows.select_related("suggestion").order_by("suggestion__submitted_on", "pk")
    entries = tuple(_suggestion_entry(row.suggestion) for row in rows)
    return Section("附议", entries, f"{len(entries)} 件")


def reports_in(deputy: Deputy, period: Period, reader: User, verified_only: bool) -> Section:
    """Those held; the ballots under the names of their scale, with the result."""
    rows = DutyReport.objects.visible_to(reader).filter(deputy=deputy).in_period(period)
    rows = only(rows, verified_only).exclude(meeting__is_held=False).select_related("district")
    scales = Prefetch("scale", with_rules(BallotScale.objects.all()))
    entries = tuple(
        Entry(
            row.held_on,
            f"在{row.district or row.district_name or '选区'}向选民述职",
            _ballots(row, reader),
            reverse("activities:duty_report", args=[row.pk]),
            counts(row),
        )
        for row in rows.prefetch_related(scales).order_by("held_on", "pk")
    )
    return Section("向选民述职", entries, f"{_counted(entries)} 次")


def _ballots(row: DutyReport, reader: User) -> str:
    if not shows_votes(row, reader):
        return "结果还没有宣布"
    votes = "，".join(f"{label} {number} 票" for label, number in tally_of(row).lines)
    result = f"，评议结果：{row.result}" if row.result else ""
    return f"到会选民 {row.voters_present} 人，{votes}{result}"


def _groups(deputy: Deputy, period: Period) -> Section:
    """The groups of the year, from the prefetched memberships."""

    def is_in(row: GroupMembership) -> bool:
        begun = row.begins_on is None or row.begins_on <= period.last
        return begun and (row.ends_on is None or row.ends_on >= period.first)

    entries = tuple(
        Entry(
            row.begins_on,
            row.group.name,
            row.get_role_display() + (f"，到{row.ends_on:%Y年%-m月%-d日}" if row.ends_on else ""),
        )
        for row in deputy.memberships.all()
        if is_in(row)
    )
    return Section("所在小组", entries, f"{len(entries)} 个")


def scores_in(deputy: Deputy, period: Period, reader: User) -> Section:
    rows = Score.objects.visible_to(reader).filter(
        deputy=deputy,
        sheet__state="published",
        sheet__first_day__gte=period.first,
        sheet__last_day__lte=period.last,
    )
    rows = rows.select_related("sheet__scheme").order_by("sheet__last_day", "sheet__version")
    latest = {(row.sheet.scheme.name, row.sheet.period_code): row for row in rows}
    entries = tuple(
        Entry(
            row.sheet.last_day,
            f"{row.sheet.scheme.name}（{_label(row)}）",
            f"{row.total} 分" if row.total is not None else "没有可计的指标",
            reverse("evaluations:score", args=[row.pk]),
        )
        for row in latest.values()
    )
    return Section("已公布的考评", entries, f"{len(entries)} 期")


def _once_a_term(deputy: Deputy, on: dt.date, reader: User) -> Iterable[Fact]:
    """At least one report to the voters in the term of that day (MISSION M113)."""
    terms = {mandate.term for mandate in deputy.mandates.all()}
    days = [(t.begins_on, t.ends_on) for t in terms if t.begins_on <= on <= t.ends_on]
    if not days:
        return
    first, last = min(day for day, _ in days), max(day for _, day in days)
    rows = DutyReport.objects.visible_to(reader).verified()
    is_done = rows.filter(deputy=deputy, held_on__range=(first, last)).exists()
    yield Fact("任期内至少述职一次", "1/1，已述职" if is_done else "0/1，还没有述职")


def _label(row: Score) -> str:
    sheet = row.sheet
    return Period(sheet.first_day, sheet.last_day, sheet.period_code).label


def _totals(
    attended: Sequence[Attendance],
    received: Section,
    visits: Section,
    led: Section,
    cosigned: Section,
    reports: Section,
) -> tuple[Fact, ...]:
    counted = [row.activity for row in attended if counts(row.activity)]
    trainings = sum(activity.form.counts_as == CountsAs.TRAINING for activity in counted)
    return (
        Fact("参加活动", f"{len(counted) - trainings} 次"),
        Fact("学习培训", f"{trainings} 次"),
        Fact("接待选民", received.total),
        Fact("联系走访", visits.total),
        Fact("建议", f"领衔 {len(led.entries)} 件，附议 {len(cosigned.entries)} 件"),
        Fact("向选民述职", reports.total),
    )
