"""Inspection campaigns (季度交叉考评, 年终检查; M38–M40): calendar, teams, who inspects where."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.periods import Period, quarter, year
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet, within
from stations.enums import CampaignKind, InspectionCampaignState, StandardKind
from stations.models.standard import Standard
from stations.models.station import Posting, Station, StationOfficer

_JUDGES = frozenset({"staff", "admin", "leader"})


def judged(scope: Scope, path: str) -> Q:
    """Rows of the office's and the leaders' area: who may read what the teams found, at any time.

    Inspectors read by region elsewhere; here each sees the own team's only, so that no mark is
    made after another team's.
    """
    return scope.reads(path) if scope.roles & _JUDGES else NOTHING


class InspectionCampaignQuerySet(ScopedQuerySet):
    """Once begun, everyone of the county whose role reads by region sees that it is on."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        counties = {prefix[:6].ljust(12, "0") for prefix in scope.read_prefixes if prefix}
        begun = ~Q(state=InspectionCampaignState.DRAFT)
        rule = judged(scope, "region") | (begun & Q(region__code__in=counties))
        if scope.user_id:
            rule |= Q(teams__in=TeamMember.objects.filter(user=scope.user_id).values("team"))
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        places = Assignment.objects.filter(station__in=kept).values("team__campaign")
        return Q(pk__in=self.model.objects.filter(rule).values("pk")) | (begun & Q(pk__in=places))

    def write_rule(self, scope: Scope) -> Q:
        """Locked ones nobody, nor their teams; the database refuses as well (stations.guards)."""
        if not scope.is_office:
            return NOTHING
        return within(scope.write_prefixes, "region") & Q(locked_at__isnull=True)

    def locked(self) -> Self:
        return self.filter(state=InspectionCampaignState.LOCKED)


