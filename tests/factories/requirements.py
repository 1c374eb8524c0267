import datetime as dt

import factory
from factory.django import DjangoModelFactory

from congress_portal.evaluations.enums import DutySubject, PeriodKind
from congress_portal.evaluations.models import (
    Exemption,
    Nudge,
    Requirement,
    RequirementPart,
    TypeThreshold,
)
from tests.factories.core import UserFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import StationTypeFactory


class RequirementFactory(DjangoModelFactory):
    """Of deputies, each quarter, without parts."""

    class Meta:
        model = Requirement

    name = factory.Sequence(lambda n: f"要求{n + 1}")
    subject_kind = DutySubject.DEPUTY
    period_kind = PeriodKind.QUARTER
    source = "县人大代表履职办法第三条。"
    warn_days = 15


class PartFactory(DjangoModelFactory):
    """One activity; ``forms`` narrow it."""

    class Meta:
        model = RequirementPart
        skip_postgeneration_save = True

    requirement = factory.SubFactory(RequirementFactory)
    serial = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"项目{n + 1}")
    metric = "activities"

    @factory.post_generation
    def forms(self, create, forms, **kwargs):
        if forms:
            self.forms.set(forms)


class TypeThresholdFactory(DjangoModelFactory):
    class Meta:
        model = TypeThreshold

    part = factory.SubFactory(PartFactory)
    station_type = factory.SubFactory(StationTypeFactory)
    threshold = 4


class ExemptionFactory(DjangoModelFactory):
    """Of a deputy, for good."""

    class Meta:
        model = Exemption

    deputy = factory.SubFactory(DeputyFactory)
    reason = "长期病假"


class NudgeFactory(DjangoModelFactory):
    class Meta:
        model = Nudge

    requirement = factory.SubFactory(RequirementFactory)
    deputy = factory.SubFactory(DeputyFactory)
    period_code = "2026Q3"
    sent_on = dt.date(2026, 9, 1)
    sent_by = factory.SubFactory(UserFactory)
    missing = "视察"
    people = 1
