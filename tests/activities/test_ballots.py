"""Ballots: who may do what when, one vote each, nobody's paper known, the result by its rules."""

import datetime as dt
import itertools
import json

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.enums import BallotState
from activities.models import (
    Ballot,
    BallotCount,
    BallotMark,
    BallotOption,
    BallotPaper,
    BallotScale,
    BallotVoter,
)
from activities.reports.ballots import result_paper
from activities.selectors import ballots as selectors
from activities.services import ballots as services
from activities.supervision_workflow import BALLOT, BallotAction, Side, available, next_state
from activities.workflow import NotYoursError, ReasonNeededError, TransitionNotAllowedError
from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.stale import fingerprint
from tests.factories.activities import ActivityFactory
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.supervision import BallotFactory, ScaleFactory

pytestmark = pytest.mark.django_db


def voters(count):
    town = TownFactory()
    return [DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY)) for _ in range(count)]


@pytest.fixture
def office():
    return staff()


@pytest.fixture
def people():
    return voters(3)


@pytest.fixture
def running(people):
    return BallotFactory(items=["云溪派出所", "云溪税务所"], voters=people, state=BallotState.OPEN)


def options_of(ballot):
    return {option.label: option.pk for option in ballot.scale.options.all()}


def cast(ballot, deputy, *labels):
    options = options_of(ballot)
    items = ballot.items.order_by("serial").values_list("pk", flat=True)
    choices = {item: options.get(label) for item, label in zip(items, labels, strict=True)}
    services.cast_vote(actor=deputy.user, ballot_pk=ballot.pk, choices=choices)


# The whole table: state × action × side


ALLOWED = {
    ("draft", "change", "office"),
    ("draft", "voters", "office"),
    ("draft", "discard", "office"),
    ("open", "discard", "office"),
    ("draft", "open", "office"),
    ("open", "vote", "voter"),
    ("open", "to_paper", "office"),
    ("open", "close", "office"),
    ("closed", "papers", "office"),
    ("closed", "count", "office"),
    ("counted", "recount", "office"),
}


@pytest.mark.parametrize(
    ("state", "action", "side"), list(itertools.product(BallotState, BallotAction, Side))
)
def test_the_table_is_whole(state, action, side):
    if (state, action, side) in ALLOWED:
        assert next_state(BALLOT, action, state, {side}, "原因") == BALLOT[action].to
        assert action in available(BALLOT, state, {side})
        return
    with pytest.raises((TransitionNotAllowedError, NotYoursError)):
        next_state(BALLOT, action, state, {side}, "原因")
    assert action not in available(BALLOT, state, {side})


def test_taking_a_result_back_needs_a_reason(office):
    ballot = BallotFactory(state=BallotState.COUNTED)

    with pytest.raises(ReasonNeededError):
        services.recount_ballot(actor=office, ballot_pk=ballot.pk, reason=" ")


SERVICES = {
    BallotAction.OPEN: services.open_ballot,
    BallotAction.CLOSE: services.close_ballot,
    BallotAction.COUNT: services.count_ballot,
    BallotAction.RECOUNT: services.recount_ballot,
    BallotAction.DISCARD: services.discard_ballot,
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(BallotState, SERVICES)))
def test_services_follow_the_table_and_a_voter_does_none_of_it(state, action, office, people):
    ballot = BallotFactory(items=["甲"], voters=people, state=BallotState.OPEN)
    for deputy in people:
        cast(ballot, deputy, "满意")
    digest = selectors.digest_of(ballot)
    Ballot.objects.filter(pk=ballot.pk).update(state=state, digest=digest)
    given = {"ballot_pk": ballot.pk, "reason": "原因"}

    with pytest.raises((NotYoursError, TransitionNotAllowedError, Ballot.DoesNotExist)):
        SERVICES[action](actor=people[0].user, **given)
    assert Ballot.objects.get(pk=ballot.pk).state == state
    if state not in BALLOT[action].sources:
        with pytest.raises(TransitionNotAllowedError):
            SERVICES[action](actor=office, **given)
        return
    SERVICES[action](actor=office, **given)
    found = Ballot.objects.filter(pk=ballot.pk).first()
    assert (found.state if found else None) == BALLOT[action].to


