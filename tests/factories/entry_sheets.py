"""Numbered blank forms of paper."""

import datetime as dt

import factory

from activities.enums import SheetKind
from activities.models import EntrySheet
from tests.factories.core import TownFactory, UserFactory


class EntrySheetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EntrySheet

    region = factory.SubFactory(TownFactory)
    year = 2026
    serial = factory.Sequence(lambda n: n + 1)
    kind = SheetKind.VISIT
    printed_at = dt.datetime(2026, 9, 1, 1, 0, tzinfo=dt.UTC)
    printed_by = factory.SubFactory(UserFactory)
