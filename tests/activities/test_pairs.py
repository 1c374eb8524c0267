import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import MemberContact, WorkOpinion
from activities.services import pairs as services
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.models import AuditEntry, Notice
from deputies.models import Pairing
from tests.factories.contact import (
    CommitteeMemberFactory,
    CommitteeOfficeFactory,
    ContactRuleFactory,
    MemberContactFactory,
    PairingFactory,
    WorkOpinionFactory,
)
from tests.factories.core import (
    CountyFactory,
    EntryFactory,
    TownFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory, GroupFactory, GroupMembershipFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 8, 15)


@pytest.fixture(autouse=True)
def today(freeze):
    freeze("2026-08-15 10:00")


@pytest.fixture
def clerk():
    return staff(role__region=CountyFactory())


@pytest.fixture
def member():
    return CommitteeMemberFactory(user=UserFactory(role=Role.LEADER))


@pytest.fixture
def channel():
    return EntryFactory(dictionary=Dictionary.CHANNEL, name="电话")


def form_of(member, names, **fields):
    return {"member": member.pk, "deputies": names, "begins_on": "2026-08-15"} | fields


# --- pairs (M70) ------------------------------------------------------------------------------


def test_the_fourth_is_warned_and_passes_with_a_reason(client, clerk, member):
    PairingFactory.create_batch(3, member=member)
    DeputyFactory(name="王强", seat=True)
    client.force_login(clerk)
    address = reverse("activities:make_pairs")

    warned = client.post(address, form_of(member, "王强"))
    kept = Pairing.objects.count()
    client.post(address, form_of(member, "王强", reason="接替离任的组成人员"))

    assert "已联系 3 名代表，规则是至多 3 名" in warned.text
    assert (kept, Pairing.objects.count()) == (3, 4)
    entry = AuditEntry.objects.get(model="deputies.Pairing")
    assert entry.reason == "接替离任的组成人员"
    fourth = Pairing.objects.get(reason="接替离任的组成人员")
    page = client.get(reverse("activities:pair", args=[fourth.pk]))
    assert "超过规则人数的理由：接替离任的组成人员" in page.text
    assert Pairing.objects.filter(reason="").count() == Pairing.objects.count() - 1


def test_an_ended_pair_leaves_room(clerk, member):
    PairingFactory.create_batch(2, member=member)
    PairingFactory(member=member, ends_on=dt.date(2026, 8, 14))

    services.pair(actor=clerk, member=member, deputy=DeputyFactory(seat=True))

    assert Pairing.objects.on(DAY).count() == 3


def test_the_rule_says_how_many(clerk, member):
    ContactRuleFactory(pairs_least=1, pairs_most=1)
    PairingFactory(member=member)

    with pytest.raises(services.TooManyPairsError, match="至多 1 名"):
        services.pair(actor=clerk, member=member, deputy=DeputyFactory(seat=True))


def test_two_at_once_are_both_or_neither(clerk, member):
    PairingFactory.create_batch(2, member=member)
    deputies = DeputyFactory.create_batch(2, seat=True)

    with pytest.raises(services.TooManyPairsError):
        services.pair_with_each(actor=clerk, member=member, deputies=deputies)

    assert Pairing.objects.count() == 2


def test_the_same_pair_sent_twice_is_one(client, clerk, member):
    DeputyFactory(name="王强", seat=True)
    client.force_login(clerk)

    for _ in range(2):
        client.post(reverse("activities:make_pairs"), form_of(member, "王强"))

    assert Pairing.objects.count() == 1


def test_both_are_told_of_the_pair(clerk, member):
    deputy = DeputyFactory(seat=True, user=UserFactory(role=Role.DEPUTY))

    services.pair(actor=clerk, member=member, deputy=deputy)

    assert {notice.user for notice in Notice.objects.all()} == {member.user, deputy.user}


@pytest.mark.parametrize("who", ["self", "without a seat"])
def test_who_cannot_be_paired(clerk, member, who):
    deputy = member.deputy if who == "self" else DeputyFactory()

    with pytest.raises(services.PairError):
        services.pair(actor=clerk, member=member, deputy=deputy)


def test_only_the_committees_staff_make_pairs(client, member):
    client.force_login(town_clerk(TownFactory()))

    assert client.get(reverse("activities:make_pairs")).status_code == 403
    with pytest.raises(services.PairError):
        services.pair(actor=member.user, member=member, deputy=DeputyFactory(seat=True))


def test_a_pair_is_ended_with_its_contacts_kept(client, clerk):
    contact = MemberContactFactory()
    client.force_login(clerk)
    address = reverse("activities:end_pair", args=[contact.pairing.pk])

    client.post(address, {"on": "2026-08-15"})

    assert Pairing.objects.get().ends_on == DAY
    assert MemberContact.objects.count() == 1


# --- board ------------------------------------------------------------------------------------


def test_a_group_without_a_paired_deputy_is_listed(client, clerk, member):
    covered = GroupFactory(name="云溪镇代表小组")
    bare = GroupFactory(name="石门镇代表小组")
    GroupFactory(name="撤销的小组", is_active=False)
    pair = PairingFactory(member=member)
    GroupMembershipFactory(group=covered, deputy=pair.deputy)
    gone = PairingFactory(member=member, ends_on=dt.date(2026, 8, 1))
    GroupMembershipFactory(group=bare, deputy=gone.deputy)
    client.force_login(clerk)

    page = client.get(reverse("activities:pair_board"))

    assert page.context["uncovered"] == [bare]
    assert "小组覆盖 <strong>50.0%（1/2）</strong>" in page.text


