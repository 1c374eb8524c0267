"""Projects with their inspections and opinions (M82)."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import Activity, Project
from activities.services import projects as services
from activities.services.projects import ProjectError
from congress_portal.core.stale import fingerprint
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.core import TownFactory, UnitFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.supervision import FindingFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return TownFactory()


@pytest.fixture
def office(town):
    return town_clerk(town)


@pytest.fixture
def project(town):
    return ProjectFactory(region=town, unit=UnitFactory(name="县水务公司"))


def test_the_page_shows_two_inspections_and_what_they_found(client, office, project, town):
    deputy = DeputyFactory(name="张伟", town=town)
    client.force_login(office)
    address = reverse("activities:log_inspection", args=[project.pk])
    data = {
        "key": str(uuid.uuid4()), "form": ActivityFormFactory().pk, "title": "视察水厂",
        "held_on": "2026-07-01", "deputies": "张伟",
    }  # fmt: skip
    client.post(address, data)
    client.post(address, data)  # a double tap
    earlier = ActivityFactory(region=town, title="调研水厂", held_on=dt.date(2026, 5, 1))
    link = reverse("activities:link_inspection", args=[project.pk])
    client.post(link, {"activity": earlier.pk})
    FindingFactory(activity=earlier, text="沉淀池渗水")

    page = client.get(reverse("activities:project", args=[project.pk]))

    found = page.context["inspections"]
    assert [row.title for row in found.activities] == ["视察水厂", "调研水厂"]
    assert "视察 <small>2 次</small>" in page.text
    assert "沉淀池渗水" in page.text
    logged = Activity.objects.get(title="视察水厂")
    assert (list(logged.deputies.all()), logged.verification) == ([deputy], "verified")
    assert list(logged.units.all()) == [project.unit]
    [row] = client.get(reverse("activities:projects")).context["page"].object_list
    assert (row.inspections, row.open_findings) == (2, 1)


def test_inspections_of_others_are_counted_but_not_opened(client, project):
    ActivityFactory(project=project, region=TownFactory(), title="别镇的视察")
    client.force_login(town_clerk(project.region))

    page = client.get(reverse("activities:project", args=[project.pk]))

    assert "别镇的视察" not in page.text
    assert "另有 1 次不在您的范围内" in page.text


def test_another_towns_project_is_read_but_not_written(client, project):
    client.force_login(town_clerk(TownFactory()))

    assert client.get(reverse("activities:project", args=[project.pk])).status_code == 200
    for name in ("edit_project", "log_inspection", "link_inspection"):
        assert client.post(reverse(f"activities:{name}", args=[project.pk])).status_code == 403


def test_only_own_activities_are_linked_and_one_project_each(office, project, town):
    given = {"actor": office, "project_pk": project.pk}
    with pytest.raises(ProjectError, match="不归您管"):
        services.link_activity(**given, activity_pk=ActivityFactory(region=TownFactory()).pk)
    taken = ActivityFactory(region=town, project=ProjectFactory())
    with pytest.raises(ProjectError, match="已经对应"):
        services.link_activity(**given, activity_pk=taken.pk)


def test_saving_refuses_double_names_wrong_days_and_stale_forms(client, office, project, town):
    client.force_login(office)
    new = reverse("activities:new_project")
    data = {"name": project.name, "region": town.pk}
    assert "已有同名的项目" in client.post(new, data).text
    wrong = {"name": "新桥", "region": town.pk, "begins_on": "2026-05-01", "due_on": "2026-04-01"}
    assert "完工日期不能早于开工日期" in client.post(new, wrong).text
    seen = fingerprint(project)
    Project.objects.update(progress="别人写的")
    edit = reverse("activities:edit_project", args=[project.pk])
    page = client.post(edit, {"name": "改名", "region": town.pk, "seen": seen})
    assert "刚被别人改过" in page.text
    assert 'value="改名"' in page.text
    assert Project.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, rows, django_assert_num_queries):
    ProjectFactory.create_batch(rows)
    client.force_login(staff())
    client.get(reverse("activities:projects"))

    with django_assert_num_queries(5):
        client.get(reverse("activities:projects"))
