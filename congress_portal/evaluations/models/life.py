"""What happens around a sheet: objections, unlocks, ratings and the nightly proof (M106)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from congress_portal.core.models import Region, Unit
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from congress_portal.evaluations.enums import AppealState, Rater, SubjectType
from congress_portal.evaluations.models.scheme import Scheme, exactly_one
from congress_portal.evaluations.models.sheet import Score, ScoreLine, ScoreSheet
from deputies.models import Deputy, Group
from stations.models import Station


class AppealQuerySet(ScopedQuerySet):
    """Read by who may read the score; decided by the committee's staff."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(score__in=Score.objects.filter(Score.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return self.read_rule(scope) if "staff" in scope.roles else NOTHING

    def open(self) -> Self:
        return self.filter(state=AppealState.OPEN)


class Appeal(models.Model):
    """What a scored side says against a score, and the answer of somebody who did not score.

    Against a disclosed sheet it is an objection (异议), against a published one an appeal (申诉).
    """

    score = models.ForeignKey(Score, models.PROTECT, related_name="appeals", verbose_name="得分")
    line = models.ForeignKey(
        ScoreLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指标"
    )
    words = models.TextField("异议内容")
    paper = models.FileField("依据", upload_to="appeals/%Y/", max_length=200, blank=True)
    is_late_stage = models.BooleanField("发布后的申诉", default=False)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    raised_at = models.DateTimeField("提出时间", default=timezone.now)
    answer_until = models.DateField("答复期到")
    state = models.CharField(
        "状态", max_length=10, choices=AppealState.choices, default=AppealState.OPEN
    )
    answer = models.CharField("答复", max_length=400, blank=True)
    scored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="计算人",
        help_text="提出异议时这份结果的计算人，不能由他答复。",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = "得分异议"
        verbose_name_plural = "得分异议"
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (
                    ~Q(decided_by=F("raised_by"))
                    & (Q(scored_by=None) | ~Q(decided_by=F("scored_by")))
                ),
                name="appeal_decided_by_another",
                violation_error_message="提出人、计算人不能答复这件异议。",
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, decided_at__isnull=True)
                | Q(state=AppealState.LAPSED, decided_at__isnull=False)
                | (
                    Q(state__in=[AppealState.UPHELD, AppealState.REFUSED])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(answer="")
                ),
                name="appeal_answered",
                violation_error_message="请写明答复。",
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state=AppealState.OPEN, line__isnull=False),
                name="appeal_line_open_once",
                violation_error_message="这一项已有待答复的异议。",
            ),
            models.UniqueConstraint(
                fields=["score"],
                condition=Q(state=AppealState.OPEN, line__isnull=True),
                name="appeal_score_open_once",
                violation_error_message="总分已有待答复的异议。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score.label}：{self.line.indicator if self.line else '总分'}"

    @property
    def noun(self) -> str:
        return "申诉" if self.is_late_stage else "异议"


class OfSheetQuerySet(ScopedQuerySet):
    """The office's own papers on a sheet."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.is_office else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return ~NOTHING if "staff" in scope.roles else NOTHING


class UnlockQuerySet(OfSheetQuerySet):
    def in_force(self) -> Self:
        return self.filter(closed_at=None, until__gt=timezone.now())


class Unlock(models.Model):
    """Ratings opened again for one place, station or unit, until a time, with the reason."""

    sheet = models.ForeignKey(
        ScoreSheet, models.PROTECT, related_name="unlocks", verbose_name="考评结果"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="镇（街道）"
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="家站"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办单位"
    )
    reason = models.CharField("理由", max_length=200)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="开放人"
    )
    opened_at = models.DateTimeField("开放时间", default=timezone.now)
    until = models.DateTimeField("开放到")
    closed_at = models.DateTimeField("提前关闭", null=True, blank=True)

    objects = UnlockQuerySet.as_manager()

    class Meta:
        verbose_name = "临时开放"
        verbose_name_plural = "临时开放"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=False, station=None, unit=None)
                | Q(region=None, station__isnull=False, unit=None)
                | Q(region=None, station=None, unit__isnull=False),
                name="unlock_one_place",
                violation_error_message="只对一个镇（街道）、家站或单位开放。",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")),
                name="unlock_ends_later",
                violation_error_message="开放的截止时间要晚于现在。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}：{self.place}"

    @property
    def place(self) -> Any:
        return self.region or self.station or self.unit


class SheetProof(models.Model):
    """What the last nightly recomputation of a published sheet found."""

    sheet = models.OneToOneField(
        ScoreSheet, models.CASCADE, related_name="proof", verbose_name="考评结果"
    )
    proved_at = models.DateTimeField("核验时间")
    is_intact = models.BooleanField("与封存的一致")
    has_changed = models.BooleanField("记录有变化")

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "封存核验"
        verbose_name_plural = "封存核验"
        ordering = ["sheet"]

    def __str__(self) -> str:
        return f"{self.sheet}：{'一致' if self.is_intact else '不一致'}"


class RatingQuerySet(ScopedQuerySet):
    """The office by place, raters their own; those scored meet them on their disclosed lines."""

    by_region = False
    PLACES: ClassVar[tuple[str, ...]] = (
        "deputy__town",
        "station__region",
        "unit__region",
        "group__region",
        "town",
    )

    def read_rule(self, scope: Scope) -> Q:
        rule = Q(author=scope.user_id) if scope.user_id else NOTHING
        if scope.is_office:
            for path in self.PLACES:
                rule |= scope.reads(path)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return Q(author=scope.user_id) if scope.user_id else NOTHING


class Rating(models.Model):
    """One rater's mark of one subject for an indicator, or an adjustment with its reason."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="ratings", verbose_name="方案")
    period_code = models.CharField("周期", max_length=20)
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期")
    indicator = models.CharField("指标名称", max_length=60)
    rater = models.CharField("评分人", max_length=8, choices=Rater.choices)
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代表"
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="家站"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办单位"
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代表小组"
    )
    town = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="镇（街道）"
    )
    points = models.DecimalField("分", max_digits=7, decimal_places=2)
    reason = models.CharField("理由", max_length=200, blank=True)
    proof = models.CharField(
        "依据", max_length=200, blank=True, help_text="文件、会议、记录的名称。"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人"
    )
    given_at = models.DateTimeField("填写时间", default=timezone.now)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = "评分"
        verbose_name_plural = "评分"
        ordering = ["-last_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(SubjectType.values),
                name="rating_one_subject",
                violation_error_message="评分只写一个对象。",
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0) | Q(rater=Rater.ADJUST),
                name="rating_not_negative",
                violation_error_message="评分不能为负；减分请用加减分。",
            ),
            models.CheckConstraint(
                condition=~Q(rater=Rater.ADJUST) | (~Q(reason="") & ~Q(proof="")),
                name="rating_adjust_reasoned",
                violation_error_message="加减分要写明理由和依据。",
            ),
            *(
                models.UniqueConstraint(
                    fields=["scheme", "period_code", "indicator", "rater", "author", subject],
                    condition=Q(**{f"{subject}__isnull": False}) & ~Q(rater=Rater.ADJUST),
                    name=f"rating_{subject}_once",
                    violation_error_message="这一项您已评过分，请在原来的分上改。",
                )
                for subject in SubjectType.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.get_rater_display()} {self.points}"

    @property
    def subject(self) -> Any:
        return self.deputy or self.station or self.unit or self.group or self.town