def test_the_board_counts_verified_contacts_and_tells_the_last(client, clerk, member):
    pair = PairingFactory(member=member)
    MemberContactFactory(pairing=pair, held_on=dt.date(2026, 3, 1))
    MemberContactFactory(pairing=pair, verification=Verification.PENDING)
    MemberContactFactory(
        pairing=pair, held_on=dt.date(2026, 8, 1), verification=Verification.REFUSED
    )
    client.force_login(clerk)

    page = client.get(reverse("activities:pair_board")).text

    assert ">1</a>（1 次待核实）" in page
    assert "2026年7月6日（周一）" in page
    assert "差 1 名" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_board_costs_the_same_for_any_number(client, clerk, rows, django_assert_num_queries):
    for _ in range(rows):
        MemberContactFactory()
    client.force_login(clerk)

    with django_assert_num_queries(11):
        client.get(reverse("activities:pair_board"))


# --- the log and a member's own tasks (M08) ---------------------------------------------------


def log(client, pairing, channel, **fields):
    data = {
        "key": str(uuid.uuid4()),
        "pairing": pairing.pk,
        "held_on": "2026-08-14",
        "channel": channel.pk,
        "matter": "谈了水费",
    }
    return client.post(reverse("activities:log_contact"), data | fields)


def test_a_member_logs_a_contact_once(client, member, channel):
    pair = PairingFactory(member=member)
    client.force_login(member.user)
    key = str(uuid.uuid4())

    for _ in range(2):
        log(client, pair, channel, key=key)

    found = MemberContact.objects.get()
    assert (found.pairing, found.matter, found.verification) == (pair, "谈了水费", "pending")


def test_an_opinion_that_came_up_goes_to_the_office_with_the_contact(client, member, channel):
    pair = PairingFactory(member=member)
    client.force_login(member.user)
    key = str(uuid.uuid4())

    for _ in range(2):
        log(client, pair, channel, key=key, opinion="通知再早一周")

    opinion = WorkOpinion.objects.get()
    assert (opinion.deputy, opinion.contact) == (pair.deputy, MemberContact.objects.get())


def test_staff_log_on_behalf_and_it_counts(client, clerk, member, channel):
    pair = PairingFactory(member=member)
    client.force_login(clerk)
    data = {
        "key": str(uuid.uuid4()), "pairing": pair.pk, "held_on": "2026-08-14",
        "channel": channel.pk,
    }  # fmt: skip

    client.post(f"{reverse('activities:log_contact')}?pair={pair.pk}", data)

    found = MemberContact.objects.get()
    assert (found.on_behalf, found.verification) == (True, Verification.VERIFIED)


def test_a_day_before_the_pair_is_refused_and_the_text_stays(client, member, channel):
    pair = PairingFactory(member=member, begins_on=dt.date(2026, 8, 10))
    client.force_login(member.user)

    page = log(client, pair, channel, held_on="2026-08-09").text

    assert "日期不在联系期内" in page
    assert "谈了水费</textarea>" in page


def test_a_member_sees_own_tasks_only(client, member):
    office = CommitteeOfficeFactory()
    member.office = office
    member.save()
    mine = PairingFactory(member=member, deputy__name="我联系的")
    other = PairingFactory(deputy__name="别人联系的")
    MemberContactFactory(pairing=mine, matter="我谈的")
    MemberContactFactory(pairing=other, matter="别人谈的")
    WorkOpinionFactory(office=office, text="等我答复的")
    WorkOpinionFactory(office=CommitteeOfficeFactory(), text="别的委室的")
    client.force_login(member.user)

    page = client.get(reverse("activities:own_pairs")).text

    for own in ("我联系的", "我谈的", "等我答复的"):
        assert own in page
    for foreign in ("别人联系的", "别人谈的", "别的委室的"):
        assert foreign not in page


def test_a_member_cannot_log_for_a_pair_of_another(client, member, channel):
    PairingFactory(member=member)
    other = PairingFactory()
    client.force_login(member.user)

    page = log(client, other, channel)

    assert page.status_code == 200
    assert not MemberContact.objects.exists()


def test_a_member_whose_term_ended_has_no_tasks(client, member):
    PairingFactory(member=member, deputy__name="从前的")
    member.ends_on = dt.date(2026, 8, 14)
    member.save()
    client.force_login(member.user)

    assert "从前的" not in client.get(reverse("activities:own_pairs")).text


def test_a_deputy_sees_who_is_in_touch(client, member):
    deputy = DeputyFactory(seat=True, user=UserFactory(role=Role.DEPUTY))
    PairingFactory(member=member, deputy=deputy)
    client.force_login(deputy.user)

    page = client.get(reverse("activities:own_pairs")).text

    assert f"{member.deputy.name}（委员）" in page


def test_a_pair_of_others_is_not_found(client):
    pair = PairingFactory()
    client.force_login(UserFactory(role=Role.DEPUTY))

    assert client.get(reverse("activities:pair", args=[pair.pk])).status_code == 404
    assert client.get(reverse("activities:end_pair", args=[pair.pk])).status_code == 404


def test_the_register_shows_offices_with_their_members(client):
    office = CommitteeOfficeFactory(name="代表工委")
    CommitteeMemberFactory(deputy__name="朱海", post="office_head", office=office)
    CommitteeMemberFactory(deputy__name="离任的", ends_on=dt.date(2026, 1, 1))
    client.force_login(UserFactory(role=Role.DEPUTY))

    page = client.get(reverse("activities:committee")).text

    assert "朱海（委室主任）" in page
    assert "离任的" not in page
