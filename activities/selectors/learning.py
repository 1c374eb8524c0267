"""Learning: for whom a session is meant, who was there, what is missing (M99–M105)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from activities.enums import Audience, CountsAs, Part, Presence
from activities.models import (
    Activity,
    ActivityFile,
    Attendance,
    Course,
    CourseCompletion,
    CourseFile,
    QuizQuestion,
    TrainingPlan,
    TrainingSession,
)
from congress_portal.core.enums import Verification
from congress_portal.core.figures import Rate
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.periods import Period
from deputies.models import Deputy, GroupMembership, Mandate

LECTURE_FORM = "代表讲堂"


@dataclass(frozen=True)
class _Seat:
    level: str
    first: dt.date
    last: dt.date
    is_reelected: bool
    term_ended_on: dt.date


@dataclass(frozen=True)
class _Person:
    pk: int
    town: int
    code: str
    sector: str


class Roll:
    """Everyone with a seat, read once, so that a list of sessions costs the same as one."""

    def __init__(self, sessions: Iterable[TrainingSession]) -> None:
        self.sessions = list(sessions)

    @cached_property
    def _people(self) -> dict[int, _Person]:
        rows = Deputy.objects.order_by().values_list("pk", "town", "town__code", "sector")
        return {row[0]: _Person(*row) for row in rows}

    @cached_property
    def _seats(self) -> dict[int, list[_Seat]]:
        found: dict[int, list[_Seat]] = {}
        for seat in Mandate.objects.select_related("term").order_by("pk"):
            kept = _Seat(
                seat.level, seat.first_day, seat.last_day, seat.is_reelected, seat.term.ends_on
            )
            found.setdefault(seat.deputy_id, []).append(kept)
        return found

    @cached_property
    def _members(self) -> list[GroupMembership]:
        groups = {session.group_id for session in self.sessions if session.group_id}
        return list(GroupMembership.objects.filter(group__in=groups).order_by("pk"))

    @cached_property
    def _marks(self) -> dict[int, list[tuple[int, str, str]]]:
        """Session → (deputy, presence, verification) of the activities that held it."""
        rows = Attendance.objects.filter(activity__training_sessions__in=self.sessions)
        found: dict[int, list[tuple[int, str, str]]] = {}
        for session, *mark in rows.order_by().values_list(
            "activity__training_sessions", "deputy", "presence", "activity__verification"
        ):
            found.setdefault(session, []).append(tuple(mark))  # type: ignore[arg-type]
        return found

    def audience(self, session: TrainingSession) -> frozenset[int]:
        """Deputies in office on the planned day whom the session is meant for."""
        day, prefix = session.planned_on, session.plan.region.prefix
        found = set()
        for pk, seats in self._seats.items():
            now = [s for s in seats if s.first <= day <= s.last]
            if session.level:
                now = [s for s in now if s.level == session.level]
            person = self._people[pk]
            if now and person.code.startswith(prefix) and self._is_meant(session, person, now):
                found.add(pk)
        return frozenset(found)

    def _is_meant(self, session: TrainingSession, person: _Person, now: list[_Seat]) -> bool:
        day = session.planned_on
        match session.audience:
            case Audience.FIRST_TERM:
                before = any(seat.term_ended_on < day for seat in self._seats[person.pk])
                return not before and not any(seat.is_reelected for seat in now)
            case Audience.SECTOR:
                return person.sector == session.sector
            case Audience.TOWN:
                return person.town == session.town_id
            case Audience.GROUP:
                return any(
                    row.deputy_id == person.pk
                    and row.group_id == session.group_id
                    and (row.begins_on is None or row.begins_on <= day)
                    and (row.ends_on is None or row.ends_on >= day)
                    for row in self._members
                )
        return True

    def coverage(self, session: TrainingSession) -> "Coverage":
        audience = self.audience(session)
        marks = self._marks.get(session.pk, [])
        there = {pk for pk, presence, _ in marks if presence == Presence.PRESENT}
        verified = {
            pk
            for pk, presence, state in marks
            if presence == Presence.PRESENT and state == Verification.VERIFIED
        }
        leave = {pk for pk, presence, _ in marks if presence == Presence.LEAVE}
        return Coverage(
            audience,
            frozenset(verified & audience),
            frozenset((there - verified) & audience),
            frozenset((leave & audience) - there),
            len(there - audience),
        )


@dataclass(frozen=True)
class Coverage:
    """Of those meant: who was there (verified), whose attendance waits, who had leave.

    ``guests`` were there although the session was not meant for them.
    """

    audience: frozenset[int]
    covered: frozenset[int]
    waiting: frozenset[int]
    on_leave: frozenset[int]
    guests: int

    @property
    def rate(self) -> Rate:
        return Rate(len(self.covered), len(self.audience))

    @property
    def missing(self) -> frozenset[int]:
        return self.audience - self.covered - self.waiting


def sessions_in_full(rows: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    related = ("plan__region", "kind", "category", "town", "group")
    held = Activity.objects.select_related("form", "region").order_by("held_on", "pk")
    rows = rows.select_related(*related).prefetch_related(Prefetch("activities", held))
    return rows.order_by("planned_on", "pk")


def covered_sessions(rows: QuerySet[TrainingSession]) -> list[tuple[TrainingSession, Coverage]]:
    """Each session with its coverage; the queries do not grow with the sessions."""
    sessions = list(sessions_in_full(rows))
    roll = Roll(sessions)
    return [(session, roll.coverage(session)) for session in sessions]


def plans_of_year(user: User, year: int) -> QuerySet[TrainingPlan]:
    rows = TrainingPlan.objects.visible_to(user).filter(year=year).select_related("region")
    return rows.order_by("region__code", "pk")


def missing_deputies(coverage: Coverage, user: User) -> QuerySet[Deputy]:
    """Those the reader may see, by town and name."""
    rows = Deputy.objects.visible_to(user).filter(pk__in=coverage.missing)
    return rows.select_related("town", "user").order_by("town__code", "pinyin", "pk")


def trainings(user: User, year: int) -> QuerySet[Activity]:
    """Verified trainings of the year that the reader sees."""
    period = Period(dt.date(year, 1, 1), dt.date(year, 12, 31), str(year))
    rows = Activity.objects.visible_to(user).verified().in_period(period)
    return rows.filter(form__counts_as=CountsAs.TRAINING)


def linkable(session: TrainingSession, user: User) -> QuerySet[Activity]:
    """Trainings of the plan's place and year that may have been this session."""
    year = session.plan.year
    rows = Activity.objects.visible_to(user).filter(
        form__counts_as=CountsAs.TRAINING,
        region__code__startswith=session.plan.region.prefix,
        held_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)),
    )
    return rows.select_related("form", "region").order_by("held_on", "pk")