class InspectionCampaign(models.Model):
    """One round of inspection of a county's stations and towns with one standard."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level": RegionLevel.COUNTY},
        related_name="campaigns",
        verbose_name="哪个县",
    )
    kind = models.CharField(
        "种类", max_length=10, choices=CampaignKind.choices, default=CampaignKind.QUARTER
    )
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField(
        "季度", null=True, blank=True, help_text="年终检查不填。"
    )
    title = models.CharField("名称", max_length=80)
    standard = models.ForeignKey(
        Standard,
        models.PROTECT,
        limit_choices_to={"kind": StandardKind.INSPECTION},
        related_name="campaigns",
        verbose_name="考评标准",
    )
    opens_on = models.DateField("考评开始")
    closes_on = models.DateField("打分截止")
    objections_until = models.DateField("异议截止")
    objection_days = models.PositiveSmallIntegerField(
        "异议期（工作日）", default=5, help_text="公开评分以后，家站、镇（街道）提出异议的天数。"
    )
    rectify_by = models.DateField("整改期限")
    teams_per_place = models.PositiveSmallIntegerField(
        "每处几个组考评", default=1, help_text="两个以上的，并列显示各组评分的差距。"
    )
    mark_full = models.PositiveSmallIntegerField(
        "折算满分",
        default=10,
        help_text="锁定时按这个满分折算，记入现场考评打分；季度考评办法里这一项满分几分就填几分。",
    )
    state = models.CharField(
        "状态",
        max_length=10,
        choices=InspectionCampaignState.choices,
        default=InspectionCampaignState.DRAFT,
    )
    disclosed_at = models.DateTimeField("公开评分时间", null=True, blank=True, editable=False)
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="锁定人",
    )

    objects = InspectionCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "家站考评"
        verbose_name_plural = "家站考评"
        ordering = ["-year", "-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=CampaignKind.QUARTER, quarter__isnull=False, quarter__range=(1, 4))
                | Q(kind=CampaignKind.YEAR_END, quarter__isnull=True),
                name="campaign_quarter_by_kind",
                violation_error_message="季度考评填第几季度，年终检查不填。",
            ),
            models.UniqueConstraint(
                fields=["region", "year", "quarter"],
                name="campaign_quarter_once",
                violation_error_message="这一季度的考评已经建立。",
            ),
            models.UniqueConstraint(
                fields=["region", "year"],
                condition=Q(kind=CampaignKind.YEAR_END),
                name="campaign_year_end_once",
                violation_error_message="这一年的年终检查已经建立。",
            ),
            models.CheckConstraint(
                condition=Q(
                    closes_on__gte=F("opens_on"),
                    objections_until__gte=F("closes_on"),
                    rectify_by__gte=F("closes_on"),
                ),
                name="campaign_dates_ordered",
                violation_error_message="日期应依次为考评开始、打分截止、异议截止；整改期限不早于打分截止。",
            ),
            models.CheckConstraint(
                condition=Q(mark_full__range=(1, 100)),
                name="campaign_mark_scale",
                violation_error_message="折算满分应在 1 到 100 之间。",
            ),
            models.CheckConstraint(
                condition=Q(teams_per_place__gte=1),
                name="campaign_some_team",
                violation_error_message="每处至少一个组。",
            ),
            models.CheckConstraint(
                condition=Q(state=InspectionCampaignState.LOCKED, locked_at__isnull=False)
                | (~Q(state=InspectionCampaignState.LOCKED) & Q(locked_at__isnull=True)),
                name="campaign_locked_when_stamped",
                violation_error_message="锁定的考评要有锁定时间。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> Period:
        return quarter(self.year, self.quarter) if self.quarter else year(self.year)


def scoring_now(user: int) -> models.QuerySet[InspectionCampaign]:
    """Campaigns that run and in which the person is in a team."""
    rows = InspectionCampaign.objects.filter(state=InspectionCampaignState.RUNNING)
    return rows.filter(teams__members__user=user)


class TeamQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = InspectionCampaign.objects.all().read_rule(scope)
        return Q(campaign__in=InspectionCampaign.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        if not scope.is_office:
            return NOTHING
        return scope.writes("campaign__region") & Q(campaign__locked_at__isnull=True)


class Team(models.Model):
    """An inspection team (考评组) of one campaign."""

    campaign = models.ForeignKey(
        InspectionCampaign, models.CASCADE, related_name="teams", verbose_name="考评"
    )
    name = models.CharField("组别", max_length=60)
    order = models.PositiveSmallIntegerField("排序", default=0)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = "考评组"
        verbose_name_plural = "考评组"
        ordering = ["campaign", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "name"],
                name="team_name_unique",
                violation_error_message="这次考评已有同名的组。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMemberQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(team__in=Team.objects.filter(Team.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        if not scope.is_office:
            return NOTHING
        return scope.writes("team__campaign__region") & Q(team__campaign__locked_at__isnull=True)


class TeamMember(models.Model):
    """Somebody in a team. ``home`` is the own town, which the team must not inspect.

    stations.guards holds that against the database: whichever of member and assignment comes
    second is refused.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name="考评组")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="成员"
    )
    is_leader = models.BooleanField("组长", default=False)
    home = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="+",
        verbose_name="来自哪个镇（街道）",
        help_text="县里的同志不填。来自的镇（街道）不由这个组考评。",
    )

    objects = TeamMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "考评组成员"
        verbose_name_plural = "考评组成员"
        ordering = ["team", "-is_leader", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                name="team_member_once",
                violation_error_message="这位同志已在组里。",
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(is_leader=True),
                name="team_one_leader",
                violation_error_message="一个组只有一名组长。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}（组长）" if self.is_leader else str(self.user)

    def clean(self) -> None:
        """The town of a role is known: it cannot be left out or told otherwise."""
        super().clean()
        if self.user_id:
            towns = self.user.role_assignments.in_force(timezone.localdate())
            known = set(
                towns.filter(region__level__in=TOWN_LEVELS).values_list("region", flat=True)
            )
            if known and self.home_id not in known:
                names = "、".join(
                    Region.objects.filter(pk__in=known).values_list("name", flat=True)
                )
                raise ValidationError({"home": f"这位同志来自{names}，请填上。"})
        if not self.team_id:
            return
        if self.user_id:
            places = Assignment.objects.filter(team=self.team_id, station__isnull=False)
            if own := first_own(places, {self.user_id}):
                raise ValidationError(
                    f"这个组已安排考评{own}，这位同志是那里的人员或者进站代表，不能加入。"
                )
        if self.home_id:
            crossed = Assignment.objects.filter(team=self.team_id, region=self.home_id)
            if crossed.exists():
                raise ValidationError(
                    {"home": "这个组已安排考评这个镇（街道），不能再加来自该地的成员。"}
                )


class AssignmentQuerySet(ScopedQuerySet):
    """The own team's; the office's and leaders'; of a begun campaign, the inspected place's own."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = judged(scope, "region")
        if scope.user_id:
            rule |= Q(team__in=TeamMember.objects.filter(user=scope.user_id).values("team"))
        begun = ~Q(team__campaign__state=InspectionCampaignState.DRAFT)
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return rule | (begun & (Q(station__in=kept) | scope.writes("region")))

    def write_rule(self, scope: Scope) -> Q:
        if not scope.is_office:
            return NOTHING
        return scope.writes("region") & Q(team__campaign__locked_at__isnull=True)


class Assignment(models.Model):
    """A team inspects a station, or a town as such. ``region`` is the place's town (county's own:
    the county), repeated so that the database can hold the crossing rule (stations.guards)."""

    team = models.ForeignKey(
        Team, models.CASCADE, related_name="assignments", verbose_name="考评组"
    )
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name="家站",
        help_text="考评镇（街道）本身的不填。",
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="assignments", verbose_name="镇（街道）"
    )
    visit_on = models.DateField("安排日期", null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "考评分工"
        verbose_name_plural = "考评分工"
        ordering = ["team", "region", "station", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "station"],
                name="assignment_station_once",
                violation_error_message="这个组已安排考评这个家站。",
            ),
            models.UniqueConstraint(
                fields=["team", "region"],
                condition=Q(station__isnull=True),
                name="assignment_town_once",
                violation_error_message="这个组已安排考评这个镇（街道）。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}：{self.station or self.region}"

    def clean(self) -> None:
        super().clean()
        if self.station is not None and self.region_id != self.station.region_id:
            raise ValidationError({"region": "镇（街道）与家站所属的不一致。"})
        if not self.team_id or not self.region_id:
            return
        members = TeamMember.objects.filter(team=self.team_id)
        if members.filter(home=self.region_id).exists():
            raise ValidationError("考评组里有来自这个镇（街道）的成员，不能考评本地的家站。")
        if self.station_id and self.station_id in own_stations(members.values("user")):
            raise ValidationError("考评组里有本站的人员或者进站代表，不能考评自己的家站。")


def own_stations(users: Any) -> set[int]:
    """Stations that one of the accounts keeps or is posted to today."""
    today = timezone.localdate()
    officers = StationOfficer.objects.on(today).filter(user__in=users)
    postings = Posting.objects.on(today).filter(deputy__user__in=users)
    return {
        *officers.values_list("station", flat=True),
        *postings.values_list("station", flat=True),
    }


def first_own(places: models.QuerySet[Assignment], users: Any) -> Station | None:
    """The first assigned station that is the accounts' own."""
    row = places.filter(station__in=own_stations(users)).select_related("station").first()
    return row.station if row else None


