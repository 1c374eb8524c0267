from django.db import models
from django.db.models import F, Q

from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.models.record import Record, RecordQuerySet
from congress_portal.core.scope import Scope
from deputies.models import Deputy, District


class DutyReportQuerySet(RecordQuerySet):
    region_path = "deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("deputy__town")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule


class DutyReport(Record):
    """A deputy's report to the voters and the ballot (述职评议, 代表法 §58)."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="duty_reports", verbose_name="代表"
    )
    held_on = models.DateField("述职日期")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="选区"
    )
    district_name = models.CharField("选区（原文）", max_length=60, blank=True)
    voters_present = models.PositiveIntegerField("到会选民", default=0)
    satisfied = models.PositiveIntegerField("满意票", default=0)
    basically_satisfied = models.PositiveIntegerField("基本满意票", default=0)
    unsatisfied = models.PositiveIntegerField("不满意票", default=0)

    objects = DutyReportQuerySet.as_manager()

    class Meta:
        verbose_name = "述职评议"
        verbose_name_plural = "述职评议"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    voters_present__gte=F("satisfied") + F("basically_satisfied") + F("unsatisfied")
                ),
                name="duty_report_ballots_within_voters",
                violation_error_message="票数之和不能多于到会选民。",
            ),
        ]
        indexes = [models.Index(fields=["held_on", "deputy"], name="duty_report_counting")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.deputy}述职"


class NewsItemQuerySet(RecordQuerySet):
    pass


class NewsItem(Record):
    """A news item that a town handed in (信息报送)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="news", verbose_name="报送单位")
    held_on = models.DateField("日期")
    title = models.CharField("标题", max_length=160)
    level = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.NEWS_LEVEL},
        related_name="+",
        verbose_name="刊用级别",
    )

    objects = NewsItemQuerySet.as_manager()

    class Meta:
        verbose_name = "信息报送"
        verbose_name_plural = "信息报送"
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["held_on", "region"], name="news_counting")]

    def __str__(self) -> str:
        return self.title
