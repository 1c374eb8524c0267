"""Appraisal, second rounds, promises, look-backs; and the whole path."""

import datetime as dt

import pytest

from congress_portal.core.enums import Rating
from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import Finding, HandlingState, PromiseState, State
from suggestions.models import Appraisal, HandlingRule, Promise, Reply, Suggestion
from suggestions.selectors import timeline
from suggestions.services import RefusedError
from tests.factories.workflow import (
    answered,
    contacted,
    handed_over,
    in_state,
    make_cast,
    part_of,
    rate,
    reply_data,
    reply_drafted,
    submitted,
)

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return make_cast()


def _sheet(item, deputy):
    return Appraisal.objects.filter(suggestion=item, deputy=deputy).latest("pk")


def _rate(item, deputy, result=Rating.SATISFIED, **kwargs):
    return services.appraise_reply(
        appraisal_pk=_sheet(item, deputy).pk,
        actor=kwargs.pop("actor", deputy.user),
        process=kwargs.pop("process", Rating.SATISFIED),
        result=result,
        **kwargs,
    )


def test_all_satisfied_closes_class_a(cast):
    item = answered(cast, cosigned=True)

    _rate(item, cast.lead)
    item.refresh_from_db()
    assert (item.state, Reply.objects.get().rating) == (State.ANSWERED, "")
    _rate(item, cast.mate, Rating.BASICALLY)

    item.refresh_from_db()
    assert (item.state, item.closed_on) == (State.CLOSED, D(2026, 3, 2))
    assert Reply.objects.get().rating == Rating.BASICALLY


@pytest.mark.parametrize("dissatisfied_first", [True, False])
def test_one_dissatisfied_opens_the_second_round(cast, dissatisfied_first):
    item = answered(cast, cosigned=True)
    votes = [(cast.mate, Rating.UNSATISFIED), (cast.lead, Rating.SATISFIED)]

    for deputy, result in votes if dissatisfied_first else votes[::-1]:
        _rate(item, deputy, result, words="没有修")

    item.refresh_from_db()
    part = item.handlings.get()
    assert item.state == State.REDO
    assert (part.state, part.round, part.due_on) == (HandlingState.UNDERWAY, 2, D(2026, 5, 2))
    assert Reply.objects.get().rating == Rating.UNSATISFIED
    assert item.log.filter(action="redo").count() == 1


def test_no_prior_contact_opens_the_second_round(cast):
    item = answered(cast)

    _rate(item, cast.lead, was_contacted=False)

    item.refresh_from_db()
    assert item.state == State.REDO


def test_bad_manners_alone_redo_only_by_rule(cast):
    item = answered(cast)
    _rate(item, cast.lead, process=Rating.UNSATISFIED, words="态度生硬")
    assert Suggestion.objects.get(pk=item.pk).state == State.CLOSED

    HandlingRule.objects.create(region=cast.county, redo_on_process=True)
    other = answered(cast)
    _rate(other, cast.lead, process=Rating.UNSATISFIED, words="态度生硬")
    assert Suggestion.objects.get(pk=other.pk).state == State.REDO


def test_rounds_are_kept_apart(cast):
    item = in_state(cast, State.REDO)
    part = item.handlings.get()
    with pytest.raises(RefusedError, match="请先登记沟通"):
        services.draft_reply(handling_pk=part.pk, actor=cast.officer(), data=reply_data(cast))

    answered(cast, part=part)

    assert list(Reply.objects.order_by("round").values_list("round", "rating")) == [
        (1, "unsatisfied"),
        (2, ""),
    ]
    assert rate(cast, item).state == State.CLOSED


def test_last_round_is_the_offices_to_conclude(cast):
    HandlingRule.objects.create(region=cast.county, most_rounds=1)
    item = in_state(cast, State.REDO)
    assert item.state == State.ANSWERED

    with pytest.raises(RefusedError, match="要写明理由"):
        services.conclude_appraisals(pk=item.pk, actor=cast.office)
    done = services.conclude_appraisals(pk=item.pk, actor=cast.office, comment="限于财力")

    assert done.state == State.CLOSED


def test_silent_deputies_are_waited_for_then_passed_over(cast, freeze):
    item = answered(cast, cosigned=True)
    _rate(item, cast.lead)
    with pytest.raises(RefusedError, match="还在评价期限内"):
        services.conclude_appraisals(pk=item.pk, actor=cast.office)
    freeze("2026-03-31 09:00")

    done = services.conclude_appraisals(pk=item.pk, actor=cast.office)

    assert (done.state, Reply.objects.get().rating) == (State.CLOSED, Rating.SATISFIED)


