from collections.abc import Iterable
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, Unit
from congress_portal.core.periods import Period
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from congress_portal.evaluations.enums import SHOWN_STATES, SheetState, SubjectType
from congress_portal.evaluations.models.scheme import Scheme, exactly_one
from deputies.models import Deputy, Group
from stations.models import Station

PUBLISHED_IS_FROZEN = "已发布的考评结果不能改动；有误时请发布新版本。"


class FrozenQuerySet(ScopedQuerySet):
    """Rows of a published sheet are never changed (DESIGN §4)."""

    by_region = False
    sheet_path = ""
    frozen_states: ClassVar[tuple[SheetState, ...]] = (SheetState.PUBLISHED,)

    def frozen(self) -> Self:
        return self.filter(**{f"{self.sheet_path}state__in": self.frozen_states})

    def _refuse_frozen(self) -> None:
        if self.frozen().exists():
            raise DomainError(PUBLISHED_IS_FROZEN)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        if kwargs.get("update_conflicts"):
            raise DomainError(PUBLISHED_IS_FROZEN)
        sheets = {row.owning_sheet_id() for row in rows} - {None}
        fixed = ScoreSheet.objects.filter(pk__in=sheets, state__in=self.frozen_states)
        if fixed.exists():
            raise DomainError(PUBLISHED_IS_FROZEN)
        return super().bulk_create(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._refuse_frozen()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete()


class ScoreSheetQuerySet(FrozenQuerySet):
    """Readers by region see every sheet; others those that are disclosed or published."""

    def read_rule(self, scope: Scope) -> Q:
        if scope.read_prefixes:
            return ~NOTHING
        return Q(state__in=SHOWN_STATES) if scope.roles else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return ~NOTHING if "staff" in scope.roles else NOTHING

    def published(self) -> Self:
        return self.filter(state=SheetState.PUBLISHED)

    def shown(self) -> Self:
        """Disclosed to those who are scored, or published."""
        return self.filter(state__in=SHOWN_STATES)


class ScoreSheet(models.Model):
    """The scores of one scheme for one period; published ones are frozen with their inputs."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="sheets", verbose_name="方案")
    period_code = models.CharField("周期", max_length=20)
    first_day = models.DateField("起始日期")
    last_day = models.DateField("截止日期")
    version = models.PositiveSmallIntegerField("版本", default=1)
    state = models.CharField(
        "状态", max_length=10, choices=SheetState.choices, default=SheetState.DRAFT
    )
    scheme_data = models.JSONField("方案内容", default=dict)
    computed_at = models.DateTimeField("计算时间", null=True, blank=True)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="计算人",
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发布人",
    )
    checked_at = models.DateTimeField("核对时间", null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核对人",
    )
    disclosed_at = models.DateTimeField("公示时间", null=True, blank=True)
    objections_until = models.DateField("异议期到", null=True, blank=True)
    appeals_until = models.DateField("申诉期到", null=True, blank=True)
    decided_at = models.DateTimeField("异议处理完毕", null=True, blank=True)
    reason = models.CharField("更正理由", max_length=400, blank=True)
    digest = models.CharField("数据摘要", max_length=64, blank=True)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "考评结果"
        verbose_name_plural = "考评结果"
        ordering = ["-last_day", "scheme", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "period_code", "version"], name="score_sheet_version_unique"
            ),
            models.CheckConstraint(
                condition=Q(state=SheetState.PUBLISHED, published_at__isnull=False)
                | (~Q(state=SheetState.PUBLISHED) & Q(published_at__isnull=True)),
                name="score_sheet_published_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(state=SheetState.DISCLOSED)
                | Q(disclosed_at__isnull=False, objections_until__isnull=False),
                name="score_sheet_disclosed_stamped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme.name} {self.period_code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_published()
        return super().delete(*args, **kwargs)

    def _refuse_if_published(self) -> None:
        """By what is stored: the object at hand may be older than the publication."""
        if self.pk and type(self).objects.filter(pk=self.pk).published().exists():
            raise DomainError(PUBLISHED_IS_FROZEN)

    def owning_sheet_id(self) -> int | None:
        return self.pk

    @property
    def is_published(self) -> bool:
        return self.state == SheetState.PUBLISHED

    @property
    def is_shown(self) -> bool:
        return self.state in SHOWN_STATES

    @property
    def paper_mark(self) -> str:
        """What a paper made before publication says of itself; nothing on a published one."""
        if self.is_published:
            return ""
        return "公示稿，未发布" if self.is_shown else "草稿，未发布"

    @property
    def is_draft(self) -> bool:
        return self.state == SheetState.DRAFT

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day, self.period_code)


class ScoreQuerySet(FrozenQuerySet):
    """By region; deputies, groups, stations' people and units see their own once disclosed."""

    sheet_path = "sheet__"
    frozen_states = SHOWN_STATES

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region")
        if scope.user_id:
            shown = Q(sheet__state__in=SHOWN_STATES)
            stations = Station.objects.filter(Station.objects.all().read_rule(scope))
            rule |= shown & Q(station__in=stations)
            if scope.deputy_user_id:
                rule |= shown & Q(deputy__user=scope.deputy_user_id)
                rule |= shown & Q(group__memberships__deputy__user=scope.deputy_user_id)
        if scope.unit_ids:
            rule |= Q(sheet__state__in=SHOWN_STATES, unit__in=scope.unit_ids)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING


class _FrozenRow(models.Model):
    """A row whose sheet decides whether it may still be written; a row cannot be moved away."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_if_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_if_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_if_frozen(self) -> None:
        rows = cast("FrozenQuerySet", type(self)._default_manager.all())
        stored = rows.filter(pk=self.pk).frozen()
        sheets = cast("FrozenQuerySet", ScoreSheet.objects.all())
        owner = sheets.filter(pk=self.owning_sheet_id(), state__in=rows.frozen_states)
        if owner.exists() or stored.exists():
            raise DomainError(PUBLISHED_IS_FROZEN)

    def owning_sheet_id(self) -> int | None:
        raise NotImplementedError


class Score(_FrozenRow):
    """The total of one subject on one sheet."""

    sheet = models.ForeignKey(
        ScoreSheet, models.CASCADE, related_name="scores", verbose_name="考评结果"
    )
    serial = models.PositiveIntegerField("次序")
    key = models.CharField("编号", max_length=120)
    label = models.CharField("对象", max_length=120)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", verbose_name="所属区划"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, related_name="scores", verbose_name="代表"
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, related_name="scores", verbose_name="家站"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="scores", verbose_name="承办单位"
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, related_name="scores", verbose_name="代表小组"
    )
    town = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="scores", verbose_name="镇（街道）"
    )
    days = models.PositiveIntegerField(
        "在任天数", null=True, help_text="只在任一部分时间的，按天数折算目标；空为全期在任。"
    )
    total = models.DecimalField("总分", max_digits=7, decimal_places=2, null=True)
    formula = models.CharField("总分算式", max_length=200, blank=True)
    rank = models.PositiveIntegerField("名次", null=True)
    grade = models.CharField("等次", max_length=20, blank=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = "得分"
        verbose_name_plural = "得分"
        ordering = ["sheet", "rank", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "key"], name="score_subject_once"),
            models.CheckConstraint(
                condition=exactly_one(SubjectType.values), name="score_one_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.total if self.total is not None else '—'}"

    def owning_sheet_id(self) -> int | None:
        return self.sheet_id


class ScoreLineQuerySet(FrozenQuerySet):
    sheet_path = "score__sheet__"
    frozen_states = SHOWN_STATES

    def read_rule(self, scope: Scope) -> Q:
        return Q(score__in=Score.objects.filter(Score.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING


class ScoreLine(_FrozenRow):
    """One indicator of one subject: value, how it became points, and the records behind it.

    ``evidence`` maps a model label (``activities.Activity``) to the keys of the rows counted;
    ``base_evidence`` does so for the denominator of a ratio. ``spread`` keeps in words what
    marks, adjustments or quarters the value is made of.
    """

    score = models.ForeignKey(Score, models.CASCADE, related_name="lines", verbose_name="得分")
    serial = models.PositiveSmallIntegerField("次序")
    indicator = models.CharField("指标名称", max_length=60)
    metric = models.CharField("计数口径", max_length=40)
    denominator_metric = models.CharField("比率分母", max_length=40, blank=True)
    method = models.CharField("计分方式", max_length=16)
    full = models.DecimalField("满分", max_digits=7, decimal_places=2)
    value = models.DecimalField("数值", max_digits=12, decimal_places=4, null=True)
    denominator = models.DecimalField("分母", max_digits=12, decimal_places=4, null=True)
    points = models.DecimalField("得分", max_digits=7, decimal_places=2, null=True)
    is_capped = models.BooleanField("封顶", default=False)
    formula = models.CharField("算式", max_length=200)
    note = models.CharField("说明", max_length=200, blank=True)
    evidence = models.JSONField("依据", default=dict)
    base_evidence = models.JSONField("分母依据", default=dict)
    spread = models.JSONField(
        "各方评分", default=list, blank=True, help_text="每个评分人的分、加减分的理由、各季的得分。"
    )

    objects = ScoreLineQuerySet.as_manager()

    class Meta:
        verbose_name = "得分明细"
        verbose_name_plural = "得分明细"
        ordering = ["score", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["score", "serial"], name="score_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.points if self.points is not None else '—'}"

    def owning_sheet_id(self) -> int | None:
        return self.score.sheet_id
