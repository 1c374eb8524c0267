"""A scale on which a result rests stays as it is."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from activities.enums import BallotState
from activities.models import BallotScale
from activities.models.ballot import USED
from congress_portal.core.audit import save_recorded
from tests.factories.activities import DutyReportFactory
from tests.factories.core import staff
from tests.factories.supervision import BallotFactory, ScaleFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", ["ballot", "report"])
def test_a_used_scale_is_neither_changed_nor_deleted(client, by):
    scale, user = ScaleFactory(), staff()
    save_recorded(scale.rules.first())
    if by == "ballot":
        BallotFactory(scale=scale, state=BallotState.COUNTED)
    else:
        DutyReportFactory(scale=scale, announced_at=timezone.now())
    client.force_login(user)

    for row in (scale, scale.options.first(), scale.rules.first()):
        with pytest.raises(ValidationError):
            save_recorded(row)
        with pytest.raises(ValidationError):
            row.delete()

    page = reverse("admin:activities_ballotscale_change", args=[scale.pk])
    assert USED in client.get(page).text
    assert client.post(page, {"name": "改名"}).status_code == 403
    assert not BallotScale.objects.editable_by(user).filter(pk=scale.pk).exists()