# One vote each


def test_a_vote_counts_once(running, people):
    cast(running, people[0], "满意", "不满意")

    with pytest.raises(services.AlreadyVotedError):
        cast(running, people[0], "不满意", "不满意")

    assert BallotPaper.objects.count() == 1
    assert selectors.turnout(running).cast == 1


def test_only_those_entitled_vote(running, office):
    stranger = voters(1)[0]

    with pytest.raises(Ballot.DoesNotExist):
        cast(running, stranger, "满意", "满意")
    with pytest.raises(NotYoursError):
        services.cast_vote(actor=office, ballot_pk=running.pk, choices={})
    assert not BallotPaper.objects.exists()


def test_a_paper_must_be_whole_and_of_this_scale(running, people):
    first, second = running.items.order_by("serial").values_list("pk", flat=True)
    other = ScaleFactory(name="另一票式").options.first()

    for choices in ({first: None}, {first: None, second: other.pk}):
        with pytest.raises(services.BallotError):
            services.cast_vote(actor=people[0].user, ballot_pk=running.pk, choices=choices)
    assert not BallotVoter.objects.exclude(voted_on=None).exists()


def test_after_the_limit_nobody_votes(running, people):
    Ballot.objects.update(closes_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC))

    with (
        time_machine.travel(dt.datetime(2026, 9, 2, tzinfo=dt.UTC)),
        pytest.raises(services.BallotError, match="已经结束"),
    ):
        cast(running, people[0], "满意", "满意")


def test_a_paper_at_the_meeting_ends_the_right_in_the_portal(running, people, office):
    given = {"actor": office, "ballot_pk": running.pk}
    cast(running, people[0], "满意", "满意")

    services.vote_on_paper(**given, deputy=people[1])

    with pytest.raises(Ballot.DoesNotExist):
        cast(running, people[1], "满意", "满意")
    with pytest.raises(services.BallotError, match="已经用手机投过票"):
        services.vote_on_paper(**given, deputy=people[0])


# Nobody's paper is known


def test_an_anonymous_vote_leaves_no_person_time_or_entry(running, people):
    before = AuditEntry.objects.count()

    cast(running, people[0], "满意", "弃权")

    paper = BallotPaper.objects.get()
    right = BallotVoter.objects.get(deputy=people[0])
    assert paper.voter is None
    assert {field.name for field in BallotPaper._meta.fields} == {"key", "ballot", "voter"}
    assert {field.name for field in BallotMark._meta.fields} == {"id", "paper", "item", "option"}
    assert type(right.voted_on) is dt.date
    assert AuditEntry.objects.count() == before


def test_the_order_of_papers_says_nothing_of_the_voters():
    """Among ten ballots of six the odd vote, always cast first, is not always stored first."""
    places = set()
    for _ in range(10):
        people = voters(6)
        ballot = BallotFactory(items=["甲"], voters=people, state=BallotState.OPEN)
        for deputy in people:
            cast(ballot, deputy, "不满意" if deputy is people[0] else "满意")
        marks = BallotMark.objects.filter(paper__ballot=ballot).order_by("pk")
        places.add([mark.option.label for mark in marks].index("不满意"))

    assert len(places) > 1  # 6 ** -9: never by chance


def test_at_the_end_the_papers_get_fresh_keys_and_keep_their_marks(running, people, office):
    for deputy, mark in zip(people, ("满意", "满意", "不满意"), strict=True):
        cast(running, deputy, mark, "弃权")
    old = set(BallotPaper.objects.values_list("key", flat=True))
    before = [line.votes for line in selectors.results(running)]

    services.close_ballot(actor=office, ballot_pk=running.pk)

    keys = list(BallotPaper.objects.values_list("key", flat=True))
    assert len(keys) == 3
    assert not old & set(keys)
    assert [line.votes for line in selectors.results(running)] == before
    papers = BallotMark.objects.order_by("pk").values_list("paper", flat=True)
    assert list(papers) == sorted(papers)  # in the order of the random keys
    assert selectors.open_papers(running) == []


