from typing import Self

from django.db import models
from django.db.models import Q

from congress_portal.core.enums import DeliveryState, Role
from congress_portal.core.models.notice import Notice
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet


class DeliveryQuerySet(ScopedQuerySet):
    """The machinery's own book: read by who looks after the system, written by no person."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.roles & {Role.STAFF, Role.ADMIN, Role.AUDITOR} else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return ~NOTHING if Role.ADMIN in scope.roles else NOTHING

    def open(self) -> Self:
        return self.filter(state__in=(DeliveryState.WAITING, DeliveryState.SENDING))


class Delivery(models.Model):
    """One notice on its way through one channel; the pair is unique, so it goes out once.

    To somebody without an account (a voter) goes what ``outside`` names: «voice-12-34». Nothing
    personal is kept here: address and text are taken from what it stands for when it is sent.
    """

    notice = models.ForeignKey(
        Notice, models.CASCADE, null=True, blank=True, related_name="deliveries",
        verbose_name="消息",
    )  # fmt: skip
    outside = models.CharField("给没有账号的人", max_length=60, blank=True, editable=False)
    channel = models.CharField("渠道", max_length=20)
    state = models.CharField(
        "状态", max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    fault = models.CharField("最近一次的问题", max_length=200, blank=True)
    due_at = models.DateTimeField("下次发送时间", null=True, blank=True)
    sent_at = models.DateTimeField("送出时间", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "消息送达"
        verbose_name_plural = "消息送达"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["outside"], condition=~Q(outside=""), name="delivery_outside_once"
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=False, outside="")
                | (Q(notice__isnull=True) & ~Q(outside="")),
                name="delivery_is_of_one",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
                name="delivery_sent_is_stamped",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.outside or self.notice_id}（{self.get_state_display()}）"
