import datetime as dt
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from activities.models import Activity, Visit
from congress_portal.core.enums import Dictionary, Role
from tests.factories.activities import ActivityFactory, ActivityFormFactory, VisitFactory
from tests.factories.campaigns import CampaignFactory, TagFactory
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, GroupFactory, GroupMembershipFactory
from tests.factories.stations import PostingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deputy():
    return DeputyFactory(user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def visit_data():
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    return {
        "key": str(uuid.uuid4()),
        "held_on": "2026-09-03",
        "village": "",
        "channel": channel.pk,
        "people": "4",
        "matter": "反映灌溉用水不足",
    }


def test_deputy_logs_a_visit(client, deputy, visit_data):
    client.force_login(deputy.user)

    response = client.post(reverse("activities:log_visit"), visit_data, follow=True)

    visit = Visit.objects.get()
    assert response.redirect_chain == [(reverse("activities:visit_detail", args=[visit.pk]), 302)]
    assert "已记下。镇（街道）人大工作人员核实之后计入履职" in response.text
    assert (visit.deputy, visit.people, visit.matter) == (deputy, 4, "反映灌溉用水不足")


def test_double_tap_makes_one_visit(client, deputy, visit_data):
    client.force_login(deputy.user)

    for _ in range(2):
        client.post(reverse("activities:log_visit"), visit_data)

    assert Visit.objects.count() == 1


def test_faulty_visit_keeps_the_text_and_names_the_fault(client, deputy, visit_data):
    client.force_login(deputy.user)

    response = client.post(reverse("activities:log_visit"), visit_data | {"people": "0"})

    assert response.status_code == 200
    assert "反映灌溉用水不足</textarea>" in response.text
    assert response.text.count("不能小于 1") == 2
    assert Visit.objects.count() == 0


def test_deputy_logs_an_activity(client, deputy):
    client.force_login(deputy.user)
    data = {"title": "视察公路", "held_on": "2026-09-03", "form": ActivityFormFactory().pk}

    client.post(reverse("activities:log_activity"), data)

    activity = Activity.objects.get()
    assert [each.deputy for each in activity.attendances.all()] == [deputy]


def test_a_quick_log_may_say_what_the_boards_sort_by(client, deputy):
    """Group, drive, field and tags: of the deputy's own group and place only (M44, M46, M134)."""
    mine = GroupMembershipFactory(deputy=deputy).group
    other = GroupFactory()
    drive = CampaignFactory(region=deputy.town, begins_on=dt.date(2026, 3, 1))
    foreign = CampaignFactory(region=TownFactory(), begins_on=dt.date(2026, 3, 1))
    tag, word = TagFactory(), EntryFactory(dictionary=Dictionary.FIELD)
    client.force_login(deputy.user)
    address = reverse("activities:log_activity")
    data = {"title": "视察公路", "held_on": "2026-09-03", "form": ActivityFormFactory().pk,
            "campaign": drive.pk, "field": word.pk, "tags": [tag.pk]}  # fmt: skip

    form = client.get(address).context["form"]
    refused = client.post(address, data | {"group": other.pk})
    client.post(address, data | {"group": mine.pk})

    assert list(form.fields["group"].queryset) == [mine]
    assert foreign not in form.fields["campaign"].queryset
    assert "group" in refused.context["form"].errors
    activity = Activity.objects.get()
    assert (activity.group, activity.campaign, activity.field) == (mine, drive, word)
    assert list(activity.tags.all()) == [tag]
    page = client.get(reverse("activities:detail", args=[activity.pk])).text
    assert drive.title in page
    assert f"{tag.axis.name}：{tag.name}" in page

    edit = reverse("activities:edit_activity", args=[activity.pk])
    seen = client.get(edit).context["form"].initial["seen"]
    client.post(edit, data | {"seen": seen, "tags": [], "field": "", "group": mine.pk})
    activity.refresh_from_db()
    assert (activity.group, activity.field, activity.tags.count()) == (mine, None, 0)


def test_a_first_activity_is_not_put_at_a_station(client, deputy):
    PostingFactory(deputy=deputy)
    client.force_login(deputy.user)

    page = client.get(reverse("activities:log_activity"))

    assert page.context["form"].initial["station"] is None


def test_staff_chooses_the_deputy_first(client, deputy, visit_data):
    client.force_login(town_clerk(deputy.town))

    choice = client.get(reverse("activities:log_visit"))
    client.post(f"{reverse('activities:log_visit')}?deputy={deputy.pk}", visit_data)

    assert f"?deputy={deputy.pk}" in choice.text
    assert Visit.objects.get().on_behalf is True


def test_clerk_of_another_town_cannot_enter_on_behalf(client, deputy):
    client.force_login(town_clerk(TownFactory()))

    response = client.get(f"{reverse('activities:log_visit')}?deputy={deputy.pk}")

    assert response.status_code == 404


def test_unit_officer_may_not_log(client):
    client.force_login(UserFactory(role=Role.AUDITOR))

    assert client.get(reverse("activities:log_visit")).status_code == 403


@pytest.mark.parametrize("role", [None, Role.DEPUTY, Role.AUDITOR])
def test_strangers_do_not_find_a_visit_or_an_activity(client, role):
    visit, activity = VisitFactory(), ActivityFactory()
    client.force_login(UserFactory(role=role))

    pages = [
        reverse("activities:visit_detail", args=[visit.pk]),
        reverse("activities:edit_visit", args=[visit.pk]),
        reverse("activities:visit_photo", args=[visit.pk]),
        reverse("activities:detail", args=[activity.pk]),
        reverse("activities:edit_activity", args=[activity.pk]),
        reverse("activities:photo", args=[activity.pk]),
    ]

    assert [client.get(page).status_code for page in pages] == [404] * 6


def test_lists_hold_only_what_the_reader_may_see(client, deputy):
    mine = VisitFactory(deputy=deputy)
    VisitFactory(matter="外镇的事")
    client.force_login(deputy.user)

    response = client.get(reverse("activities:visit_list"))

    assert list(response.context["page"].object_list) == [mine]
    assert "外镇的事" not in response.text


def test_deputy_edits_an_own_unverified_visit(client, deputy, visit_data):
    visit = VisitFactory(deputy=deputy, entered_by=deputy.user, verification="pending")
    client.force_login(deputy.user)
    page = client.get(reverse("activities:edit_visit", args=[visit.pk]))
    seen = page.context["form"].initial["seen"]

    client.post(
        reverse("activities:edit_visit", args=[visit.pk]), visit_data | {"seen": seen, "people": 7}
    )

    visit.refresh_from_db()
    assert visit.people == 7


def test_stale_edit_is_refused_with_the_text_kept(client, deputy, visit_data):
    visit = VisitFactory(deputy=deputy, entered_by=deputy.user, verification="pending")
    client.force_login(deputy.user)

    response = client.post(
        reverse("activities:edit_visit", args=[visit.pk]), visit_data | {"seen": "0" * 64}
    )

    assert "这条记录刚被别人改过" in response.text
    assert "反映灌溉用水不足</textarea>" in response.text


def test_verified_visit_cannot_be_edited(client, deputy):
    visit = VisitFactory(deputy=deputy, entered_by=deputy.user)
    client.force_login(deputy.user)

    assert client.get(reverse("activities:edit_visit", args=[visit.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [
        ("activities:list", ActivityFactory, 8),
        ("activities:visit_list", VisitFactory, 8),
    ],
)
def test_lists_ask_a_fixed_number_of_queries(
    client, django_assert_num_queries, name, make, queries, rows
):
    make.create_batch(rows)
    TownFactory.create_batch(2)
    client.force_login(staff())

    with django_assert_num_queries(queries):
        response = client.get(reverse(name))

    assert response.context["page"].paginator.count == rows


def test_activity_list_narrows_by_period_place_and_person(client):
    summer = ActivityFactory(held_on=dt.date(2026, 9, 30), deputies=[DeputyFactory()])
    ActivityFactory(held_on=dt.date(2026, 10, 1))
    client.force_login(staff())

    def listed(**filters):
        return list(client.get(reverse("activities:list"), filters).context["page"].object_list)

    person = summer.attendances.get().deputy_id
    assert listed(period="2026Q3") == [summer]
    assert listed(town=summer.region_id) == [summer]
    assert listed(deputy=person) == [summer]
    assert listed(period="2026Q9") == []


def test_photo_is_stored_clean_and_served_as_attachment(client, deputy, visit_data):
    client.force_login(deputy.user)
    picture = io.BytesIO()
    Image.new("RGB", (20, 10), "grey").save(picture, "PNG")
    upload = SimpleUploadedFile("../../家里.png", picture.getvalue())

    client.post(reverse("activities:log_visit"), visit_data | {"photo": upload})
    visit = Visit.objects.get()
    response = client.get(reverse("activities:visit_photo", args=[visit.pk]))

    assert re.fullmatch(r"visits/\d{4}/\d\d/photo\w*\.jpg", visit.photo.name)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"


def test_file_that_is_no_photo_is_told_and_nothing_saved(client, deputy, visit_data):
    client.force_login(deputy.user)
    upload = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")

    response = client.post(reverse("activities:log_visit"), visit_data | {"photo": upload})

    assert "这个文件不是照片" in response.text
    assert Visit.objects.count() == 0
