from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet


class NoticeQuerySet(ScopedQuerySet):
    """Everyone reads the own ones, also those who read everything else."""

    def visible_to(self, user: object) -> Self:
        return self.filter(user=getattr(user, "pk", None)) if user else self.all()

    def read_rule(self, scope: Scope) -> Q:
        return Q(user=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return self.read_rule(scope)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """A message to one person inside the portal; the key lets it be sent only once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="收件人"
    )
    key = models.CharField(
        "消息键", max_length=120, editable=False, help_text="同一人同一键只发一次。"
    )
    title = models.CharField("标题", max_length=120)
    body = models.CharField("内容", max_length=600, blank=True)
    link = models.CharField("打开", max_length=200, blank=True)
    is_urgent = models.BooleanField("紧急", default=False)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    carried_at = models.DateTimeField("经其他渠道送出时间", null=True, blank=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = "消息"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once"),
        ]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return self.title
