import datetime as dt

import factory

from suggestions.models import (
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SurveyTarget,
)
from tests.factories.core import TownFactory
from tests.factories.deputies import DistrictFactory


class SurveyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Survey

    title = "代表联系选民情况调查"
    purpose = "了解选民找不找得到代表。"
    region = factory.SubFactory(TownFactory)
    closes_on = dt.date(2026, 10, 31)
    state = "open"


class SurveyQuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SurveyQuestion

    survey = factory.SubFactory(SurveyFactory)
    serial = 1
    kind = "single"
    text = "您见过代表吗"
    options = "见过\n没见过"


class SurveyTargetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SurveyTarget

    survey = factory.SubFactory(SurveyFactory)
    district = factory.SubFactory(DistrictFactory)
    people = 10


class SurveyResponseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SurveyResponse

    survey = factory.SubFactory(SurveyFactory)
    district = factory.SubFactory(DistrictFactory)
    method = "web"


class SurveyAnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SurveyAnswer

    question = factory.SubFactory(SurveyQuestionFactory)
    response = factory.SubFactory(
        SurveyResponseFactory, survey=factory.SelfAttribute("..question.survey")
    )
    picked = factory.LazyFunction(lambda: [1])
