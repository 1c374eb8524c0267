import re

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.periods import quarter
from congress_portal.evaluations.models import ScoreSheet
from congress_portal.evaluations.reports import bulletin_docx, bulletin_html
from congress_portal.evaluations.services import compute_sheet, publish_sheet
from tests.factories.core import TownFactory, UserFactory, staff
from tests.factories.evaluations import IndicatorFactory
from tests.factories.stations import ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db
THIRD = quarter(2026, 3)


@pytest.fixture
def sheet(freeze):
    freeze("2026-10-08 10:00")
    ReceptionFactory(station=StationFactory())
    scheme = IndicatorFactory().scheme
    made = compute_sheet(scheme=scheme, period=THIRD, actor=staff())
    publish_sheet(sheet=made, actor=staff(), digest=made.digest)
    return ScoreSheet.objects.get(pk=made.pk)


def address(sheet, code=None):
    return reverse("evaluations:by_code", args=[sheet.pk, code or sheet.digest[:12]])


def test_the_code_leads_to_the_frozen_figures(client, sheet):
    client.force_login(staff())
    response = client.get(address(sheet), follow=True)
    assert response.redirect_chain[-1][0] == reverse("evaluations:sheet", args=[sheet.pk])
    assert "核验一致：第1版的数字与封存时相同" in response.content.decode()


def test_a_forged_code_and_a_draft_are_not_found(client, sheet):
    client.force_login(staff())
    assert client.get(address(sheet, "0" * 12)).status_code == 404
    draft = compute_sheet(scheme=IndicatorFactory().scheme, period=THIRD, actor=staff())
    assert client.get(address(draft)).status_code == 404


def test_who_may_not_see_the_figures_meets_404_or_the_sign_in(client, sheet):
    assert client.get(address(sheet)).status_code == 302
    client.force_login(UserFactory())
    assert client.get(address(sheet)).status_code == 404


def test_a_town_is_led_to_its_own_rows(client, sheet):
    client.force_login(UserFactory(role=Role.TOWN_STAFF, role__region=TownFactory()))
    response = client.get(address(sheet), follow=True)
    assert response.status_code == 200
    assert StationFactory._meta.model.objects.get().name not in response.content.decode()


def test_papers_of_a_publication_carry_the_code_and_drafts_none(sheet):
    assert f"核验码 {sheet.digest[:12]}" in bulletin_html(sheet)
    assert bulletin_docx(sheet).startswith(b"PK")
    draft = compute_sheet(scheme=IndicatorFactory().scheme, period=THIRD, actor=staff())
    assert not re.search("核验码", bulletin_html(draft))