def test_the_trail_of_a_whole_vote_names_no_choice(running, people, office):
    for deputy in people:
        cast(running, deputy, "不满意", "满意")
    services.close_ballot(actor=office, ballot_pk=running.pk)

    text = json.dumps([each.changes for each in AuditEntry.objects.all()], ensure_ascii=False)
    assert "option" not in text
    assert not [each for each in AuditEntry.objects.all() if each.actor in {p.user for p in people}]


def test_a_changed_paper_stops_the_count(running, people, office):
    for deputy in people:
        cast(running, deputy, "满意", "满意")
    services.close_ballot(actor=office, ballot_pk=running.pk)
    wrong = options_of(running)["不满意"]
    BallotMark.objects.filter(pk=BallotMark.objects.first().pk).update(option=wrong)

    with pytest.raises(services.BallotError, match="不一致"):
        services.count_ballot(actor=office, ballot_pk=running.pk)


def test_nobody_sees_counts_before_the_end(client, running, people, office):
    for deputy in people:
        cast(running, deputy, "满意", "不满意")

    for user in (office, people[1].user):
        client.force_login(user)
        page = client.get(reverse("activities:ballot", args=[running.pk]))
        assert page.context["results"] == []
        address = reverse("activities:ballot_result", args=[running.pk, "pdf"])
        assert client.get(address).status_code == 404
    services.close_ballot(actor=office, ballot_pk=running.pk)
    page = client.get(reverse("activities:ballot", args=[running.pk]))
    assert page.context["results"] == []  # a deputy waits for the count


def test_one_or_two_anonymous_votes_are_not_ended_but_discarded(client, office, people, running):
    for deputy in people[:2]:
        cast(running, deputy, "满意", "满意")
    with pytest.raises(services.BallotError, match="只有 2 张电子票"):
        services.close_ballot(actor=office, ballot_pk=running.pk)
    client.force_login(office)
    address = reverse("activities:ballot_step", args=[running.pk, "discard"])
    assert "请填写" in client.post(address).text  # it was open: say why

    client.post(address, {"reason": "人数不够"})

    assert not BallotPaper.objects.exists()
    assert not Ballot.objects.exists()
    told = Notice.objects.filter(title__startswith="投票作废", body="人数不够")
    assert told.count() == 3


def test_an_open_vote_shows_who_marked_what_to_the_office(client, people, office):
    ballot = BallotFactory(items=["甲"], voters=people, state=BallotState.OPEN, is_anonymous=False)
    cast(ballot, people[0], "不满意")
    services.close_ballot(actor=office, ballot_pk=ballot.pk)
    services.count_ballot(actor=office, ballot_pk=ballot.pk)

    client.force_login(office)
    page = client.get(reverse("activities:ballot", args=[ballot.pk]))
    assert page.context["open_papers"] == [(people[0].user, ["不满意"])]
    client.force_login(people[1].user)
    page = client.get(reverse("activities:ballot", args=[ballot.pk]))
    assert page.context["open_papers"] == []


# Paper votes and the result


def ended(office, people, *marks, items=("甲",), **given):
    ballot = BallotFactory(
        items=items, voters=people, state=BallotState.OPEN, is_anonymous=False, **given
    )
    for deputy, mark in zip(people, marks, strict=False):
        cast(ballot, deputy, mark)
    return services.close_ballot(actor=office, ballot_pk=ballot.pk)


def enter(ballot, office, issued, spoiled=0, **numbers):
    item, options = ballot.items.get().pk, options_of(ballot)
    votes = {(item, options[label]): number for label, number in numbers.items()}
    return services.enter_papers(
        actor=office, ballot_pk=ballot.pk, seen=fingerprint(ballot), issued=issued,
        spoiled=spoiled, votes=votes,
    )  # fmt: skip


def test_paper_and_phone_votes_add_up(office, people):
    ballot = ended(office, people, "满意", "弃权")

    ballot = enter(ballot, office, 20, 2, 满意=9, 基本满意=3)

    [line] = selectors.results(ballot)
    assert [(option.label, number, str(rate)) for option, number, rate in line.votes] == [
        ("满意", 10, "76.9%（10/13）"),
        ("基本满意", 3, "23.1%（3/13）"),
        ("不满意", 0, "0.0%（0/13）"),
    ]
    assert (line.valid, line.abstained, str(line.good)) == (13, 1, "100.0%（13/13）")
    assert line.result == "基本满意"
    found = selectors.turnout(ballot)
    assert (found.cast, found.paper, found.spoiled, str(found.rate)) == (2, 12, 2, "80.0%（16/20）")


