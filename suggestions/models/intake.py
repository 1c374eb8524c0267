"""What comes in by mail or is written on the page, before it becomes anything (M98)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.masking import mask_name, mask_phone
from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from suggestions.enums import IntakeSource, IntakeState
from suggestions.models.suggestion import Suggestion
from suggestions.models.voice import Voice


class IntakeQuerySet(ScopedQuerySet):
    """The office of the congress it came to; and whoever sent it from the page, their own."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.writes("region")
        return rule | Q(entered_by=scope.user_id) if scope.user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.write_prefixes else NOTHING


class Intake(models.Model):
    """One letter to the open mailbox (代表建议开放邮箱), logged as it came and then triaged."""

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name="寄给哪里的人大"
    )
    source = models.CharField("来源", max_length=8, choices=IntakeSource.choices)
    received_at = models.DateTimeField("收到时间")
    sender_name = models.CharField("寄件人", max_length=60, blank=True)
    sender_address = models.CharField("邮箱或电话", max_length=120, blank=True)
    subject = models.CharField("主题", max_length=200)
    body = models.TextField("正文")
    remark = models.CharField("收件说明", max_length=400, blank=True, editable=False)
    message_id = models.CharField(  # noqa: DJ001 - unique only where a mail has one
        "邮件编号", max_length=255, null=True, unique=True, editable=False
    )
    state = models.CharField(
        "状态",
        max_length=10,
        choices=IntakeState.choices,
        default=IntakeState.RECEIVED,
        editable=False,
    )
    suggestion = models.ForeignKey(
        Suggestion,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="intakes",
        verbose_name="转成的建议草稿",
    )
    voice = models.ForeignKey(
        Voice,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="intakes",
        verbose_name="转成的群众意见",
    )
    reason = models.CharField("不转办的理由", max_length=400, blank=True, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="处理人",
    )
    decided_at = models.DateTimeField("处理时间", null=True, editable=False)

    PERSONAL = {"sender_name": mask_name, "sender_address": mask_phone}

    objects = IntakeQuerySet.as_manager()

    class Meta:
        verbose_name = "来件"
        verbose_name_plural = "来件"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=IntakeState.RECEIVED, decided_at__isnull=True)
                | (~Q(state=IntakeState.RECEIVED) & Q(decided_at__isnull=False)),
                name="intake_decided_when_dated",
                violation_error_message="处理过的来件要有处理时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state=IntakeState.SET_ASIDE) | ~Q(reason=""),
                name="intake_set_aside_with_reason",
                violation_error_message="不转办要写明理由。",
            ),
            models.CheckConstraint(
                condition=~Q(state=IntakeState.VOICE) | Q(voice__isnull=False),
                name="intake_voice_is_named",
                violation_error_message="转成群众意见的要指明哪一条。",
            ),
        ]
        indexes = [models.Index(fields=["state", "received_at"], name="intake_waiting")]

    def __str__(self) -> str:
        return self.subject


class IntakePaperQuerySet(ScopedQuerySet):
    """Read with the letter."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(intake__in=Intake.objects.filter(Intake.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(intake__in=Intake.objects.filter(Intake.objects.all().write_rule(scope)))


class IntakePaper(models.Model):
    """A file that came with a letter; served by a view that checks ``visible_to``."""

    intake = models.ForeignKey(Intake, models.CASCADE, related_name="papers", verbose_name="来件")
    file = models.FileField("文件", upload_to="intake/%Y/%m", max_length=200)
    name = models.CharField("文件名", max_length=160)
    sha256 = models.CharField(max_length=64, editable=False)

    objects = IntakePaperQuerySet.as_manager()

    class Meta:
        verbose_name = "来件附件"
        verbose_name_plural = "来件附件"
        ordering = ["intake", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "sha256"], name="intake_paper_once"),
        ]

    def __str__(self) -> str:
        return self.name
