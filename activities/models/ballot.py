"""One shape of ballot for 述职评议, 站所评议, 现场测评, 满意度 and 评优 (DESIGN §1)."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from activities.enums import BallotState, Comparison, ShareOf
from activities.models.activity import Activity
from congress_portal.core.enums import Verification
from congress_portal.core.models import Region, Unit
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet
from deputies.models import Deputy

USED = (
    "已有计了票的测评或宣布、核实了的述职用过这个票式，不能再改或删除；"
    "要改，请在票式列表里勾选它，用「复制为新票式」。"
)


def used_scales() -> Q:
    """Scales (by pk) behind a counted ballot or an announced or verified duty report."""
    reports = apps.get_model("activities", "DutyReport").objects.filter(
        Q(announced_at__isnull=False) | Q(verification=Verification.VERIFIED),
        scale__isnull=False,
    )
    ballots = Ballot.objects.filter(state=BallotState.COUNTED)
    return Q(pk__in=ballots.values("scale")) | Q(pk__in=reports.values("scale"))


ABSTAINED = "弃权"  # of every paper, beside the scale's own options


class ScaleQuerySet(SharedQuerySet):
    """Once a result rests on a scale, nobody writes it."""

    def write_rule(self, scope: Scope) -> Q:
        return super().write_rule(scope) & ~used_scales()


class PartQuerySet(SharedQuerySet):
    def write_rule(self, scope: Scope) -> Q:
        used = BallotScale.objects.filter(used_scales())
        return super().write_rule(scope) & ~Q(scale__in=used.values("pk"))


def _refuse_used(scale_pk: int | None) -> None:
    if scale_pk and BallotScale.objects.filter(used_scales(), pk=scale_pk).exists():
        raise ValidationError(USED)


class BallotScale(models.Model):
    """The choices on a ballot and how they decide the result; local values differ (C4)."""

    name = models.CharField("票式", max_length=40, unique=True)
    source = models.CharField("依据", max_length=200, blank=True)
    share_of = models.CharField(
        "按什么数算比例", max_length=8, choices=ShareOf.choices, default=ShareOf.VOTES
    )
    is_active = models.BooleanField("在用", default=True)

    objects = ScaleQuerySet.as_manager()

    class Meta:
        verbose_name = "测评票式"
        verbose_name_plural = "测评票式"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError where a result already rests on the scale."""
        _refuse_used(self.pk)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_used(self.pk)
        return super().delete(*args, **kwargs)


class BallotOption(models.Model):
    scale = models.ForeignKey(
        BallotScale, models.CASCADE, related_name="options", verbose_name="票式"
    )
    label = models.CharField("选项", max_length=20)
    order = models.PositiveSmallIntegerField("排序", default=0)
    points = models.DecimalField("分值", max_digits=5, decimal_places=1, default=0)
    is_good = models.BooleanField("计入满意率", default=False)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "测评选项"
        verbose_name_plural = "测评选项"
        ordering = ["scale", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "label"], name="ballot_option_once"),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Raises ValidationError where a result already rests on the scale, and for 弃权."""
        _refuse_used(self.scale_id)
        if self.label.strip() == ABSTAINED:
            raise ValidationError({"label": "弃权不用设：每张票都可以不表态，单独统计。"})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_used(self.scale_id)
        return super().delete(*args, **kwargs)


class ResultRule(models.Model):
    """«称职票不低于 80% 为称职»: the first rule that holds, by order, names the result."""

    scale = models.ForeignKey(
        BallotScale, models.CASCADE, related_name="rules", verbose_name="票式"
    )
    order = models.PositiveSmallIntegerField("次序", default=0)
    first = models.ForeignKey(
        BallotOption, models.CASCADE, related_name="+", verbose_name="从哪个选项"
    )
    last = models.ForeignKey(
        BallotOption,
        models.CASCADE,
        related_name="+",
        verbose_name="到哪个选项",
        help_text="两个选项之间（含两头）的票数相加。",
    )
    comparison = models.CharField(
        "比较", max_length=10, choices=Comparison.choices, default=Comparison.AT_LEAST
    )
    percent = models.DecimalField("百分比", max_digits=5, decimal_places=2)
    result = models.CharField("结果", max_length=40)
    advice = models.CharField("后续", max_length=120, blank=True, help_text="如：约谈、书面整改。")

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "结果规则"
        verbose_name_plural = "结果规则"
        ordering = ["scale", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100),
                name="result_rule_percent_in_range",
                violation_error_message="百分比在 0 到 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.result

    def clean(self) -> None:
        """Raises ValidationError where a result already rests on the scale."""
        _refuse_used(self.scale_id)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_used(self.scale_id)
        return super().delete(*args, **kwargs)


class BallotQuerySet(ScopedQuerySet):
    """Those entitled to vote and the office of its place; a counted one is read by all deputies."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region")
        if scope.deputy_user_id:
            mine = BallotVoter.objects.filter(deputy__user=scope.deputy_user_id)
            rule |= Q(pk__in=mine.values("ballot")) & ~Q(state=BallotState.DRAFT)
            rule |= Q(state=BallotState.COUNTED)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region")