@dataclass(frozen=True)
class Share:
    """One way or subject of training: held, persons present, courses studied alone."""

    name: str
    held: int
    present: int
    studied: int = 0


def by_kind(user: User, year: int) -> list[Share]:
    """M101: every way of the list, also with zeros; what stands in no session comes last."""
    return _shares(user, year, "kind", "training_kind", {})


def by_category(user: User, year: int) -> list[Share]:
    """M103: every subject, with the courses that deputies studied by themselves."""
    done = CourseCompletion.objects.visible_to(user).filter(completed_on__year=year)
    studied = done.order_by().values_list("course__category").annotate(n=Count("pk"))
    return _shares(user, year, "category", "course_category", dict(studied))


def _shares(
    user: User, year: int, path: str, dictionary: str, studied: dict[int, int]
) -> list[Share]:
    rows = trainings(user, year).order_by()
    link = f"training_sessions__{path}"
    present = Q(attendances__presence=Presence.PRESENT)
    held = {
        row[link]: (row["held"], row["present"])
        for row in rows.values(link).annotate(
            held=Count("pk", distinct=True),
            present=Count("attendances", present, distinct=True),
        )
    }
    entries = DictionaryEntry.objects.of(dictionary).order_by("order", "pk")
    found = [
        Share(entry.name, *held.get(entry.pk, (0, 0)), studied.get(entry.pk, 0))
        for entry in entries
    ]
    if None in held:
        found.append(Share("没有列入班次", *held[None]))
    return found


