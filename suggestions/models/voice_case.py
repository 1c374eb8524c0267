"""The chain of a voter's matter: its case, the units' parts, history, photographs, settings."""

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from congress_portal.core.models import Region, Unit
from congress_portal.core.scope import Scope, ScopedQuerySet, SharedQuerySet
from suggestions.enums import Knock, Share, VoiceParty, VoicePhotoKind, VoiceState
from suggestions.models.voice import Voice


def new_token() -> str:
    """144 random bits: the progress link cannot be guessed."""
    return secrets.token_urlsafe(18)


class OfVoiceQuerySet(ScopedQuerySet):
    """Follows the voice it belongs to."""

    def read_rule(self, scope: Scope) -> Q:
        return Q(voice__in=Voice.objects.filter(Voice.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(voice__in=Voice.objects.filter(Voice.objects.all().write_rule(scope)))


class ConsentText(models.Model):
    """What a voter agrees to before leaving a name or number; versions are never rewritten."""

    version = models.PositiveSmallIntegerField("版本", unique=True)
    text = models.TextField("告知和同意的文字")
    in_force_on = models.DateField("启用日期")

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "留言同意书"
        verbose_name_plural = "留言同意书"
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"第{self.version}版"


class RightDoor(models.Model):
    """Where to go with what the congress does not handle (诉讼、信访、个人事务)."""

    name = models.CharField("属于哪一类", max_length=40, unique=True)
    text = models.CharField("指引", max_length=300, help_text="选民会看到：到哪里、找谁、带什么。")
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "其他渠道指引"
        verbose_name_plural = "其他渠道指引"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VoiceRuleQuerySet(ScopedQuerySet):
    def of(self, region: Region) -> "VoiceRule":
        """The place's rule, else that of the place above, else the defaults."""
        rows = {row.region_id: row for row in self.filter(region__in=[region.pk, region.parent_id])}
        found = rows.get(region.pk) or rows.get(region.parent_id)
        return found or VoiceRule(region=region)


class VoiceRule(models.Model):
    """A place's limits for voters' matters; the law sets none, each office does."""

    region = models.OneToOneField(
        Region, models.PROTECT, related_name="voice_rule", verbose_name="县、镇或街道"
    )
    unit_days = models.PositiveSmallIntegerField("单位办理期限（工作日）", default=15)
    reopen_days = models.PositiveSmallIntegerField(
        "答复后几天内可以说没有解决（自然日）", default=30
    )
    easy_posts = models.PositiveSmallIntegerField("同一地址一天留言几件以后要答题", default=3)
    most_posts = models.PositiveSmallIntegerField("同一地址一天最多留言几件", default=20)
    least_ratings = models.PositiveSmallIntegerField(
        "少于几件评价不列满意率", default=5, help_text="太少会看出是谁评的。"
    )

    objects = VoiceRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "意见办理规则"
        verbose_name_plural = "意见办理规则"
        ordering = ["region"]

    def __str__(self) -> str:
        return f"{self.region.name}意见办理规则"


class VoiceCase(models.Model):
    """How far a voice has come; made with a voter's post or the first step taken.

    A voice without one stands where its own fields say (``voice_state``): imported receptions.
    """

    voice = models.OneToOneField(
        Voice, models.CASCADE, related_name="case", verbose_name="群众意见"
    )
    state = models.CharField(
        "办到哪一步", max_length=12, choices=VoiceState.choices, default=VoiceState.LOGGED,
        editable=False,
    )  # fmt: skip
    token = models.CharField(
        "进度链接", max_length=40, unique=True, default=new_token, editable=False
    )
    consent = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="同意书"
    )
    merged_into = models.ForeignKey(
        Voice, models.PROTECT, null=True, blank=True, related_name="merged",
        verbose_name="合并到", editable=False,
    )  # fmt: skip
    door = models.ForeignKey(
        RightDoor, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="其他渠道", editable=False,
    )  # fmt: skip
    answer = models.TextField("答复", blank=True, editable=False)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True, editable=False)
    solved_at = models.DateTimeField("解决时间", null=True, blank=True, editable=False)
    posted_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    reopened = models.PositiveSmallIntegerField("重新办理次数", default=0, editable=False)

    CONFIDENTIAL = ("token",)

    objects = OfVoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "意见办理"
        verbose_name_plural = "意见办理"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=VoiceState.MERGED) | Q(merged_into__isnull=False),
                name="voice_case_merged_has_main",
                violation_error_message="合并的意见要写明合并到哪一件。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[VoiceState.ANSWERED, VoiceState.CLOSED])
                | Q(answered_at__isnull=False),
                name="voice_case_answered_at",
                violation_error_message="已答复的意见要有答复时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voice.number or self.voice_id}：{self.get_state_display()}"