def test_a_line_that_a_paper_leaves_blank_is_an_abstention(office, people):
    ballot = ended(office, people, items=("甲局", "乙局"))
    first, second = ballot.items.order_by("serial")
    best = ballot.scale.options.get(label="满意")
    services.enter_papers(
        actor=office, ballot_pk=ballot.pk, seen=fingerprint(ballot), issued=20, spoiled=0,
        votes={(first.pk, best.pk): 8, (second.pk, best.pk): 7},
    )  # fmt: skip

    lines = selectors.results(Ballot.objects.get())

    assert [(line.valid, line.abstained) for line in lines] == [(8, 0), (7, 1)]


def test_a_scale_without_rules_grades_nobody(office, people):
    scale = BallotScale.objects.create(name="赞成反对")
    yes = BallotOption.objects.create(scale=scale, label="赞成", order=1, is_good=True)
    BallotOption.objects.create(scale=scale, label="反对", order=2)
    ballot = ended(office, people, "赞成", "弃权", scale=scale)
    services.enter_papers(
        actor=office, ballot_pk=ballot.pk, seen=fingerprint(ballot), issued=20, spoiled=0,
        votes={(ballot.items.get().pk, yes.pk): 4},
    )  # fmt: skip

    [line] = selectors.results(Ballot.objects.get())
    table = result_paper(ballot, dt.date(2026, 10, 8)).blocks[1]

    assert (line.result, line.good_name, str(line.good)) == ("", "赞成率", "100.0%（5/5）")
    heads = [column.title for column in table.columns]
    assert heads == ["测评的对象或内容", "赞成（票）", "反对（票）", "弃权（票）", "赞成率"]
    assert len(table.rows[0]) == len(heads)


def test_abstention_is_no_option_of_a_scale():
    option = BallotOption(scale=ScaleFactory(), label="弃权")

    with pytest.raises(ValidationError, match="弃权不用设"):
        option.full_clean()


@pytest.mark.parametrize(
    ("numbers", "result"),
    [
        ({"满意": 8, "基本满意": 2}, "满意"),
        ({"满意": 79, "基本满意": 21}, "基本满意"),
        ({"满意": 5, "不满意": 5}, "基本满意"),
        ({"满意": 4, "不满意": 5}, "不满意"),
    ],
)
def test_the_first_rule_that_holds_names_the_result(office, people, numbers, result):
    ballot = enter(ended(office, people), office, 200, **numbers)

    [line] = selectors.results(ballot)

    assert line.result == result


def test_more_papers_back_than_given_out_are_refused(office, people):
    ballot = ended(office, people, "满意")

    with pytest.raises(services.BallotError, match="收回 6 张"):
        enter(ballot, office, 5, 1, 满意=4)
    assert not BallotCount.objects.exists()


def test_without_a_vote_there_is_nothing_to_count(office, people):
    ballot = ended(office, people)

    with pytest.raises(services.BallotError, match="还没有有效票"):
        services.count_ballot(actor=office, ballot_pk=ballot.pk)


# The pages


def new_ballot(client, **more):
    address = reverse("activities:new_ballot")
    blank = client.get(address).context["form"]
    data = {
        "key": blank.initial["key"],
        "title": "站所评议",
        "region": CountyFactory().pk,
        "scale": ScaleFactory().pk,
        "items": "云溪派出所\n云溪税务所",
        "is_anonymous": "on",
        "who": "named",
        **more,
    }
    return client.post(address, data, follow=True), data


def test_a_ballot_is_made_once_opened_and_told_once(client, office, people):
    ScaleFactory()
    CountyFactory()
    client.force_login(office)
    names = "、".join(f"{each.name}（{each.town.name}）" for each in people)
    page, data = new_ballot(client, names=names)
    client.post(reverse("activities:new_ballot"), data)

    ballot = Ballot.objects.get()
    assert "3 位投票人" in page.text
    address = reverse("activities:ballot_step", args=[ballot.pk, "open"])
    assert "投票人各收到一次通知" in client.get(address).text
    client.post(address)
    again = client.post(address)
    assert "请重新打开页面" in again.text
    assert Notice.objects.filter(key=f"ballot:{ballot.pk}:open").count() == 3


