from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from activities.models import Activity, Finding, Visit
from congress_portal.core.enums import VILLAGE_LEVELS, Dictionary, Rating
from congress_portal.core.masking import mask_email, mask_name, mask_phone, without_numbers
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.periods import Period
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.models import Deputy
from stations.models import Enterprise, Reception, ReceptionNumber, Station
from suggestions.enums import ToldBy, VoiceSource
from suggestions.models.suggestion import Suggestion


class VoiceQuerySet(ScopedQuerySet):
    """By the place it belongs to, the reception it was heard at, the deputy who heard it."""

    def read_rule(self, scope: Scope) -> Q:
        heard = Reception.objects.filter(Reception.objects.all().read_rule(scope))
        rule = scope.reads("region") | Q(reception__in=heard) | self._kept_by(scope)
        if scope.unit_ids:  # handed to the unit: by key, so that no row comes twice
            parts = self.model._meta.get_field("parts").related_model
            handed = parts._default_manager.filter(unit__in=scope.unit_ids).order_by()
            rule |= Q(pk__in=handed.values("voice"))
        if scope.deputy_user_id:  # heard it, or writes the suggestion that it became
            rule |= Q(deputy__user=scope.deputy_user_id)
            rule |= Q(suggestion__lead__user=scope.deputy_user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        heard = Reception.objects.filter(Reception.objects.all().write_rule(scope))
        return scope.writes("region") | Q(reception__in=heard) | self._kept_by(scope)

    def _kept_by(self, scope: Scope) -> Q:
        """What came in at a station is its officers' to sort."""
        if not scope.officer_user_id:
            return NOTHING
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return Q(station__in=kept)

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def at_receptions_in(self, period: Period) -> Self:
        """Opinions of verified receptions held in the period (DESIGN §4)."""
        return self.filter(
            reception__held_on__range=(period.first, period.last),
            reception__verification="verified",
        )


class Voice(models.Model):
    """One matter that one voter raised, whatever the door it came in by (DESIGN §1)."""

    source = models.CharField("来源", max_length=12, choices=VoiceSource.choices)
    raised_on = models.DateField("反映日期")
    reception = models.ForeignKey(
        Reception,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="voices",
        verbose_name="接待",
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="voices", verbose_name="走访"
    )
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="voices", verbose_name="活动"
    )
    finding = models.OneToOneField(
        Finding,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="voice",
        verbose_name="发现的问题",
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="voices", verbose_name="家站"
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        related_name="voices",
        verbose_name="所属区划",
        help_text="受理的县、镇或街道。",
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
    number = models.OneToOneField(
        ReceptionNumber,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="voice",
        verbose_name="登记号",
        help_text="网上登记和纸质登记表共用一套号。",
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="voices",
        verbose_name="反映诉求的企业",
    )
    deputy = models.ForeignKey(
        Deputy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="voices",
        verbose_name="听到的代表",
        help_text="代表在走访中听到、自己登记的。",
    )
    visitor_name = models.CharField("选民姓名", max_length=40, blank=True)
    visitor_phone = models.CharField("联系电话", max_length=20, blank=True)
    visitor_email = models.EmailField("电子邮箱", blank=True)
    told_by = models.CharField(
        "每一步通知本人", max_length=8, choices=ToldBy.choices, blank=True,
        help_text="选民自己选的，可以随时在进度页面退订。",
    )  # fmt: skip
    has_consent = models.BooleanField(
        "本人同意留下姓名电话", default=False, help_text="不同意的只记事情。"
    )
    field = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.FIELD},
        related_name="+",
        verbose_name="问题类别",
    )
    matter = models.TextField("反映问题")
    route = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.ROUTE},
        related_name="+",
        verbose_name="处理方式",
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="voices", verbose_name="承办单位"
    )
    suggestion = models.ForeignKey(
        Suggestion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name="转成的建议",
    )
    is_confidential = models.BooleanField("要求为其保密", default=False)
    wants_answer = models.BooleanField("要求反馈结果", default=False)
    voter_told_on = models.DateField("告知选民日期", null=True, blank=True)
    voter_told_how = models.CharField("告知选民的方式", max_length=80, blank=True)
    deputies_told_on = models.DateField("告知代表日期", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    rating = models.CharField("选民评价", max_length=12, choices=Rating.choices, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="录入人",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)
    row_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001

    PERSONAL = {
        "visitor_name": mask_name, "visitor_phone": mask_phone, "visitor_email": mask_email,
    }  # fmt: skip

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "群众意见"
        verbose_name_plural = "群众意见"
        ordering = ["-raised_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("raised_on")),
                name="voice_closed_after_raised",
                violation_error_message="办结日期不能早于反映日期。",
            ),
            models.CheckConstraint(
                condition=Q(voter_told_on__isnull=True) | Q(voter_told_on__gte=F("raised_on")),
                name="voice_voter_told_after_raised",
                violation_error_message="告知选民的日期不能早于反映日期。",
            ),
            models.CheckConstraint(
                condition=~Q(source=VoiceSource.RECEPTION) | Q(reception__isnull=False),
                name="voice_of_reception_has_one",
                violation_error_message="接待来的意见要挂在一次接待上。",
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True)
                | Q(has_consent=True)
                | Q(visitor_name="", visitor_phone=""),
                name="voice_heard_by_deputy_has_consent",
                violation_error_message="选民同意，才能留下姓名和电话。",
            ),
            models.CheckConstraint(
                condition=Q(visitor_email="") | Q(has_consent=True),
                name="voice_email_has_consent",
                violation_error_message="选民同意，才能留下电子邮箱。",
            ),
        ]
        indexes = [
            models.Index(fields=["reception", "closed_on"], name="voice_counting"),
            models.Index(fields=["region", "raised_on"], name="voice_region_day"),
        ]

    def __str__(self) -> str:
        return f"{self.raised_on} {self.masked_name}：{self.said[:20]}"

    @property
    def said(self) -> str:
        """The matter for lists, desks, papers and messages: without numbers of persons.

        Its own page alone shows them, to who may read the voter's contact.
        """
        return without_numbers(self.matter)

    @property
    def place_words(self) -> str:
        """The village with its town, also where it was taken at the county's own place."""
        if self.village is None:
            return str(self.region)
        if self.village.parent_id == self.region_id:
            return f"{self.region}{self.village}"
        return self.village.choice_label

    @property
    def masked_name(self) -> str:
        """Not even the family name of who asked for confidence."""
        return "要求保密" if self.is_confidential else mask_name(self.visitor_name)

    @property
    def masked_phone(self) -> str:
        return "" if self.is_confidential else mask_phone(self.visitor_phone)

    @property
    def masked_email(self) -> str:
        return "" if self.is_confidential else mask_email(self.visitor_email)

    @property
    def has_contact(self) -> bool:
        return bool(self.visitor_name or self.visitor_phone or self.visitor_email)
