"""The year-end review of deputies: titles, nominees, recommendations, objections (M109)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from activities.models import Ballot, Honour
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from congress_portal.evaluations.enums import ReviewState
from congress_portal.evaluations.models.sheet import ScoreSheet
from deputies.models import Deputy, Group

_DIGITS = 12
_PUBLIC = (ReviewState.PUBLICITY, ReviewState.ISSUED)
USUAL_WORDING = "在{year}年度履行代表职务中成绩突出，被评为{title}。特发此证，以资鼓励。"


class ReviewQuerySet(ScopedQuerySet):
    """The office of the place; its towns, which recommend; its deputies, who are told of it."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region")
        above = {code for prefix in scope.read_prefixes for code in _places_above(prefix)}
        if above:
            rule |= Q(region__code__in=above)
        if scope.deputy_user_id:
            mine = Deputy.objects.filter(user=scope.deputy_user_id)
            rule |= Q(region__in=mine.values("town")) | Q(region__in=mine.values("town__parent"))
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region")


def _places_above(prefix: str) -> list[str]:
    """Codes of the places that a scope's prefix lies in: the county of a town."""
    return [prefix[:length].ljust(_DIGITS, "0") for length in (2, 4, 6) if length < len(prefix)]


class YearReview(models.Model):
    """One round of 评先选优: ranking and recommendations → ballot → publicity → honours."""

    title = models.CharField("名称", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里组织")
    state = models.CharField(
        "状态", max_length=12, choices=ReviewState.choices, default=ReviewState.NOMINATING
    )
    sheet = models.ForeignKey(
        ScoreSheet, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="取名次的考评结果",
        help_text="已发布、方案里开了排名的考评；没有的，候选人只靠推荐。",
    )  # fmt: skip
    publicity_days = models.PositiveSmallIntegerField("公示期（工作日）", default=5)
    ballot = models.OneToOneField(
        Ballot, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="投票"
    )
    basis = models.CharField("确定的依据", max_length=400, blank=True)
    publicised_on = models.DateField("公示开始", null=True, blank=True)
    public_until = models.DateField("公示到", null=True, blank=True)
    given_by = models.CharField("授予单位", max_length=80)
    document_number = models.CharField("文号", max_length=60, blank=True)
    awarded_on = models.DateField("表彰日期", null=True, blank=True)
    issued_at = models.DateTimeField("颁发登记时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="颁发登记人",
    )  # fmt: skip

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "年底评优"
        verbose_name_plural = "年底评优"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "title"],
                name="year_review_once",
                violation_error_message="这里这一年已有同名的评优。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_PUBLIC)
                | Q(publicised_on__isnull=False, public_until__gte=F("publicised_on")),
                name="year_review_public_dated",
                violation_error_message="公示要有起止日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.ISSUED, issued_at__isnull=False,
                            awarded_on__gt=F("public_until"))
                | (~Q(state=ReviewState.ISSUED) & Q(issued_at=None, awarded_on=None)),
                name="year_review_issued_after_public",
                violation_error_message="公示期满以后才能颁发。",
            ),
            models.CheckConstraint(
                condition=Q(publicity_days__gte=1),
                name="year_review_public_days",
                violation_error_message="公示期至少一个工作日。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class OfReviewQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(review__in=YearReview.objects.filter(YearReview.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("review__region") if scope.write_prefixes else NOTHING


class ReviewTitle(models.Model):
    """A title to give, how many places it has, and the words of its certificate."""

    review = models.ForeignKey(
        YearReview, models.CASCADE, related_name="titles", verbose_name="评优"
    )
    serial = models.PositiveSmallIntegerField("次序", default=0)
    name = models.CharField("称号", max_length=60)
    places = models.PositiveSmallIntegerField("名额")
    level = models.ForeignKey(
        DictionaryEntry, models.PROTECT, null=True, blank=True, related_name="+",
        limit_choices_to={"dictionary": Dictionary.HONOUR_LEVEL}, verbose_name="级别",
    )  # fmt: skip
    wording = models.CharField(
        "证书正文", max_length=300, default=USUAL_WORDING,
        help_text="{year} 换成年度，{title} 换成称号；“某某代表：”由平台印在前面。",
    )  # fmt: skip

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "评优称号"
        verbose_name_plural = "评优称号"
        ordering = ["review", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "name"], name="review_title_once",
                violation_error_message="这次评优已有这个称号。",
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1), name="review_title_has_places",
                violation_error_message="名额至少一个。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """The certificate's text; only the two known marks are replaced, nothing is compiled."""
        text = self.wording.replace("{year}", str(self.review.year))
        return text.replace("{title}", f"“{self.name}”")