def test_a_deputy_votes_on_the_phone_after_looking_again(client, running, people):
    client.force_login(people[0].user)
    address = reverse("activities:vote", args=[running.pk])
    options = options_of(running)
    first, second = running.items.order_by("serial")
    data = {f"item-{first.pk}": options["满意"], f"item-{second.pk}": "0"}

    check = client.post(address, data)
    assert "请核对您的票" in check.text
    assert not BallotPaper.objects.exists()
    done = client.post(address, {**data, "sure": "on"}, follow=True)
    twice = client.post(address, {**data, "sure": "on"}, follow=True)

    assert "票已投出" in done.text
    assert "已经投过票" in twice.text
    assert BallotPaper.objects.count() == 1


def test_a_missing_choice_is_named(client, running, people):
    client.force_login(people[0].user)

    page = client.post(reverse("activities:vote", args=[running.pk]), {"sure": "on"})

    assert page.text.count("请选一个；不表态的选弃权。") == 4  # above the form and at the field


def test_from_activity_to_result_to_rectification(client, office, people):
    """M83: ballot → result table → 整改."""
    activity = ActivityFactory(region=CountyFactory(), title="云溪站所评议")
    ballot = BallotFactory(
        items=["云溪派出所"], voters=people, state=BallotState.OPEN, activity=activity
    )
    for deputy in people:
        cast(ballot, deputy, "不满意")
    client.force_login(office)
    for action in ("close", "count"):
        client.post(reverse("activities:ballot_step", args=[ballot.pk, action]))

    page = client.get(reverse("activities:ballot", args=[ballot.pk]))
    assert "云溪派出所：不满意" in page.text
    assert "书面整改" in page.text
    asked = f"{reverse('activities:add_findings', args=[activity.pk])}?phase=after"
    assert asked in page.text
    assert client.get(asked).status_code == 200


def test_a_stale_or_foreign_change_is_refused(client, office):
    ballot = BallotFactory(items=["甲"])
    clerk = town_clerk(TownFactory())
    with pytest.raises(Ballot.DoesNotExist):
        services.open_ballot(actor=clerk, ballot_pk=ballot.pk)
    client.force_login(clerk)
    assert client.get(reverse("activities:ballot", args=[ballot.pk])).status_code == 404
    with pytest.raises(services.BallotError):
        services.save_ballot(
            actor=clerk, values={"title": "甲", "region": ballot.region, "scale": ballot.scale},
            items=["甲"], voters=[],
        )  # fmt: skip

    seen = fingerprint(ballot)
    Ballot.objects.update(note="别人写的")
    client.force_login(office)
    data = {
        "title": "改名", "region": ballot.region_id, "scale": ballot.scale_id, "items": "甲",
        "who": "named", "seen": seen,
    }  # fmt: skip
    page = client.post(reverse("activities:edit_ballot", args=[ballot.pk]), data)
    assert "刚被别人改过" in page.text
    assert 'value="改名"' in page.text


def test_a_draft_is_not_there_for_its_voters(client, people):
    ballot = BallotFactory(items=["甲"], voters=people)
    client.force_login(people[0].user)

    assert client.get(reverse("activities:ballot", args=[ballot.pk])).status_code == 404
    assert not client.get(reverse("activities:ballots")).context["page"].object_list


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_papers_leave_as_files(client, office, people, kind):
    ballot = enter(ended(office, people, "满意"), office, 20, 满意=3)
    client.force_login(office)

    for name in ("ballot_paper", "ballot_result"):
        answer = client.get(reverse(f"activities:{name}", args=[ballot.pk, kind]))
        assert answer.status_code == 200
        assert answer.content[:2] in (b"%P", b"PK")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, office, rows, django_assert_num_queries):
    BallotFactory.create_batch(rows)
    client.force_login(office)
    client.get(reverse("activities:ballots"))

    with django_assert_num_queries(6):
        client.get(reverse("activities:ballots"))
