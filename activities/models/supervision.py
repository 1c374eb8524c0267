"""What supervision leaves behind: questions, findings, interviews, projects."""

from django.db import models
from django.db.models import F, Q

from activities.enums import FindingKind, FindingPhase, InterviewState, Recheck
from activities.models.activity import Activity
from activities.models.scoping import OfActivityQuerySet
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.models import Deputy


class Question(models.Model):
    """A question put at a 专题询问, 列席 or 约见, and its answer (M84; 监督法 §47–50)."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="questions", verbose_name="活动"
    )
    serial = models.PositiveSmallIntegerField("次序", default=0)
    asker = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提问代表"
    )
    text = models.TextField("问题")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="应询单位"
    )
    answered_by = models.CharField("答复人", max_length=60, blank=True)
    answer = models.TextField("答复", blank=True)
    follow_up = models.CharField("后续办理", max_length=400, blank=True)
    due_on = models.DateField("办理时限", null=True, blank=True)
    done_on = models.DateField("办结日期", null=True, blank=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = OfActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "询问与答复"
        verbose_name_plural = "询问与答复"
        ordering = ["activity", "serial", "pk"]

    def __str__(self) -> str:
        return self.text[:30]


class FindingQuerySet(OfActivityQuerySet):
    """With the activity; the unit that must mend it sees its own."""

    def read_rule(self, scope: Scope) -> Q:
        return super().read_rule(scope) | Q(unit__in=scope.unit_ids)


class Finding(models.Model):
    """A problem or opinion that an activity brought up, with response, mending and re-check.

    One shape for 视察 findings, 审议意见, 站所评议 rectification and the issues of a 民情反映会.
    """

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="findings", verbose_name="活动"
    )
    serial = models.PositiveSmallIntegerField("次序", default=0)
    kind = models.CharField(
        "种类", max_length=10, choices=FindingKind.choices, default=FindingKind.PROBLEM
    )
    phase = models.CharField(
        "阶段", max_length=8, choices=FindingPhase.choices, default=FindingPhase.DURING
    )
    text = models.TextField("内容")
    raised_by = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出代表"
    )
    field = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.FIELD},
        related_name="+",
        verbose_name="领域",
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="责任单位",
    )
    response = models.TextField("单位回应", blank=True)
    responded_on = models.DateField("回应日期", null=True, blank=True)
    is_adopted = models.BooleanField("已采纳", null=True, blank=True)
    due_on = models.DateField("整改时限", null=True, blank=True)
    mended = models.TextField("整改情况", blank=True)
    mended_on = models.DateField("整改日期", null=True, blank=True)
    recheck = models.CharField("复查结果", max_length=10, choices=Recheck.choices, blank=True)
    rechecked_on = models.DateField("复查日期", null=True, blank=True)
    recheck_note = models.CharField("复查意见", max_length=400, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "发现的问题"
        verbose_name_plural = "发现的问题"
        ordering = ["activity", "serial", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recheck="") | Q(rechecked_on__isnull=False),
                name="finding_recheck_dated",
                violation_error_message="填了复查结果，要填复查日期。",
            ),
            models.CheckConstraint(
                condition=Q(mended_on__isnull=True)
                | Q(rechecked_on__isnull=True)
                | Q(rechecked_on__gte=F("mended_on")),
                name="finding_rechecked_after_mended",
                violation_error_message="复查日期不能早于整改日期。",
            ),
        ]
        indexes = [models.Index(fields=["unit", "closed_on"], name="finding_open_of_unit")]

    def __str__(self) -> str:
        return self.text[:30]


class InterviewQuerySet(ScopedQuerySet):
    """约见: the deputies who asked, the office that arranges it, the unit once it is arranged."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region")
        rule |= Q(unit__in=scope.unit_ids) & ~Q(state=InterviewState.ASKED)
        if scope.deputy_user_id:
            own = Interview.fellows.through.objects.filter(deputy__user=scope.deputy_user_id)
            rule |= Q(deputy__user=scope.deputy_user_id) | Q(pk__in=own.values("interview"))
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region")


class Interview(models.Model):
    """A deputy asks to meet the head of a state organ (约见, 代表法 §29; M85)."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="interviews", verbose_name="提出代表"
    )
    fellows = models.ManyToManyField(
        Deputy, blank=True, related_name="+", verbose_name="一同约见的代表"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里的人大")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="interviews", verbose_name="约见单位"
    )
    subject = models.CharField("约见事由", max_length=120)
    questions = models.TextField("要问的问题")
    asked_on = models.DateField("提出日期")
    wanted_on = models.DateField("希望日期", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=InterviewState.choices, default=InterviewState.ASKED
    )
    arranged_on = models.DateField("安排日期", null=True, blank=True)
    arranged_time = models.TimeField("时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    official = models.CharField("出面的负责人", max_length=60, blank=True)
    outcome = models.TextField("约见结果", blank=True)
    declined_reason = models.CharField("未安排的原因", max_length=200, blank=True)
    activity = models.OneToOneField(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="interview",
        verbose_name="约见活动",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = "约见"
        verbose_name_plural = "约见"
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=InterviewState.DECLINED) | ~Q(declined_reason=""),
                name="interview_declined_has_reason",
                violation_error_message="请写明未安排的原因。",
            ),
            models.CheckConstraint(
                condition=~Q(state=InterviewState.HELD) | ~Q(outcome=""),
                name="interview_held_has_outcome",
                violation_error_message="请写明约见结果。",
            ),
        ]

    def __str__(self) -> str:
        return f"约见{self.unit}：{self.subject}"


class ProjectQuerySet(ScopedQuerySet):
    """The county's projects are no secret; the office of the place keeps them."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.write_prefixes else NOTHING


class Project(models.Model):
    """A major project that deputies inspect (重大工程项目, M82)."""

    name = models.CharField("项目名称", max_length=120)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="projects", verbose_name="所在区划"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建设单位"
    )
    field = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.FIELD},
        related_name="+",
        verbose_name="领域",
    )
    investment = models.DecimalField(
        "投资（万元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    content = models.TextField("建设内容", blank=True)
    progress = models.CharField("进度", max_length=200, blank=True)
    begins_on = models.DateField("开工日期", null=True, blank=True)
    due_on = models.DateField("计划完工", null=True, blank=True)
    done_on = models.DateField("实际完工", null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "工程项目"
        verbose_name_plural = "工程项目"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                name="project_once",
                violation_error_message="已有同名的项目。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
