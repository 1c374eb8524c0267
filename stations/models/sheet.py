"""A team's sheet for one place, its lines, objections to it, and what has to be put right."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from stations.enums import (
    InspectionCampaignState,
    ObjectionState,
    RectificationState,
    RectificationStepKind,
    SheetState,
)
from stations.models.campaign import Assignment, TeamMember, judged, scoring_now
from stations.models.standard import StandardItem
from stations.models.station import Station

_DISCLOSED = (InspectionCampaignState.OBJECTIONS, InspectionCampaignState.LOCKED)


class SheetQuerySet(ScopedQuerySet):
    """The own team's; the office's and leaders'; the inspected place's once it is disclosed."""

    by_region = False
    sheet_path: ClassVar[str] = ""

    def _to(self, path: str) -> str:
        return f"{self.sheet_path}{path}"

    def read_rule(self, scope: Scope) -> Q:
        rule = judged(scope, self._to("assignment__region")) & self._not_of_rivals(scope)
        rule |= self._of_own_team(scope)
        disclosed = Q(**{self._to("assignment__team__campaign__state__in"): _DISCLOSED})
        return rule | (disclosed & self._of_own_place(scope))

    def write_rule(self, scope: Scope) -> Q:
        """Locked ones nobody; the database refuses as well (stations.guards)."""
        rule = self._of_own_team(scope)
        if scope.is_office:
            rule |= scope.writes(self._to("assignment__region"))
        return rule & Q(**{self._to("locked_at__isnull"): True})

    def _not_of_rivals(self, scope: Scope) -> Q:
        """A leader who scores sees no other team's marks before all are open."""
        if scope.is_office or not scope.user_id:
            return Q()
        mine = scoring_now(scope.user_id).values("pk")
        return ~Q(**{self._to("assignment__team__campaign__in"): mine})

    def _of_own_team(self, scope: Scope) -> Q:
        if not scope.user_id:
            return NOTHING
        teams = TeamMember.objects.filter(user=scope.user_id).values("team")
        return Q(**{self._to("assignment__team__in"): teams})

    def _of_own_place(self, scope: Scope) -> Q:
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return Q(**{self._to("assignment__station__in"): kept}) | scope.writes(
            self._to("assignment__region")
        )

    def locked(self) -> Self:
        return self.filter(**{self._to("state"): SheetState.LOCKED})


class InspectionSheet(models.Model):
    """What one team found at one place. Locked, neither it nor its lines can be written by any way.

    ``client_key`` is made on the phone, so that a sheet sent twice from there is one sheet;
    ``edition`` counts what was received, so that two phones do not overwrite each other unseen.
    """

    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="sheet", verbose_name="分工"
    )
    client_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)
    edition = models.PositiveIntegerField("收到次数", default=0, editable=False)
    state = models.CharField(
        "状态", max_length=10, choices=SheetState.choices, default=SheetState.DRAFT
    )
    inspected_on = models.DateField("考评日期", null=True, blank=True)
    note = models.TextField("总体评价", blank=True)
    score = models.DecimalField(
        "得分",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
        help_text="锁定时写下；在那以前由明细算出。",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="提交人",
    )
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True, editable=False)
    place_name = models.CharField(
        "锁定时的名称", max_length=120, blank=True, editable=False,
        help_text="家站、镇（街道）以后改名的，锁定的结果仍用当时的名称。",
    )  # fmt: skip

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "打分表"
        verbose_name_plural = "打分表"
        ordering = ["assignment"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=SheetState.DRAFT, submitted_at__isnull=True)
                | (~Q(state=SheetState.DRAFT) & Q(submitted_at__isnull=False)),
                name="sheet_submitted_when_stamped",
                violation_error_message="提交的打分表要有提交时间。",
            ),
            models.CheckConstraint(
                condition=Q(state=SheetState.LOCKED, locked_at__isnull=False, score__isnull=False)
                | (~Q(state=SheetState.LOCKED) & Q(locked_at__isnull=True, score__isnull=True)),
                name="sheet_locked_when_stamped",
                violation_error_message="锁定的打分表要有锁定时间和得分。",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0), name="sheet_score_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment.team}：{self.place}"

    @property
    def place(self) -> str:
        return self.place_name or str(self.assignment.station or self.assignment.region)


