from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from deputies.models import Deputy
from suggestions.enums import TopicState
from suggestions.models.rules import Call


class TopicProposalQuerySet(ScopedQuerySet):
    """The proposer's own, the office's all; adopted ones are read by everyone signed in."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("call__region")
        if scope.user_id:
            rule |= Q(entered_by=scope.user_id) | Q(state=TopicState.ADOPTED)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("call__region") if scope.write_prefixes else NOTHING


class TopicProposal(models.Model):
    """A topic that a deputy or the public proposes for supervision (监督议题征集, M57)."""

    call = models.ForeignKey(
        Call, models.PROTECT, related_name="topic_proposals", verbose_name="征集"
    )
    title = models.CharField("议题", max_length=160)
    reason = models.TextField("理由", blank=True)
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出代表"
    )
    proposer = models.CharField(
        "提出人", max_length=60, blank=True, help_text="群众提出的填姓名或单位。"
    )
    received_on = models.DateField("提出日期")
    state = models.CharField(
        "状态", max_length=10, choices=TopicState.choices, default=TopicState.RECEIVED
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )
    plan_year = models.PositiveSmallIntegerField("列入年度计划", null=True, blank=True)
    decision = models.CharField("决定说明", max_length=400, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="录入人",
    )

    objects = TopicProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "监督议题"
        verbose_name_plural = "监督议题"
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=TopicState.MERGED, merged_into__isnull=False)
                | (~Q(state=TopicState.MERGED) & Q(merged_into__isnull=True)),
                name="topic_proposal_merged_into_another",
                violation_error_message="合并要指明并入哪个议题。",
            ),
            models.CheckConstraint(
                condition=Q(state=TopicState.ADOPTED, plan_year__isnull=False)
                | (~Q(state=TopicState.ADOPTED) & Q(plan_year__isnull=True)),
                name="topic_proposal_adopted_for_a_year",
                violation_error_message="采纳的议题要写明列入哪一年的计划。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
