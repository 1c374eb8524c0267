"""Small wishes (微心愿, M79): what the public reads of one, and who took it on."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from congress_portal.core.scope import NOTHING, Scope
from deputies.models import Deputy
from stations.models import Enterprise
from suggestions.enums import WishState
from suggestions.models.voice import Voice
from suggestions.models.voice_case import OfVoiceQuerySet

SHOWN = (WishState.OPEN, WishState.CLAIMED, WishState.FULFILLED)


class WishQuerySet(OfVoiceQuerySet):
    """Published ones are read by everyone; others by who reads the voice."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = super().read_rule(scope) if not scope.reads_everything else ~NOTHING
        return rule | Q(state__in=SHOWN) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return super().write_rule(scope) if not scope.writes_everything else ~NOTHING

    def shown(self) -> Self:
        return self.filter(state__in=SHOWN)


class Wish(models.Model):
    """A voice asked for as a wish; its text is the office's wording, without name or contact."""

    voice = models.OneToOneField(
        Voice, models.CASCADE, related_name="wish", verbose_name="群众意见"
    )
    state = models.CharField(
        "状态", max_length=10, choices=WishState.choices, default=WishState.WAITING, editable=False
    )
    text = models.CharField("公布的心愿", max_length=300, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True, editable=False)
    reason = models.CharField("不作微心愿的原因", max_length=200, blank=True, editable=False)
    thanks = models.CharField("许愿人的话", max_length=300, blank=True, editable=False)
    thanked_at = models.DateTimeField("致谢时间", null=True, blank=True, editable=False)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = "微心愿"
        verbose_name_plural = "微心愿"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=SHOWN) | (Q(published_at__isnull=False) & ~Q(text="")),
                name="wish_shown_with_text",
                violation_error_message="公布的心愿要有文字和公布时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state=WishState.DECLINED) | ~Q(reason=""),
                name="wish_declined_with_reason",
                violation_error_message="不作微心愿的，要写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.voice_id}（{self.get_state_display()}）"


class OfWishQuerySet(WishQuerySet):
    """Follows its wish."""

    def read_rule(self, scope: Scope) -> Q:
        return Q(wish__in=Wish.objects.filter(Wish.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(wish__in=Wish.objects.filter(Wish.objects.all().write_rule(scope)))

    def standing(self) -> Self:
        return self.filter(given_back_at__isnull=True)

    def running(self) -> Self:
        return self.standing().filter(fulfilled_on__isnull=True)


class WishClaim(models.Model):
    """Who took a wish on, with the day promised; given back with a reason, or fulfilled."""

    wish = models.ForeignKey(Wish, models.CASCADE, related_name="claims", verbose_name="微心愿")
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="wish_claims",
        verbose_name="认领的代表",
    )  # fmt: skip
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="wish_claims",
        verbose_name="认领的企业",
    )  # fmt: skip
    helper = models.CharField("认领的单位", max_length=60, blank=True)
    promised_on = models.DateField("答应的日期")
    claimed_at = models.DateTimeField("认领时间", default=timezone.now, editable=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False,
        verbose_name="登记人",
    )  # fmt: skip
    given_back_at = models.DateTimeField("退回时间", null=True, blank=True, editable=False)
    reason = models.CharField("退回原因", max_length=200, blank=True, editable=False)
    fulfilled_on = models.DateField("实现日期", null=True, blank=True, editable=False)
    result = models.CharField("怎样实现的", max_length=500, blank=True, editable=False)
    photo = models.ImageField("照片", upload_to="wishes/%Y/%m/", blank=True, editable=False)

    objects = OfWishQuerySet.as_manager()

    class Meta:
        verbose_name = "心愿认领"
        verbose_name_plural = "心愿认领"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["wish"],
                condition=Q(given_back_at__isnull=True),
                name="wish_claim_one",
                violation_error_message="这个心愿已经有人认领。",
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=False, enterprise__isnull=True, helper="")
                | Q(deputy__isnull=True, enterprise__isnull=False, helper="")
                | (Q(deputy__isnull=True, enterprise__isnull=True) & ~Q(helper="")),
                name="wish_claim_by_one",
                violation_error_message="认领的是一位代表、一家企业或一个单位。",
            ),
            models.CheckConstraint(
                condition=Q(given_back_at__isnull=True) | ~Q(reason=""),
                name="wish_claim_back_with_reason",
                violation_error_message="退回认领要写明原因。",
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_on__isnull=True)
                | (Q(given_back_at__isnull=True) & ~Q(result="")),
                name="wish_claim_fulfilled_with_result",
                violation_error_message="实现的心愿要写明怎样实现的。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}认领"

    @property
    def who(self) -> str:
        return str(self.deputy.name if self.deputy else self.enterprise or self.helper)
