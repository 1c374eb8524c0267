"""What happens around a case: contacts, extensions, pauses, papers, notes and the trail."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.models import Deputy
from suggestions.enums import (
    HANDED_OVER,
    NOT_IN_HAND,
    AttachmentKind,
    ClockKind,
    ContactForm,
    Decision,
    ReminderStage,
)
from suggestions.models.handling import CaseQuerySet, Handling, readable, writable
from suggestions.models.suggestion import Suggestion


class PartQuerySet(ScopedQuerySet):
    """Base of records on one unit's part: read with the case, written by the unit."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(handling__suggestion__in=readable(scope))

    def write_rule(self, scope: Scope) -> Q:
        rule = Q(handling__suggestion__in=writable(scope))
        if scope.unit_ids:
            rule |= Q(handling__unit__in=scope.unit_ids) & ~Q(
                handling__state__in=sorted(NOT_IN_HAND)
            )
        return rule


class Contact(models.Model):
    """A unit's talk with the deputies; one is needed before a reply (代表法 §51)."""

    handling = models.ForeignKey(
        Handling, models.CASCADE, related_name="contacts", verbose_name="承办单位"
    )
    round = models.PositiveSmallIntegerField("轮次", default=1)
    held_on = models.DateField("沟通日期")
    form = models.CharField("方式", max_length=10, choices=ContactForm.choices)
    deputies = models.ManyToManyField(Deputy, related_name="+", verbose_name="代表")
    others = models.CharField(
        "其他参加人", max_length=200, blank=True, help_text="如村干部、单位分管负责人。"
    )
    content = models.TextField("沟通内容")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "沟通记录"
        verbose_name_plural = "沟通记录"
        ordering = ["held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_form_display()}"


class Extension(models.Model):
    """A request to answer later, at most six months after hand-over (代表法 §51)."""

    handling = models.ForeignKey(
        Handling, models.CASCADE, related_name="extensions", verbose_name="承办单位"
    )
    asked_until = models.DateField("申请延至")
    reason = models.CharField("理由", max_length=400)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="申请人",
    )
    asked_on = models.DateField("申请日期")
    decision = models.CharField(
        "决定", max_length=8, choices=Decision.choices, default=Decision.PENDING
    )
    granted_until = models.DateField("同意延至", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="决定人",
    )
    decided_on = models.DateField("决定日期", null=True, blank=True)
    comment = models.CharField("决定说明", max_length=400, blank=True)

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = "延期申请"
        verbose_name_plural = "延期申请"
        ordering = ["handling", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handling"],
                condition=Q(decision=Decision.PENDING),
                name="extension_one_pending",
                violation_error_message="已有一份延期申请待决定。",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.GRANTED, granted_until__isnull=False)
                | (~Q(decision=Decision.GRANTED) & Q(granted_until__isnull=True)),
                name="extension_granted_until_a_day",
                violation_error_message="同意延期要写明延至哪一天。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handling}申请延至{self.asked_until}"