class OfSheetQuerySet(SheetQuerySet):
    sheet_path = "sheet__"


class SheetLine(models.Model):
    """One item of the standard at the place; name and points are copied, so that they stay."""

    sheet = models.ForeignKey(
        InspectionSheet, models.CASCADE, related_name="lines", verbose_name="打分表"
    )
    item = models.ForeignKey(StandardItem, models.PROTECT, related_name="+", verbose_name="项目")
    name = models.CharField("项目", max_length=60, editable=False)
    points = models.DecimalField("分值", max_digits=5, decimal_places=2, editable=False)
    deduction = models.DecimalField("扣分", max_digits=5, decimal_places=2, default=Decimal(0))
    reason = models.CharField("扣分原因", max_length=200, blank=True)
    photo = models.ImageField("照片", upload_to="inspections/%Y/%m/", blank=True)

    objects = OfSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "打分明细"
        verbose_name_plural = "打分明细"
        ordering = ["sheet", "item__number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "item"],
                name="sheet_line_once",
                violation_error_message="这一项已经打分。",
            ),
            models.CheckConstraint(
                condition=Q(deduction__gte=0, deduction__lte=F("points")),
                name="sheet_line_deduction_within",
                violation_error_message="扣分不能为负，也不能超过这一项的分值。",
            ),
            models.CheckConstraint(
                condition=Q(deduction=0) | ~Q(reason=""),
                name="sheet_line_deduction_told",
                violation_error_message="扣了分要写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def score(self) -> Decimal:
        return self.points - self.deduction


class ObjectionQuerySet(OfSheetQuerySet):
    """Raised by the inspected place, answered by the office."""

    def write_rule(self, scope: Scope) -> Q:
        rule = self._of_own_place(scope)
        if scope.is_office:
            rule |= scope.writes(self._to("assignment__region"))
        return rule & Q(**{self._to("locked_at__isnull"): True})


class Objection(models.Model):
    """What a place says against a line or the whole sheet, and the answer."""

    sheet = models.ForeignKey(
        InspectionSheet, models.PROTECT, related_name="objections", verbose_name="打分表"
    )
    line = models.ForeignKey(
        SheetLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="objections",
        verbose_name="对哪一项",
        help_text="不填为对整张表。",
    )
    words = models.CharField("异议", max_length=400)
    raised_at = models.DateTimeField("提出时间", auto_now_add=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="提出人",
    )
    state = models.CharField(
        "结果", max_length=10, choices=ObjectionState.choices, default=ObjectionState.RAISED
    )
    answer = models.CharField("答复", max_length=400, blank=True)
    old_deduction = models.DecimalField(
        "原扣分", max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    new_deduction = models.DecimalField(
        "改后扣分", max_digits=5, decimal_places=2, null=True, blank=True
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="答复人",
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "考评异议"
        verbose_name_plural = "考评异议"
        ordering = ["sheet", "raised_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ObjectionState.RAISED, answered_at__isnull=True)
                | (~Q(state=ObjectionState.RAISED) & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="objection_answered_in_words",
                violation_error_message="异议要写明答复。",
            ),
            models.CheckConstraint(
                condition=Q(new_deduction__isnull=True)
                | Q(state=ObjectionState.UPHELD, line__isnull=False, new_deduction__gte=0),
                name="objection_change_needs_line",
                violation_error_message="改分要指明是哪一项，并且异议成立。",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:40]

    def clean(self) -> None:
        super().clean()
        if self.line is not None and self.line.sheet_id != self.sheet_id:
            raise ValidationError({"line": "这一项不在这张打分表里。"})


class RectificationQuerySet(ScopedQuerySet):
    """By the place: who reads it reads this, who keeps it reports, the office closes."""

    def read_rule(self, scope: Scope) -> Q:
        stations = Station.objects.filter(Station.objects.all().read_rule(scope))
        return scope.reads("region") | Q(station__in=stations)

    def write_rule(self, scope: Scope) -> Q:
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return scope.writes("region") | Q(station__in=kept)

    def open(self) -> Self:
        return self.exclude(state=RectificationState.CLOSED)

    def overdue(self, on: dt.date) -> Self:
        return self.filter(state=RectificationState.OPEN, due_on__lt=on)


class Rectification(models.Model):
    """Something to be put right (整改), by a day: from a sheet's line or a checklist's gap."""

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="findings", verbose_name="镇（街道）"
    )
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="家站",
    )
    item = models.ForeignKey(
        StandardItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="标准项目",
    )
    line = models.ForeignKey(
        SheetLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="出自打分",
    )
    words = models.CharField("问题", max_length=200)
    found_on = models.DateField("发现日期")
    due_on = models.DateField("整改期限")
    state = models.CharField(
        "状态", max_length=10, choices=RectificationState.choices, default=RectificationState.OPEN
    )
    closed_on = models.DateField("销号日期", null=True, blank=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = "整改事项"
        verbose_name_plural = "整改事项"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("found_on")),
                name="finding_dates_ordered",
                violation_error_message="整改期限不能早于发现日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=RectificationState.CLOSED, closed_on__isnull=False)
                | (~Q(state=RectificationState.CLOSED) & Q(closed_on__isnull=True)),
                name="finding_closed_when_dated",
                violation_error_message="销号的要有销号日期。",
            ),
            models.UniqueConstraint(
                fields=["station", "item"],
                condition=~Q(state=RectificationState.CLOSED),
                name="finding_open_once_station",
                violation_error_message="这个家站的这一项已在整改。",
            ),
            models.UniqueConstraint(
                fields=["region", "item"],
                condition=Q(station__isnull=True) & ~Q(state=RectificationState.CLOSED),
                name="finding_open_once_town",
                violation_error_message="这个镇（街道）的这一项已在整改。",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="finding_due")]

    def __str__(self) -> str:
        return self.words[:40]

    def clean(self) -> None:
        super().clean()
        if self.station is not None and self.region_id != self.station.region_id:
            raise ValidationError({"region": "镇（街道）与家站所属的不一致。"})


