import pytest
from django.urls import reverse

from congress_portal.core.models import AuditEntry
from congress_portal.evaluations.models import Scheme, ScoreSheet
from congress_portal.evaluations.schemes.templates import scheme_from, templates
from congress_portal.evaluations.scoring import snapshot_of
from tests.admin_pages import added_row, faults, sent
from tests.factories.core import CountyFactory, TownFactory, staff, town_clerk
from tests.factories.evaluations import IndicatorFactory
from tests.factories.stations import StationFactory

pytestmark = pytest.mark.django_db

SHEETS = "/admin/evaluations/scoresheet/"
SCHEMES = "/admin/evaluations/scheme/"


@pytest.fixture
def scheme(freeze):
    freeze("2026-10-08 09:00")
    CountyFactory()
    StationFactory(name="云溪镇代表之家")
    return IndicatorFactory(name="接待选民日").scheme


@pytest.fixture
def as_staff(client, scheme):
    client.force_login(staff())
    return client


def act(client, page, action, *rows, **fields):
    keys = [row.pk for row in rows]
    return client.post(page, {"action": action, "_selected_action": keys, **fields})


@pytest.fixture
def sheet(as_staff, scheme):
    act(as_staff, SCHEMES, "compute_selected", scheme, period="2026Q3")
    return ScoreSheet.objects.get()


def test_a_scheme_is_computed_for_a_period(as_staff, scheme):
    asked = act(as_staff, SCHEMES, "compute_selected", scheme)
    act(as_staff, SCHEMES, "compute_selected", scheme, period="2026Q3")

    assert 'value="2026Q3"' in asked.content.decode()  # the quarter just past
    sheet = ScoreSheet.objects.get()
    assert (sheet.period_code, sheet.state, sheet.scores.count()) == ("2026Q3", "draft", 1)


@pytest.mark.parametrize("period", ["", "2026Q5", "去年"])
def test_a_period_that_is_none_is_told(as_staff, scheme, period):
    response = act(as_staff, SCHEMES, "compute_selected", scheme, period=period)

    assert "errorlist" in response.content.decode()
    assert ScoreSheet.objects.count() == 0


def test_publishing_asks_first_and_then_freezes(as_staff, sheet):
    asked = act(as_staff, SHEETS, "publish_selected", sheet)
    assert "封存" in asked.content.decode()
    sheet.refresh_from_db()
    assert sheet.state == "draft"

    act(as_staff, SHEETS, "publish_selected", sheet, confirmed="on")

    sheet.refresh_from_db()
    assert sheet.state == "published"
    assert AuditEntry.objects.filter(action="publish").count() == 1


def test_a_draft_computed_anew_meanwhile_is_not_published(as_staff, sheet):
    asked = act(as_staff, SHEETS, "publish_selected", sheet)
    seen = asked.context["form"]["seen"].value()
    StationFactory()
    act(as_staff, SHEETS, "recompute_selected", sheet)

    response = act(as_staff, SHEETS, "publish_selected", sheet, confirmed="on", seen=seen)

    assert "刚被重新计算" in as_staff.get(response.url).content.decode()
    sheet.refresh_from_db()
    assert sheet.state == "draft"


def test_correcting_needs_a_reason_and_keeps_version_one(as_staff, sheet):
    act(as_staff, SHEETS, "publish_selected", sheet, confirmed="on")

    act(as_staff, SHEETS, "correct_selected", sheet)
    assert ScoreSheet.objects.count() == 1
    act(as_staff, SHEETS, "correct_selected", sheet, reason="申诉成立")

    states = ScoreSheet.objects.order_by("version").values_list("version", "state", "reason")
    assert list(states) == [(1, "published", ""), (2, "draft", "申诉成立")]


def test_a_sheet_is_never_edited_by_hand(as_staff, sheet):
    page = reverse("admin:evaluations_scoresheet_change", args=[sheet.pk])

    assert as_staff.post(page, {"state": "published"}).status_code == 403
    assert as_staff.get(f"{SHEETS}add/").status_code == 403


def test_a_clerk_has_no_such_actions(client, as_staff, sheet):
    client.force_login(town_clerk(TownFactory()))

    page = client.get(SHEETS)

    assert page.context["action_form"] is None
    act(client, SHEETS, "publish_selected", sheet, confirmed="on")
    sheet.refresh_from_db()
    assert sheet.state == "draft"


def test_an_indicator_counts_only_what_its_subject_has(as_staff, scheme):
    page = reverse("admin:evaluations_scheme_change", args=[scheme.pk])
    data = added_row(
        sent(as_staff.get(page)), "indicators", name="学时", metric="training_hours",
        method="target", full="10", target="5", when_empty="zero", serial="9",
    )  # fmt: skip

    response = as_staff.post(page, data)

    assert response.status_code == 200
    assert "training_hours" in "".join(faults(response))
    assert scheme.indicators.count() == 1


def test_an_indicator_without_its_target_is_told(as_staff, scheme):
    page = reverse("admin:evaluations_scheme_change", args=[scheme.pk])

    response = as_staff.post(page, sent(as_staff.get(page), **{"indicators-0-target": ""}))

    assert "按目标计分要填目标值" in "".join(faults(response))


@pytest.mark.parametrize("template", templates(), ids=lambda each: each.code)
def test_a_scheme_from_a_template_is_saved_as_it_stands(as_staff, template):
    made = scheme_from(actor=staff(), code=template.code, name="本县办法")
    page = reverse("admin:evaluations_scheme_change", args=[made.pk])
    before = snapshot_of(made)

    response = as_staff.post(page, sent(as_staff.get(page)))

    assert response.status_code == 302, faults(response)
    assert snapshot_of(Scheme.objects.get(pk=made.pk)) == before
