from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from congress_portal.evaluations.enums import Method, SubjectType
from congress_portal.evaluations.models import Indicator, Scheme


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
