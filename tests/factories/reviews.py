import datetime as dt

import factory
from factory.django import DjangoModelFactory

from congress_portal.evaluations.models import (
    Nominee,
    Recommendation,
    ReviewObjection,
    ReviewTitle,
    YearReview,
)
from tests.factories.core import CountyFactory, UserFactory
from tests.factories.deputies import DeputyFactory


class YearReviewFactory(DjangoModelFactory):
    """Of the county, where towns recommend."""

    class Meta:
        model = YearReview

    title = factory.Sequence(lambda n: f"评优{n + 1}")
    year = 2026
    region = factory.SubFactory(CountyFactory)
    given_by = "安澜县人大常委会"


class ReviewTitleFactory(DjangoModelFactory):
    class Meta:
        model = ReviewTitle

    review = factory.SubFactory(YearReviewFactory)
    name = "优秀人大代表"
    places = 2


class NomineeFactory(DjangoModelFactory):
    class Meta:
        model = Nominee

    title = factory.SubFactory(ReviewTitleFactory)
    deputy = factory.SubFactory(DeputyFactory, seat=True)


class RecommendationFactory(DjangoModelFactory):
    class Meta:
        model = Recommendation

    nominee = factory.SubFactory(NomineeFactory)
    region = factory.SelfAttribute("nominee.deputy.town")
    reason = "接待选民最多"
    author = factory.SubFactory(UserFactory)


class ReviewObjectionFactory(DjangoModelFactory):
    class Meta:
        model = ReviewObjection

    review = factory.SubFactory(YearReviewFactory)
    words = "名单里有人不在任"
    raised_by = "李四"
    received_on = dt.date(2026, 12, 22)
    recorded_by = factory.SubFactory(UserFactory)
