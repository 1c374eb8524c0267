"""Questionnaires asked by electoral district, and what people answered (调研问卷, M127, M139)."""

import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.models import Region, Unit
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import District
from suggestions.enums import QuestionKind, SurveyMethod, SurveyState
from suggestions.models.voice import Voice


def new_token() -> str:
    return secrets.token_urlsafe(16)


class SurveyQuerySet(ScopedQuerySet):
    """By its place."""

    def shown(self) -> Self:
        """Results that everybody reads: closed, and let out by the office."""
        return self.filter(state=SurveyState.CLOSED, is_published=True)


class Survey(models.Model):
    """A questionnaire; its questions are fixed once it is open."""

    title = models.CharField("问卷名称", max_length=120)
    purpose = models.CharField("为什么调查", max_length=300)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="surveys", verbose_name="县、镇或街道"
    )
    closes_on = models.DateField("截止日期")
    state = models.CharField(
        "状态", max_length=8, choices=SurveyState.choices, default=SurveyState.DRAFT, editable=False
    )
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    is_published = models.BooleanField("公布结果", default=False, editable=False)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    CONFIDENTIAL = ("token",)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "调研问卷"
        verbose_name_plural = "调研问卷"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(state=SurveyState.CLOSED),
                name="survey_published_closed",
                violation_error_message="截止以后才能公布结果。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OfSurveyQuerySet(ScopedQuerySet):
    """What belongs to a questionnaire is read and written with it."""

    survey_path = "survey"

    def read_rule(self, scope: Scope) -> Q:
        rows = Survey.objects.filter(Survey.objects.all().read_rule(scope))
        return Q(**{f"{self.survey_path}__in": rows})

    def write_rule(self, scope: Scope) -> Q:
        rows = Survey.objects.filter(Survey.objects.all().write_rule(scope))
        return Q(**{f"{self.survey_path}__in": rows})


class SurveyQuestion(models.Model):
    """One question; ``options`` holds one option a line."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="questions", verbose_name="问卷"
    )
    serial = models.PositiveSmallIntegerField("题号")
    kind = models.CharField("题型", max_length=8, choices=QuestionKind.choices)
    text = models.CharField("题目", max_length=200)
    options = models.TextField("选项", blank=True, help_text="一行一个。")

    objects = OfSurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "问卷题目"
        verbose_name_plural = "问卷题目"
        ordering = ["survey", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "serial"],
                name="survey_question_once",
                violation_error_message="已有这个题号。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial}. {self.text}"

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Numbered from 1; a scale runs from 1 to 5."""
        if self.kind == QuestionKind.SCALE:
            return [(n, f"{n} 分") for n in range(1, 6)]
        return list(enumerate(filter(None, self.options.split("\n")), start=1))


class SurveyTarget(models.Model):
    """The sample plan: how many people are to be asked in a district."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="targets", verbose_name="问卷")
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="选区")
    people = models.PositiveSmallIntegerField("计划人数")

    objects = OfSurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "问卷样本"
        verbose_name_plural = "问卷样本"
        ordering = ["survey", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "district"],
                name="survey_target_once",
                violation_error_message="这个选区已在样本里。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.people} 人"


class SurveyResponse(models.Model):
    """One person's answers, without name, number or address."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="responses", verbose_name="问卷"
    )
    district = models.ForeignKey(District, models.PROTECT, related_name="+", verbose_name="选区")
    method = models.CharField("方式", max_length=10, choices=SurveyMethod.choices)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False,
        related_name="+", verbose_name="录入人",
    )  # fmt: skip
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = OfSurveyQuerySet.as_manager()

    class Meta:
        verbose_name = "问卷答卷"
        verbose_name_plural = "问卷答卷"
        ordering = ["survey", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(method=SurveyMethod.WEB) | Q(entered_by__isnull=False),
                name="survey_response_entered_by",
                violation_error_message="纸质和访谈的答卷要有录入人。",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 份答卷"


class OfResponseQuerySet(OfSurveyQuerySet):
    survey_path = "response__survey"


class SurveyAnswer(models.Model):
    """The answer to one question: numbers of options, or words."""

    response = models.ForeignKey(
        SurveyResponse, models.CASCADE, related_name="answers", verbose_name="答卷"
    )
    question = models.ForeignKey(
        SurveyQuestion, models.PROTECT, related_name="answers", verbose_name="题目"
    )
    picked = models.JSONField("所选", default=list, blank=True)
    words = models.TextField("文字回答", blank=True)

    objects = OfResponseQuerySet.as_manager()

    class Meta:
        verbose_name = "问卷回答"
        verbose_name_plural = "问卷回答"
        ordering = ["response", "question"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"],
                name="survey_answer_once",
                violation_error_message="这一题已经答过。",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:30] or "、".join(map(str, self.picked))

    @property
    def tracked(self) -> "SurveyProblem | None":
        """The problem it became, if it has."""
        return getattr(self, "problem", None)


class OfAnswerQuerySet(OfSurveyQuerySet):
    survey_path = "answer__response__survey"


class SurveyProblem(models.Model):
    """问题 → 原因 → 对策: what became of an answer, with owner; followed as a voice (M139)."""

    answer = models.OneToOneField(
        SurveyAnswer, models.PROTECT, related_name="problem", verbose_name="回答"
    )
    voice = models.OneToOneField(
        Voice, models.PROTECT, related_name="survey_problem", verbose_name="群众意见"
    )
    cause = models.CharField("原因", max_length=300, blank=True)
    measure = models.CharField("对策措施", max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    due_on = models.DateField("办理时限")

    objects = OfAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "问卷问题"
        verbose_name_plural = "问卷问题清单"
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.measure
