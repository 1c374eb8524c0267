"""What people keep of the statistics: views, counting texts, drafts of reports."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet


class SavedViewQuerySet(ScopedQuerySet):
    """The own ones, and those shared with everyone who reads places."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        if not scope.user_id:
            return NOTHING
        shared = Q(is_shared=True) if scope.read_prefixes else NOTHING
        return shared | Q(owner=scope.user_id)

    def write_rule(self, scope: Scope) -> Q:
        return Q(owner=scope.user_id) if scope.user_id else NOTHING


class SavedView(models.Model):
    """A choice of the statistics page, kept under a name; the figures are always read anew."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="保存人"
    )
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=400)
    is_shared = models.BooleanField("共用", default=False)
    saved_at = models.DateTimeField("保存时间", auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "统计视图"
        verbose_name_plural = "统计视图"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name_unique",
                violation_error_message="您已经有同名的统计视图。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CountingText(models.Model):
    """A sentence of the office with figures in braces, such as «接待日{接待天数}次»."""

    name = models.CharField("名称", max_length=40, unique=True)
    text = models.TextField(
        "文字", max_length=1000,
        help_text="数字写在花括号里，用计数口径的名称，如「接待日{接待天数}次」。只数一种活动形式"
        "或主题写「{活动次数·培训学习}」，相加写「{接待选民人次+走访联系人次}」，"
        "要「800余」这样的整百数写「{收集意见数:余}」。",
    )  # fmt: skip
    order = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "统计文字"
        verbose_name_plural = "统计文字"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class ReportDraftQuerySet(ScopedQuerySet):
    """By the place that it is about: a town's clerk never meets another town's draft."""

    region_path = "region"


class ReportDraft(models.Model):
    """A report in writing: the words are kept, the figures are read when it is printed."""

    title = models.CharField("标题", max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="范围")
    period_code = models.CharField("期间", max_length=20)
    practice = models.TextField("主要做法", max_length=10000, blank=True)
    figures = models.JSONField("数据", default=list, blank=True)
    has_towns = models.BooleanField("附各镇（街道）表", default=True)
    has_chart = models.BooleanField("附图", default=True)
    problems = models.TextField("存在问题", max_length=10000, blank=True)
    advice = models.TextField("建议", max_length=10000, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="起草人"
    )
    changed_at = models.DateTimeField("最近修改", auto_now=True)

    objects = ReportDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "调研报告"
        verbose_name_plural = "调研报告"
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def sections(self) -> list[tuple[str, Any]]:
        return [
            ("主要做法", self.practice),
            ("存在问题", self.problems),
            ("建议", self.advice),
        ]
