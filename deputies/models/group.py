import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet

from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.enums import GroupKind, GroupRole
from deputies.models.deputy import Deputy


class GroupQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region")
        if scope.deputy_user_id:
            mine = GroupMembership.objects.filter(deputy__user=scope.deputy_user_id).values("group")
            rule |= Q(pk__in=mine)
        return rule


class Group(models.Model):
    """A deputies' group (代表小组, 代表法 §27): by area or by field."""

    name = models.CharField("小组名称", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=12, choices=GroupKind.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name="所属区划", help_text="专业小组属于县。"
    )
    field = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.FIELD},
        related_name="+",
        verbose_name="领域",
    )
    partner = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="对口单位"
    )
    is_active = models.BooleanField("在用", default=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "代表小组"
        verbose_name_plural = "代表小组"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class GroupMembershipQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        return Q(group__in=Group.objects.filter(Group.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("group__region")

    def on(self, day: dt.date) -> Self:
        return self.filter(
            Q(begins_on__isnull=True) | Q(begins_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        )

    def at_records(self, records: QuerySet[Any], path: str, day: str) -> Self:
        """Joined with the deputies' ``records`` (at the end of ``path``) whose ``day`` falls into
        the membership; a record stands once beside each group of its deputy."""
        on = F(f"{path}__{day}")
        return self.filter(
            Q(begins_on__isnull=True) | Q(begins_on__lte=on),
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            **{f"{path}__in": records},
        )


class GroupMembership(models.Model):
    """A deputy's place in a group, with dates; officers are members with a role."""

    group = models.ForeignKey(
        Group, models.CASCADE, related_name="memberships", verbose_name="小组"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="memberships", verbose_name="代表"
    )
    role = models.CharField(
        "职务", max_length=14, choices=GroupRole.choices, default=GroupRole.MEMBER
    )
    serial = models.PositiveIntegerField("次序", default=0)
    begins_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "小组成员"
        verbose_name_plural = "小组成员"
        ordering = ["group", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "deputy"],
                condition=Q(ends_on__isnull=True),
                name="group_membership_once",
                violation_error_message="这位代表已在小组里。",
            ),
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="group_membership_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}：{self.deputy}（{self.get_role_display()}）"
