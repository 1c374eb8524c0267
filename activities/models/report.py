from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from activities.models.ballot import BallotScale
from congress_portal.core.enums import Dictionary, Verification
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.models.record import Record, RecordQuerySet
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Deputy, District


class DutyReportQuerySet(RecordQuerySet):
    region_path = "deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("deputy__town")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule


class ReportMeetingQuerySet(ScopedQuerySet):
    """The office of the place; the deputies who report there."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region")
        if scope.deputy_user_id:
            mine = DutyReport.objects.filter(deputy__user=scope.deputy_user_id)
            rule |= Q(pk__in=mine.values("meeting"))
        return rule


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
    meeting = models.ForeignKey(
        "activities.ReportMeeting",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name="述职会",
    )
    scale = models.ForeignKey(
        BallotScale,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="票式",
        help_text="决定各种票的叫法和结果的门槛。",
    )
    text = models.TextField("述职报告", blank=True)
    is_written = models.BooleanField("书面述职", default=False)
    voters_present = models.PositiveIntegerField("到会选民", default=0)
    excellent = models.PositiveIntegerField("优秀票", default=0, help_text="四档票式才填。")
    satisfied = models.PositiveIntegerField("满意票", default=0)
    basically_satisfied = models.PositiveIntegerField("基本满意票", default=0)
    unsatisfied = models.PositiveIntegerField("不满意票", default=0)
    result = models.CharField("评议结果", max_length=40, blank=True, editable=False)
    announced_at = models.DateTimeField("宣布时间", null=True, blank=True, editable=False)
    feedback = models.TextField("反馈意见", blank=True)
    rectification = models.TextField("整改情况", blank=True)
    rectified_on = models.DateField("整改日期", null=True, blank=True)

    objects = DutyReportQuerySet.as_manager()

    class Meta:
        verbose_name = "述职评议"
        verbose_name_plural = "述职评议"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    voters_present__gte=F("excellent")
                    + F("satisfied")
                    + F("basically_satisfied")
                    + F("unsatisfied")
                ),
                name="duty_report_ballots_within_voters",
                violation_error_message="票数之和不能多于到会选民。",
            ),
        ]
        indexes = [models.Index(fields=["held_on", "deputy"], name="duty_report_counting")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.deputy}述职"

    @property
    def may_lie_ahead(self) -> bool:
        """A report prepared for a meeting that is still to come."""
        return self.meeting is not None and not self.meeting.is_held

    def clean(self) -> None:
        """Raises ValidationError for a report that is verified before its meeting."""
        planned = self.meeting is not None and not self.meeting.is_held
        if planned and self.verification == Verification.VERIFIED:
            raise ValidationError("述职会还没有召开，不能核实。")


class ReportMeeting(models.Model):
    """A meeting at which deputies report to the voters of a district (述职会, M113)."""

    title = models.CharField("会议名称", max_length=120)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="report_meetings", verbose_name="组织者所在区划"
    )
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="选区"
    )
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=120, blank=True)
    scale = models.ForeignKey(BallotScale, models.PROTECT, related_name="+", verbose_name="票式")
    voters_present = models.PositiveIntegerField("到会选民", null=True, blank=True)
    is_held = models.BooleanField("已召开", default=False)
    note = models.TextField("会议记录", blank=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = ReportMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "述职会"
        verbose_name_plural = "述职会"
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.title


class VoterQuestionQuerySet(ScopedQuerySet):
    region_path = "report__deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads(self.region_path)
        own = Q(report__deputy__user=scope.deputy_user_id)
        return rule | own if scope.deputy_user_id else rule


class VoterQuestion(models.Model):
    """What voters asked at the report, and the deputy's answer (代表法 §58)."""

    report = models.ForeignKey(
        DutyReport, models.CASCADE, related_name="questions", verbose_name="述职"
    )
    serial = models.PositiveSmallIntegerField("次序", default=0)
    question = models.TextField("提问")
    answer = models.TextField("回答", blank=True)

    objects = VoterQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "选民提问"
        verbose_name_plural = "选民提问"
        ordering = ["report", "serial", "pk"]

    def __str__(self) -> str:
        return self.question[:30]


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
