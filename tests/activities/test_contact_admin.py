"""The admin of voters, notebooks, the committee, pairs and opinions; and the first pages."""

import pytest
from django.urls import reverse

from activities.models import FixedVoter
from congress_portal.core.enums import Role
from deputies.models import CommitteeMember, CommitteeOffice, District
from tests.admin_pages import sent
from tests.factories.contact import (
    CommitteeMemberFactory,
    CommitteeOfficeFactory,
    FixedVoterFactory,
    MemberContactFactory,
    NotebookEntryFactory,
    PairingFactory,
    WorkOpinionFactory,
)
from tests.factories.core import CountyFactory, UserFactory, VillageFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, DistrictFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return staff(role__region=CountyFactory())


def page_of(client, row, act="change"):
    label = f"admin:{row._meta.app_label}_{row._meta.model_name}_{act}"
    return client.get(reverse(label, args=[] if act in {"add", "changelist"} else [row.pk]))


def test_voters_are_masked_in_the_list_and_on_the_page(client, clerk):
    voter = FixedVoterFactory(name="李大爷", phone="13800001234")
    client.force_login(clerk)

    pages = [page_of(client, voter, act).text for act in ("changelist", "change")]

    assert ["李大爷" in page or "13800001234" in page for page in pages] == [False, False]
    assert ["李**" in page for page in pages] == [True, True]


def test_a_reason_shows_the_voter(client, clerk):
    voter = FixedVoterFactory(name="李大爷")
    client.force_login(clerk)

    client.post(
        reverse("admin:activities_fixedvoter_reveal", args=[voter.pk]), {"reason": "核对名单"}
    )

    assert "李大爷" in page_of(client, voter).text


def test_a_masked_voter_is_saved_without_loss(client, clerk):
    voter = FixedVoterFactory(name="李大爷", phone="13800001234")
    client.force_login(clerk)
    page = page_of(client, voter)

    client.post(page.request["PATH_INFO"], sent(page, note="种粮大户"))

    voter = FixedVoter.objects.get()
    assert (voter.name, voter.phone, voter.note) == ("李大爷", "13800001234", "种粮大户")


def test_private_pages_are_not_in_the_admin(client, clerk):
    NotebookEntryFactory(text="公开的一页")
    private = NotebookEntryFactory(text="私下的一页", is_private=True)
    client.force_login(clerk)

    listed = page_of(client, private, "changelist").text

    assert ("公开的一页" in listed, "私下的一页" in listed) == (True, False)
    assert page_of(client, private).status_code == 404


@pytest.mark.parametrize("factory", [NotebookEntryFactory, PairingFactory, WorkOpinionFactory])
def test_what_has_its_own_pages_is_read_only_here(client, clerk, factory):
    row = factory()
    client.force_login(clerk)

    assert page_of(client, row, "add").status_code == 403
    assert page_of(client, row).context["has_change_permission"] is False


def test_the_office_keeps_the_register(client, clerk):
    office = CommitteeOfficeFactory()
    deputy = DeputyFactory(seat=True)
    client.force_login(clerk)
    page = client.get(reverse("admin:deputies_committeemember_add"))

    client.post(
        page.request["PATH_INFO"],
        sent(
            page, region=CountyFactory().pk, deputy=deputy.pk, post="chair", office=office.pk,
            begins_on="2026-01-01",
        ),
    )  # fmt: skip

    assert [(m.deputy, m.office) for m in CommitteeMember.objects.all()] == [(deputy, office)]


def test_a_town_clerk_does_not_keep_the_countys_register(client):
    member = CommitteeMemberFactory()
    client.force_login(town_clerk(member.deputy.town))

    assert page_of(client, member).context["has_change_permission"] is False


def test_villages_of_a_district_are_chosen(client, clerk):
    district = DistrictFactory()
    village = VillageFactory(parent=district.region)
    client.force_login(clerk)
    page = page_of(client, district)

    client.post(page.request["PATH_INFO"], sent(page, villages=[village.pk]))

    assert list(District.objects.get().villages.all()) == [village]


def test_a_members_contact_is_verified_here(client, clerk):
    contact = MemberContactFactory(verification="pending")
    client.force_login(clerk)

    client.post(
        reverse("admin:activities_membercontact_changelist"),
        {"action": "verify_selected", "_selected_action": [contact.pk]},
    )

    contact.refresh_from_db()
    assert contact.verification == "verified"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("factory", "queries"),
    [
        (FixedVoterFactory, 6),
        (NotebookEntryFactory, 6),
        (CommitteeOfficeFactory, 5),
        (CommitteeMemberFactory, 5),
        (PairingFactory, 5),
        (MemberContactFactory, 6),
        (WorkOpinionFactory, 5),
    ],
)
def test_lists_cost_the_same_for_any_number(
    client, clerk, factory, queries, rows, django_assert_num_queries
):
    made = factory.create_batch(rows)
    client.force_login(clerk)

    with django_assert_num_queries(queries):
        page_of(client, made[0], "changelist")


def test_a_members_first_page_has_the_own_pairs(client):
    member = CommitteeMemberFactory(user=UserFactory(role=Role.LEADER))
    PairingFactory(member=member, deputy__name="我联系的")
    PairingFactory(deputy__name="别人联系的")
    client.force_login(member.user)

    page = client.get(reverse("desk:home")).text

    assert ("我联系的" in page, "别人联系的" in page) == (True, False)


def test_staff_are_told_what_waits_for_an_answer(client, clerk):
    WorkOpinionFactory(office=CommitteeOffice.objects.first())
    client.force_login(clerk)

    page = client.get(reverse("desk:home")).text

    assert f'{reverse("activities:opinions")}?state=open">待答复的对人大工作的意见' in page


def test_an_answer_waits_for_the_deputy(client):
    deputy = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    WorkOpinionFactory(
        deputy=deputy, state="answered", answer="已改",
        answered_on="2026-07-08", office=CommitteeOfficeFactory(name="代表工委"),
    )  # fmt: skip
    client.force_login(deputy.user)

    assert "代表工委答复了您的意见" in client.get(reverse("desk:home")).text
