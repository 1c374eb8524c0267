"""Deliberation in a people's hall (人民议事厅, M19): topic, views, conclusion, what follows."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from activities.models import Activity
from activities.models.scoping import OfActivityQuerySet
from congress_portal.core.masking import mask_name
from congress_portal.core.models import Unit
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Deputy
from suggestions.enums import Speaker
from suggestions.models.voice import Voice


class HallQuerySet(OfActivityQuerySet):
    """With the activity; what is announced is read on the public page by ``shown`` alone."""

    def shown(self) -> Self:
        return self.filter(is_published=True)


class Hall(models.Model):
    """What an activity of the form 议事厅 deliberated and came to."""

    activity = models.OneToOneField(
        Activity, models.PROTECT, related_name="hall", verbose_name="活动"
    )
    topic = models.CharField("议题", max_length=120)
    conclusion = models.TextField("议定事项", blank=True)
    concluded_on = models.DateField("议定日期", null=True, blank=True)
    is_published = models.BooleanField("在公开网页公布", default=False, editable=False)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = HallQuerySet.as_manager()

    class Meta:
        verbose_name = "议事"
        verbose_name_plural = "议事厅"
        ordering = ["-activity__held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(conclusion="", concluded_on__isnull=True)
                | (~Q(conclusion="") & Q(concluded_on__isnull=False)),
                name="hall_conclusion_dated",
                violation_error_message="议定事项和议定日期要一起填。",
            ),
        ]

    def __str__(self) -> str:
        return self.topic


class OfHallQuerySet(ScopedQuerySet):
    """What hangs on a deliberation is read and written with it."""

    def read_rule(self, scope: Scope) -> Q:
        return Q(hall__in=Hall.objects.filter(Hall.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(hall__in=Hall.objects.filter(Hall.objects.all().write_rule(scope)))


class HallView(models.Model):
    """One view in the words of who gave it; it becomes a voice at most once."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="views", verbose_name="议事")
    serial = models.PositiveSmallIntegerField("次序")
    speaker = models.CharField("谁的意见", max_length=8, choices=Speaker.choices)
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代表"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    voter_name = models.CharField(
        "选民姓名", max_length=40, blank=True, help_text="本人同意才填；不填的按次序编号。"
    )
    has_consent = models.BooleanField("本人同意留下姓名", default=False)
    words = models.TextField("意见")
    voice = models.OneToOneField(
        Voice,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="hall_view",
        verbose_name="转成的群众意见",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    PERSONAL = {"voter_name": mask_name}

    objects = OfHallQuerySet.as_manager()

    class Meta:
        verbose_name = "议事意见"
        verbose_name_plural = "议事意见"
        ordering = ["hall", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "serial"],
                name="hall_view_serial_once",
                violation_error_message="这个次序已有一条意见。",
            ),
            models.CheckConstraint(
                condition=Q(speaker=Speaker.DEPUTY, deputy__isnull=False, unit__isnull=True)
                | Q(speaker=Speaker.UNIT, unit__isnull=False, deputy__isnull=True)
                | Q(speaker=Speaker.VOTER, deputy__isnull=True, unit__isnull=True),
                name="hall_view_speaker_named",
                violation_error_message="代表的意见选代表，单位的意见选单位，选民的都不选。",
            ),
            models.CheckConstraint(
                condition=Q(voter_name="") | Q(speaker=Speaker.VOTER, has_consent=True),
                name="hall_view_name_has_consent",
                violation_error_message="选民同意，才能留下姓名。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}：{self.words[:20]}"

    @property
    def who(self) -> str:
        """A voter by number or, with consent, by the masked name."""
        if self.deputy:
            return f"代表{self.deputy.name}"
        if self.unit:
            return str(self.unit)
        name = mask_name(self.voter_name)
        return f"选民{name}" if name else f"选民（第{self.serial}条意见）"


class HallTask(models.Model):
    """What follows from a deliberation: who does it, by when, and that it is done."""

    hall = models.ForeignKey(Hall, models.CASCADE, related_name="tasks", verbose_name="议事")
    what = models.CharField("要办的事", max_length=200)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    owner = models.CharField("责任人", max_length=60, blank=True)
    set_on = models.DateField("交办日期")
    due_on = models.DateField("办理时限")
    done_on = models.DateField("办成日期", null=True, blank=True)
    result = models.CharField("办理结果", max_length=400, blank=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = OfHallQuerySet.as_manager()

    class Meta:
        verbose_name = "议定后续"
        verbose_name_plural = "议定后续"
        ordering = ["hall", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | ~Q(owner=""),
                name="hall_task_owned",
                violation_error_message="责任单位和责任人至少填一个。",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("set_on")),
                name="hall_task_due_after_set",
                violation_error_message="办理时限不能早于交办日期。",
            ),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True) | (Q(done_on__gte=F("set_on")) & ~Q(result="")),
                name="hall_task_done_with_result",
                violation_error_message="办成日期不能早于交办日期，还要写明结果。",
            ),
        ]

    def __str__(self) -> str:
        return self.what
