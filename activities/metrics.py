"""Metrics of activities, visits, duty reports and news."""

from django.db.models import Count, F, Q, QuerySet, Sum

from activities.enums import CountsAs, Presence
from activities.models import (
    Activity,
    Attendance,
    CourseCompletion,
    DutyReport,
    Honour,
    NewsItem,
    Visit,
)
from congress_portal.core.metrics import (
    Each,
    Figure,
    Grouped,
    Listed,
    SumOf,
    counted,
    metric,
    number_of,
)
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from deputies.models import Deputy, Group, GroupMembership
from stations.models import ReceptionDuty, Station

BY_ACTIVITY = {"form": "activity__form", "theme": "activity__theme"}
OF_ACTIVITY = {"form": "form", "theme": "theme"}


def _present(period: Period) -> QuerySet[Attendance]:
    return Attendance.objects.filter(counted(period, "activity"), presence=Presence.PRESENT)


@metric("activities", "活动次数", of=Deputy, unit="次", filters=BY_ACTIVITY)
@metric("inspections", "视察调研执法检查次数", of=Deputy, unit="次", filters=BY_ACTIVITY)
@metric("trainings", "培训次数", of=Deputy, unit="次", filters=BY_ACTIVITY)
@metric("training_hours", "培训学时", of=Deputy, unit="学时", filters=BY_ACTIVITY)
def attended(period: Period) -> Grouped:
    """Activities attended by what their form counts as; 培训学习 is no activity (DESIGN §4)."""
    training = Q(activity__form__counts_as=CountsAs.TRAINING)
    inspection = Q(activity__form__counts_as=CountsAs.INSPECTION)
    return Grouped(
        _present(period),
        subject="deputy",
        record="activity",
        model=Activity,
        figures={
            "activities": Figure(Count, "pk", ~training),
            "inspections": Figure(Count, "pk", inspection),
            "trainings": Figure(Count, "pk", training),
            "training_hours": Figure(Sum, "activity__hours", training),
        },
    )


@metric("attended", "到会次数", of=Deputy, unit="次", reported=False)
@metric("expected", "应到次数", of=Deputy, unit="次", reported=False)
def attendance(period: Period) -> Grouped:
    """Whatever the form: present, and present or absent. Leave that was granted is neither."""
    rows = Attendance.objects.filter(counted(period, "activity")).exclude(presence=Presence.LEAVE)
    return Grouped(
        rows,
        subject="deputy",
        record="activity",
        model=Activity,
        figures={
            "attended": Figure(Count, "pk", Q(presence=Presence.PRESENT)),
            "expected": Figure(Count, "pk"),
        },
    )


@metric("courses_completed", "自学课程数", of=Deputy, unit="门", reported=False)
@metric("study_hours", "自学学时", of=Deputy, unit="学时", reported=False)
def studied(period: Period) -> Grouped:
    """Courses of the library finished by oneself, with the courses' hours (never minutes, C8)."""
    return Grouped(
        CourseCompletion.objects.filter(completed_on__range=(period.first, period.last)),
        subject="deputy",
        record="pk",
        model=CourseCompletion,
        figures={
            "courses_completed": Figure(Count, "pk"),
            "study_hours": Figure(Sum, "hours"),
        },
    )


@metric("people_visited", "走访联系人次", of=Deputy, unit="人次", reported=False)
@metric("self_initiated_visits", "自主联系次数", of=Deputy, unit="次", reported=False)
@metric("villages_contacted", "联系村社区数", of=Deputy, unit="个")
def visited(period: Period) -> Grouped:
    """People of the visits by any way of contact, and the distinct villages."""
    return Grouped(
        Visit.objects.filter(counted(period)),
        subject="deputy",
        record="pk",
        model=Visit,
        figures={
            "people_visited": Figure(Sum, "people"),
            "self_initiated_visits": Figure(Count, "pk", Q(self_initiated=True)),
            "villages_contacted": Figure(Count, "village", Q(village__isnull=False), distinct=True),
        },
    )


@metric("fixed_voters_contacted", "联系到的固定选民数", of=Deputy, unit="名", reported=False)
def fixed_voters_contacted(period: Period) -> Grouped:
    """Distinct fixed voters reached by verified visits (M65)."""
    return Grouped(
        Visit.fixed_voters.through.objects.filter(counted(period, "visit")),
        subject="visit__deputy",
        record="visit",
        model=Visit,
        figures={"fixed_voters_contacted": Figure(Count, "fixedvoter", distinct=True)},
    )


@metric("duty_reports", "述职次数", of=Deputy, unit="次")
def duty_reports(period: Period) -> Each:
    return number_of(DutyReport.objects.filter(counted(period)), "deputy")


_VOTES = F("excellent") + F("satisfied") + F("basically_satisfied") + F("unsatisfied")


@metric("report_votes", "述职评议票数", of=Deputy, unit="票", reported=False)
@metric("content_votes", "述职满意和基本满意票数", of=Deputy, unit="票", reported=False)
def report_votes(period: Period) -> Grouped:
    """Votes of reports to voters whose result was announced; 优秀 counts as content."""
    rows = DutyReport.objects.filter(counted(period), announced_at__isnull=False)
    return Grouped(
        rows.annotate(cast_votes=_VOTES, content=_VOTES - F("unsatisfied")),
        subject="deputy",
        record="pk",
        model=DutyReport,
        figures={
            "report_votes": Figure(Sum, "cast_votes"),
            "content_votes": Figure(Sum, "content"),
        },
    )


