import factory

from activities.enums import RequestKind
from activities.models import CorrectionRequest
from tests.factories.activities import VisitFactory


class CorrectionRequestFactory(factory.django.DjangoModelFactory):
    """A deputy asks about an own visit."""

    class Meta:
        model = CorrectionRequest

    row = factory.SubFactory(VisitFactory)
    deputy = factory.SelfAttribute("row.deputy")
    kind = RequestKind.WRONG
    text = "人次应当是 12"
