"""What the office decides to show: cards with consent, published news, chat groups (M117, M118)."""

import secrets
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from activities.models import NewsItem
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.masking import mask_phone
from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from congress_portal.public.enums import AbuseReason, AbuseState, ChatKind, Reported
from deputies.models import Deputy

EARLIEST_YEAR = 2000


class DeputyCardQuerySet(ScopedQuerySet):
    region_path = "deputy__town"


class DeputyCard(models.Model):
    """What a deputy's public card may show beyond 代表法 §58; without a row, only what it asks."""

    deputy = models.OneToOneField(Deputy, models.CASCADE, related_name="card", verbose_name="代表")
    is_hidden = models.BooleanField(
        "不在网上公示", default=False, help_text="经批准不公示的勾选；网上不再出现这位代表。"
    )
    photo = models.ImageField("照片", upload_to="cards/%Y/", blank=True)
    photo_consented_on = models.DateField(
        "同意公开照片的日期", null=True, blank=True, help_text="没有日期的不公开照片。"
    )
    phone = models.CharField("公开的电话", max_length=20, blank=True)
    phone_consented_on = models.DateField(
        "同意公开电话的日期", null=True, blank=True, help_text="没有日期的不公开电话。"
    )

    PERSONAL = {"phone": mask_phone}

    objects = DeputyCardQuerySet.as_manager()

    class Meta:
        verbose_name = "代表公示信息"
        verbose_name_plural = "代表公示信息"
        ordering = ["deputy"]

    def __str__(self) -> str:
        return f"{self.deputy}公示信息"

    def clean(self) -> None:
        """A consent was given on a day that has been."""
        super().clean()
        for name in ("photo_consented_on", "phone_consented_on"):
            day = getattr(self, name)
            if day and not day.year >= EARLIEST_YEAR:
                raise ValidationError({name: "请核对日期的年份。"})
            if day and day > timezone.localdate():
                raise ValidationError({name: "日期不能晚于今天。"})


class PublishedNewsQuerySet(ScopedQuerySet):
    region_path = "news__region"

    def write_rule(self, scope: Scope) -> Q:
        """A town hands news in; the county's office publishes it."""
        return scope.writes("news__region") if scope.is_office else NOTHING


class PublishedNews(models.Model):
    """A news item that the office put on the public site; the town's duty is counted apart."""

    news = models.OneToOneField(
        NewsItem, models.PROTECT, related_name="published", verbose_name="信息"
    )
    text = models.TextField("正文", help_text="电话、证件号码会自动略去。")
    published_on = models.DateField("公开日期")
    is_announcement = models.BooleanField("作为公告", default=False)
    is_withdrawn = models.BooleanField("已撤下", default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="发布人",
    )

    objects = PublishedNewsQuerySet.as_manager()

    class Meta:
        verbose_name = "公开信息"
        verbose_name_plural = "公开信息"
        ordering = ["-published_on", "-pk"]

    def __str__(self) -> str:
        return str(self.news)


class ChatGroup(models.Model):
    """A WeChat group or account that a town keeps (M118); no service is called."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": (RegionLevel.COUNTY, *TOWN_LEVELS)},
        related_name="chat_groups",
        verbose_name="县、镇（街道）",
    )
    kind = models.CharField("类别", max_length=10, choices=ChatKind.choices)
    name = models.CharField("名称", max_length=80)
    owner = models.CharField("管理人", max_length=40)
    members = models.PositiveIntegerField("人数（关注数）", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "微信群（公众号）"
        verbose_name_plural = "微信群（公众号）"
        ordering = ["region", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "name"],
                name="chat_group_once",
                violation_error_message="这里已登记同名的微信群（公众号）。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def new_report_token() -> str:
    """144 random bits: only who reported opens the answer."""
    return secrets.token_urlsafe(18)


class AbuseReportQuerySet(ScopedQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=AbuseState.RECEIVED)

    def hidden(self, kind: str) -> Any:
        """The keys of what is not shown any more, as a subquery."""
        rows = self.filter(kind=kind, state=AbuseState.HIDDEN).order_by()
        return rows.values("target")


class AbuseReport(models.Model):
    """Somebody says that a published text should not stand there (举报); the office decides.

    Nothing of the person is kept. While a decision is «hidden», the text is on no public page,
    feed or file.
    """

    kind = models.CharField("举报什么", max_length=12, choices=Reported.choices, editable=False)
    target = models.PositiveBigIntegerField("编号", editable=False)
    title = models.CharField("标题", max_length=200, editable=False)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", editable=False, verbose_name="哪里公开的"
    )
    reason = models.CharField("举报原因", max_length=10, choices=AbuseReason.choices)
    words = models.TextField("说明", blank=True)
    state = models.CharField(
        "处理", max_length=10, choices=AbuseState.choices, default=AbuseState.RECEIVED,
        editable=False,
    )  # fmt: skip
    answer = models.TextField("处理说明", blank=True, editable=False)
    token = models.CharField(
        "查处理结果的链接", max_length=40, unique=True, default=new_report_token, editable=False
    )
    idempotency_key = models.UUIDField("表单编号", unique=True, editable=False)
    reported_at = models.DateTimeField("举报时间", default=timezone.now, editable=False)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False,
        related_name="+", verbose_name="处理人",
    )  # fmt: skip

    CONFIDENTIAL = ("token",)

    objects = AbuseReportQuerySet.as_manager()

    class Meta:
        verbose_name = "举报"
        verbose_name_plural = "举报"
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AbuseState.RECEIVED, decided_at__isnull=True)
                | (~Q(state=AbuseState.RECEIVED) & Q(decided_at__isnull=False) & ~Q(answer="")),
                name="abuse_report_decided_has_answer",
                violation_error_message="处理了的举报要有处理说明。",
            ),
        ]
        indexes = [models.Index(fields=["kind", "state"], name="abuse_report_hidden")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}"