class RectificationStepQuerySet(ScopedQuerySet):
    region_path = "finding__region"

    def read_rule(self, scope: Scope) -> Q:
        return Q(
            finding__in=Rectification.objects.filter(Rectification.objects.all().read_rule(scope))
        )

    def write_rule(self, scope: Scope) -> Q:
        return Q(
            finding__in=Rectification.objects.filter(Rectification.objects.all().write_rule(scope))
        )


class RectificationStep(models.Model):
    """One step of putting right: a report, a re-check that passed or failed, a later day."""

    finding = models.ForeignKey(
        Rectification, models.CASCADE, related_name="steps", verbose_name="整改事项"
    )
    kind = models.CharField("步骤", max_length=10, choices=RectificationStepKind.choices)
    on = models.DateField("日期")
    words = models.CharField("情况", max_length=400)
    new_due_on = models.DateField("新的期限", null=True, blank=True)
    photo = models.ImageField("照片", upload_to="findings/%Y/%m/", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )

    objects = RectificationStepQuerySet.as_manager()

    class Meta:
        verbose_name = "整改步骤"
        verbose_name_plural = "整改步骤"
        ordering = ["finding", "on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=RectificationStepKind.EXTENDED, new_due_on__isnull=False)
                | Q(kind=RectificationStepKind.FAILED)
                | (
                    Q(kind__in=(RectificationStepKind.REPORT, RectificationStepKind.PASSED))
                    & Q(new_due_on__isnull=True)
                ),
                name="finding_step_due_by_kind",
                violation_error_message="延长期限要填新的期限；报整改、复查合格不填。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"
