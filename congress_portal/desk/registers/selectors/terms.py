"""What was done since a congress was elected (换届以来; MISSION M05, M113)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from activities.models import Attendance
from activities.selectors.reporting import reported_in
from congress_portal.core.figures import Rate
from congress_portal.core.models import User
from congress_portal.desk.registers.selectors.people import persons_url
from congress_portal.desk.registers.selectors.records import KINDS, records_url
from deputies.enums import BeginKind
from deputies.models import Mandate, Term


@dataclass(frozen=True)
class Figure:
    label: str
    value: int
    unit: str
    url: str = ""


@dataclass(frozen=True)
class Obligation:
    """At least one report to the voters in the term (代表法 §58; MISSION M113)."""

    rate: Rate
    missing_url: str

    @property
    def missing(self) -> int:
        return self.rate.whole - self.rate.part


@dataclass(frozen=True)
class TermTotals:
    figures: tuple[Figure, ...]
    seats: tuple[Figure, ...]
    reports: Obligation


def current_term(user: User, today: dt.date) -> Term | None:
    """The county's term of today, else the newest term there is."""
    terms = Term.objects.visible_to(user).select_related("region")
    now = terms.filter(begins_on__lte=today, ends_on__gte=today)
    return now.of_county().first() or now.first() or terms.order_by("-begins_on").first()


def term_totals(user: User, term: Term) -> TermTotals:
    """Counts over the term's days and its congress's places; nothing is stored."""
    held = Mandate.objects.visible_to(user).filter(term=term)
    at = {"first": term.begins_on, "last": term.ends_on, "region": term.region}
    mine = held.filter(ends_on__isnull=True).values("deputy").distinct()
    reported = mine.filter(deputy__in=reported_in(term)).count()
    obligation = Obligation(Rate(reported, mine.count()), persons_url(no_report=term.pk))
    return TermTotals(tuple(_figures(user, term, at)), tuple(_seats(held, term)), obligation)


def _seats(held: QuerySet, term: Term) -> list[Figure]:
    url = persons_url(term=term.pk)
    left = held.filter(ends_on__isnull=False).values("deputy").distinct()
    by_election = held.filter(begin_kind=BeginKind.BY_ELECTION).values("deputy").distinct()
    figures = [
        Figure("代表", held.values("deputy").distinct().count(), "人", url),
        Figure("其中届内离任", left.count(), "人", persons_url(term=term.pk, how="left")),
        Figure("届内补选", by_election.count(), "人", persons_url(term=term.pk, how="by_election")),
    ]
    return [*figures, Figure("选区", term.districts.count(), "个")]


def _figures(user: User, term: Term, at: dict) -> list[Figure]:
    rows = {code: _within(KINDS[code].rows(user), code, term) for code in KINDS}
    trainings = rows["activities"].filter(form__counts_as="training").count()
    activities = rows["activities"].count()
    present = Attendance.objects.filter(
        presence="present", activity__in=rows["activities"].values("pk")
    )
    people = rows["visits"].aggregate(people=Sum("people"))["people"] or 0
    return [
        Figure("活动（不含学习培训）", activities - trainings, "次",
               records_url("activities", training="no", **at)),
        Figure("学习培训", trainings, "次", records_url("activities", training="yes", **at)),
        Figure("参加活动", present.count(), "人次", records_url("activities", **at)),
        Figure("接待选民", rows["receptions"].count(), "次", records_url("receptions", **at)),
        Figure("群众意见", rows["voices"].count(), "条", records_url("voices", **at)),
        Figure("联系走访", rows["visits"].count(), "次", records_url("visits", **at)),
        Figure("走访联系选民", people, "人次", records_url("visits", **at)),
        Figure("代表建议", rows["suggestions"].count(), "件", records_url("suggestions", **at)),
        Figure("向选民述职", rows["reports"].count(), "次", records_url("reports", **at)),
        Figure("信息报送", rows["news"].count(), "篇", records_url("news", **at)),
    ]  # fmt: skip


def _within(rows: QuerySet, code: str, term: Term) -> QuerySet:
    kind = KINDS[code]
    rows = rows.filter(**{f"{kind.date}__range": (term.begins_on, term.ends_on)})
    if term.region:
        rows = rows.filter(**{f"{kind.region}__code__startswith": term.region.prefix})
    return rows
