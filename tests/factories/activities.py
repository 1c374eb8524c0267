import datetime as dt

import factory

from activities.enums import CountsAs
from activities.models import Activity, ActivityForm, Attendance, DutyReport, NewsItem, Visit
from congress_portal.core.enums import Dictionary, Verification
from tests.factories.core import EntryFactory, TownFactory
from tests.factories.deputies import DeputyFactory


class ActivityFormFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ActivityForm
        django_get_or_create = ("name",)

    name = "视察"
    counts_as = CountsAs.INSPECTION


class ActivityFactory(factory.django.DjangoModelFactory):
    """``deputies`` were present."""

    class Meta:
        model = Activity
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"第{n}次视察")
    held_on = dt.date(2026, 7, 8)
    form = factory.SubFactory(ActivityFormFactory)
    region = factory.SubFactory(TownFactory)
    verification = Verification.VERIFIED

    @factory.post_generation
    def deputies(self, create, deputies, **kwargs):
        for serial, deputy in enumerate(deputies or ()):
            Attendance.objects.create(activity=self, deputy=deputy, serial=serial)


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    deputy = factory.SubFactory(DeputyFactory)
    held_on = dt.date(2026, 7, 9)
    region = factory.SelfAttribute("deputy.town")
    channel = factory.SubFactory(EntryFactory, dictionary=Dictionary.CHANNEL, name="走访")
    people = 3
    verification = Verification.VERIFIED


class DutyReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DutyReport

    deputy = factory.SubFactory(DeputyFactory)
    held_on = dt.date(2026, 7, 10)
    voters_present = 60
    satisfied = 55
    verification = Verification.VERIFIED


class NewsItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NewsItem

    region = factory.SubFactory(TownFactory)
    held_on = dt.date(2026, 7, 11)
    title = factory.Sequence(lambda n: f"第{n}条信息")
    verification = Verification.VERIFIED
