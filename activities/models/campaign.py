from django.conf import settings
from django.db import models
from django.db.models import F, Q

from activities.enums import CircularKind, JointStep
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.scope import (
    NOTHING,
    Scope,
    ScopedQuerySet,
    SharedQuerySet,
    codes_above,
)
from deputies.models import Deputy


class TagAxis(models.Model):
    """An axis of tags (五进, 五共, 四进四推, 场所类型 …): rows that the office edits (M46–M50)."""

    name = models.CharField("标签系列", max_length=40, unique=True)
    source = models.CharField("依据", max_length=200, blank=True)
    for_activities = models.BooleanField("用于活动", default=True)
    for_visits = models.BooleanField("用于联系走访", default=False)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "标签系列"
        verbose_name_plural = "标签系列"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    axis = models.ForeignKey(TagAxis, models.PROTECT, related_name="tags", verbose_name="标签系列")
    name = models.CharField("标签", max_length=40)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "标签"
        verbose_name_plural = "标签"
        ordering = ["axis", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["axis", "name"],
                name="tag_once",
                violation_error_message="这个系列里已有同名的标签。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignQuerySet(ScopedQuerySet):
    """A campaign is read by everyone signed in; the office of its place writes it."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.write_prefixes else NOTHING


class Campaign(models.Model):
    """A drive with a theme (代表行动, 主题活动); a town's sub-theme hangs below it (1+N, M47)."""

    title = models.CharField("行动名称", max_length=80)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="drives", verbose_name="组织者所在区划"
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sub_themes",
        verbose_name="所属主题",
        help_text="镇（街道）的子主题填县的主题。",
    )
    theme = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.THEME},
        related_name="+",
        verbose_name="主题",
        help_text="填了主题，登记时选了这个主题的活动也算在内。",
    )
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)
    purpose = models.TextField("目的和要求", blank=True)
    summary = models.TextField("总结", blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "代表行动"
        verbose_name_plural = "代表行动"
        ordering = ["-begins_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="drive_dates_ordered",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["region", "title", "begins_on"],
                name="drive_once",
                violation_error_message="已有同名的行动。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OfCampaignQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("campaign__region") if scope.write_prefixes else NOTHING


class CampaignTask(models.Model):
    """A task of a campaign; how far it is, is counted from the linked activities."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="tasks", verbose_name="行动"
    )
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("任务", max_length=160)
    form = models.ForeignKey(
        "activities.ActivityForm",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="活动形式",
        help_text="按这种形式的活动计完成次数；不填按行动的全部活动计。",
    )
    target = models.PositiveIntegerField("目标次数", null=True, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "行动任务"
        verbose_name_plural = "行动任务"
        ordering = ["campaign", "number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="campaign_task_number_once")
        ]

    def __str__(self) -> str:
        return self.name


class CampaignStep(models.Model):
    """One of the four joint steps (四同) with what shows it (M52)."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="steps", verbose_name="行动"
    )
    kind = models.CharField("环节", max_length=10, choices=JointStep.choices)
    held_on = models.DateField("日期")
    content = models.CharField("做了什么", max_length=400)
    activity = models.ForeignKey(
        "activities.Activity",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="对应的活动",
    )

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "四同环节"
        verbose_name_plural = "四同环节"
        ordering = ["campaign", "held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on}"


def _above(scope: Scope) -> set[str]:
    """Codes of the places over those that the person writes for."""
    return {code for prefix in scope.write_prefixes for code in codes_above(prefix)}


class CircularQuerySet(ScopedQuerySet):
    """Given out by an office: read by those it went to, by leaders and by offices below it."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        published = Q(published_at__isnull=False)
        rule = scope.writes("region") | published & Q(region__code__in=_above(scope))
        if scope.is_leader:
            rule |= published & scope.reads("region")
        if scope.deputy_user_id:
            given = CircularReceipt.objects.filter(deputy__user=scope.deputy_user_id)
            rule |= published & Q(pk__in=given.values("circular"))
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.write_prefixes else NOTHING


class Circular(models.Model):
    """A paper given to deputies to read: appeal, resolution, plan, material (M45, M126)."""

    kind = models.CharField("种类", max_length=10, choices=CircularKind.choices)
    title = models.CharField("标题", max_length=160)
    body = models.TextField("正文", blank=True)
    file = models.FileField("文件", upload_to="circulars/%Y/%m", max_length=200, blank=True)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        related_name="+",
        verbose_name="发给哪里的代表",
        help_text="县：全县代表；镇（街道）：家在那里的代表。",
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="circulars",
        verbose_name="所属行动",
    )
    wants_response = models.BooleanField(
        "要求回应", default=False, help_text="倡议书可请代表写一句打算怎么做。"
    )
    published_at = models.DateTimeField("发出时间", null=True, blank=True, editable=False)

    objects = CircularQuerySet.as_manager()

    class Meta:
        verbose_name = "送阅材料"
        verbose_name_plural = "送阅材料"
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class CircularReceiptQuerySet(ScopedQuerySet):
    region_path = "deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("deputy__town")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule


class CircularReceipt(models.Model):
    """That a deputy got a paper, read it, and what the deputy answered."""

    circular = models.ForeignKey(
        Circular, models.CASCADE, related_name="receipts", verbose_name="材料"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="circular_receipts", verbose_name="代表"
    )
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="代录人",
        help_text="在电话里读过或读了纸质件的，由工作人员代录。",
    )
    response = models.CharField("回应", max_length=400, blank=True)
    responded_at = models.DateTimeField("回应时间", null=True, blank=True)

    objects = CircularReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "送阅回执"
        verbose_name_plural = "送阅回执"
        ordering = ["circular", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["circular", "deputy"], name="circular_receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.circular} {self.deputy}"
