"""What the office sets itself: limits, checklists, calls. Each limit names its source."""

from django.db import models
from django.db.models import F, Q

from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet
from suggestions.enums import CallKind, Kind, ReplyTo, ReviewKind


class HandlingRuleQuerySet(SharedQuerySet):
    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region")

    def of(self, region: Region) -> "HandlingRule":
        """The region's rule, or the defaults where the office has set none."""
        return self.filter(region=region).first() or HandlingRule(region=region)


class HandlingRule(models.Model):
    """How one congress handles suggestions; local values differ (RULES C2)."""

    region = models.OneToOneField(
        Region, models.PROTECT, related_name="handling_rule", verbose_name="哪里的人大"
    )
    hand_over_days = models.PositiveSmallIntegerField(
        "交办期限（工作日）",
        default=5,
        help_text="从受理之日起；闭会期间的建议 5 个工作日内交办（某市规定第 11 条）。",
    )
    sign_days = models.PositiveSmallIntegerField(
        "签收期限（工作日）", default=7, help_text="深圳 2007 年：7 日内网上签收。"
    )
    return_days = models.PositiveSmallIntegerField(
        "退办期限（工作日）",
        default=7,
        help_text="玉林 2019 年：7 个工作日内书面说明理由退回，逾期不再受理；另有地方为 10 日。",
    )
    reply_months = models.PositiveSmallIntegerField(
        "答复期限（月）", default=3, help_text="代表法第五十一条：交办之日起三个月内答复。"
    )
    extended_months = models.PositiveSmallIntegerField(
        "最长答复期限（月）",
        default=6,
        help_text="代表法第五十一条：涉及面广、处理难度大的，六个月内答复。",
    )
    opinion_months = models.PositiveSmallIntegerField(
        "会办意见期限（月）", default=1, help_text="福建、宁波等地一个月；也有两个月的。"
    )
    redo_months = models.PositiveSmallIntegerField(
        "重办期限（月）",
        default=2,
        help_text="国家法律没有规定；地方有一个月的，也有两个月的（重庆等）。",
    )
    appraisal_days = models.PositiveSmallIntegerField(
        "代表评价期限（工作日）", default=20, help_text="某直辖市条例第 16 条：20 个工作日内反馈。"
    )
    remind_days = models.PositiveSmallIntegerField(
        "提前几天提醒", default=10, help_text="到期前几天（自然日）提醒承办单位经办人。"
    )
    promise_report_months = models.PositiveSmallIntegerField(
        "承诺进展报告间隔（月）",
        default=3,
        help_text="B 类件继续办理并再次答复（某市规定第 20 条）。",
    )
    import_report_months = models.PositiveSmallIntegerField(
        "导入的承诺首次报告（月）",
        default=1,
        help_text=("目录没有承诺日期的：从答复之日起按报告间隔算，已经过去的从导入之日起算。"),
    )
    returned_time_counts = models.BooleanField(
        "退办期间计入办理期限",
        default=True,
        help_text="代表法的三个月从交办之日起算；不计入时，改派后的期限按耽误的天数顺延。",
    )
    contact_required = models.BooleanField(
        "答复前必须沟通", default=True, help_text="代表法第五十一条：承办单位应当与代表联系沟通。"
    )
    redo_when_not_contacted = models.BooleanField(
        "未事先沟通的重新办理",
        default=True,
        help_text="浙江省海洋与渔业局办法第 14 条：代表不满意或未事先沟通的重新办理。",
    )
    redo_on_process = models.BooleanField(
        "对办理态度不满意也重新办理",
        default=False,
        help_text="松阳 2017 年分别测评过程和结果；默认只有对结果不满意才重新办理。",
    )
    most_rounds = models.PositiveSmallIntegerField(
        "最多办理几轮", default=3, help_text="到最后一轮仍不满意的，由人大机关决定如何办结。"
    )
    reply_to = models.CharField(
        "答复给谁",
        max_length=8,
        choices=ReplyTo.choices,
        default=ReplyTo.EACH,
        help_text="多数地方分别答复每位代表；全国人大 2007 年说明可只答复领衔代表。",
    )
    followed_classes = models.CharField(
        "跟踪的办理结果代号",
        max_length=20,
        default="B",
        help_text="用顿号分开；B 类为正在解决或列入计划解决（全国通行做法）。",
    )
    motion_cosigners_county = models.PositiveSmallIntegerField(
        "县人大议案联名人数",
        default=10,
        help_text="地方组织法第二十二条：县级以上十人，含领衔代表。",
    )
    motion_cosigners_town = models.PositiveSmallIntegerField(
        "镇人大议案联名人数", default=5, help_text="地方组织法第二十二条：乡镇五人，含领衔代表。"
    )
    least_title = models.PositiveSmallIntegerField("标题至少几个字", default=6)
    least_situation = models.PositiveSmallIntegerField(
        "情况至少几个字", default=20, help_text="代表法第二十四条：明确具体，反映实际情况和问题。"
    )
    least_analysis = models.PositiveSmallIntegerField("分析至少几个字", default=10)
    least_proposal = models.PositiveSmallIntegerField("具体建议至少几个字", default=20)
    key_least = models.PositiveSmallIntegerField(
        "每年重点督办至少几件",
        default=5,
        help_text="代表法第五十二条：主任会议可以确定重点督办建议。",
    )
    league_speed = models.PositiveSmallIntegerField(
        "考评：按时答复分值", default=20, help_text="海南省 2002 年：时限 20 分，逾期不得分。"
    )
    league_quality = models.PositiveSmallIntegerField(
        "考评：代表满意分值", default=50, help_text="海南省 2002 年：答复质量 50 分。"
    )
    league_result = models.PositiveSmallIntegerField(
        "考评：办理结果分值", default=30, help_text="海南省 2002 年：办理结果 30 分，按 A 类率计。"
    )
    government_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="转办的政府办",
        help_text="填了单位，政府系统的建议先交政府办，由政府办转办；不填则人大机关直接交办。",
    )

    objects = HandlingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "办理规则"
        verbose_name_plural = "办理规则"
        ordering = ["region"]
        constraints = [
            models.CheckConstraint(
                condition=Q(extended_months__gte=F("reply_months"), reply_months__gte=1),
                name="handling_rule_months_ordered",
                violation_error_message="最长答复期限不能短于答复期限。",
            ),
            models.CheckConstraint(
                condition=Q(
                    redo_months__gte=1,
                    opinion_months__gte=1,
                    promise_report_months__gte=1,
                    most_rounds__gte=1,
                ),
                name="handling_rule_months_positive",
                violation_error_message="期限至少一个月，办理至少一轮。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}办理规则"

    @property
    def has_government_step(self) -> bool:
        return self.government_unit_id is not None

    @property
    def followed_codes(self) -> frozenset[str]:
        return frozenset(filter(None, self.followed_classes.replace("，", "、").split("、")))


class ReviewItem(models.Model):
    """A line of the review checklist: a kind that is not acceptable, or a demand of quality."""

    kind = models.CharField("类别", max_length=8, choices=ReviewKind.choices)
    name = models.CharField("内容", max_length=120)
    source = models.CharField("依据", max_length=120, blank=True)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "审核要点"
        verbose_name_plural = "审核要点"
        ordering = ["kind", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                name="review_item_once",
                violation_error_message="已有同样的审核要点。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CallQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING


class Call(models.Model):
    """A call for suggestions and motions before a session (议案及建议征集, M88)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里的人大")
    kind = models.CharField(
        "征集类别", max_length=12, choices=CallKind.choices, default=CallKind.SUGGESTIONS
    )
    title = models.CharField("标题", max_length=120)
    notice = models.TextField("征集说明", blank=True)
    themes = models.ManyToManyField(
        DictionaryEntry,
        blank=True,
        limit_choices_to={"dictionary": "field"},
        related_name="+",
        verbose_name="征集领域",
    )
    topics = models.TextField("征集选题", blank=True, help_text="一行一题。")
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "建议征集"
        verbose_name_plural = "建议征集"
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="call_dates_ordered",
                violation_error_message="截止日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def topic_list(self) -> list[str]:
        return [line.strip() for line in self.topics.splitlines() if line.strip()]


class NumberSeriesQuerySet(ScopedQuerySet):
    pass


class NumberSeries(models.Model):
    """The last number given in one year; its row is the lock of numbering."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里的人大")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("案别", max_length=12, choices=Kind.choices)
    last = models.PositiveIntegerField("最后的号", default=0)

    objects = NumberSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "编号序列"
        verbose_name_plural = "编号序列"
        ordering = ["region", "-year", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["region", "year", "kind"], name="number_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.year}年{self.get_kind_display()}：{self.last}"
