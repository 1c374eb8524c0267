from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.enums import AuditAction
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet


class AuditQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.roles & {"auditor", "admin", "staff"} else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("the audit trail is only ever appended to")

    def delete(self) -> NoReturn:
        raise TypeError("the audit trail is only ever appended to")


class AuditEntry(models.Model):
    """One link of the chained trail: ``digest`` covers the entry and the digest before it."""

    sequence = models.PositiveBigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    actor_name = models.CharField("操作人姓名", max_length=150, blank=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    action = models.CharField("操作", max_length=16, choices=AuditAction.choices)
    model = models.CharField("对象种类", max_length=60, blank=True)
    object_key = models.CharField("对象编号", max_length=60, blank=True)
    label = models.CharField("对象", max_length=200, blank=True)
    changes = models.JSONField("变化", default=dict)
    reason = models.CharField("理由", max_length=400, blank=True)
    previous = models.CharField("前一条摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "操作记录"
        verbose_name_plural = "操作记录"
        ordering = ["-sequence"]
        indexes = [models.Index(fields=["model", "object_key"], name="audit_entry_object")]

    def __str__(self) -> str:
        return f"{self.actor_name or '系统'} {self.get_action_display()} {self.label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("the audit trail is only ever appended to")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the audit trail is only ever appended to")


class AuditHead(models.Model):
    """The last link, kept apart and signed, so that a cut tail is noticed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=64, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "操作记录链尾"
        verbose_name_plural = "操作记录链尾"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="audit_head_single")]

    def __str__(self) -> str:
        return f"#{self.sequence}"
