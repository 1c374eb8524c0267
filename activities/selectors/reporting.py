"""Reports to the voters (述职, 代表法 §58): who owes one in the term, what a meeting shows."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from activities.models import (
    BallotScale,
    DutyReport,
    ReportMeeting,
    ResultRule,
    VoterQuestion,
)
from activities.selectors.scales import Outcome, labels_of, outcome, with_rules
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from deputies.models import Deputy, District, Mandate, Term

# The columns of a duty report that hold the ballots of a scale with so many options.
COLUMNS = {
    2: ("satisfied", "unsatisfied"),
    3: ("satisfied", "basically_satisfied", "unsatisfied"),
    4: ("excellent", "satisfied", "basically_satisfied", "unsatisfied"),
}
_IMPORTED = ("满意", "基本满意", "不满意")


def seats_of(user: User | None, term: Term) -> QuerySet[Any]:
    """The seats of the term that the reader sees; ``is_done`` says whether a verified report lies
    within the seat's own days, ``is_called`` whether one is prepared for a meeting to come.

    A by-elected deputy owes from the own first day on; one who left owes nothing any more. One
    report counts at each level on which the person holds a seat.
    """
    rows: QuerySet[Any] = Mandate.objects.visible_to(user).filter(term=term)
    rows = rows.annotate(
        start=Coalesce("begins_on", "term__begins_on"), stop=Coalesce("ends_on", "term__ends_on")
    )
    own = DutyReport.objects.filter(deputy=OuterRef("deputy"))
    done = own.verified().filter(held_on__gte=OuterRef("start"), held_on__lte=OuterRef("stop"))
    called = own.pending().filter(meeting__is_held=False)
    return rows.annotate(is_done=Exists(done), is_called=Exists(called))


def owing(user: User | None, term: Term) -> QuerySet[Any]:
    """Seats that owe a report: those not given up."""
    return seats_of(user, term).filter(ends_on__isnull=True)


def reported_in(term: Term) -> QuerySet[Any]:
    """Keys of the deputies of the term who have reported since their own first day."""
    return seats_of(None, term).filter(is_done=True).values("deputy")


@dataclass(frozen=True)
class Line:
    """A town or a district with its share of those who have reported."""

    place: Region | District | None
    rate: Rate
    called: int

    @property
    def missing(self) -> int:
        return self.rate.whole - self.rate.part


@dataclass(frozen=True)
class Board:
    total: Line
    towns: tuple[Line, ...]
    districts: tuple[Line, ...]
    late: int
    left: int


def board(user: User, term: Term, town: Region | None = None) -> Board:
    """By home town, and by district of the chosen town (of the whole term, where none is)."""
    rows = owing(user, term)
    towns = {
        region.pk: region for region in Region.objects.filter(pk__in=rows.values("deputy__town"))
    }
    by_town = _lines(rows, "deputy__town", towns)
    near = rows.filter(deputy__town=town) if town else rows
    districts = {each.pk: each for each in District.objects.filter(pk__in=near.values("district"))}
    by_district = _lines(near, "district", districts)
    late = rows.filter(begins_on__gt=F("term__begins_on")).count()
    left = Mandate.objects.visible_to(user).filter(term=term, ends_on__isnull=False).count()
    whole = Rate(sum(x.rate.part for x in by_town), sum(x.rate.whole for x in by_town))
    total = Line(None, whole, sum(line.called for line in by_town))
    return Board(total, by_town, by_district, late, left)


def _lines(rows: QuerySet[Mandate], path: str, places: dict[int, Any]) -> tuple[Line, ...]:
    counted = rows.order_by().values(path).annotate(
        whole=Count("pk"),
        done=Count("pk", Q(is_done=True)),
        called=Count("pk", Q(is_done=False, is_called=True)),
    )  # fmt: skip
    lines = [
        Line(places.get(row[path]), Rate(row["done"], row["whole"]), row["called"])
        for row in counted
    ]
    return tuple(sorted(lines, key=_place_order))


def _place_order(line: Line) -> tuple[bool, str, int]:
    place = line.place
    code = place.code if isinstance(place, Region) else ""
    return place is None, code, place.pk if place else 0


def missing(user: User, term: Term) -> QuerySet[Mandate]:
    """Who has not reported yet, by town and name."""
    rows = (
        owing(user, term).filter(is_done=False).select_related("deputy__town", "district", "term")
    )
    return rows.order_by("deputy__town__code", "deputy__pinyin", "pk")


def terms_with_seats(user: User) -> QuerySet[Term]:
    """Terms of which the reader sees a seat, newest first, the county's before the towns'."""
    seats = Mandate.objects.visible_to(user).values("term")
    rows = Term.objects.filter(pk__in=seats, region__isnull=False).select_related("region")
    return rows.order_by("-begins_on", "region__code", "pk")


# --- meetings -------------------------------------------------------------------------------------


def meetings_listed(rows: QuerySet[ReportMeeting]) -> QuerySet[ReportMeeting]:
    """With ``deputies``, ``counted`` and ``announced``, the numbers of reports."""
    counted = rows.select_related("region", "district", "scale").annotate(
        deputies=Count("reports"),
        counted=Count("reports", ~Q(reports__result="")),
        announced=Count("reports", Q(reports__announced_at__isnull=False)),
    )
    return counted.order_by("-held_on", "-pk")


def meeting_in_full(rows: QuerySet[ReportMeeting]) -> QuerySet[ReportMeeting]:
    scales = with_rules(BallotScale.objects.all())
    return rows.select_related("region", "district__region").prefetch_related(
        Prefetch("scale", scales)
    )


def reports_of(meeting: ReportMeeting) -> list[DutyReport]:
    rows = DutyReport.objects.filter(meeting=meeting).select_related("deputy__town", "deputy__user")
    return list(rows.order_by("deputy__pinyin", "pk"))


def seats_to_call(meeting: ReportMeeting, user: User) -> QuerySet[Mandate]:
    """Seats in force on the day in the meeting's district, else its place, whose deputy is on no
    list yet; those who have not reported in their term stand first. One line a person."""
    day = Period(meeting.held_on, meeting.held_on, "")
    rows = Mandate.objects.in_force(day).filter(term__region__isnull=False)
    if meeting.district_id:
        rows = rows.filter(district=meeting.district_id)
    else:
        rows = rows.filter(deputy__town__code__startswith=meeting.region.prefix)
    mine = Deputy.objects.visible_to(user).values("pk")
    on_list = DutyReport.objects.pending().filter(meeting__is_held=False).values("deputy")
    there = DutyReport.objects.filter(meeting=meeting).values("deputy")
    done = DutyReport.objects.verified().filter(
        deputy=OuterRef("deputy"), held_on__gte=OuterRef("start"), held_on__lte=meeting.held_on
    )
    rows = rows.annotate(start=Coalesce("begins_on", "term__begins_on"), is_done=Exists(done))
    rows = rows.filter(deputy__in=mine).exclude(deputy__in=on_list).exclude(deputy__in=there)
    return rows.select_related("deputy__town", "district", "term").order_by(
        "is_done", "deputy__town__code", "deputy__pinyin", "pk"
    )


# --- one report -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """The ballots of a report under their local names; ``rest`` cast none or a spoiled one."""

    lines: tuple[tuple[str, int], ...]
    cast: int
    present: int

    @property
    def rest(self) -> int:
        return self.present - self.cast

    @property
    def rates(self) -> list[tuple[str, Rate]]:
        """Each label with its share of the ballots cast."""
        return [(label, Rate(votes, self.cast)) for label, votes in self.lines]


def columns_of(scale: BallotScale | None) -> tuple[str, ...]:
    """The report's columns for the scale's options, in their order; three without a scale."""
    return COLUMNS[len(labels_of(scale))] if scale else COLUMNS[3]


def votes_of(report: DutyReport) -> list[int]:
    return [getattr(report, name) for name in columns_of(report.scale)]


def tally_of(report: DutyReport) -> Tally:
    labels = labels_of(report.scale) if report.scale else _IMPORTED
    votes = votes_of(report)
    return Tally(tuple(zip(labels, votes, strict=True)), sum(votes), report.voters_present)


def outcome_of(report: DutyReport) -> Outcome | None:
    """By the scale's rules; None without a scale (imported reports) or without ballots."""
    if report.scale is None:
        return None
    return outcome(report.scale, votes_of(report), report.voters_present)


