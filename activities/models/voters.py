"""Whom a deputy keeps in touch with, and the deputy's own notebook."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from activities.models.contact import Visit
from activities.models.scoping import OfDeputyQuerySet
from congress_portal.core.enums import VILLAGE_LEVELS
from congress_portal.core.masking import mask_name, mask_phone
from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, SharedQuerySet
from deputies.models import Deputy


class ContactRuleQuerySet(SharedQuerySet):
    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region")

    def of(self, region: Region) -> "ContactRule":
        """The rule of the place or of the county above it, or the defaults."""
        rows = self.filter(region__code__in=(region.code, f"{region.code[:6]}000000"))
        return rows.order_by("-region__code").first() or ContactRule(region=region)


class ContactRule(models.Model):
    """What a congress asks of its deputies' contact with voters; local values differ (C4)."""

    region = models.OneToOneField(
        Region, models.PROTECT, related_name="contact_rule", verbose_name="哪里的人大"
    )
    voters_least = models.PositiveSmallIntegerField(
        "每名代表固定联系选民", default=10,
        help_text="各地不同：大坝镇不少于 5 名，河南某站不少于 10 名（户），重固镇 10–15 名。",
    )  # fmt: skip
    contacts_a_year = models.PositiveSmallIntegerField(
        "每名固定选民每年联系次数", default=2, help_text="重固镇：每年不少于 2 次。"
    )
    pairs_least = models.PositiveSmallIntegerField(
        "组成人员至少联系代表", default=2, help_text="常委会组成人员固定联系 2–3 名代表。"
    )
    pairs_most = models.PositiveSmallIntegerField("组成人员至多联系代表", default=3)
    gap_months = models.PositiveSmallIntegerField(
        "间隔几个月提示", default=4, help_text="连续几个月没有联系记录，提示「忽冷忽热」。"
    )
    outside_least = models.PositiveSmallIntegerField(
        "本村以外联系至少占（%）", default=20, help_text="低于这个比例提示「联系面偏窄」。"
    )
    notice_days = models.PositiveSmallIntegerField(
        "活动至少提前几天通知", default=3, help_text="小冀镇：接待日前 3 天通知。"
    )
    remind_days = models.PositiveSmallIntegerField(
        "回执截止前几天提醒", default=2, help_text="只提醒还没有回执的代表，每人一次。"
    )
    letter_word = models.CharField(
        "通知函发文字号",
        max_length=20,
        blank=True,
        help_text="如 安人代函；印成「安人代函〔2026〕3号」。",
    )
    grassroots = models.CharField(
        "基层代表的构成",
        max_length=200,
        default="一线工人、农民、专业技术人员、村（社区）干部",
        help_text="用顿号分开，与代表构成一致；用来算列席会议的基层代表占比。",
    )

    objects = ContactRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "联系规则"
        verbose_name_plural = "联系规则"
        ordering = ["region"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pairs_most__gte=F("pairs_least"), outside_least__lte=100),
                name="contact_rule_in_order",
                violation_error_message="至多联系的人数不能少于至少，比例不能超过 100。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}联系规则"


class FixedVoterQuerySet(OfDeputyQuerySet):
    def on(self, day: dt.date) -> Self:
        return self.filter(Q(begins_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class FixedVoter(models.Model):
    """A voter or household that a deputy keeps in touch with (固定联系选民, M65)."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="fixed_voters", verbose_name="代表"
    )
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    village = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"level__in": VILLAGE_LEVELS},
        related_name="+",
        verbose_name="村（社区）",
    )
    is_household = models.BooleanField("按户联系", default=False)
    note = models.CharField("备注", max_length=200, blank=True)
    begins_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    PERSONAL = {"name": mask_name, "phone": mask_phone}

    objects = FixedVoterQuerySet.as_manager()

    class Meta:
        verbose_name = "固定联系选民"
        verbose_name_plural = "固定联系选民"
        ordering = ["deputy", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="fixed_voter_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return mask_name(self.name)

    def shown_as(self, *, in_full: bool) -> str:
        """How a list to tick names the voter: masked, told apart by the end of the number."""
        name = self.name if in_full else str(self)
        marks = [self.village.name] if self.village else []
        if self.phone and not in_full:
            marks.append(f"尾号{self.phone[-4:]}")
        household = "户" if self.is_household else ""
        return f"{name}{household}" + (f"（{'，'.join(marks)}）" if marks else "")


class NotebookEntryQuerySet(OfDeputyQuerySet):
    """Private pages are the deputy's alone; the rest is read by the staff of the home town."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("deputy__town") & Q(is_private=False)
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        return Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else NOTHING


class NotebookEntry(models.Model):
    """A note in the deputy's 联系选民记事簿 (M66)."""

    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="notebook", verbose_name="代表")
    noted_on = models.DateField("日期")
    text = models.TextField("记事")
    voter = models.ForeignKey(
        FixedVoter,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name="哪位选民",
    )
    visit = models.ForeignKey(
        Visit,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name="哪次走访",
    )
    follow_up_on = models.DateField("哪天再办", null=True, blank=True)
    is_done = models.BooleanField("已办", default=False)
    is_private = models.BooleanField("只给自己看", default=False)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    CONFIDENTIAL = ("text",)  # the trail and its readers never see a page of the notebook

    objects = NotebookEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "记事"
        verbose_name_plural = "记事簿"
        ordering = ["-noted_on", "-pk"]
        indexes = [models.Index(fields=["deputy", "noted_on"], name="notebook_deputy_day")]

    def __str__(self) -> str:
        return f"{self.noted_on} 记事"
