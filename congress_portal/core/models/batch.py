import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet

_KEY = 64


class BatchQuerySet(ScopedQuerySet):
    """A batch and what it makes are only there for who asked for it."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(actor_id=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return self.read_rule(scope)

    def open(self) -> Self:
        return self.filter(state__in=(Batch.State.WAITING, Batch.State.RUNNING))


class Batch(models.Model):
    """Many papers that are made in the background and taken away as one file.

    ``kind`` names the registered work (core.batches.registry), ``arguments`` is what it needs,
    ``order`` a digest of both: the same order is under way only once for each person.
    ``lease_until`` and ``worker`` guard the putting together of the result, as they guard an
    item in ``BatchItem``. ``moved_at`` is when something was last seen to happen.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "正在制作"
        DONE = "done", "已做好"
        FAILED = "failed", "没有做成"
        EXPIRED = "expired", "已过期删除"

    token = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField("表单编号", null=True, unique=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人"
    )
    address = models.CharField("来源地址", max_length=45, blank=True)
    kind = models.CharField("种类", max_length=30)
    title = models.CharField("名称", max_length=120)
    arguments = models.JSONField("参数", default=dict, blank=True)
    order = models.CharField("内容摘要", max_length=_KEY)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    message = models.CharField("说明", max_length=400, blank=True)
    created_at = models.DateTimeField("申请时间", auto_now_add=True)
    moved_at = models.DateTimeField("最近进展", null=True, blank=True)
    helped_at = models.DateTimeField("最近一次叫人处理", null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    expires_on = models.DateField("保留到", null=True, blank=True)
    worker = models.CharField("处理者", max_length=32, blank=True)
    lease_until = models.DateTimeField("处理限时", null=True, blank=True)
    result = models.FileField("文件", upload_to="batches/", max_length=200, blank=True)
    result_name = models.CharField("文件名", max_length=160, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "批量文件"
        verbose_name_plural = "批量文件"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "order"],
                condition=Q(state__in=("waiting", "running")),
                name="batch_order_once_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(result="") & Q(expires_on__isnull=False)),
                name="batch_done_has_result",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    def is_ready(self, today: dt.date) -> bool:
        """Whether the result can still be taken away."""
        is_kept = self.expires_on is not None and self.expires_on >= today
        return self.state == self.State.DONE and is_kept


class BatchItemQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(batch__actor_id=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return self.read_rule(scope)

    def free(self, now: dt.datetime) -> Self:
        """Waiting, or taken by a worker whose lease ran out: it was killed or hangs."""
        ran_out = Q(state=BatchItem.State.RUNNING, lease_until__lt=now)
        return self.filter(Q(state=BatchItem.State.WAITING) | ran_out)

    def unfinished(self) -> Self:
        return self.filter(state__in=(BatchItem.State.WAITING, BatchItem.State.RUNNING))


class BatchItem(models.Model):
    """One paper of a batch; its ``key`` tells the work which (a deputy's key, a town's code …)."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "正在制作"
        DONE = "done", "已做好"
        FAILED = "failed", "没有做成"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items", verbose_name="批量文件")
    serial = models.PositiveIntegerField("序号")
    key = models.CharField("对象", max_length=_KEY)
    label = models.CharField("名称", max_length=120)
    file_name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    worker = models.CharField("处理者", max_length=32, blank=True)
    lease_until = models.DateTimeField("处理限时", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    error = models.CharField("没有做成的原因", max_length=400, blank=True)
    result = models.FileField("文件", upload_to="batches/", max_length=200, blank=True)

    objects = BatchItemQuerySet.as_manager()

    class Meta:
        verbose_name = "批量文件的一份"
        verbose_name_plural = "批量文件的一份"
        ordering = ["batch", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "serial"], name="batch_item_serial_unique"),
            models.UniqueConstraint(fields=["batch", "key"], name="batch_item_key_unique"),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
                name="batch_item_lease_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error=""), name="batch_item_failure_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.label
