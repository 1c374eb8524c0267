import factory
from factory.django import DjangoModelFactory

from congress_portal.evaluations.models import CountingText, ReportDraft, SavedView
from tests.factories.core import CountyFactory, UserFactory


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"视图{n + 1}")
    query = "figure=town.visits"


class CountingTextFactory(DjangoModelFactory):
    class Meta:
        model = CountingText

    name = factory.Sequence(lambda n: f"文字{n + 1}")
    text = "接待日{接待天数}次。"


class ReportDraftFactory(DjangoModelFactory):
    """Of the county, about the third quarter of 2026, without words."""

    class Meta:
        model = ReportDraft

    title = "代表工作情况的报告"
    region = factory.SubFactory(CountyFactory)
    period_code = "2026Q3"
    written_by = factory.SubFactory(UserFactory)
