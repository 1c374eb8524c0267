"""The standing committee: its offices, its members, and the deputies whom each member contacts."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.enums import CommitteePost
from deputies.models.deputy import Deputy


class OfCommitteeQuerySet(ScopedQuerySet):
    """Who sits on the committee is public knowledge; its own office keeps the list."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.is_office else NOTHING


class CommitteeOffice(models.Model):
    """A working body of the committee (工委、委室; 代表法 §11–12)."""

    name = models.CharField("名称", max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里的人大")
    duties = models.CharField("职责", max_length=400, blank=True)
    phone = models.CharField("办公电话", max_length=20, blank=True)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = OfCommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = "工委（委室）"
        verbose_name_plural = "工委（委室）"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                name="committee_office_once",
                violation_error_message="已有同名的委室。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommitteeMemberQuerySet(OfCommitteeQuerySet):
    def held_by(self, user_pk: int) -> Self:
        """Seats of the person who signs in with this account."""
        return self.filter(Q(user=user_pk) | Q(user__isnull=True, deputy__user=user_pk))

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(begins_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class CommitteeMember(models.Model):
    """A member of the standing committee (常委会组成人员, M08); normally a deputy, too."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里的人大")
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="committee_seats", verbose_name="代表"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="committee_seats",
        verbose_name="登录账号",
        help_text="不填时用这位代表的账号。",
    )
    post = models.CharField("职务", max_length=12, choices=CommitteePost.choices)
    office = models.ForeignKey(
        CommitteeOffice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name="所在委室",
    )
    serial = models.PositiveIntegerField("排序", default=0)
    begins_on = models.DateField("任职起始")
    ends_on = models.DateField("任职截止", null=True, blank=True)

    objects = CommitteeMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "常委会组成人员"
        verbose_name_plural = "常委会组成人员"
        ordering = ["serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "deputy"],
                condition=Q(ends_on__isnull=True),
                name="committee_member_once",
                violation_error_message="这位代表已是组成人员。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="committee_member_dates_ordered",
                violation_error_message="任职截止不能早于任职起始。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy}（{self.get_post_display()}）"


class PairingQuerySet(ScopedQuerySet):
    """双联系: the two persons see their own pair; staff those of their place."""

    region_path = "deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("deputy__town") | scope.reads("member__region")
        if scope.user_id:
            own = Q(member__user=scope.user_id) | Q(member__deputy__user=scope.user_id)
            rule |= own | Q(deputy__user=scope.user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("member__region") if scope.is_office else NOTHING

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(begins_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Pairing(models.Model):
    """A committee member keeps in touch with a deputy (双联系, 2–3 a member; M70)."""

    member = models.ForeignKey(
        CommitteeMember, models.PROTECT, related_name="pairings", verbose_name="组成人员"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="pairings", verbose_name="联系的代表"
    )
    begins_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    reason = models.CharField(
        "超过人数的理由", max_length=200, blank=True, help_text="联系的代表多于规则时写明。"
    )

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = "双联系"
        verbose_name_plural = "双联系"
        ordering = ["member", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "deputy"],
                condition=Q(ends_on__isnull=True),
                name="pairing_once",
                violation_error_message="这位组成人员已联系这位代表。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="pairing_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.deputy}联系{self.deputy}"
