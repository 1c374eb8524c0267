"""The year-end review: who may do what in which state, and honours only in the end (M109)."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import connection
from django.utils import timezone

from activities.models import Honour
from activities.services import ballots
from congress_portal.core.errors import DomainError
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.models import AuditEntry
from congress_portal.core.periods import year as year_period
from congress_portal.core.stale import fingerprint
from congress_portal.core.workdays import seed_calendar
from congress_portal.evaluations.enums import ReviewState, SheetState, SubjectType
from congress_portal.evaluations.models import (
    Nominee,
    Recommendation,
    ReviewObjection,
    YearReview,
)
from congress_portal.evaluations.yearend import selectors, services
from congress_portal.evaluations.yearend.workflow import (
    TABLE,
    ReviewStep,
    ReviewStepError,
    next_state,
)
from deputies.models import Deputy
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, GroupFactory, GroupMembershipFactory
from tests.factories.evaluations import SchemeFactory, ScoreFactory, SheetFactory
from tests.factories.reviews import NomineeFactory, ReviewTitleFactory, YearReviewFactory
from tests.factories.supervision import ScaleFactory

pytestmark = pytest.mark.django_db

PUBLIC_ON = "2026-11-16 09:00"  # a Monday; five working days end on the 23rd
OVER = "2026-11-24 09:00"


@pytest.fixture(autouse=True)
def _calendar(freeze):
    freeze(PUBLIC_ON)
    seed_calendar(2026)


@pytest.fixture
def review():
    return ReviewTitleFactory().review


def _nominees(review, count=2):
    title = review.titles.get()
    return [NomineeFactory(title=title, deputy=DeputyFactory(seat=True)) for _ in range(count)]


def _in_public(review, count=2, office=None):
    office = office or staff()
    rows = _nominees(review, count)
    services.settle(actor=office, review_pk=review.pk, voters="none")
    return rows, _publicise(office, review, rows[:2])


def _publicise(office, review, rows, basis="经主任会议研究确定"):
    review.refresh_from_db()
    return services.publicise(
        actor=office, review_pk=review.pk, chosen=[row.pk for row in rows], basis=basis,
        seen=fingerprint(review),
    )  # fmt: skip


def _issue(office, review, day=dt.date(2026, 11, 24)):
    review.refresh_from_db()
    return services.issue(
        actor=office, review_pk=review.pk, awarded_on=day, document_number="安人发〔2026〕9号",
        seen=fingerprint(review),
    )  # fmt: skip


# The table


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("step", ReviewStep)
def test_next_state_follows_the_table(step, state):
    move = TABLE[step]
    if state in move.sources:
        back = {"voting": "nominating", "publicity": "voting"}.get(state)
        wanted = back if step == ReviewStep.RETURN else (move.to or state)
        assert next_state(step, state, "理由") == wanted
    else:
        with pytest.raises(ReviewStepError):
            next_state(step, state, "理由")


def test_going_back_needs_a_reason():
    with pytest.raises(ReviewStepError, match="理由"):
        next_state(ReviewStep.RETURN, ReviewState.VOTING, " ")


CALLS = {
    "settle": lambda actor, row: services.settle(actor=actor, review_pk=row.pk, voters="none"),
    "rank": lambda actor, row: services.take_ranking(actor=actor, review_pk=row.pk, numbers={}),
    "return": lambda actor, row: services.give_back(actor=actor, review_pk=row.pk, words="重评"),
    "publicise": lambda actor, row: services.publicise(
        actor=actor, review_pk=row.pk, chosen=[1], basis="", seen=fingerprint(row)
    ),
    "issue": lambda actor, row: services.issue(
        actor=actor, review_pk=row.pk, awarded_on=dt.date(2026, 11, 24), document_number="",
        seen=fingerprint(row),
    ),
}  # fmt: skip
DATES = {"publicised_on": dt.date(2026, 11, 2), "public_until": dt.date(2026, 11, 9)}


@pytest.mark.parametrize("state", ["nominating", "voting", "publicity"])
@pytest.mark.parametrize("call", CALLS)
def test_each_step_is_the_offices_alone(call, state):
    row = YearReviewFactory(state=state, **(DATES if state == "publicity" else {}))
    town = TownFactory()

    with pytest.raises(DomainError, match="人大工作人员办理"):
        CALLS[call](town_clerk(town), row)
    with pytest.raises(YearReview.DoesNotExist):
        CALLS[call](UserFactory(), row)


# Candidates


def _ranked(ranks=True, **sheet):
    scheme = SchemeFactory(subject_type=SubjectType.DEPUTY, ranks=ranks)
    return SheetFactory(scheme=scheme, scheme_data={"ranks": ranks}, **sheet)


def _published(sheet, *ranks):
    deputies = []
    for number in ranks:
        deputies.append(DeputyFactory(seat=True))
        ScoreFactory(sheet=sheet, deputy=deputies[-1], rank=number, total=100 - number)
    sheet.state, sheet.published_at = SheetState.PUBLISHED, dt.datetime(2026, 10, 9, tzinfo=dt.UTC)
    sheet.save()
    return deputies


def test_ranking_puts_up_the_first_and_whoever_shares_the_last_rank(review):
    sheet = _ranked()
    first, second, third, _ = _published(sheet, 1, 2, 2, 4)
    YearReview.objects.filter(pk=review.pk).update(sheet=sheet)
    call = {"actor": staff(), "review_pk": review.pk, "numbers": {review.titles.get().pk: 2}}

    assert services.take_ranking(**call) == 3
    assert services.take_ranking(**call) == 0
    rows = Nominee.objects.order_by("pk").values_list("deputy", "rank")
    assert list(rows) == [(first.pk, 1), (second.pk, 2), (third.pk, 2)]


@pytest.mark.parametrize(("ranks", "is_published"), [(False, True), (True, False)])
def test_ranking_that_is_off_or_unpublished_gives_no_candidates(review, ranks, is_published):
    sheet = _ranked(ranks=ranks)
    if is_published:
        _published(sheet, 1)
    YearReview.objects.filter(pk=review.pk).update(sheet=sheet)

    with pytest.raises(ReviewStepError, match="没有可取名次"):
        services.take_ranking(
            actor=staff(), review_pk=review.pk, numbers={review.titles.get().pk: 2}
        )
    assert not Nominee.objects.exists()


def test_a_town_recommends_its_own_deputies_once(review):
    own, other = DeputyFactory(seat=True), DeputyFactory(seat=True)
    clerk, title = town_clerk(own.town), review.titles.get()

    row = services.recommend(actor=clerk, title_pk=title.pk, deputy=own, reason="接待最多")

    assert row.side == own.town
    with pytest.raises(Exception, match="已经推荐过"):
        services.recommend(actor=clerk, title_pk=title.pk, deputy=own, reason="再来")
    with pytest.raises(ReviewStepError, match="只能推荐本镇"):
        services.recommend(actor=clerk, title_pk=title.pk, deputy=other, reason="外镇")
    assert Nominee.objects.count() == 1


def test_a_groups_leader_recommends_its_members_but_not_oneself(review):
    group = GroupFactory()
    leader = DeputyFactory(seat=True, user=UserFactory(role="deputy"))
    member, stranger = DeputyFactory(seat=True), DeputyFactory(seat=True)
    GroupMembershipFactory(group=group, deputy=leader, role="leader")
    GroupMembershipFactory(group=group, deputy=member)
    title = review.titles.get()

    row = services.recommend(actor=leader.user, title_pk=title.pk, deputy=member, reason="积极")

    assert row.side == group
    for deputy, words in ((leader, "不能推荐自己"), (stranger, "只能推荐")):
        with pytest.raises(ReviewStepError, match=words):
            services.recommend(actor=leader.user, title_pk=title.pk, deputy=deputy, reason="x")


def test_a_candidate_goes_with_its_last_recommendation(review):
    deputy, title = DeputyFactory(seat=True), review.titles.get()
    clerk, office = town_clerk(deputy.town), staff()
    for actor in (clerk, office):
        services.recommend(actor=actor, title_pk=title.pk, deputy=deputy, reason="接待最多")
    nominee = Nominee.objects.get()

    services.withdraw(actor=clerk, nominee_pk=nominee.pk, words="写错了人")
    assert [row.side for row in nominee.recommendations.all()] == [review.region]
    with pytest.raises(ReviewStepError, match="只能撤回自己写的推荐"):
        services.withdraw(actor=clerk, nominee_pk=nominee.pk, words="再撤一次")
    with pytest.raises(ReviewStepError, match="理由"):
        services.withdraw(actor=office, nominee_pk=nominee.pk, words=" ")
    services.withdraw(actor=office, nominee_pk=nominee.pk, words="本人不同意")

    assert not Nominee.objects.exists()
    kept = AuditEntry.objects.filter(action="delete", model="evaluations.Nominee").get()
    assert kept.reason == "本人不同意"


def test_a_ranked_candidate_stays_when_a_recommendation_is_taken_back(review):
    deputy, title = DeputyFactory(seat=True), review.titles.get()
    clerk = town_clerk(deputy.town)
    NomineeFactory(title=title, deputy=deputy, rank=1, total=90)
    services.recommend(actor=clerk, title_pk=title.pk, deputy=deputy, reason="接待最多")

    services.withdraw(actor=clerk, nominee_pk=Nominee.objects.get().pk, words="重复")
    assert Nominee.objects.get().recommendations.count() == 0


@pytest.mark.parametrize("state", ["voting", "publicity", "issued"])
def test_nobody_is_taken_out_once_the_recommending_is_over(state):
    dates = DATES if state != "voting" else {}
    issued = {"issued_at": timezone.now(), "awarded_on": dt.date(2026, 11, 24)}
    row = YearReviewFactory(state=state, **dates, **(issued if state == "issued" else {}))
    nominee = NomineeFactory(title__review=row)

    with pytest.raises(ReviewStepError, match="不能撤下候选人"):
        services.withdraw(actor=staff(), nominee_pk=nominee.pk, words="晚了")


def test_who_was_not_in_office_in_the_year_is_no_candidate(review):
    outsider = DeputyFactory()

    with pytest.raises(ReviewStepError, match="不是"):
        services.recommend(
            actor=staff(), title_pk=review.titles.get().pk, deputy=outsider, reason="x"
        )


# Ballot


def _voted(review, votes):
    """Nominees with so many approving paper votes of ten each, counted."""
    office = staff()
    rows = _nominees(review, len(votes))
    scale = ScaleFactory()
    good = scale.options.filter(is_good=True).first()
    bad = scale.options.filter(is_good=False).first()
    review = services.settle(actor=office, review_pk=review.pk, voters="deputies", scale=scale)
    ballot = review.ballot
    ballots.open_ballot(actor=office, ballot_pk=ballot.pk)
    ballots.close_ballot(actor=office, ballot_pk=ballot.pk)
    ballot.refresh_from_db()
    marks = {}
    for item, number in zip(ballot.items.order_by("serial"), votes, strict=True):
        marks |= {(item.pk, good.pk): number, (item.pk, bad.pk): 10 - number}
    ballots.enter_papers(
        actor=office, ballot_pk=ballot.pk, seen=fingerprint(ballot), issued=10, spoiled=0,
        votes=marks,
    )  # fmt: skip
    ballots.count_ballot(actor=office, ballot_pk=ballot.pk)
    return office, rows


def test_votes_are_taken_over_and_the_most_are_chosen(review):
    office, rows = _voted(review, [9, 4, 8])

    found = _publicise(office, review, [rows[0], rows[2]], basis="")

    assert (found.state, found.public_until) == ("publicity", dt.date(2026, 11, 23))
    kept = list(Nominee.objects.order_by("pk").values_list("votes", "papers", "is_chosen"))
    assert kept == [(9, 10, True), (4, 10, False), (8, 10, True)]


@pytest.mark.parametrize("votes", [[9, 8, 4], [9, 4, 4]])
def test_choosing_against_the_votes_or_within_a_tie_needs_a_basis(review, votes):
    office, rows = _voted(review, votes)

    with pytest.raises(ReviewStepError, match="依据"):
        _publicise(office, review, [rows[0], rows[2]], basis=" ")
    assert _publicise(office, review, [rows[0], rows[2]]).state == "publicity"


def test_two_titles_for_one_deputy_need_a_basis(review):
    office = staff()
    rows = _nominees(review, 1)
    second = ReviewTitleFactory(review=review, name="履职积极分子", serial=2, places=1)
    rows = [*rows, NomineeFactory(title=second, deputy=rows[0].deputy)]
    services.settle(actor=office, review_pk=review.pk, voters="none")

    with pytest.raises(ReviewStepError, match="选了两个称号"):
        _publicise(office, review, rows, basis=" ")
    assert _publicise(office, review, rows).state == "publicity"


def test_a_ballot_that_is_not_counted_makes_no_list(review):
    rows, office = _nominees(review), staff()
    services.settle(actor=office, review_pk=review.pk, voters="deputies", scale=ScaleFactory())

    with pytest.raises(ReviewStepError, match="还没有计票"):
        _publicise(office, review, rows)
    assert not Nominee.objects.filter(is_chosen=True).exists()


def test_going_back_before_the_vote_discards_the_draft_ballot(review):
    office = staff()
    _nominees(review)
    services.settle(actor=office, review_pk=review.pk, voters="deputies", scale=ScaleFactory())

    found = services.give_back(actor=office, review_pk=review.pk, words="补推荐")

    assert (found.state, found.ballot) == ("nominating", None)


def test_once_the_vote_is_open_there_is_no_going_back(review):
    office = staff()
    _nominees(review)
    row = services.settle(
        actor=office, review_pk=review.pk, voters="deputies", scale=ScaleFactory()
    )
    ballots.open_ballot(actor=office, ballot_pk=row.ballot.pk)

    with pytest.raises(ReviewStepError, match="已经开始"):
        services.give_back(actor=office, review_pk=review.pk, words="补推荐")


def test_more_than_the_places_are_refused(review):
    rows, office = _nominees(review, 3), staff()
    services.settle(actor=office, review_pk=review.pk, voters="none")

    with pytest.raises(ReviewStepError, match="名额只有 2 个"):
        _publicise(office, review, rows)


def test_without_candidates_nothing_is_settled(review):
    with pytest.raises(ReviewStepError, match="还没有候选人"):
        services.settle(actor=staff(), review_pk=review.pk, voters="none")


def test_namesakes_of_one_town_keep_their_own_lines(review):
    title, town = review.titles.get(), TownFactory()
    rows = [
        NomineeFactory(title=title, deputy=DeputyFactory(seat=True, name="张伟", town=town))
        for _ in range(2)
    ]
    before = selectors.item_names(review)
    Nominee.objects.filter(pk=rows[0].pk).update(struck_reason="不实")

    assert len(set(before.values())) == 2
    assert selectors.item_names(review) == before


# Publicity and honours


@pytest.mark.parametrize("moment", [PUBLIC_ON, "2026-11-23 23:59"])
def test_nothing_is_issued_before_the_publicity_ends(review, freeze, moment):
    office = staff()
    _in_public(review, office=office)
    freeze(moment)

    with pytest.raises(ReviewStepError, match="还没有期满"):
        _issue(office, review, dt.date(2026, 11, 23))
    assert not Honour.objects.exists()


def test_honours_are_issued_after_it_and_show_in_the_metric(review, freeze):
    office = staff()
    rows, _ = _in_public(review, count=3, office=office)
    freeze("2026-11-24 00:00")

    found = _issue(office, review)

    kept = [(each.deputy, each.title, each.held_on, each.document_number, each.verification)
            for each in found]  # fmt: skip
    assert kept == [
        (row.deputy, "2026年度优秀人大代表", dt.date(2026, 11, 24), "安人发〔2026〕9号", "verified")
        for row in rows[:2]
    ]
    counted = measure(
        [find_metric(Deputy, "honours")], year_period(2026), Deputy.objects.order_by("pk")
    )["honours"]
    assert [counted[row.deputy_id] for row in rows] == [1, 1, 0]


def test_issuing_twice_is_refused(review, freeze):
    office = staff()
    _in_public(review, office=office)
    freeze(OVER)
    _issue(office, review)

    with pytest.raises(ReviewStepError, match="已表彰"):
        _issue(office, review)
    assert Honour.objects.count() == 2


def test_an_open_objection_holds_the_honours_back(review, freeze):
    office, other = staff(), staff()
    rows, _ = _in_public(review, office=office)
    row = services.object_to_list(
        actor=office, review_pk=review.pk, nominee_pk=rows[0].pk, words="不实", raised_by="李四"
    )
    freeze(OVER)

    with pytest.raises(ReviewStepError, match="没有答复"):
        _issue(office, review)
    services.answer_objection(actor=other, objection_pk=row.pk, upheld=True, answer="查实")
    with pytest.raises(ReviewStepError, match="没有重复答复"):
        services.answer_objection(actor=office, objection_pk=row.pk, upheld=False, answer="再答")
    assert [each.deputy for each in _issue(office, review)] == [rows[1].deputy]
    rows[0].refresh_from_db()
    assert (rows[0].is_chosen, rows[0].struck_reason) == (False, "查实")


def test_a_struck_nominee_is_not_chosen_again(review):
    office = staff()
    rows, _ = _in_public(review, count=3, office=office)
    row = services.object_to_list(
        actor=office, review_pk=review.pk, nominee_pk=rows[0].pk, words="不实", raised_by="李四"
    )
    services.answer_objection(actor=office, objection_pk=row.pk, upheld=True, answer="查实")
    services.give_back(actor=office, review_pk=review.pk, words="补一名")

    with pytest.raises(ReviewStepError, match="不能再选"):
        _publicise(office, review, rows[:2])
    assert _publicise(office, review, rows[1:]).public_until == dt.date(2026, 11, 23)


def test_nobody_answers_the_own_objection(review):
    office = staff(name="王五")
    _in_public(review, office=office)
    row = services.object_to_list(
        actor=office, review_pk=review.pk, nominee_pk=None, words="名单有误"
    )

    with pytest.raises(ReviewStepError, match="其他同志"):
        services.answer_objection(actor=office, objection_pk=row.pk, upheld=False, answer="无误")


def test_after_the_publicity_no_objection_is_taken(review, freeze):
    office = staff()
    _in_public(review, office=office)
    freeze(OVER)

    with pytest.raises(ReviewStepError, match="不在公示期"):
        services.object_to_list(actor=office, review_pk=review.pk, nominee_pk=None, words="晚了")
    late = services.object_to_list(
        actor=office, review_pk=review.pk, nominee_pk=None, words="来信", raised_by="李四",
        received_on=dt.date(2026, 11, 20),
    )  # fmt: skip
    assert late.received_on == dt.date(2026, 11, 20)


def test_the_same_form_twice_makes_one(review):
    office, key, other = staff(), uuid.uuid4(), uuid.uuid4()
    _in_public(review, office=office)
    for _ in range(2):
        services.object_to_list(
            actor=office, review_pk=review.pk, nominee_pk=None, words="名单有误", key=key
        )
    values = {"title": "评优", "year": 2026, "region": CountyFactory(), "given_by": "常委会"}
    made = [
        services.save_review(actor=office, values=values, titles=[("优秀", 1)], key=other)
        for _ in range(2)
    ]

    assert ReviewObjection.objects.count() == 1
    assert made[0] == made[1]


def test_an_honour_entered_by_hand_is_not_doubled(review, freeze):
    office = staff()
    rows, _ = _in_public(review, office=office)
    freeze(OVER)
    Honour.objects.create(
        deputy=rows[0].deputy, title="2026年度优秀人大代表", held_on=dt.date(2026, 11, 24)
    )

    _issue(office, review)

    assert Honour.objects.filter(deputy=rows[0].deputy).count() == 1


# Who sees what


def _cast(review):
    """One nominee in each of two towns; town A's is chosen, a group's leader put up town B's."""
    title = review.titles.get()
    a, b = NomineeFactory(title=title), NomineeFactory(title=title)
    leader = DeputyFactory(seat=True, user=UserFactory(role="deputy"))
    group = GroupFactory()
    GroupMembershipFactory(group=group, deputy=leader, role="leader")
    GroupMembershipFactory(group=group, deputy=b.deputy)
    services.recommend(actor=leader.user, title_pk=title.pk, deputy=b.deputy, reason="积极")
    people = {
        "office": staff(),
        "clerk a": town_clerk(a.deputy.town),
        "clerk b": town_clerk(b.deputy.town),
        "group leader": leader.user,
        "deputy": DeputyFactory(seat=True, user=UserFactory(role="deputy")).user,
        "committee's leader": UserFactory(role="leader", role__region=review.region),
        "stranger": UserFactory(),
    }
    return people, {a: "a", b: "b"}