class Ballot(models.Model):
    """A vote with items and one scale; anonymous ones never tie a paper to a person."""

    title = models.CharField("名称", max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里组织")
    activity = models.ForeignKey(
        Activity,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="ballots",
        verbose_name="活动",
    )
    scale = models.ForeignKey(BallotScale, models.PROTECT, related_name="+", verbose_name="票式")
    is_anonymous = models.BooleanField("无记名", default=True)
    state = models.CharField(
        "状态", max_length=10, choices=BallotState.choices, default=BallotState.DRAFT
    )
    opens_at = models.DateTimeField("开始投票", null=True, blank=True)
    closes_at = models.DateTimeField("结束投票", null=True, blank=True)
    issued = models.PositiveIntegerField("发出票数", null=True, blank=True)
    spoiled = models.PositiveIntegerField("废票", default=0)
    note = models.CharField("说明", max_length=200, blank=True)
    digest = models.CharField(
        "选票摘要",
        max_length=64,
        blank=True,
        editable=False,
        help_text="投票结束时全部电子票的摘要；计票后有人改动选票就对不上。",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = "测评"
        verbose_name_plural = "测评"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title


class OfBallotQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(ballot__in=Ballot.objects.filter(Ballot.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("ballot__region") if scope.write_prefixes else NOTHING


class BallotItem(models.Model):
    """What is voted on: a unit, a person's work, a candidate, a question."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="items", verbose_name="测评")
    serial = models.PositiveSmallIntegerField("次序", default=0)
    name = models.CharField("测评对象或内容", max_length=120)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )

    objects = OfBallotQuerySet.as_manager()

    class Meta:
        verbose_name = "测评项目"
        verbose_name_plural = "测评项目"
        ordering = ["ballot", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "name"], name="ballot_item_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BallotVoterQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("ballot__region")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("ballot__region") if scope.write_prefixes else NOTHING


class BallotVoter(models.Model):
    """Who may vote and whether it was done; of an anonymous vote only the day is kept."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="voters", verbose_name="测评")
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="ballot_rights", verbose_name="代表"
    )
    voted_on = models.DateField("投票日期", null=True, blank=True)

    objects = BallotVoterQuerySet.as_manager()

    class Meta:
        verbose_name = "投票人"
        verbose_name_plural = "投票人"
        ordering = ["ballot", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "deputy"], name="ballot_voter_once"),
        ]

    def __str__(self) -> str:
        return str(self.deputy)


class BallotPaper(models.Model):
    """One paper. ``voter`` is filled only where the vote is open; keys are random, not serial."""

    key = models.UUIDField("票号", primary_key=True, editable=False)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="papers", verbose_name="测评")
    voter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="投票人",
    )

    objects = OfBallotQuerySet.as_manager()

    class Meta:
        verbose_name = "测评票"
        verbose_name_plural = "测评票"
        ordering = ["ballot", "key"]

    def __str__(self) -> str:
        return str(self.ballot)


class OfPaperQuerySet(ScopedQuerySet):
    """Nobody reads single marks; counts are made of them."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING


class OfItemQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(item__ballot__in=Ballot.objects.filter(Ballot.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("item__ballot__region") if scope.write_prefixes else NOTHING


class BallotMark(models.Model):
    """One choice on one paper; every paper carries one for each item, an empty one if abstaining.

    All papers so have one shape, and the choices of two can be exchanged (see the service).
    """

    paper = models.ForeignKey(
        BallotPaper, models.CASCADE, related_name="marks", verbose_name="测评票"
    )
    item = models.ForeignKey(
        BallotItem, models.CASCADE, related_name="marks", verbose_name="测评项目"
    )
    option = models.ForeignKey(
        BallotOption,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="选项",
        help_text="空着是弃权。",
    )

    objects = OfPaperQuerySet.as_manager()

    class Meta:
        verbose_name = "选票"
        verbose_name_plural = "选票"
        ordering = ["paper", "item"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "item"], name="ballot_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item}：{self.option or '弃权'}"


class BallotCount(models.Model):
    """Votes counted on paper and entered by staff; added to those cast in the portal."""

    item = models.ForeignKey(
        BallotItem, models.CASCADE, related_name="counts", verbose_name="测评项目"
    )
    option = models.ForeignKey(BallotOption, models.PROTECT, related_name="+", verbose_name="选项")
    votes = models.PositiveIntegerField("票数", default=0)

    objects = OfItemQuerySet.as_manager()

    class Meta:
        verbose_name = "纸质票数"
        verbose_name_plural = "纸质票数"
        ordering = ["item", "option"]
        constraints = [
            models.UniqueConstraint(fields=["item", "option"], name="ballot_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item}：{self.option} {self.votes}"