class NomineeQuerySet(ScopedQuerySet):
    """The office sees all, a town its own deputies, who recommends the own; the public list all."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        reviews = YearReview.objects.filter(YearReview.objects.all().read_rule(scope))
        told = Q(title__review__in=reviews.filter(state__in=_PUBLIC), is_chosen=True)
        if scope.user_id:
            own = Recommendation.objects.filter(author=scope.user_id)
            told |= Q(pk__in=own.values("nominee"))
        return scope.reads("title__review__region") | scope.reads("deputy__town") | told

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("title__review__region") if scope.write_prefixes else NOTHING


class Nominee(models.Model):
    """A candidate for one title: by rank, by recommendation or both; chosen or not."""

    title = models.ForeignKey(
        ReviewTitle, models.CASCADE, related_name="nominees", verbose_name="称号"
    )
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="+", verbose_name="代表")
    rank = models.PositiveIntegerField("考评名次", null=True, blank=True)
    total = models.DecimalField("考评总分", max_digits=7, decimal_places=2, null=True, blank=True)
    votes = models.PositiveIntegerField("赞成票", null=True, blank=True)
    papers = models.PositiveIntegerField("有效票", null=True, blank=True)
    is_chosen = models.BooleanField("拟表彰", default=False)
    struck_reason = models.CharField("取消的理由", max_length=200, blank=True)
    honour = models.OneToOneField(
        Honour, models.PROTECT, null=True, blank=True, related_name="nominee", verbose_name="表彰"
    )

    objects = NomineeQuerySet.as_manager()

    class Meta:
        verbose_name = "评优候选人"
        verbose_name_plural = "评优候选人"
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "deputy"], name="nominee_once_a_title",
                violation_error_message="这位代表已是这个称号的候选人。",
            ),
            models.CheckConstraint(
                condition=Q(honour=None) | Q(is_chosen=True), name="nominee_honoured_is_chosen"
            ),
            models.CheckConstraint(
                condition=Q(struck_reason="") | Q(is_chosen=False), name="nominee_struck_not_chosen"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.deputy}（{self.title}）"


class RecommendationQuerySet(ScopedQuerySet):
    """By the office, by who wrote it, and by the town of the deputy."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("nominee__title__review__region")
        rule |= scope.reads("nominee__deputy__town")
        return rule | Q(author=scope.user_id) if scope.user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        return Q(author=scope.user_id) if scope.user_id else NOTHING


class Recommendation(models.Model):
    """Why a town or a group puts a deputy up; one from each place or group."""

    nominee = models.ForeignKey(
        Nominee, models.CASCADE, related_name="recommendations", verbose_name="候选人"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="推荐的地方"
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="推荐的小组"
    )
    reason = models.CharField("推荐理由", max_length=400)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人"
    )
    given_at = models.DateTimeField("推荐时间", default=timezone.now)

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        verbose_name = "评优推荐"
        verbose_name_plural = "评优推荐"
        ordering = ["nominee", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(region=None, group__isnull=False) | Q(region__isnull=False, group=None),
                name="recommendation_one_side",
            ),
            *(
                models.UniqueConstraint(
                    fields=["nominee", side], condition=Q(**{f"{side}__isnull": False}),
                    name=f"recommendation_{side}_once",
                    violation_error_message="这里已经推荐过这位代表。",
                )
                for side in ("region", "group")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.side}推荐{self.nominee.deputy}"

    @property
    def side(self) -> Any:
        return self.group or self.region


class ReviewObjectionQuerySet(OfReviewQuerySet):
    """By the office of the review, and by who handed it in."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("review__region")
        return rule | Q(recorded_by=scope.user_id) if scope.user_id else rule


class ReviewObjection(models.Model):
    """What is said against a list on public view, and the office's answer before it goes on."""

    review = models.ForeignKey(
        YearReview, models.CASCADE, related_name="objections", verbose_name="评优"
    )
    nominee = models.ForeignKey(
        Nominee, models.PROTECT, null=True, blank=True, related_name="objections",
        verbose_name="对谁", help_text="空着是对整个名单。",
    )  # fmt: skip
    words = models.TextField("意见", max_length=2000)
    raised_by = models.CharField("提出人", max_length=40, help_text="只有办理的工作人员看到。")
    received_on = models.DateField("收到日期")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    upheld = models.BooleanField("成立", null=True, blank=True)
    answer = models.CharField("答复", max_length=400, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="答复人",
    )  # fmt: skip
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = ReviewObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "公示意见"
        verbose_name_plural = "公示意见"
        ordering = ["review", "received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(upheld=None, answer="", answered_at=None)
                | (Q(upheld__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="review_objection_answered_whole",
                violation_error_message="处理公示意见要写明结论和答复。",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:30]
