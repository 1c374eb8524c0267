import datetime as dt

import factory

from activities.enums import Comparison
from activities.models import BallotOption, BallotScale, ReportMeeting, ResultRule, VoterQuestion
from tests.factories.activities import DutyReportFactory
from tests.factories.core import TownFactory


class ScaleFactory(factory.django.DjangoModelFactory):
    """满意三档 with its rules: 不满意 over half → 不满意; 满意 ≥ 80 % → 满意; else 基本满意."""

    class Meta:
        model = BallotScale
        django_get_or_create = ("name",)
        skip_postgeneration_save = True

    name = "满意三档试用"

    @factory.post_generation
    def labels(self, create, labels, **kwargs):
        if self.options.exists():
            return
        names = labels or ("满意", "基本满意", "不满意")
        for order, label in enumerate(names):
            BallotOption.objects.create(scale=self, label=label, order=order)

    @factory.post_generation
    def rules(self, create, rules, **kwargs):
        if self.rules.exists():
            return
        options = list(self.options.order_by("order"))
        given = rules or (
            (-1, -1, Comparison.MORE_THAN, 50, "不满意", "书面整改"),
            (0, 0, Comparison.AT_LEAST, 80, "满意", ""),
            (0, -1, Comparison.AT_LEAST, 0, "基本满意", ""),
        )
        for order, (first, last, comparison, percent, result, advice) in enumerate(given):
            ResultRule.objects.create(
                scale=self, order=order, first=options[first], last=options[last],
                comparison=comparison, percent=percent, result=result, advice=advice,
            )  # fmt: skip


class ReportMeetingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReportMeeting

    title = factory.Sequence(lambda n: f"第{n}次述职会")
    region = factory.SubFactory(TownFactory)
    held_on = dt.date(2026, 9, 10)
    scale = factory.SubFactory(ScaleFactory)


class VoterQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VoterQuestion

    report = factory.SubFactory(DutyReportFactory)
    question = "村口的路灯什么时候修好？"
    answer = "已经列入今年计划。"