def reports_in_full(rows: QuerySet[DutyReport]) -> QuerySet[DutyReport]:
    scales = with_rules(BallotScale.objects.all())
    questions = VoterQuestion.objects.order_by("serial", "pk")
    related = ("deputy__town__parent", "deputy__user", "district", "meeting__region", "verified_by",
               "entered_by")  # fmt: skip
    return rows.select_related(*related).prefetch_related(
        Prefetch("scale", scales), Prefetch("questions", questions)
    )


def to_rectify(user: User) -> list[DutyReport]:
    """Announced results that ask for something which has not been done, oldest first."""
    asks = ResultRule.objects.filter(scale=OuterRef("scale"), result=OuterRef("result"))
    rows = DutyReport.objects.visible_to(user).filter(
        Exists(asks.exclude(advice="")), announced_at__isnull=False, rectified_on__isnull=True
    )
    found = reports_in_full(rows).order_by("held_on", "pk")
    return [report for report in found if (made := outcome_of(report)) and made.advice]


def reports_to_write(deputy: Deputy) -> QuerySet[DutyReport]:
    """The deputy's own reports for meetings to come."""
    rows = DutyReport.objects.pending().filter(deputy=deputy, meeting__is_held=False)
    return rows.select_related("meeting", "district").order_by("held_on", "pk")


def seat_on(deputy: Deputy, day: dt.date, district: District | None) -> Mandate | None:
    """The seat from which the deputy reports: that of the district, else the highest in force."""
    rows = Mandate.objects.in_force(Period(day, day, "")).filter(deputy=deputy)
    seats = list(rows.select_related("term__region", "district").order_by("term__begins_on", "pk"))
    for seat in seats:
        if district and seat.district_id == district.pk:
            return seat
    return next((seat for seat in seats if seat.term.region), None)


def term_days(seat: Mandate | None, day: dt.date) -> Period:
    """From the seat's first day to the day of the report; a year back without a seat."""
    first = seat.first_day if seat else dt.date(day.year, 1, 1)
    return Period(min(first, day), day, "")


def where_words(region: Region, district: District | None) -> str:
    """The district with its town before it, unless its name begins with that."""
    if district is None:
        return region.name
    return district.name if district.name.startswith(region.name) else f"{region}{district}"


def shows_votes(report: DutyReport, user: User) -> bool:
    """Votes and result of a meeting are the office's until they are announced to the deputy."""
    if report.meeting is None or report.announced_at:
        return True
    user_pk = user.scope.deputy_user_id
    return user_pk is None or report.deputy.user_id != user_pk
