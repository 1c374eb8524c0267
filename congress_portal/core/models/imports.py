import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.crypto import EncryptedCharField
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet


class ImportBatchQuerySet(ScopedQuerySet):
    """An upload is its uploader's own until it is done; the runs tell the others."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(actor_id=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return self.read_rule(scope) if scope.write_prefixes else NOTHING


class ImportBatch(models.Model):
    """Files that were uploaded together, on their way through preview and confirmation.

    ``mapping`` is what the engine takes; ``preview`` holds JSON while it is needed (it shows
    cells of the files, so it is encrypted); ``task`` says which of the two works is under way.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "处理中"
        PREVIEWED = "previewed", "待确认"
        DONE = "done", "已完成"
        FAILED = "failed", "出错"

    class Work(models.TextChoices):
        PREVIEW = "preview", "核对"
        APPLY = "apply", "导入"

    token = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人"
    )
    address = models.CharField("来源地址", max_length=45, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    work = models.CharField("工作", max_length=10, choices=Work.choices, default=Work.PREVIEW)
    started_at = models.DateTimeField("开始处理", null=True, blank=True)
    partial = models.BooleanField("只导入合格的行", default=False)
    mapping = models.JSONField("表头对应", default=dict, blank=True)
    preview = EncryptedCharField("核对结果", blank=True)
    message = models.CharField("说明", max_length=400, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "网页导入"
        verbose_name_plural = "网页导入"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_work_display()}（{self.get_state_display()}）"


class ImportRunQuerySet(ScopedQuerySet):
    """Staff see every run; others their own."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        if scope.roles & {"staff", "admin", "auditor"}:
            return ~NOTHING
        return Q(actor_id=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING


class ImportRun(models.Model):
    """One file that was imported, or tried: who, when, which bytes, what came of it."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "待确认"
        RUNNING = "running", "导入中"
        SAVED = "saved", "已导入"
        REFUSED = "refused", "未导入"
        FAILED = "failed", "出错"

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name="导入人"
    )
    batch = models.ForeignKey(
        ImportBatch,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name="网页导入",
    )
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("文件摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节数", default=0)
    file = models.FileField("原文件", upload_to="imports/%Y/%m/", blank=True)
    refused_file = models.FileField("退回文件", upload_to="imports/%Y/%m/", blank=True)
    mapping = models.JSONField("表头对应", default=dict, blank=True)
    partial = models.BooleanField("只导入合格的行", default=False)
    state = models.CharField("结果", max_length=10, choices=State.choices, default=State.RUNNING)
    progress = models.PositiveIntegerField("已处理行数", default=0)
    message = models.CharField("说明", max_length=400, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "导入记录"
        verbose_name_plural = "导入记录"
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.get_state_display()}）"


class ImportSheetQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = ImportRun.objects.all().read_rule(scope)
        return Q(run__in=ImportRun.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING


class ImportSheet(models.Model):
    """The counts of one sheet; ``refused`` is a list of {row, column, value, reason}."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="sheets", verbose_name="导入")
    name = models.CharField("工作表", max_length=120)
    kind = models.CharField("种类", max_length=20, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("未变", default=0)
    refused = models.JSONField("退回", default=list)
    notes = models.JSONField("提示", default=list)

    objects = ImportSheetQuerySet.as_manager()

    class Meta:
        verbose_name = "导入的工作表"
        verbose_name_plural = "导入的工作表"
        ordering = ["run", "pk"]

    def __str__(self) -> str:
        return self.name


class HeaderSynonym(models.Model):
    """Another header that the office's files use for a column of one kind of sheet."""

    kind = models.CharField("种类", max_length=20, help_text="如 县代表花名册、联系走访。")
    column = models.CharField("标准列名", max_length=40)
    synonym = models.CharField("文件里的列名", max_length=40)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "表头别名"
        verbose_name_plural = "表头别名"
        ordering = ["kind", "column"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "synonym"], name="header_synonym_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}：{self.synonym} → {self.column}"
