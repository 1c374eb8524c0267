import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from congress_portal.core.crypto import EncryptedCharField, keyed_hash
from congress_portal.core.enums import TOWN_LEVELS, VILLAGE_LEVELS, Dictionary, Level
from congress_portal.core.masking import mask_identity_number, mask_phone
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.names import pinyin_of
from congress_portal.core.periods import Period
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.enums import BeginKind, EndKind, Sex
from deputies.models.term import District, Term


class DeputyQuerySet(ScopedQuerySet):
    """A deputy belongs to the home town and to every congress where a mandate is held."""

    region_path = "town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("town") | Q(pk__in=_holding_mandates(scope.reads("region")))
        return rule | Q(user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("town") | Q(pk__in=_holding_mandates(scope.writes("region")))

    def in_office(self, period: Period) -> Self:
        """Everyone with a mandate in force on at least one day of the period (DESIGN §4)."""
        mandates = Mandate.objects.in_force(period).filter(deputy=OuterRef("pk"))
        return self.filter(Exists(mandates))

    def of_level(self, level: str) -> Self:
        return self.filter(Exists(Mandate.objects.filter(deputy=OuterRef("pk"), level=level)))

    def search(self, words: str) -> Self:
        """By name, full pinyin or initials."""
        words = words.replace(" ", "")
        if not words:
            return self
        low = words.lower()
        return self.filter(
            Q(name__contains=words) | Q(pinyin__startswith=low) | Q(initials__startswith=low)
        )


def _holding_mandates(rule: Q) -> models.QuerySet[Any]:
    return Mandate.objects.filter(rule).values("deputy")


class Deputy(models.Model):
    """A person who is, or was, a deputy; the seats are Mandates (DESIGN §2)."""

    name = models.CharField("姓名", max_length=40, db_index=True)
    pinyin = models.CharField("拼音", max_length=120, blank=True, editable=False, db_index=True)
    initials = models.CharField(
        "拼音首字母", max_length=20, blank=True, editable=False, db_index=True
    )
    sex = models.CharField("性别", max_length=6, choices=Sex.choices, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    birth_month = models.DateField("出生年月", null=True, blank=True, help_text="取当月第一天。")
    education = models.CharField("文化程度", max_length=20, blank=True)
    party = models.CharField("政治面貌", max_length=20, blank=True)
    employer = models.CharField("工作单位及职务", max_length=120, blank=True)
    sector = models.CharField("代表构成", max_length=30, blank=True)
    town = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="deputies_at_home",
        verbose_name="所在镇（街道）",
    )
    village = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"level__in": VILLAGE_LEVELS},
        related_name="+",
        verbose_name="所在村（社区）",
    )
    phone = models.CharField("手机号码", max_length=20, blank=True)
    identity_number = EncryptedCharField("身份证号码", blank=True)
    identity_hash = models.CharField(  # noqa: DJ001 - people without a number must not collide
        max_length=64,
        null=True,
        unique=True,
        editable=False,
        error_messages={"unique": "这个身份证号码已登记在另一位代表名下。"},
    )
    expertise = models.ManyToManyField(
        DictionaryEntry,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.EXPERTISE},
        related_name="+",
        verbose_name="专长",
    )
    notes = models.CharField("备注", max_length=200, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="deputy",
        verbose_name="登录账号",
    )

    PERSONAL = {"phone": mask_phone, "identity_number": mask_identity_number}

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = "代表"
        verbose_name_plural = "代表"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_derived()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.birth_month and self.birth_month > timezone.localdate():
            raise ValidationError({"birth_month": "出生年月不能晚于今天。"})

    def fill_derived(self) -> None:
        """Columns that only serve search; bulk writers call this before they save."""
        self.pinyin, self.initials = pinyin_of(self.name)
        number = self.identity_number
        self.identity_hash = keyed_hash(number) if number else None

    @property
    def choice_label(self) -> str:
        """梁飞天（石门镇）: how the deputy is called in lists to choose from."""
        return f"{self.name}（{self.town.name}）"

    @property
    def key(self) -> str:
        """姓名@镇, the key of the metrics report (DESIGN §3)."""
        return f"{self.name}@{self.town.name}"


class MandateQuerySet(ScopedQuerySet):
    """``region`` is the congress's; a county mandate also belongs to the deputy's town."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region") | scope.reads("deputy__town")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        """The congress's own office; the county's also for seats of the levels above it."""
        rule = scope.writes("region")
        if scope.is_office:
            rule |= Q(region__isnull=True) & scope.writes("deputy__town")
        return rule

    def in_force(self, period: Period) -> Self:
        """In force on at least one day: own dates where given, else those of the term."""
        begun = Q(begins_on__lte=period.last) | Q(
            begins_on__isnull=True, term__begins_on__lte=period.last
        )
        not_ended = Q(ends_on__gte=period.first) | Q(
            ends_on__isnull=True, term__ends_on__gte=period.first
        )
        return self.filter(begun & not_ended)


class Mandate(models.Model):
    """One seat of one person in one term: level, district, how it began and ended."""

    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="mandates", verbose_name="代表")
    term = models.ForeignKey(Term, models.PROTECT, related_name="mandates", verbose_name="届次")
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="哪里的人大"
    )
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name="选区",
    )
    delegation = models.CharField("代表团", max_length=60, blank=True)
    serial = models.PositiveIntegerField("名册序号", null=True, blank=True)
    is_reelected = models.BooleanField("连任", default=False)
    begins_on = models.DateField(
        "任职起始", null=True, blank=True, help_text="不填为本届起始之日。"
    )
    begin_kind = models.CharField(
        "如何产生", max_length=12, choices=BeginKind.choices, default=BeginKind.GENERAL
    )
    ends_on = models.DateField("任职截止", null=True, blank=True, help_text="不填为本届届满。")
    end_kind = models.CharField("如何结束", max_length=12, choices=EndKind.choices, blank=True)
    end_reason = models.CharField("结束说明", max_length=200, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "代表职务"
        verbose_name_plural = "代表职务"
        ordering = ["term", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deputy", "term"],
                condition=Q(ends_on__isnull=True),
                name="mandate_once_a_term",
                violation_error_message="这位代表在这一届里已有任职。",
            ),
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="mandate_dates_ordered",
                violation_error_message="任职截止不能早于任职起始。",
            ),
            models.CheckConstraint(
                condition=Q(end_kind="") | Q(ends_on__isnull=False),
                name="mandate_end_dated",
                violation_error_message="写明如何结束时，要填任职截止日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy}：{self.get_level_display()}{self.term.name}"

    @property
    def first_day(self) -> dt.date:
        return self.begins_on or self.term.begins_on

    @property
    def last_day(self) -> dt.date:
        return self.ends_on or self.term.ends_on