class YearWeightsQuerySet(SharedQuerySet):
    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.is_office else NOTHING


class YearWeights(models.Model):
    """How the four quarters and the year-end check make up the year's figure (M39), in per cent."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level": RegionLevel.COUNTY},
        related_name="+",
        verbose_name="哪个县",
    )
    year = models.PositiveSmallIntegerField("年度")
    first = models.PositiveSmallIntegerField("第一季度（%）", default=20)
    second = models.PositiveSmallIntegerField("第二季度（%）", default=20)
    third = models.PositiveSmallIntegerField("第三季度（%）", default=20)
    fourth = models.PositiveSmallIntegerField("第四季度（%）", default=20)
    year_end = models.PositiveSmallIntegerField("年终检查（%）", default=20)
    performance_full = models.DecimalField(
        "绩效考核折算满分",
        max_digits=5,
        decimal_places=2,
        default=Decimal(5),
        help_text="报绩效办时按这个满分折算；由县里的绩效考评办法规定。",
    )
    source = models.CharField("依据", max_length=200, blank=True)

    objects = YearWeightsQuerySet.as_manager()

    class Meta:
        verbose_name = "年度权重"
        verbose_name_plural = "年度权重"
        ordering = ["region", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year"],
                name="year_weights_once",
                violation_error_message="这一年的权重已经填写。",
            ),
            models.CheckConstraint(
                condition=Q(year_end=100 - F("first") - F("second") - F("third") - F("fourth")),
                name="year_weights_sum",
                violation_error_message="四个季度和年终检查的权重合计应为 100。",
            ),
            models.CheckConstraint(
                condition=Q(performance_full__gt=0),
                name="year_weights_full_positive",
                violation_error_message="折算满分应大于零。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.year}年权重"


class YearGrade(models.Model):
    """A grade of the year's ranking list, from a least figure of 100 (M40)."""

    name = models.CharField("等次", max_length=20, unique=True)
    least = models.DecimalField("不低于（分）", max_digits=5, decimal_places=2, unique=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "年度等次"
        verbose_name_plural = "年度等次"
        ordering = ["-least"]
        constraints = [
            models.CheckConstraint(
                condition=Q(least__range=(0, 100)),
                name="year_grade_within_hundred",
                violation_error_message="应在 0 到 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