def test_sheet_is_its_deputys_own(cast):
    item = answered(cast)

    for other in (cast.mate.user, cast.officer(), cast.leader()):
        with pytest.raises(Appraisal.DoesNotExist):
            _rate(item, cast.lead, actor=other)
    sheet = _rate(item, cast.lead, actor=cast.office)
    assert (sheet.on_behalf, sheet.entered_by) == (True, cast.office)
    with pytest.raises(RefusedError, match="已经评价过"):
        _rate(item, cast.lead)


def test_promise_is_followed_until_kept(cast, freeze):
    item = in_state(cast, State.TRACKING)
    promise = Promise.objects.get()
    assert (promise.content, promise.next_report_on) == ("明年大修", D(2026, 6, 2))
    freeze("2026-06-01 09:00")
    services.report_promise(promise_pk=promise.pk, actor=cast.officer(), content="已列计划")
    promise.refresh_from_db()
    assert promise.next_report_on == D(2026, 9, 1)
    with pytest.raises(RefusedError, match="还有 1 项承诺"):
        services.conclude_appraisals(pk=item.pk, actor=cast.office)

    services.settle_promise(promise_pk=promise.pk, actor=cast.office, comment="现场看过")

    item.refresh_from_db()
    assert (item.state, item.final_class.code) == (State.CLOSED, "A")
    assert Reply.objects.get().reply_class.code == "B"


def test_reclassified_promise_closes_the_case(cast):
    item = in_state(cast, State.TRACKING)

    done = services.reclassify(
        pk=item.pk, actor=cast.office, reply_class=cast.classes["C"], comment="资金未落实"
    )

    assert (done.state, done.final_class.code) == (State.CLOSED, "C")
    assert Promise.objects.get().state == PromiseState.RECLASSIFIED


def test_look_back_can_reopen_a_closed_case(cast):
    item = in_state(cast, State.CLOSED)

    visit = services.record_look_back(
        pk=item.pk,
        actor=cast.lead.user,
        finding=Finding.UNSOLVED,
        words="坑槽又出现",
        deputies=[cast.lead],
        reopen=True,
    )

    item.refresh_from_db()
    assert (visit.reopened, item.state, item.closed_on) == (True, State.REDO, None)
    assert item.handlings.get().round == 2


def test_whole_path_with_every_step_and_each_notice_once(cast, freeze):
    item = submitted(cast, cosigned=True)
    services.accept_suggestion(pk=item.pk, actor=cast.office)
    services.hand_over(pk=item.pk, actor=cast.office, lead=cast.units[0], assisting=[cast.units[1]])
    wrong = part_of(item, cast.units[1])
    services.ask_return(handling_pk=wrong.pk, actor=cast.officer(1), comment="不属我局职责")
    services.decide_return(handling_pk=wrong.pk, actor=cast.office, grants=True)
    services.reassign(
        pk=item.pk, actor=cast.office, unit=cast.units[2], comment="改由住建局", instead_of=wrong.pk
    )
    part = part_of(item, cast.units[0])
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer())
    request = services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=D(2026, 8, 1), comment="涉及面广"
    )
    services.decide_extension(extension_pk=request.pk, actor=cast.office, grants=True)
    reply_drafted(cast, part=part)
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())
    _rate(item, cast.lead)
    _rate(item, cast.mate, Rating.UNSATISFIED, words="没有修")
    part.refresh_from_db()
    contacted(cast, part)
    services.draft_reply(handling_pk=part.pk, actor=cast.officer(), data=reply_data(cast, "B"))
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())
    _rate(item, cast.lead)
    _rate(item, cast.mate)
    promise = Promise.objects.get()
    services.report_promise(
        promise_pk=promise.pk, actor=cast.officer(), content="完工", claims_done=True
    )
    services.record_look_back(
        pk=item.pk, actor=cast.office, finding=Finding.SOLVED, words="路已修好",
        deputies=[cast.mate],
    )  # fmt: skip
    services.settle_promise(promise_pk=promise.pk, actor=cast.office)

    item.refresh_from_db()
    assert item.state == State.CLOSED
    assert "draft_reply" in [log.action for log in timeline(cast.office, item)]
    assert "draft_reply" not in [log.action for log in timeline(cast.lead.user, item)]
    assert [log.action for log in timeline(None, item)] == [
        "submit", "accept", "hand_over", "ask_return", "grant_return", "reassign", "sign",
        "ask_extension", "extend", "log_contact", "draft_reply", "approve", "answer",
        "appraise", "appraise", "start_again", "redo", "log_contact", "draft_reply", "approve",
        "answer", "appraise", "appraise", "track", "report_promise", "look_back",
        "settle_promise", "release", "close",
    ]  # fmt: skip
    keys = list(Notice.objects.values_list("user", "key"))
    assert len(keys) == len(set(keys))
    assert handed_over(cast).number == "002"
