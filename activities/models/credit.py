"""What speaks for a deputy: good deeds, honours, notes shared with others (M110, M111, M133)."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.enums import PostState
from activities.models.scoping import DeputyRecordQuerySet
from congress_portal.core.enums import Dictionary, Verification
from congress_portal.core.models import DictionaryEntry
from congress_portal.core.models.record import Record
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.models import Deputy


class GoodDeedQuerySet(DeputyRecordQuerySet):
    def told(self) -> Self:
        """Shown to everybody: verified, let by the deputy, published by the office."""
        shown = self.filter(published_on__isnull=False, is_publishable=True)
        return shown.filter(verification=Verification.VERIFIED)


class GoodDeed(Record):
    """A deed worth telling (先进典型事迹, 代表法 §56; M111)."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="good_deeds", verbose_name="代表"
    )
    held_on = models.DateField("日期")
    kind = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        limit_choices_to={"dictionary": Dictionary.DEED_KIND},
        related_name="+",
        verbose_name="类别",
    )
    title = models.CharField("事迹名称", max_length=120)
    content = models.TextField("事迹经过", blank=True)
    amount = models.DecimalField(
        "金额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    beneficiaries = models.PositiveIntegerField("受益人数", null=True, blank=True)
    photo = models.ImageField("照片", upload_to="deeds/%Y/%m/", blank=True)
    is_publishable = models.BooleanField(
        "同意宣传", default=False, help_text="代表本人同意后才可以对外宣传。"
    )
    published_on = models.DateField("公开日期", null=True, blank=True, editable=False)

    objects = GoodDeedQuerySet.as_manager()

    class Meta:
        verbose_name = "先进事迹"
        verbose_name_plural = "先进事迹"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="good_deed_amount_positive",
                violation_error_message="金额不能为负。",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | Q(is_publishable=True),
                name="good_deed_published_with_consent",
                violation_error_message="本人没有同意，不能公开。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Honour(Record):
    """An honour in a deputy's file (表彰奖励)."""

    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="honours", verbose_name="代表")
    held_on = models.DateField("表彰日期")
    title = models.CharField("称号", max_length=120)
    level = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.HONOUR_LEVEL},
        related_name="+",
        verbose_name="级别",
    )
    given_by = models.CharField("授予单位", max_length=80, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)

    objects = DeputyRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "表彰"
        verbose_name_plural = "表彰"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deputy", "title", "held_on"],
                name="honour_once",
                violation_error_message="这项表彰已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} {self.title}"


class ExchangePostQuerySet(ScopedQuerySet):
    """Published ones are read by all of the congress; others by the writer and the moderators."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        if not scope.is_inside:
            return NOTHING
        rule = Q(state=PostState.PUBLISHED) | scope.writes("deputy__town")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        """Staff moderate; the writer may mend what is not published."""
        rule = scope.writes("deputy__town")
        if scope.deputy_user_id:
            rule |= Q(deputy__user=scope.deputy_user_id) & ~Q(state=PostState.PUBLISHED)
        return rule


class ExchangePost(models.Model):
    """Experience or a reading note, shown to other deputies once staff let it (M133)."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="exchange_posts", verbose_name="代表"
    )
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文")
    state = models.CharField(
        "状态", max_length=10, choices=PostState.choices, default=PostState.WAITING
    )
    written_at = models.DateTimeField("提交时间", auto_now_add=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审核人",
    )
    moderated_at = models.DateTimeField("审核时间", null=True, blank=True)
    reason = models.CharField("未通过原因", max_length=200, blank=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = ExchangePostQuerySet.as_manager()

    class Meta:
        verbose_name = "履职交流"
        verbose_name_plural = "履职交流"
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=PostState.REFUSED) | ~Q(reason=""),
                name="exchange_post_refused_has_reason",
                violation_error_message="请写明未通过的原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
