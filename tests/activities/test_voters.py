import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import FixedVoter, Visit
from activities.selectors.voters import reached_in_all
from activities.services import voters as services
from congress_portal.core.enums import AuditAction, Dictionary, Role, Verification
from congress_portal.core.models import AuditEntry
from congress_portal.core.periods import quarter
from congress_portal.core.stale import StaleRecordError, fingerprint
from deputies.models import Deputy
from tests.factories.activities import VisitFactory
from tests.factories.contact import ContactRuleFactory, FixedVoterFactory
from tests.factories.core import (
    EntryFactory,
    TownFactory,
    UserFactory,
    VillageFactory,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(freeze):
    freeze("2026-08-15 10:00")


@pytest.fixture
def deputy():
    return DeputyFactory(user=UserFactory(role=Role.DEPUTY), seat=True)


@pytest.fixture
def channel():
    return EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")


def reach(voter, **fields):
    visit = VisitFactory(deputy=voter.deputy, **{"held_on": dt.date(2026, 7, 9)} | fields)
    visit.fixed_voters.add(voter)
    return visit


def test_twelve_of_twenty_were_reached_this_quarter(client, deputy):
    voters = FixedVoterFactory.create_batch(20, deputy=deputy)
    for voter in voters[:12]:
        reach(voter)
    reach(voters[0])
    reach(voters[12], verification=Verification.PENDING)
    reach(voters[13], held_on=dt.date(2026, 6, 30))
    client.force_login(town_clerk(deputy.town))

    board = client.get(reverse("activities:voter_board")).text

    assert ">12/20 联系到</a>，另有 1 名待核实" in board
    assert "<strong>60.0%（12/20）</strong>" in board


def test_a_voter_off_the_list_no_longer_counts(deputy):
    kept = FixedVoterFactory(deputy=deputy)
    gone = FixedVoterFactory(deputy=deputy, ends_on=dt.date(2026, 7, 31))
    reach(gone)
    reach(kept)

    found = reached_in_all(Deputy.objects.all(), quarter(2026, 3), dt.date(2026, 8, 15))

    assert str(found) == "100.0%（1/1）"


def test_the_towns_own_rule_says_how_many_are_missing(client, deputy):
    ContactRuleFactory(voters_least=10)
    ContactRuleFactory(region=deputy.town, voters_least=5)
    FixedVoterFactory.create_batch(3, deputy=deputy)
    client.force_login(town_clerk(deputy.town))

    page = client.get(reverse("activities:voter_board"), {"short": "on"}).text

    assert "3（差 2）" in page


def test_short_leaves_out_those_with_enough(client, deputy):
    ContactRuleFactory(voters_least=1)
    FixedVoterFactory(deputy=deputy)
    client.force_login(town_clerk(deputy.town))

    page = client.get(reverse("activities:voter_board"), {"short": "on"}).text

    assert "没有符合条件的代表。" in page


def test_the_deputy_adds_a_voter_once(client, deputy):
    client.force_login(deputy.user)
    address = reverse("activities:add_voter", args=[deputy.pk])
    data = {"name": "李 大爷", "phone": "13800001234", "begins_on": "2026-08-15"}

    for _ in range(2):
        response = client.post(address, data)

    assert response.status_code == 302
    assert [(v.name, v.deputy) for v in FixedVoter.objects.all()] == [("李大爷", deputy)]


def test_an_impossible_phone_keeps_the_form(client, deputy):
    client.force_login(deputy.user)
    data = {"name": "李大爷", "phone": "12345", "begins_on": "2026-08-15"}

    page = client.post(reverse("activities:add_voter", args=[deputy.pk]), data).text

    assert 'value="李大爷"' in page
    assert "没有保存，请改正后再提交" in page
    assert not FixedVoter.objects.exists()


def test_another_with_the_same_name_and_phone_is_refused(deputy):
    FixedVoterFactory(deputy=deputy, name="李大爷", note="种粮大户")

    with pytest.raises(services.VoterError, match="已经在名单里"):
        services.add_voter(actor=deputy.user, deputy=deputy, name="李大爷", phone="13800001234")


def test_a_stale_edit_is_refused(deputy):
    voter = FixedVoterFactory(deputy=deputy)
    seen = fingerprint(voter)
    FixedVoter.objects.filter(pk=voter.pk).update(note="别人改过")

    with pytest.raises(StaleRecordError):
        services.change_voter(actor=deputy.user, voter_pk=voter.pk, seen=seen, name="王大爷")


def test_ended_tomorrow_is_refused(deputy):
    voter = FixedVoterFactory(deputy=deputy)

    with pytest.raises(services.VoterError, match="不能晚于今天"):
        services.end_voter(actor=deputy.user, voter_pk=voter.pk, on=dt.date(2026, 8, 16))


def test_the_deputy_ends_a_voter_and_the_contacts_stay(client, deputy):
    voter = FixedVoterFactory(deputy=deputy)
    reach(voter)
    client.force_login(deputy.user)

    client.post(reverse("activities:end_voter", args=[voter.pk]), {"on": "2026-08-15"})

    voter.refresh_from_db()
    assert (voter.ends_on, voter.visits.count()) == (dt.date(2026, 8, 15), 1)


def test_an_entry_made_by_mistake_is_taken_out_unless_there_was_contact(client, deputy):
    """It leaves the quarter's number too; who was contacted can only be taken off the list."""
    wrong, right = FixedVoterFactory(deputy=deputy), FixedVoterFactory(deputy=deputy)
    reach(right)
    client.force_login(deputy.user)
    pages = {row: reverse("activities:end_voter", args=[row.pk]) for row in (wrong, right)}

    offered = [client.get(pages[row]).text.count("写错了，删掉") for row in (wrong, right)]
    for row in (wrong, right):
        told = client.post(reverse("activities:remove_voter", args=[row.pk]), follow=True)

    assert offered == [1, 0]
    assert list(deputy.fixed_voters.all()) == [right]
    assert "已经有联系记录，不能删掉" in told.text
    assert AuditEntry.objects.filter(action="delete", model="activities.FixedVoter").count() == 1


def test_a_clerk_tells_masked_voters_apart(client, deputy):
    """Twenty of «王***（沙洲村）» could not be ticked from a paper form."""
    FixedVoterFactory(deputy=deputy, name="王大爷", phone="13800001234")
    FixedVoterFactory(deputy=deputy, name="王大娘", phone="13800005678")
    client.force_login(town_clerk(deputy.town))
    for address in (
        reverse("activities:contact_voters", args=[deputy.pk]),
        f"{reverse('activities:log_visit')}?deputy={deputy.pk}",
    ):
        page = client.get(address).text

        assert ("尾号1234" in page, "尾号5678" in page, "大爷" in page) == (True, True, False)


def test_names_never_stand_in_the_trail(deputy):
    services.add_voter(actor=deputy.user, deputy=deputy, name="李大爷", phone="13800001234")

    entry = AuditEntry.objects.get(model="activities.FixedVoter")

    assert "李大爷" not in f"{entry.changes}{entry.label}"
    assert "13800001234" not in str(entry.changes)


def test_staff_see_masks_until_they_give_a_reason(client, deputy):
    voter = FixedVoterFactory(deputy=deputy, name="李大爷")
    client.force_login(town_clerk(deputy.town))
    page = reverse("activities:voters_of", args=[deputy.pk])

    before = client.get(page).text
    client.post(reverse("activities:reveal_voter", args=[voter.pk]), {"reason": "电话回访核实"})
    after = client.get(page).text

    assert ("李大爷" in before, "李**" in before, "138****1234" in before) == (False, True, True)
    assert ("李大爷" in after, "13800001234" in after) == (True, True)
    assert AuditEntry.objects.get(action=AuditAction.UNMASK).reason == "电话回访核实"


def test_without_a_reason_nothing_is_shown(client, deputy):
    voter = FixedVoterFactory(deputy=deputy, name="李大爷")
    client.force_login(town_clerk(deputy.town))

    client.post(reverse("activities:reveal_voter", args=[voter.pk]), {"reason": ""})

    assert "李大爷" not in client.get(reverse("activities:voters_of", args=[deputy.pk])).text
    assert not AuditEntry.objects.filter(action=AuditAction.UNMASK).exists()


def test_staff_cannot_mend_what_they_do_not_see(client, deputy):
    voter = FixedVoterFactory(deputy=deputy)
    client.force_login(town_clerk(deputy.town))

    response = client.get(reverse("activities:change_voter", args=[voter.pk]))

    assert response.url == reverse("activities:reveal_voter", args=[voter.pk])


@pytest.mark.parametrize("name", ["change_voter", "end_voter", "remove_voter", "reveal_voter"])
def test_a_strangers_voter_is_not_found(client, deputy, name):
    voter = FixedVoterFactory(deputy=deputy)
    client.force_login(town_clerk(TownFactory()))

    assert client.post(reverse(f"activities:{name}", args=[voter.pk])).status_code == 404


@pytest.mark.parametrize("name", ["voters_of", "add_voter", "contact_voters"])
def test_a_colleagues_list_is_not_found(client, deputy, name):
    colleague = DeputyFactory(town=deputy.town, user=UserFactory(role=Role.DEPUTY))
    client.force_login(colleague.user)

    assert client.get(reverse(f"activities:{name}", args=[deputy.pk])).status_code == 404


def test_a_leader_reads_but_does_not_write(client, deputy):
    client.force_login(UserFactory(role=Role.LEADER))

    shown = client.get(reverse("activities:voters_of", args=[deputy.pk]))
    refused = client.get(reverse("activities:add_voter", args=[deputy.pk]))

    assert (shown.status_code, refused.status_code) == (200, 403)
    assert "加一位" not in shown.text


def test_ticked_voters_make_a_visit_a_village(client, deputy, channel):
    one, other = VillageFactory(parent=deputy.town), VillageFactory(parent=deputy.town)
    voters = [FixedVoterFactory(deputy=deputy, village=v) for v in (one, one, other)]
    client.force_login(deputy.user)
    data = {
        "key": str(uuid.uuid4()),
        "voters": [voter.pk for voter in voters],
        "held_on": "2026-08-14",
        "channel": channel.pk,
        "matter": "问了用水",
    }

    for _ in range(2):
        client.post(reverse("activities:contact_voters", args=[deputy.pk]), data)

    found = [
        (visit.village, visit.people, visit.fixed_voters.count(), visit.verification)
        for visit in Visit.objects.order_by("-people")
    ]
    assert found == [(one, 2, 2, Verification.PENDING), (other, 1, 1, Verification.PENDING)]


def test_somebody_elses_voters_cannot_be_ticked(deputy, channel):
    foreign = FixedVoterFactory()

    with pytest.raises(services.VoterError):
        services.contact_voters(
            actor=deputy.user, deputy=deputy, voters=[foreign], channel=channel,
            held_on=dt.date(2026, 8, 14),
        )  # fmt: skip


def test_the_number_of_times_opens_into_the_visits(client, deputy):
    voter, other = FixedVoterFactory.create_batch(2, deputy=deputy)
    reach(voter, people=7)
    reach(other, people=8)
    client.force_login(deputy.user)

    page = client.get(reverse("activities:visit_list"), {"voter": voter.pk, "period": "2026"})

    assert [visit.people for visit in page.context["page"].object_list] == [7]


@pytest.mark.parametrize("rows", [1, 3])
def test_board_costs_the_same_for_any_number(client, rows, django_assert_num_queries):
    town = TownFactory()
    for _ in range(rows):
        reach(FixedVoterFactory(deputy=DeputyFactory(town=town, seat=True)))
    client.force_login(town_clerk(town))

    with django_assert_num_queries(8):
        client.get(reverse("activities:voter_board"))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number(client, deputy, rows, django_assert_num_queries):
    for voter in FixedVoterFactory.create_batch(rows, deputy=deputy):
        reach(voter)
    client.force_login(deputy.user)

    with django_assert_num_queries(8):
        client.get(reverse("activities:voters_of", args=[deputy.pk]))