class Suspension(models.Model):
    """A pause of the clocks, with reason; open while ``ends_on`` is empty.

    Both days count as worked on: a pause from the 3rd, resumed on the 10th, takes 7 days.
    """

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="suspensions", verbose_name="建议"
    )
    begins_on = models.DateField("暂停日期")
    ends_on = models.DateField("恢复日期", null=True, blank=True)
    reason = models.CharField("理由", max_length=400)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "暂停计时"
        verbose_name_plural = "暂停计时"
        ordering = ["suggestion", "begins_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=Q(ends_on__isnull=True),
                name="suspension_one_open",
                violation_error_message="已经暂停计时。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="suspension_dates_ordered",
                violation_error_message="恢复日期不能早于暂停日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begins_on}至{self.ends_on or '今'}暂停"


class ClockChangeQuerySet(CaseQuerySet):
    case_path = "handling__suggestion"


class ClockChange(models.Model):
    """The trace of a moved limit: what it was, what it is, and why."""

    handling = models.ForeignKey(
        Handling, models.CASCADE, related_name="clock_changes", verbose_name="承办单位"
    )
    clock = models.CharField("期限", max_length=10, choices=ClockKind.choices)
    old = models.DateField("原期限", null=True, blank=True)
    new = models.DateField("新期限", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = ClockChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "期限变动"
        verbose_name_plural = "期限变动"
        ordering = ["handling", "pk"]

    def __str__(self) -> str:
        return f"{self.get_clock_display()}期限：{self.old or '无'}改为{self.new or '无'}"


class TransitionLogQuerySet(CaseQuerySet):
    """Units read the story from the hand-over on, and of the parts only their own.

    What passes between a unit's officer and its leader is for the unit and the office.
    """

    def read_rule(self, scope: Scope) -> Q:
        inside = Q(handling__unit__in=scope.unit_ids) | scope.reads("suggestion__region")
        rule = super().read_rule(scope) & (~Q(action__in=_IN_UNIT) | inside)
        if scope.unit_ids and not scope.read_prefixes:
            mine = Q(
                suggestion__in=Suggestion.objects.all().led_or_signed_by(scope.deputy_user_id or 0)
            )
            own = Q(handling__unit__in=scope.unit_ids)
            shared = Q(handling__isnull=True, to_state__in=_names(), from_state__in=_names())
            handed = Q(handling__isnull=True, action__in=("hand_over", "forward"))
            rule &= own | shared | handed | mine
        return rule

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


_IN_UNIT = ("draft_reply", "send_back")


def _names() -> list[str]:
    return sorted(HANDED_OVER)


class TransitionLog(models.Model):
    """One step of a case: what, from where to where, by whom, when and why."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="log", verbose_name="建议"
    )
    handling = models.ForeignKey(
        Handling,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="log",
        verbose_name="承办单位",
    )
    action = models.CharField("操作", max_length=20)
    label = models.CharField("操作名称", max_length=40)
    from_state = models.CharField("原状态", max_length=14)
    to_state = models.CharField("新状态", max_length=14)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="操作人",
    )
    actor_name = models.CharField("操作人姓名", max_length=60)
    at = models.DateTimeField("时间", auto_now_add=True)
    comment = models.CharField("说明", max_length=1000, blank=True)

    objects = TransitionLogQuerySet.as_manager()

    class Meta:
        verbose_name = "流转记录"
        verbose_name_plural = "流转记录"
        ordering = ["suggestion", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.label}：{self.actor_name}"


class FormKeyQuerySet(ScopedQuerySet):
    """Nobody reads them on a page; each person's own."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(user=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING


class FormKey(models.Model):
    """That a form was sent; its unique key is why a double tap does one step."""

    key = models.UUIDField("表单编号", unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提交人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = FormKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "已提交的表单"
        verbose_name_plural = "已提交的表单"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class InternalNoteQuerySet(ScopedQuerySet):
    """Notes of the congress office for itself."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return self.write_rule(scope)

    def write_rule(self, scope: Scope) -> Q:
        return Q(suggestion__in=writable(scope)) if scope.write_prefixes else NOTHING


class InternalNote(models.Model):
    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="notes", verbose_name="建议"
    )
    text = models.TextField("内部意见")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="作者"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = InternalNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "内部意见"
        verbose_name_plural = "内部意见"
        ordering = ["suggestion", "pk"]

    def __str__(self) -> str:
        return self.text[:30]


class AttachmentQuerySet(CaseQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        rule = super().read_rule(scope) & ~Q(kind=AttachmentKind.INTERNAL)
        return rule | (self.write_rule(scope) if scope.write_prefixes else NOTHING)


class Attachment(models.Model):
    """A paper of the case; served by a view that checks ``visible_to``."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="attachments", verbose_name="建议"
    )
    handling = models.ForeignKey(
        Handling,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name="承办单位",
    )
    kind = models.CharField("类别", max_length=12, choices=AttachmentKind.choices)
    file = models.FileField("文件", upload_to="suggestions/%Y/%m", max_length=200)
    name = models.CharField("文件名", max_length=160)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="上传人",
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ["suggestion", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "sha256", "kind"],
                name="attachment_once",
                violation_error_message="这个文件已经上传过。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReminderQuerySet(CaseQuerySet):
    pass


class Reminder(models.Model):
    """That a clock was called out; its unique key is why it happens once."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="reminders", verbose_name="建议"
    )
    clock = models.CharField("期限", max_length=10, choices=ClockKind.choices)
    target = models.CharField("对象", max_length=30, help_text="handling:7 或 promise:3。")
    stage = models.CharField("阶段", max_length=8, choices=ReminderStage.choices)
    due_on = models.DateField("期限")
    sent_at = models.DateTimeField("发出时间", auto_now_add=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "催办提醒"
        verbose_name_plural = "催办提醒"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "clock", "stage", "due_on"], name="reminder_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()}{self.get_stage_display()}提醒"
