"""Committee members and deputies: contacts of the pairs, opinions on the committee's own work."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from activities.enums import OpinionState, RequestKind, RequestState
from activities.models.activity import Activity
from activities.models.scoping import OfDeputyQuerySet
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.models.record import Record, RecordQuerySet
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.models import CommitteeMember, CommitteeOffice, Deputy, Pairing


class MemberContactQuerySet(RecordQuerySet):
    """The two persons of the pair and the office."""

    region_path = "pairing__deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("pairing__deputy__town") | scope.reads("pairing__member__region")
        if scope.user_id:
            rule |= _own(scope) | Q(pairing__deputy__user=scope.user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("pairing__member__region")
        return rule | _own(scope) & ~Q(verification="verified") if scope.user_id else rule


def _own(scope: Scope) -> Q:
    return Q(pairing__member__user=scope.user_id) | Q(pairing__member__deputy__user=scope.user_id)


class MemberContact(Record):
    """A committee member was in touch with the paired deputy (双联系, M70)."""

    pairing = models.ForeignKey(
        Pairing, models.PROTECT, related_name="contacts", verbose_name="双联系"
    )
    held_on = models.DateField("日期")
    channel = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        limit_choices_to={"dictionary": Dictionary.CHANNEL},
        related_name="+",
        verbose_name="联系方式",
    )
    matter = models.TextField("谈了什么", blank=True)

    objects = MemberContactQuerySet.as_manager()

    class Meta:
        verbose_name = "联系代表记录"
        verbose_name_plural = "联系代表记录"
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.pairing}"


class WorkOpinionQuerySet(ScopedQuerySet):
    """A deputy's opinion on the committee's work: the deputy, the staff, the office asked."""

    def read_rule(self, scope: Scope) -> Q:
        rule = self.write_rule(scope) | scope.reads("region")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("region")
        if scope.user_id:
            seats = CommitteeMember.objects.held_by(scope.user_id).on(timezone.localdate())
            rule |= Q(office__in=seats.filter(office__isnull=False).values("office"))
        return rule


class WorkOpinion(models.Model):
    """An opinion on the committee's own work, answered and closed (M71)."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="work_opinions", verbose_name="代表"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="哪里的人大")
    raised_on = models.DateField("提出日期")
    text = models.TextField("意见")
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="work_opinions",
        verbose_name="在哪次会上",
    )
    contact = models.ForeignKey(
        MemberContact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opinions",
        verbose_name="在哪次联系中",
    )
    office = models.ForeignKey(
        CommitteeOffice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opinions",
        verbose_name="由哪个委室答复",
    )
    state = models.CharField(
        "状态", max_length=10, choices=OpinionState.choices, default=OpinionState.OPEN
    )
    answer = models.TextField("答复", blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    closed_on = models.DateField("办结日期", null=True, blank=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = WorkOpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "对人大工作的意见"
        verbose_name_plural = "对人大工作的意见"
        ordering = ["-raised_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=OpinionState.OPEN) | ~Q(answer=""),
                name="work_opinion_answered_has_text",
                violation_error_message="请写明答复。",
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("raised_on")),
                name="work_opinion_answered_after_raised",
                violation_error_message="答复日期不能早于提出日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.raised_on} {self.deputy}：{self.text[:20]}"


class CorrectionRequestQuerySet(OfDeputyQuerySet):
    """The deputy asks; the staff of the home town or the county answer."""

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("deputy__town") if scope.write_prefixes else NOTHING


class CorrectionRequest(models.Model):
    """A deputy says that a record is wrong, double or missing (错重漏), and gets an answer."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="correction_requests", verbose_name="代表"
    )
    kind = models.CharField("问题", max_length=10, choices=RequestKind.choices)
    content_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, verbose_name="记录种类"
    )
    object_id = models.PositiveBigIntegerField("记录", null=True, blank=True)
    row = GenericForeignKey("content_type", "object_id")
    text = models.TextField("请写明")
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    state = models.CharField(
        "状态", max_length=10, choices=RequestState.choices, default=RequestState.OPEN
    )
    answer = models.CharField("答复", max_length=400, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "更正申请"
        verbose_name_plural = "更正申请"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN) | ~Q(answer=""),
                name="correction_request_answered",
                violation_error_message="请写明答复。",
            ),
            models.CheckConstraint(
                condition=Q(kind=RequestKind.MISSING) | Q(object_id__isnull=False),
                name="correction_request_names_record",
                violation_error_message="请指明是哪条记录。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} {self.get_kind_display()}"
