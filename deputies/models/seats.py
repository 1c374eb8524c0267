"""How seats are filled between elections and given up before the term ends (M06, M07)."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.enums import (
    ByElectionState,
    EndKind,
    ExitAction,
    ExitState,
    Gate,
    Ground,
    Sex,
)
from deputies.models.deputy import Deputy, Mandate
from deputies.models.term import District, Term


class ByElectionQuerySet(ScopedQuerySet):
    """Those who run the election, and the leaders who decide on it; candidates are no public."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = self.write_rule(scope)
        return rule | scope.reads("term__region") if "leader" in scope.roles else rule

    def write_rule(self, scope: Scope) -> Q:
        if not scope.roles & {"staff", "town_staff"}:
            return NOTHING
        return scope.writes("term__region")

    def running(self) -> Self:
        return self.filter(state=ByElectionState.PREPARING)


class ByElection(models.Model):
    """One seat filled between general elections (届中补选; 选举法 §57)."""

    term = models.ForeignKey(
        Term, models.PROTECT, related_name="by_elections", verbose_name="哪一届"
    )
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="选区"
    )
    vacated = models.ForeignKey(
        Mandate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="by_elections",
        verbose_name="补谁的缺",
    )
    reason = models.CharField("缺额原因", max_length=200)
    planned_on = models.DateField("计划选举日", null=True, blank=True)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=ByElectionState.choices,
        default=ByElectionState.PREPARING,
    )
    held_on = models.DateField("选举日", null=True, blank=True)
    registered = models.PositiveIntegerField("登记选民数", null=True, blank=True)
    voted = models.PositiveIntegerField("参加投票人数", null=True, blank=True)
    result = models.CharField("结果说明", max_length=400, blank=True)
    document = models.FileField(
        "选举结果文件", upload_to="by-elections/%Y/", max_length=200, blank=True
    )
    mandate = models.OneToOneField(
        Mandate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="won_in",
        verbose_name="当选后的代表职务",
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ByElectionQuerySet.as_manager()

    class Meta:
        verbose_name = "补选"
        verbose_name_plural = "补选"
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vacated"],
                condition=Q(state__in=[ByElectionState.PREPARING, ByElectionState.ELECTED]),
                name="by_election_one_for_a_seat",
                violation_error_message="这个缺额已经在补选，或者已经补上。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ByElectionState.ELECTED)
                | Q(mandate__isnull=False, held_on__isnull=False),
                name="by_election_winner_seated",
                violation_error_message="选出的，要有选举日和代表职务。",
            ),
            models.CheckConstraint(
                condition=Q(voted__isnull=True)
                | Q(registered__isnull=True)
                | Q(voted__lte=F("registered")),
                name="by_election_votes_fit",
                violation_error_message="参加投票的人数不能超过登记选民数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term}{self.district or ''}补选"


class OfByElectionQuerySet(ScopedQuerySet):
    by_region = False
    PATH = "by_election"

    def read_rule(self, scope: Scope) -> Q:
        rows = ByElection.objects.filter(ByElection.objects.all().read_rule(scope))
        return Q(**{f"{self.PATH}__in": rows})

    def write_rule(self, scope: Scope) -> Q:
        rows = ByElection.objects.filter(ByElection.objects.all().write_rule(scope))
        return Q(**{f"{self.PATH}__in": rows})


class Candidate(models.Model):
    """Somebody proposed for the seat: a deputy already known, or a new person (候选人)."""

    by_election = models.ForeignKey(
        ByElection, models.PROTECT, related_name="candidates", verbose_name="补选"
    )
    serial = models.PositiveSmallIntegerField("次序")
    deputy = models.ForeignKey(
        Deputy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="candidacies",
        verbose_name="已在册的代表",
    )
    name = models.CharField("姓名", max_length=40)
    sex = models.CharField("性别", max_length=6, choices=Sex.choices)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    birth_month = models.DateField("出生年月", null=True, blank=True)
    education = models.CharField("文化程度", max_length=20, blank=True)
    party = models.CharField("政治面貌", max_length=20, blank=True)
    employer = models.CharField("工作单位及职务", max_length=120, blank=True)
    sector = models.CharField("代表构成", max_length=30, blank=True)
    town = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="+",
        verbose_name="所在镇（街道）",
    )
    proposed_by = models.CharField(
        "谁提名推荐", max_length=120, help_text="政党、人民团体，或者选民十人以上联名。"
    )
    votes = models.PositiveIntegerField("得票", null=True, blank=True)

    objects = OfByElectionQuerySet.as_manager()

    class Meta:
        verbose_name = "候选人"
        verbose_name_plural = "候选人"
        ordering = ["by_election", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["by_election", "serial"], name="candidate_serial_unique"
            ),
            models.UniqueConstraint(
                fields=["by_election", "deputy"],
                condition=Q(deputy__isnull=False),
                name="candidate_deputy_once",
                violation_error_message="这位代表已是候选人。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfCandidateQuerySet(OfByElectionQuerySet):
    PATH = "candidate__by_election"


class GateCheck(models.Model):
    """One of the four checks of a candidate (四关), with the opinion of whoever checked."""

    candidate = models.ForeignKey(
        Candidate, models.PROTECT, related_name="checks", verbose_name="候选人"
    )
    gate = models.CharField("哪一关", max_length=10, choices=Gate.choices)
    passed = models.BooleanField("是否通过")
    office = models.CharField("审核单位", max_length=60, help_text="如 县委组织部、县纪委监委。")
    opinion = models.CharField("审核意见", max_length=400)
    checked_on = models.DateField("审核日期")
    document = models.FileField(
        "审核文件", upload_to="by-elections/%Y/", max_length=200, blank=True
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    made_at = models.DateTimeField("登记时间", auto_now_add=True)

    CONFIDENTIAL = ("opinion",)

    objects = OfCandidateQuerySet.as_manager()

    class Meta:
        verbose_name = "四关审核"
        verbose_name_plural = "四关审核"
        ordering = ["candidate", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "gate"],
                name="gate_check_once",
                violation_error_message="这一关已经登记；意见有变的，请在原来的上面改。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} {self.get_gate_display()}"


class ExitCaseQuerySet(ScopedQuerySet):
    """Only the committee's staff and leaders; never the town, never a deputy, not even the one
    concerned (who hears of it by being heard)."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return scope.reads("mandate__region") if scope.roles & {"staff", "leader"} else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("mandate__region") if "staff" in scope.roles else NOTHING

    def open(self) -> Self:
        return self.exclude(state__in=[ExitState.ENDED, ExitState.CLOSED])


class ExitCase(models.Model):
    """A question whether somebody remains a deputy (届中退出); no step follows by itself."""

    mandate = models.ForeignKey(
        Mandate, models.PROTECT, related_name="exit_cases", verbose_name="代表职务"
    )
    state = models.CharField(
        "状态", max_length=10, choices=ExitState.choices, default=ExitState.CLUE
    )
    source = models.CharField("线索来源", max_length=60)
    clue = models.TextField("线索内容", max_length=2000)
    found_on = models.DateField("发现日期")
    outcome = models.CharField("怎样结束", max_length=12, choices=EndKind.choices, blank=True)
    effect_on = models.DateField("生效日期", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    opened_at = models.DateTimeField("登记时间", auto_now_add=True)

    CONFIDENTIAL = ("clue", "source")

    objects = ExitCaseQuerySet.as_manager()

    class Meta:
        verbose_name = "退出个案"
        verbose_name_plural = "退出个案"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mandate"],
                condition=~Q(state__in=[ExitState.ENDED, ExitState.CLOSED]),
                name="exit_case_one_open",
                violation_error_message="这项代表职务已有办理中的个案。",
            ),
            models.CheckConstraint(
                condition=Q(state=ExitState.ENDED, effect_on__isnull=False) & ~Q(outcome="")
                | ~Q(state=ExitState.ENDED) & Q(effect_on__isnull=True, outcome=""),
                name="exit_case_end_dated",
                violation_error_message="结束职务的，要写明怎样结束和生效日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate.deputy}（{self.get_state_display()}）"

    @property
    def trail_label(self) -> str:
        """Auditors read the trail, and may not read whom a case is about."""
        return f"届中退出个案 {self.pk}（{self.get_state_display()}）"


class ExitStepQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(case__in=ExitCase.objects.filter(ExitCase.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING


class ExitStep(models.Model):
    """What was done in a case, by whom and when; written once, never changed."""

    case = models.ForeignKey(ExitCase, models.PROTECT, related_name="steps", verbose_name="个案")
    action = models.CharField("步骤", max_length=10, choices=ExitAction.choices)
    held_on = models.DateField("日期")
    words = models.TextField("情况", max_length=2000)
    requesters = models.PositiveIntegerField("联名选民数", null=True, blank=True)
    ground = models.CharField("法定情形", max_length=12, choices=Ground.choices, blank=True)
    document = models.FileField("文件", upload_to="exits/%Y/", max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    made_at = models.DateTimeField("登记时间", auto_now_add=True)

    CONFIDENTIAL = ("words",)

    objects = ExitStepQuerySet.as_manager()

    class Meta:
        verbose_name = "个案步骤"
        verbose_name_plural = "个案步骤"
        ordering = ["case", "held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.case} {self.get_action_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise ValueError("a step of an exit case is written once")
        super().save(*args, **kwargs)

    @property
    def trail_label(self) -> str:
        return f"{self.case.trail_label} {self.get_action_display()}"