@dataclass(frozen=True)
class TownYear:
    """M100: a town trains its deputies at least once a year."""

    town: Region
    held: int
    present: int
    last_on: dt.date | None


def towns_of_year(user: User, year: int) -> list[TownYear]:
    """Every town the reader sees, those without a training flagged by ``held`` 0."""
    rows = trainings(user, year).order_by()
    counted: dict[int, list[tuple[dt.date, int]]] = {}
    there = Count("attendances", Q(attendances__presence=Presence.PRESENT))
    for region, day, present in rows.annotate(there=there).values_list(
        "region", "held_on", "there"
    ):
        counted.setdefault(region, []).append((day, present))
    towns = Region.objects.towns().in_scope_of_reader(user).order_by("code")
    found = []
    for town in towns:
        held = counted.get(town.pk, [])
        last = max((day for day, _ in held), default=None)
        found.append(TownYear(town, len(held), sum(n for _, n in held), last))
    return found


# --- courses --------------------------------------------------------------------------------------


def courses_for(user: User, deputy: Deputy | None) -> QuerySet[Course]:
    """Published ones for all, drafts for those who write them; ``is_done`` by the deputy."""
    rows = Course.objects.visible_to(user).filter(
        Q(published_at__isnull=False, is_active=True) | user.scope.writes("region")
    )
    done = CourseCompletion.objects.filter(course=OuterRef("pk"), deputy=deputy)
    rows = rows.select_related("category", "region").annotate(
        is_done=Exists(done), times_done=Count("completions", distinct=True)
    )
    return rows.order_by("category__order", "category_id", "-pk")


def fits(rows: QuerySet[Course], deputy: Deputy) -> QuerySet[Course]:
    """Courses for everyone and those that name the deputy's sector among theirs (M102)."""
    meant = Q(sectors="")
    if sector := deputy.sector.strip():
        known = rows.exclude(sectors="").order_by().values_list("pk", "sectors")
        meant |= Q(pk__in=[pk for pk, words in known if sector in sectors_in(words)])
    return rows.filter(meant)


def sectors_in(text: str) -> list[str]:
    """The sectors that a course names, whatever mark stands between them."""
    for mark in "，,；;／/":
        text = text.replace(mark, "、")
    return [word.strip() for word in text.split("、") if word.strip()]


def course_in_full(rows: QuerySet[Course]) -> QuerySet[Course]:
    files = CourseFile.objects.order_by("pk")
    questions = QuizQuestion.objects.order_by("serial", "pk")
    return rows.prefetch_related(Prefetch("files", files), Prefetch("questions", questions))


def finished(course: Course, user: User) -> QuerySet[CourseCompletion]:
    """Who studied it, the latest first, as far as the reader's place goes."""
    rows = CourseCompletion.objects.visible_to(user).filter(course=course)
    return rows.select_related("deputy__town").order_by("-completed_on", "-pk")


@dataclass(frozen=True)
class Study:
    """A deputy's own study: courses finished and the hours they stand for."""

    courses: int
    hours: Decimal


def study_of(deputy: Deputy, year: int) -> Study:
    rows = CourseCompletion.objects.filter(deputy=deputy, completed_on__year=year)
    found = rows.aggregate(n=Count("pk"), hours=Sum("hours"))
    return Study(found["n"], found["hours"] or Decimal(0))


# --- lectures -------------------------------------------------------------------------------------


def lectures(user: User) -> QuerySet[Activity]:
    """代表讲堂 and whatever a deputy spoke at, newest first (M105)."""
    spoken = Attendance.objects.filter(activity=OuterRef("pk"), part=Part.SPEAKER)
    rows = Activity.objects.visible_to(user).filter(Q(form__name=LECTURE_FORM) | Exists(spoken))
    speakers = Attendance.objects.filter(part=Part.SPEAKER).select_related("deputy__town")
    return (
        rows.select_related("form", "region", "station")
        .prefetch_related(
            Prefetch("attendances", speakers.order_by("serial", "pk"), to_attr="speakers"),
            Prefetch("files", ActivityFile.objects.order_by("pk")),
        )
        .order_by("-held_on", "-pk")
    )