class VoicePartQuerySet(OfVoiceQuerySet):
    def running(self) -> Self:
        return self.filter(ended_at__isnull=True)


class VoicePart(models.Model):
    """A unit's share in one voter's matter: one lead unit, any assisting ones."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="parts", verbose_name="群众意见")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="voice_parts", verbose_name="承办单位"
    )
    share = models.CharField("分工", max_length=8, choices=Share.choices, default=Share.LEAD)
    handed_over_at = models.DateTimeField("交办时间", default=timezone.now)
    due_on = models.DateField("办理期限")
    answer = models.TextField("答复或意见", blank=True)
    ended_at = models.DateTimeField("办完或退回时间", null=True, blank=True)

    objects = VoicePartQuerySet.as_manager()

    class Meta:
        verbose_name = "意见承办单位"
        verbose_name_plural = "意见承办单位"
        ordering = ["voice", "-share", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["voice", "unit"],
                condition=Q(ended_at__isnull=True),
                name="voice_part_once",
                violation_error_message="这个单位已经在办理这件意见。",
            ),
            models.UniqueConstraint(
                fields=["voice"],
                condition=Q(ended_at__isnull=True, share=Share.LEAD),
                name="voice_part_one_lead",
                violation_error_message="一件意见只有一个主办单位。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}（{self.get_share_display()}）"


class VoiceLog(models.Model):
    """A step taken; nobody changes or removes it."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="log", verbose_name="群众意见")
    action = models.CharField("步骤", max_length=16)
    label = models.CharField("步骤名称", max_length=20)
    from_state = models.CharField("原状态", max_length=12, choices=VoiceState.choices)
    to_state = models.CharField("新状态", max_length=12, choices=VoiceState.choices)
    party = models.CharField("身份", max_length=8, choices=VoiceParty.choices, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name="操作人",
    )  # fmt: skip
    actor_name = models.CharField("操作人姓名", max_length=60)
    comment = models.TextField("说明", blank=True)
    at = models.DateTimeField("时间", default=timezone.now)

    objects = OfVoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "意见办理经过"
        verbose_name_plural = "意见办理经过"
        ordering = ["voice", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.label}：{self.actor_name}"


class VoicePhoto(models.Model):
    """A photograph without its place and device: as reported, before and after (M74)."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="photos", verbose_name="群众意见")
    kind = models.CharField("哪一张", max_length=10, choices=VoicePhotoKind.choices)
    image = models.ImageField("照片", upload_to="voices/%Y/%m/")
    at = models.DateTimeField("上传时间", default=timezone.now)

    objects = OfVoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "意见照片"
        verbose_name_plural = "意见照片"
        ordering = ["voice", "at", "pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class DoorKnock(models.Model):
    """One request of an address at the public door, without the address itself."""

    kind = models.CharField("做什么", max_length=8, choices=Knock.choices)
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "公开页面访问计数"
        verbose_name_plural = "公开页面访问计数"
        ordering = ["-at"]
        indexes = [models.Index(fields=["kind", "address_hash", "at"], name="door_knock_counting")]

    def __str__(self) -> str:
        return self.get_kind_display()
