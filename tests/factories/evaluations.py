import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from congress_portal.evaluations.enums import Method, SubjectType
from congress_portal.evaluations.models import (
    Appeal,
    Grade,
    Indicator,
    Rating,
    Scheme,
    Score,
    ScoreSheet,
    Unlock,
    WarningRule,
)
from tests.factories.core import TownFactory, UserFactory
from tests.factories.deputies import DeputyFactory


class SchemeFactory(DjangoModelFactory):
    """Of stations, without indicators; published without a window unless one is given."""

    class Meta:
        model = Scheme

    name = factory.Sequence(lambda n: f"方案{n + 1}")
    subject_type = SubjectType.STATION
    objection_days = 0


class IndicatorFactory(DjangoModelFactory):
    """接待天数, three days wanted for ten points."""

    class Meta:
        model = Indicator

    scheme = factory.SubFactory(SchemeFactory)
    serial = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"指标{n + 1}")
    metric = "reception_days"
    method = Method.TARGET
    full = Decimal("10")
    target = Decimal("3")


class GradeFactory(DjangoModelFactory):
    class Meta:
        model = Grade

    scheme = factory.SubFactory(SchemeFactory)
    name = factory.Sequence(lambda n: f"等次{n + 1}")
    at_least = factory.Sequence(Decimal)


class SheetFactory(DjangoModelFactory):
    """Third quarter of 2026, without figures."""

    class Meta:
        model = ScoreSheet

    scheme = factory.SubFactory(SchemeFactory)
    period_code = "2026Q3"
    first_day = dt.date(2026, 7, 1)
    last_day = dt.date(2026, 9, 30)
    computed_at = dt.datetime(2026, 10, 9, tzinfo=dt.UTC)


class ScoreFactory(DjangoModelFactory):
    class Meta:
        model = Score

    sheet = factory.SubFactory(SheetFactory)
    serial = factory.Sequence(lambda n: n + 1)
    key = factory.Sequence(lambda n: f"代表{n + 1}")
    label = "代表"
    deputy = factory.SubFactory(DeputyFactory)
    region = factory.SelfAttribute("deputy.town")


class AppealFactory(DjangoModelFactory):
    """Against the total, waiting for an answer."""

    class Meta:
        model = Appeal

    score = factory.SubFactory(ScoreFactory)
    words = "少记一天接待"
    raised_by = factory.SubFactory(UserFactory)
    raised_at = dt.datetime(2026, 10, 10, tzinfo=dt.UTC)
    answer_until = dt.date(2026, 10, 16)


class UnlockFactory(DjangoModelFactory):
    class Meta:
        model = Unlock

    sheet = factory.SubFactory(SheetFactory)
    region = factory.SubFactory(TownFactory)
    reason = "补评"
    opened_by = factory.SubFactory(UserFactory)
    opened_at = dt.datetime(2026, 10, 10, tzinfo=dt.UTC)
    until = dt.datetime(2026, 10, 12, tzinfo=dt.UTC)


class RatingFactory(DjangoModelFactory):
    """Of the town, for a deputy."""

    class Meta:
        model = Rating

    scheme = factory.SubFactory(SchemeFactory)
    period_code = "2026Q3"
    first_day = dt.date(2026, 7, 1)
    last_day = dt.date(2026, 9, 30)
    indicator = "综合评价"
    rater = "town"
    deputy = factory.SubFactory(DeputyFactory)
    points = Decimal("8")
    author = factory.SubFactory(UserFactory)


class WarningRuleFactory(DjangoModelFactory):
    """Less than half of what was expected."""

    class Meta:
        model = WarningRule

    name = factory.Sequence(lambda n: f"预警{n + 1}")
    metric = "到会次数"
    denominator = "应到次数"
    below = Decimal("50")