@metric("honours", "表彰项数", of=Deputy, unit="项", reported=False)
def honours(period: Period) -> Each:
    """Honours in the file, by the day they were given (M109)."""
    return number_of(Honour.objects.filter(counted(period)), "deputy")


@metric("activities", "活动次数", of=Station, unit="次", filters=OF_ACTIVITY)
def station_activities(period: Period) -> Grouped:
    """Held at the station; here every form counts, 培训学习 too."""
    return Grouped(
        Activity.objects.filter(counted(period), station__isnull=False),
        subject="station",
        record="pk",
        model=Activity,
        figures={"activities": Figure(Count, "pk")},
    )


@metric("deputies_active", "参与代表数", of=Station, unit="名")
def deputies_active(period: Period) -> Listed:
    """Attached deputies who took part in an activity or a reception at their station."""
    at_activity = _attached(_present(period), "activity__station", period)
    at_reception = _attached(
        ReceptionDuty.objects.filter(counted(period, "reception")), "reception__station", period
    )
    active: dict[int, set[int]] = {}
    for station, deputy in at_activity.union(at_reception):
        active.setdefault(station, set()).add(deputy)
    return Listed(Deputy, {"deputies_active": active})


def _attached(rows: QuerySet, station: str, period: Period) -> QuerySet:  # type: ignore[type-arg]
    """(station, deputy) of the rows whose deputy is attached to that station in the period."""
    postings = f"{station}__postings"
    begun = Q(**{f"{postings}__begins_on": None}) | Q(
        **{f"{postings}__begins_on__lte": period.last}
    )
    not_ended = Q(**{f"{postings}__ends_on": None}) | Q(
        **{f"{postings}__ends_on__gte": period.first}
    )
    rows = rows.filter(begun & not_ended, **{f"{postings}__deputy": F("deputy")})
    return rows.order_by().values_list(station, "deputy").distinct()


@metric("contacts_held", "活动和接待次数", of=Station, unit="次", reported=False)
def contacts_held(period: Period) -> SumOf:
    """Reception days and activities held at the station (M59)."""
    return SumOf(("reception_days", "activities"))


@metric("activities", "小组活动次数", of=Group, unit="次", reported=False, filters=OF_ACTIVITY)
def group_activities(period: Period) -> Grouped:
    """Activities that carry the group (代表小组), whatever their form."""
    return Grouped(
        Activity.objects.filter(counted(period), group__isnull=False),
        subject="group",
        record="pk",
        model=Activity,
        figures={"activities": Figure(Count, "pk")},
    )


@metric("attendances", "小组活动人次", of=Group, unit="人次", reported=False, filters=BY_ACTIVITY)
def group_attendances(period: Period) -> Grouped:
    """Persons present at the group's activities, summed (M58)."""
    return Grouped(
        _present(period).filter(activity__group__isnull=False),
        subject="activity__group",
        record="activity",
        model=Activity,
        figures={"attendances": Figure(Count, "pk")},
    )


@metric("attendances_due", "小组活动应到人次", of=Group, unit="人次", reported=False)
def group_attendances_due(period: Period) -> Grouped:
    """Persons entered for the group's activities, those on leave left out: who is excused is not
    counted as missing."""
    rows = Attendance.objects.filter(counted(period, "activity"), activity__group__isnull=False)
    return Grouped(
        rows.exclude(presence=Presence.LEAVE),
        subject="activity__group",
        record="activity",
        model=Activity,
        figures={"attendances_due": Figure(Count, "pk")},
    )


@metric("visits", "组员走访次数", of=Group, unit="次", reported=False)
def group_visits(period: Period) -> Grouped:
    """Visits of those who were members of the group on the day."""
    visits = Visit.objects.filter(counted(period))
    return Grouped(
        GroupMembership.objects.all().at_records(visits, "deputy__visits", "held_on"),
        subject="group",
        record="deputy__visits",
        model=Visit,
        figures={"visits": Figure(Count, "deputy__visits", distinct=True)},
    )


@metric("activities", "活动次数", of=Region, unit="次", filters=OF_ACTIVITY)
def region_activities(period: Period) -> Each:
    """By the organiser's place; all forms."""
    return number_of(Activity.objects.filter(counted(period)), "region")


@metric("attendances", "参加活动人次", of=Region, unit="人次")
def attendances(period: Period) -> Grouped:
    """Persons present, summed."""
    return Grouped(
        _present(period),
        subject="activity__region",
        record="activity",
        model=Activity,
        figures={"attendances": Figure(Count, "pk")},
    )


@metric("visits", "联系走访次数", of=Region, unit="次")
def visits(period: Period) -> Each:
    return number_of(Visit.objects.filter(counted(period)), "region")


@metric("people_visited", "走访联系人次", of=Region, unit="人次", reported=False)
def people_visited(period: Period) -> Grouped:
    """People of the visits made in the place."""
    return Grouped(
        Visit.objects.filter(counted(period)),
        subject="region",
        record="pk",
        model=Visit,
        figures={"people_visited": Figure(Sum, "people")},
    )


@metric("news", "信息报送条数", of=Region, unit="条")
def news(period: Period) -> Each:
    return number_of(NewsItem.objects.filter(counted(period)), "region")


@metric("duty_reports", "述职人次", of=Region, unit="人次", reported=False)
def town_duty_reports(period: Period) -> Each:
    """Reports to the voters by the deputies of the place."""
    return number_of(DutyReport.objects.filter(counted(period)), "deputy__town")
