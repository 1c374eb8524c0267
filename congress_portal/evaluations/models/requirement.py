"""Requirements as rows: who owes how much of what, by when (M54–M60, M100, M113, M116)."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from activities.models import ActivityForm
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.periods import Period
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet
from congress_portal.evaluations.enums import Bound, DutySubject, OwedBy, PeriodKind
from congress_portal.evaluations.models.scheme import exactly_one
from deputies.models import CommitteeMember, Deputy, Group
from stations.models import Station, StationType


class RequirementQuerySet(SharedQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def asked_in(self, period: Period) -> Self:
        """Active ones whose own dates meet the period."""
        begun = Q(active_from__isnull=True) | Q(active_from__lte=period.last)
        not_ended = Q(active_to__isnull=True) | Q(active_to__gte=period.first)
        return self.active().filter(begun & not_ended)


class Requirement(models.Model):
    """What is asked of everyone of a kind in each period: 三个一, 六个一, 每季度一次 …"""

    name = models.CharField("要求", max_length=60, unique=True)
    subject_kind = models.CharField("对象", max_length=10, choices=DutySubject.choices)
    owed_by = models.CharField(
        "适用范围", max_length=12, choices=OwedBy.choices, blank=True, default=OwedBy.ALL,
        help_text="代表按所任职务分县代表、镇代表，镇街按镇、街道分；家站、小组、组成人员不分。",
    )  # fmt: skip
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="哪里的要求",
        help_text="不填为本平台的全部县、镇。",
    )
    period_kind = models.CharField("周期", max_length=8, choices=PeriodKind.choices)
    source = models.TextField("依据", help_text="法律、办法的条文或文件名。")
    exempt_words = models.CharField(
        "免除说明", max_length=200, blank=True, help_text="哪些情形不要求；逐个的免除在下面登记。"
    )
    warn_days = models.PositiveSmallIntegerField(
        "到期前几天提醒", default=15, help_text="提醒还没有完成的，每期一次；0 为只在最后一天提醒。"
    )
    also_shown = models.CharField(
        "并列显示的口径",
        max_length=40,
        blank=True,
        help_text="只供参考，不作要求，如小组活动人次。",
    )
    active_from = models.DateField("起用日期", null=True, blank=True)
    active_to = models.DateField("停用日期", null=True, blank=True)
    is_active = models.BooleanField("在用", default=True)
    order = models.PositiveIntegerField("排序", default=0)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        verbose_name = "履职要求"
        verbose_name_plural = "履职要求"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_from__isnull=True)
                | Q(active_to__isnull=True)
                | Q(active_to__gte=F("active_from")),
                name="requirement_dates_ordered",
                violation_error_message="停用日期不能早于起用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        allowed: dict[str, tuple[str, ...]] = {
            DutySubject.DEPUTY: (OwedBy.ALL, OwedBy.COUNTY, OwedBy.TOWN),
            DutySubject.TOWN: (OwedBy.ALL, OwedBy.TOWN, OwedBy.SUBDISTRICT),
        }
        if self.owed_by not in allowed.get(self.subject_kind, (OwedBy.ALL,)):
            raise ValidationError({"owed_by": "这类对象不能选这个适用范围。"})


class OfRequirementQuerySet(SharedQuerySet):
    """Parts, numbers by type: read by everyone signed in, kept by the office."""


class RequirementPart(models.Model):
    """One thing of a requirement: a metric, narrowed by forms or themes, and the number asked."""

    requirement = models.ForeignKey(
        Requirement, models.CASCADE, related_name="parts", verbose_name="要求"
    )
    serial = models.PositiveSmallIntegerField("次序", default=0)
    name = models.CharField("项目", max_length=40, help_text="缺这一项时就写这个名称。")
    metric = models.CharField("计数口径", max_length=40)
    forms = models.ManyToManyField(
        ActivityForm,
        blank=True,
        related_name="+",
        verbose_name="只计这些活动形式",
        help_text="不选为全部。",
    )
    themes = models.ManyToManyField(
        DictionaryEntry,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.THEME},
        related_name="+",
        verbose_name="只计这些主题",
        help_text="不选为全部。",
    )
    comparison = models.CharField(
        "比较", max_length=8, choices=Bound.choices, default=Bound.AT_LEAST
    )
    threshold = models.DecimalField("数量", max_digits=9, decimal_places=2, default=Decimal(1))
    is_prorated = models.BooleanField(
        "按在任时间折算",
        default=True,
        help_text="只在任、建成一部分时间的，按天数折算，四舍五入到整数。",
    )

    objects = OfRequirementQuerySet.as_manager()

    class Meta:
        verbose_name = "要求的项目"
        verbose_name_plural = "要求的项目"
        ordering = ["requirement", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "name"],
                name="requirement_part_once",
                violation_error_message="这项要求里已有同名的项目。",
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0),
                name="requirement_part_threshold_positive",
                violation_error_message="数量不能为负。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TypeThreshold(models.Model):
    """Another number for stations of one type (M59); 0 asks nothing of them."""

    part = models.ForeignKey(
        RequirementPart, models.CASCADE, related_name="by_type", verbose_name="项目"
    )
    station_type = models.ForeignKey(
        StationType, models.PROTECT, related_name="+", verbose_name="家站类型"
    )
    threshold = models.DecimalField("数量", max_digits=9, decimal_places=2)

    objects = OfRequirementQuerySet.as_manager()

    class Meta:
        verbose_name = "按家站类型的数量"
        verbose_name_plural = "按家站类型的数量"
        ordering = ["part", "station_type"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "station_type"],
                name="type_threshold_once",
                violation_error_message="这类家站已有数量。",
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0),
                name="type_threshold_positive",
                violation_error_message="数量不能为负。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_type}：{self.threshold.normalize():f}"


_PLACES = ("deputy__town", "station__region", "group__region", "town", "member__region")


class OfSubjectsQuerySet(ScopedQuerySet):
    """By the place of the subject; deputies read what is said of them."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = NOTHING
        for path in _PLACES:
            rule |= scope.reads(path)
        if scope.deputy_user_id:
            rule |= Q(deputy__user=scope.deputy_user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        rule = NOTHING
        for path in _PLACES:
            rule |= scope.writes(path)
        return rule


class OfSubject(models.Model):
    """One of the kinds that can owe: the column of the kind is filled, the others are not."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代表"
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="家站"
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代表小组"
    )
    town = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="镇（街道）"
    )
    member = models.ForeignKey(
        CommitteeMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="组成人员",
    )

    class Meta:
        abstract = True

    @property
    def subject(self) -> Any:
        for kind in DutySubject.values:
            if (row := getattr(self, kind)) is not None:
                return row
        return None


class Exemption(OfSubject):
    """A subject that need not do it: for good, or for the days of a leave (请假)."""

    requirement = models.ForeignKey(
        Requirement,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="exemptions",
        verbose_name="要求",
        help_text="不填为免除全部要求（如长期病假）。",
    )
    begins_on = models.DateField("从", null=True, blank=True)
    ends_on = models.DateField("到", null=True, blank=True)
    reason = models.CharField("理由", max_length=120)

    objects = OfSubjectsQuerySet.as_manager()

    class Meta:
        verbose_name = "免除和请假"
        verbose_name_plural = "免除和请假"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(DutySubject.values),
                name="exemption_one_subject",
                violation_error_message="免除要写明是谁，只写一个对象。",
            ),
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="exemption_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}：{self.reason}"


class Nudge(OfSubject):
    """A word to somebody who has not done it yet (催办提醒): once a day, with who sent it."""

    requirement = models.ForeignKey(
        Requirement, models.PROTECT, related_name="nudges", verbose_name="要求"
    )
    period_code = models.CharField("周期", max_length=20)
    sent_on = models.DateField("日期")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提醒人"
    )
    missing = models.CharField("缺什么", max_length=200)
    people = models.PositiveSmallIntegerField("收到的人数")

    objects = OfSubjectsQuerySet.as_manager()

    class Meta:
        verbose_name = "催办提醒"
        verbose_name_plural = "催办提醒"
        ordering = ["-sent_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(DutySubject.values), name="nudge_one_subject"
            ),
            *(
                models.UniqueConstraint(
                    fields=["requirement", kind, "sent_on"],
                    condition=Q(**{f"{kind}__isnull": False}),
                    name=f"nudge_{kind}_once_a_day",
                    violation_error_message="今天已经提醒过。",
                )
                for kind in DutySubject.values
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sent_on} {self.subject}：{self.missing}"
