"""Vacancies, by-elections and exit cases: every step by state and role, and what the law asks."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import AuditEntry
from congress_portal.core.stale import StaleRecordError, fingerprint
from deputies.enums import ByElectionState, EndKind, ExitAction, ExitState, Gate
from deputies.models import ByElection, Deputy, ExitCase, ExitStep, Mandate
from deputies.seats import services
from deputies.seats.selectors import short_districts, vacancies
from deputies.seats.services import SeatError
from deputies.seats.workflow import BY_ELECTION, EXIT, ByElectionAction, StepNotAllowedError
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, DistrictFactory, MandateFactory, TermFactory
from tests.factories.seats import (
    ByElectionFactory,
    CandidateFactory,
    ExitCaseFactory,
    ExitStepFactory,
    GateCheckFactory,
)
from tests.factories.uploads import PDF

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)
GONE = dt.date(2026, 8, 31)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def vacated(**fields):
    return MandateFactory(ends_on=GONE, end_kind=EndKind.RESIGNED, **fields)


# Vacancies


def test_a_seat_given_up_is_vacant_until_it_is_filled():
    district = DistrictFactory(seats=2)
    seat = vacated(district=district, term=district.term)
    MandateFactory(term=district.term, district=district)
    terms = [district.term]

    (found,) = vacancies(terms)
    assert (found.mandate, found.days, found.running) == (seat, 38, None)
    assert short_districts(terms, [found]) == []
    running = ByElectionFactory(term=district.term, vacated=seat)
    assert vacancies(terms)[0].running == running
    new = MandateFactory(term=district.term, district=district, begins_on=TODAY)
    ByElection.objects.update(state=ByElectionState.ELECTED, mandate=new, held_on=TODAY)
    assert vacancies(terms) == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"ends_on": dt.date(2026, 11, 30), "end_kind": EndKind.TERM},
        {"ends_on": dt.date(2026, 10, 8), "end_kind": EndKind.RESIGNED},
    ],
)
def test_a_seat_that_is_held_or_ends_with_the_term_is_not_vacant(fields):
    seat = MandateFactory(**fields)

    assert vacancies([seat.term]) == []


def test_a_district_with_too_few_deputies_is_named_with_its_figures():
    district = DistrictFactory(seats=3)
    MandateFactory(term=district.term, district=district)
    DistrictFactory(term=district.term)

    (short,) = short_districts([district.term], [])

    assert (short.district, short.seats, short.held, short.short) == (district, 3, 1, 2)


# By-elections


@pytest.fixture
def election():
    district = DistrictFactory()
    seat = vacated(term=district.term, district=district)
    return ByElectionFactory(term=district.term, district=district, vacated=seat)


def result(election, *, actor=None, registered=1000, voted=600, votes=None, **more):
    election.refresh_from_db()
    return services.record_result(
        actor=actor or staff(), by_election_pk=election.pk, seen=fingerprint(election),
        held_on=TODAY, registered=registered, voted=voted, votes=votes or {}, **more,
    )  # fmt: skip


def test_a_by_election_ends_with_a_new_deputy_from_its_day(election):
    candidate = CandidateFactory(by_election=election, name="梁新任", checked=True)

    row = result(election, votes={candidate.pk: 400})

    seat = Mandate.objects.get(deputy__name="梁新任")
    assert (row.state, row.mandate) == (ByElectionState.ELECTED, seat)
    assert (seat.begins_on, seat.begin_kind, seat.district) == (
        TODAY, "by_election", election.district,
    )  # fmt: skip
    assert seat.deputy.town == candidate.town
    assert AuditEntry.objects.filter(model="deputies.Mandate", action="create").count() == 1


def test_a_deputy_of_another_level_keeps_the_person(election):
    known = DeputyFactory(name="陈两级")
    candidate = CandidateFactory(by_election=election, deputy=known, checked=True)
    people = Deputy.objects.count()

    result(election, votes={candidate.pk: 301})

    assert (Deputy.objects.count(), Mandate.objects.filter(deputy=known).count()) == (people, 1)


@pytest.mark.parametrize(
    ("registered", "voted", "votes", "state"),
    [
        (1000, 500, 500, "failed"),
        (1000, 501, 251, "elected"),
        (1000, 501, 250, "failed"),
        (1000, 600, 300, "failed"),
        (1001, 501, 251, "elected"),
        (1000, 0, 0, "failed"),
    ],
)
def test_more_than_half_must_vote_and_more_than_half_of_them_for_one(
    election, registered, voted, votes, state
):
    candidate = CandidateFactory(by_election=election, checked=True)

    row = result(election, registered=registered, voted=voted, votes={candidate.pk: votes})

    assert (row.state, row.mandate is None) == (state, state == "failed")


@pytest.mark.parametrize("gate", Gate)
def test_all_four_checks_stand_before_the_result(election, gate):
    candidate = CandidateFactory(by_election=election, checked=True)
    candidate.checks.filter(gate=gate).delete()

    with pytest.raises(SeatError, match=f"{gate.label}还没有登记审核意见"):
        result(election, votes={candidate.pk: 400})
    assert not Mandate.objects.filter(begin_kind="by_election").exists()


def test_who_failed_a_check_cannot_win(election):
    candidate = CandidateFactory(by_election=election, checked=True)
    candidate.checks.filter(gate=Gate.POLITICS).update(passed=False)

    with pytest.raises(SeatError, match="有一关没有通过"):
        result(election, votes={candidate.pk: 400})
    assert result(election, votes={candidate.pk: 100}).state == ByElectionState.FAILED


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"voted": 1001}, "不能超过登记选民数"),
        ({"votes": 601}, "超过了参加投票的人数"),
        ({"no_candidate": True}, "还没有登记候选人"),
    ],
)
def test_impossible_results_are_refused(election, given, told):
    votes = {}
    if not given.pop("no_candidate", False):
        candidate = CandidateFactory(by_election=election, checked=True)
        votes = {candidate.pk: given.pop("votes", 10)}

    with pytest.raises(SeatError, match=told):
        result(election, votes=votes, **given)


def test_one_seat_is_filled_once_and_a_failed_election_is_held_again(election):
    again = {"actor": staff(), "term": election.term, "vacated": election.vacated, "reason": "x"}
    with pytest.raises(ValidationError, match="已经在补选"):
        services.start_by_election(**again)
    candidate = CandidateFactory(by_election=election, checked=True)
    result(election, votes={candidate.pk: 1})

    second = services.start_by_election(**again)
    assert second.district == election.district


def test_a_mistyped_count_is_entered_anew_as_long_as_nobody_won(client, election):
    candidate = CandidateFactory(by_election=election, checked=True)
    failed = result(election, registered=1000, voted=60, votes={candidate.pk: 40})
    office = staff()
    client.force_login(office)
    address = reverse("deputies:by_election_step", args=[election.pk, "reopen"])
    assert address in client.get(reverse("deputies:by_election", args=[election.pk])).text

    client.post(address, {"seen": fingerprint(failed), "reason": "参加投票少录一位数"})

    election.refresh_from_db()
    candidate.refresh_from_db()
    assert (election.state, election.voted, candidate.votes) == ("preparing", None, None)
    assert AuditEntry.objects.filter(reason="参加投票少录一位数").count() == 2
    won = result(election, registered=1000, voted=600, votes={candidate.pk: 400})
    assert won.state == ByElectionState.ELECTED
    with pytest.raises(StepNotAllowedError):
        services.reopen_by_election(
            actor=office, by_election_pk=election.pk, seen=fingerprint(won), reason="x"
        )


def test_a_seat_that_is_filled_anew_meanwhile_is_not_opened_again(election):
    candidate = CandidateFactory(by_election=election, checked=True)
    failed = result(election, votes={candidate.pk: 1})
    given = {"term": election.term, "vacated": election.vacated, "reason": "x"}
    services.start_by_election(actor=staff(), **given)

    with pytest.raises(ValidationError, match="已经在补选"):
        services.reopen_by_election(
            actor=staff(), by_election_pk=election.pk, seen=fingerprint(failed), reason="录错"
        )


def test_a_held_seat_or_a_foreign_district_starts_nothing():
    held = MandateFactory()
    with pytest.raises(SeatError, match="仍在任"):
        services.start_by_election(actor=staff(), term=held.term, vacated=held, reason="x")
    other = DistrictFactory(term=TermFactory(name="第十七届"))
    with pytest.raises(SeatError, match="选区不属于这一届"):
        services.start_by_election(actor=staff(), term=held.term, district=other, reason="x")


@pytest.mark.parametrize("state", ByElectionState)
@pytest.mark.parametrize("action", ByElectionAction)
def test_the_table_of_a_by_election(election, state, action):
    seat = MandateFactory() if state == ByElectionState.ELECTED else None
    candidate = CandidateFactory(by_election=election, checked=True)
    ByElection.objects.filter(pk=election.pk).update(state=state, mandate=seat, held_on=TODAY)
    election.refresh_from_db()
    seen = fingerprint(election)
    common = {"actor": staff(), "by_election_pk": election.pk}
    calls = {
        ByElectionAction.NOMINATE: lambda: services.nominate(
            **common, seen=seen, deputy=DeputyFactory(sex="male"), proposed_by="联名"
        ),
        ByElectionAction.CHECK: lambda: services.record_check(
            **common, candidate_pk=candidate.pk, gate=Gate.ABILITY, passed=True,
            office="县委组织部", opinion="同意", checked_on=TODAY,
        ),
        ByElectionAction.RECORD: lambda: result(election, votes={candidate.pk: 1}),
        ByElectionAction.CANCEL: lambda: services.cancel_by_election(
            **common, seen=seen, reason="届满在即"
        ),
        ByElectionAction.REOPEN: lambda: services.reopen_by_election(
            **common, seen=seen, reason="少录一位数"
        ),
    }  # fmt: skip
    if state in BY_ELECTION[action].sources:
        calls[action]()
    else:
        with pytest.raises(StepNotAllowedError):
            calls[action]()


def test_a_stale_form_is_refused(election):
    with pytest.raises(StaleRecordError):
        services.cancel_by_election(
            actor=staff(), by_election_pk=election.pk, seen="old", reason="x"
        )


# Exit cases


def case_in(state, **fields):
    case = ExitCaseFactory(**fields)
    ended = {"outcome": EndKind.RESIGNED, "effect_on": TODAY}
    ExitCase.objects.filter(pk=case.pk).update(
        state=state, **(ended if state == ExitState.ENDED else {})
    )
    case.refresh_from_db()
    return case


def step(case, action, *, actor=None, **more):
    lawful = {
        ExitAction.RECALL: {"requesters": 50},
        ExitAction.TERMINATE: {"ground": "absent"},
    }
    case.refresh_from_db()
    return services.take_step(
        actor=actor or staff(), case_pk=case.pk, action=action, seen=fingerprint(case),
        held_on=TODAY, words="情况", **{**lawful.get(action, {}), **more},
    )  # fmt: skip


@pytest.mark.parametrize("state", ExitState)
@pytest.mark.parametrize("action", ExitAction)
def test_the_table_of_an_exit_case(state, action):
    case = case_in(state)
    ExitStepFactory(case=case, action=ExitAction.HEAR)
    if state in EXIT[action].sources:
        moved = step(case, action)
        assert moved.state == (EXIT[action].to or state)
    else:
        with pytest.raises(StepNotAllowedError):
            step(case, action)
        assert case.steps.count() == 1


def test_a_case_that_ends_with_a_resignation_leaves_a_vacant_seat():
    seat = MandateFactory()
    actor = staff()
    case = services.open_case(
        actor=actor, mandate=seat, source="预警表", clue="出席率低", found_on=TODAY
    )
    for action in (ExitAction.VERIFY, ExitAction.TALK, ExitAction.STUDY, ExitAction.ADVISE):
        step(case, action, actor=actor)
    step(case, ExitAction.RESIGN, actor=actor, effect_on=dt.date(2026, 10, 7))

    case.refresh_from_db()
    seat.refresh_from_db()
    assert (case.state, case.outcome) == (ExitState.ENDED, EndKind.RESIGNED)
    assert (seat.ends_on, seat.end_kind) == (dt.date(2026, 10, 7), EndKind.RESIGNED)
    assert [each.mandate for each in vacancies([seat.term])] == [seat]
    assert AuditEntry.objects.filter(model="deputies.ExitStep").count() == 5
    assert "出席率低" not in str(list(AuditEntry.objects.values_list("changes", flat=True)))
    trail = AuditEntry.objects.filter(model__in=["deputies.ExitCase", "deputies.ExitStep"])
    assert trail.exists()
    assert not trail.filter(label__contains=seat.deputy.name).exists()


@pytest.mark.parametrize(
    ("level", "requesters", "heard", "told"),
    [
        ("county", 49, True, "50 人以上联名"),
        ("town", 29, True, "30 人以上联名"),
        ("county", None, True, "50 人以上联名"),
        ("county", 50, False, "听取申辩"),
    ],
)
def test_a_recall_needs_what_the_law_asks(level, requesters, heard, told):
    region = CountyFactory() if level == "county" else TownFactory()
    term = TermFactory(level=level, region=region)
    case = case_in(ExitState.STUDIED, mandate=MandateFactory(term=term))
    if heard:
        ExitStepFactory(case=case, action=ExitAction.HEAR)

    with pytest.raises(SeatError, match=told):
        step(case, ExitAction.RECALL, requesters=requesters)
    assert case.mandate.ends_on is None


def test_a_termination_names_its_ground():
    case = case_in(ExitState.VERIFIED)
    with pytest.raises(SeatError, match="法定情形"):
        step(case, ExitAction.TERMINATE, ground="")
    step(case, ExitAction.TERMINATE, ground="moved")

    case.mandate.refresh_from_db()
    assert case.mandate.end_reason == "迁出或者调离本行政区域"


def test_one_case_is_open_for_a_seat_and_steps_are_written_once():
    case = ExitCaseFactory()
    with pytest.raises(ValidationError, match="已有办理中的个案"):
        services.open_case(
            actor=staff(), mandate=case.mandate, source="x", clue="x", found_on=TODAY
        )
    done = ExitStepFactory(case=case)
    done.words = "改写"
    with pytest.raises(ValueError, match="written once"):
        done.save()
    assert ExitStep.objects.get().words == "情况属实"


# Who sees what

_ROLES = ("staff", "leader", "clerk", "neighbour", "deputy", "auditor", "admin")


def person(who, seat):
    town = seat.deputy.town
    return {
        "staff": staff,
        "leader": lambda: UserFactory(role=Role.LEADER),
        "clerk": lambda: town_clerk(town),
        "neighbour": lambda: town_clerk(TownFactory()),
        "deputy": lambda: _own_account(seat.deputy),
        "auditor": lambda: UserFactory(role=Role.AUDITOR),
        "admin": lambda: UserFactory(role=Role.ADMIN),
    }[who]()


def _own_account(deputy):
    deputy.user = UserFactory(role=Role.DEPUTY)
    deputy.save()
    return deputy.user


@pytest.mark.parametrize("who", _ROLES)
def test_cases_are_seen_by_the_office_and_its_leaders_alone(client, who):
    case = ExitCaseFactory()
    client.force_login(person(who, case.mandate))
    sees, acts = who in ("staff", "leader"), who == "staff"
    pages = {
        reverse("deputies:exit_cases"): sees,
        reverse("deputies:exit_case", args=[case.pk]): sees,
        reverse("evaluations:warnings"): sees,
        reverse("deputies:exit_step", args=[case.pk, "verify"]): acts,
        reverse("deputies:exit_open", args=[MandateFactory().pk]): acts,
    }
    assert {page: client.get(page).status_code for page in pages} == {
        page: 200 if allowed else 404 for page, allowed in pages.items()
    }
    if sees:
        assert "两年没有参加活动" in client.get(list(pages)[1]).content.decode()
    else:
        for page in ("desk:home", "deputies:list"):
            assert "届中退出" not in client.get(reverse(page)).content.decode()


@pytest.mark.parametrize("who", _ROLES)
def test_candidates_are_seen_by_those_who_run_the_election(client, who, election):
    candidate = CandidateFactory(by_election=election, checked=True)
    client.force_login(person(who, election.vacated))
    sees, acts = who in ("staff", "leader"), who == "staff"
    pages = {
        reverse("deputies:by_election", args=[election.pk]): sees,
        reverse("deputies:by_election_step", args=[election.pk, "nominate"]): acts,
        reverse("deputies:by_election_step", args=[election.pk, "record"]): acts,
        reverse("deputies:gate_check", args=[election.pk, candidate.pk]): acts,
    }
    assert {page: client.get(page).status_code for page in pages} == {
        page: 200 if allowed else 404 for page, allowed in pages.items()
    }


def test_a_town_runs_the_elections_of_its_own_congress(client):
    town = TownFactory()
    own = ByElectionFactory(term=TermFactory(level="town", region=town))
    foreign = ByElectionFactory(term=TermFactory(level="town", region=TownFactory()))
    client.force_login(town_clerk(town))

    assert client.get(reverse("deputies:by_election", args=[own.pk])).status_code == 200
    assert client.get(reverse("deputies:by_election", args=[foreign.pk])).status_code == 404
    with pytest.raises(ByElection.DoesNotExist):
        services.cancel_by_election(
            actor=town_clerk(town), by_election_pk=foreign.pk, seen="", reason="x"
        )


@pytest.mark.parametrize("kind", ["check", "result", "exit"])
def test_papers_are_handed_to_those_who_see_the_row(client, kind, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    paper = {"document": SimpleUploadedFile("意见.pdf", PDF)}
    row = {
        "check": lambda: GateCheckFactory(**paper),
        "result": lambda: ByElectionFactory(**paper),
        "exit": lambda: ExitStepFactory(**paper),
    }[kind]()
    page = reverse("deputies:seat_paper", args=[kind, row.pk])
    client.force_login(staff())
    assert b"".join(client.get(page).streaming_content) == PDF
    client.force_login(town_clerk(TownFactory()))
    assert client.get(page).status_code == 404
    client.force_login(staff())
    assert client.get(reverse("deputies:seat_paper", args=["other", row.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_three(client, django_assert_num_queries, rows):
    for _ in range(rows):
        seat = vacated()
        ByElectionFactory(term=seat.term, vacated=seat)
        election = ByElectionFactory(term=seat.term)
        case = ExitCaseFactory()
        ExitStepFactory(case=case)
    for _ in range(rows):
        CandidateFactory(by_election=election, checked=True)
        ExitStepFactory(case=case)
    client.force_login(staff())
    with django_assert_num_queries(11):
        client.get(reverse("deputies:vacancies"))
    with django_assert_num_queries(7):
        client.get(reverse("deputies:by_election", args=[election.pk]))
    with django_assert_num_queries(5):
        client.get(reverse("deputies:exit_cases"))
    with django_assert_num_queries(6):
        client.get(reverse("deputies:exit_case", args=[case.pk]))


def test_forms_name_what_is_missing(client, election):
    client.force_login(staff())
    page = reverse("deputies:by_election_step", args=[election.pk, "nominate"])
    told = client.post(page, {"seen": fingerprint(election), "proposed_by": "联名"})
    for words in ("请填写姓名", "请填写性别"):
        assert words in told.content.decode()
    case = case_in(ExitState.STUDIED)
    page = reverse("deputies:exit_step", args=[case.pk, "recall"])
    given = {"seen": fingerprint(case), "held_on": "2026-10-08", "words": "情况"}
    told = client.post(page, {**given, "requesters": "49", "effect_on": "2026-10-08"})
    assert "50 人以上联名" in told.content.decode()
    assert "情况" in told.content.decode()
    with pytest.raises(DomainError):
        step(case, ExitAction.RECALL, requesters=10)


def test_districts_to_choose_from_name_their_place_and_congress(client):
    town = TownFactory(name="清河镇")
    DistrictFactory(region=town, name="第2选区")
    client.force_login(staff())
    page = client.get(reverse("deputies:by_election_start")).content.decode()

    assert "清河镇第2选区（" in page


def test_a_candidate_born_in_the_last_century_is_entered(client, election):
    client.force_login(staff())
    page = reverse("deputies:by_election_step", args=[election.pk, "nominate"])
    given = {
        "seen": fingerprint(election), "name": "梁新任", "sex": "male", "proposed_by": "联名",
        "town": election.district.region_id,
    }  # fmt: skip
    young = client.post(page, {**given, "birth_month": "2010-05-01"})
    assert "年满十八周岁" in young.content.decode()
    client.post(page, {**given, "birth_month": "1980-05-01"})

    assert election.candidates.get().birth_month == dt.date(1980, 5, 1)


def test_a_clue_is_noted_from_the_deputys_page_by_the_office_alone(client):
    seat = MandateFactory()
    link = reverse("deputies:exit_open", args=[seat.pk])
    page = reverse("deputies:detail", args=[seat.deputy_id])
    for user, sees in (
        (staff(), True), (UserFactory(role=Role.LEADER), False),
        (town_clerk(seat.deputy.town), False), (_own_account(seat.deputy), False),
    ):  # fmt: skip
        client.force_login(user)
        assert (link in client.get(page).content.decode()) is sees


def test_addresses_that_are_no_numbers_are_not_there(client):
    client.force_login(staff())
    assert client.get(reverse("deputies:by_election_start"), {"mandate": "x"}).status_code == 404
    case = ExitCaseFactory()
    page = reverse("deputies:exit_step", args=[case.pk, "nothing"])
    assert client.get(page).status_code == 404
