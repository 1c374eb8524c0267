"""What supervision leaves behind: findings, questions, interviews, projects, ballots."""

import datetime as dt

import factory

from activities.models import (
    Ballot,
    BallotItem,
    BallotOption,
    BallotScale,
    BallotVoter,
    Finding,
    Interview,
    Project,
    Question,
    ResultRule,
)
from tests.factories.activities import ActivityFactory
from tests.factories.core import CountyFactory, UnitFactory
from tests.factories.deputies import DeputyFactory


class FindingFactory(factory.django.DjangoModelFactory):
    """``mended`` and ``rechecked`` bring the finding that far."""

    class Meta:
        model = Finding

    class Params:
        answered = factory.Trait(response="马上整改", responded_on=dt.date(2026, 7, 15))
        is_mended = factory.Trait(
            answered=True, mended="已换管网 3 公里", mended_on=dt.date(2026, 8, 1)
        )
        is_rechecked = factory.Trait(
            is_mended=True, recheck="done", rechecked_on=dt.date(2026, 8, 10)
        )

    activity = factory.SubFactory(ActivityFactory)
    text = factory.Sequence(lambda n: f"第{n}处管网漏水")
    unit = factory.SubFactory(UnitFactory)


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    activity = factory.SubFactory(ActivityFactory)
    serial = factory.Sequence(lambda n: n + 1)
    text = factory.Sequence(lambda n: f"第{n}问：供水管网什么时候改造完？")


class InterviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interview

    deputy = factory.SubFactory(DeputyFactory)
    region = factory.SubFactory(CountyFactory)
    unit = factory.SubFactory(UnitFactory)
    subject = "学校门口的交通安全"
    questions = "什么时候设减速带？"
    asked_on = dt.date(2026, 9, 1)


class ProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Project

    name = factory.Sequence(lambda n: f"第{n}水厂")
    region = factory.SubFactory(CountyFactory)


class ScaleFactory(factory.django.DjangoModelFactory):
    """满意三档 with the seeded rules: >50 % 不满意, ≥80 % 满意, else 基本满意."""

    class Meta:
        model = BallotScale
        django_get_or_create = ("name",)
        skip_postgeneration_save = True

    name = "满意三档"

    @factory.post_generation
    def options(self, create, *args, **kwargs):
        if self.options.exists():
            return
        labels = (("满意", True), ("基本满意", True), ("不满意", False))
        made = [
            BallotOption.objects.create(scale=self, label=label, order=place, is_good=good)
            for place, (label, good) in enumerate(labels)
        ]
        rules = (
            (made[2], made[2], "more_than", 50, "不满意", "书面整改"),
            (made[0], made[0], "at_least", 80, "满意", ""),
            (made[0], made[2], "at_least", 0, "基本满意", ""),
        )
        for order, (first, last, comparison, percent, result, advice) in enumerate(rules):
            ResultRule.objects.create(
                scale=self, order=order, first=first, last=last, comparison=comparison,
                percent=percent, result=result, advice=advice,
            )  # fmt: skip


class BallotFactory(factory.django.DjangoModelFactory):
    """``items`` by name, ``voters`` deputies."""

    class Meta:
        model = Ballot
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"第{n}次站所评议")
    region = factory.SubFactory(CountyFactory)
    scale = factory.SubFactory(ScaleFactory)

    @factory.post_generation
    def items(self, create, names, **kwargs):
        for serial, name in enumerate(names or (), 1):
            BallotItem.objects.create(ballot=self, name=name, serial=serial)

    @factory.post_generation
    def voters(self, create, deputies, **kwargs):
        for deputy in deputies or ():
            BallotVoter.objects.create(ballot=self, deputy=deputy)