BEFORE = {
    "office": ("ab", 1), "clerk a": ("a", 0), "clerk b": ("b", 1), "group leader": ("b", 1),
    "deputy": ("", 0), "committee's leader": ("ab", 1), "stranger": ("", 0),
}  # fmt: skip
AFTER = BEFORE | {
    "clerk b": ("ab", 1), "group leader": ("ab", 1), "deputy": ("a", 0),
}  # fmt: skip


@pytest.mark.parametrize("who", BEFORE)
@pytest.mark.parametrize("is_public", [False, True])
def test_who_sees_candidates_and_recommendations(review, who, is_public):
    people, names = _cast(review)
    if is_public:
        services.settle(actor=people["office"], review_pk=review.pk, voters="none")
        _publicise(people["office"], review, [row for row in names if names[row] == "a"])
    user = people[who]

    rows = Nominee.objects.visible_to(user).order_by("pk")
    reasons = Recommendation.objects.visible_to(user).count()

    assert ("".join(names[row] for row in rows), reasons) == (AFTER if is_public else BEFORE)[who]
    sees_review = YearReview.objects.visible_to(user).filter(pk=review.pk).exists()
    assert sees_review == (who != "stranger")
    writes = YearReview.objects.editable_by(user).filter(pk=review.pk).exists()
    assert writes == (who == "office")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_officers_issue_once(freeze):
    seed_calendar(2026)
    review, office = ReviewTitleFactory().review, staff()
    _in_public(review, office=office)
    freeze(OVER)
    review.refresh_from_db()
    told, start, seen = [], threading.Barrier(4), fingerprint(review)

    def act():
        start.wait()
        try:
            services.issue(
                actor=office, review_pk=review.pk, awarded_on=dt.date(2026, 11, 24),
                document_number="", seen=seen,
            )  # fmt: skip
            told.append("done")
        except DomainError as error:
            told.append(error.message[:10])
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["done"] + ["这次评优现在是「已表"] * 3
    assert Honour.objects.count() == 2
