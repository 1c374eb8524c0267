"""By-elections and exit cases step by step; a mandate begins or ends only by these acts."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.stale import refuse_stale
from deputies.enums import BeginKind, ByElectionState, ExitAction, ExitState, Gate
from deputies.models import (
    ByElection,
    Candidate,
    Deputy,
    District,
    ExitCase,
    ExitStep,
    GateCheck,
    Mandate,
    Term,
)
from deputies.seats.selectors import candidates_of, has_failed, missing_gates, was_heard
from deputies.seats.workflow import (
    BY_ELECTION,
    ENDS_BY,
    EXIT,
    RECALL_REQUESTERS,
    ByElectionAction,
    require,
)
from deputies.services import begin_mandate, end_mandate


class SeatError(DomainError):
    """The by-election or the case does not allow this."""


@transaction.atomic
def start_by_election(
    *,
    actor: User,
    term: Term,
    district: District | None = None,
    vacated: Mandate | None = None,
    reason: str,
    planned_on: dt.date | None = None,
) -> ByElection:
    """Begin to fill a vacant seat (M06).

    Raises SeatError for a seat that is held or of another term, and ValidationError for one that
    is already being filled.
    """
    if not Term.objects.editable_by(actor).filter(pk=term.pk).exists():
        raise SeatError("您不能组织这一级人大的补选。")
    if vacated:
        if vacated.term_id != term.pk:
            raise SeatError("缺额的代表职务不在这一届。")
        if vacated.ends_on is None or vacated.ends_on > timezone.localdate():
            raise SeatError(f"{vacated.deputy}仍在任，没有缺额。")
        district = vacated.district
    if district and district.term_id != term.pk:
        raise SeatError("选区不属于这一届。")
    row = ByElection(
        term=term, district=district, vacated=vacated, reason=reason.strip(),
        planned_on=planned_on, entered_by=actor,
    )  # fmt: skip
    return save_recorded(row)  # type: ignore[return-value]


@transaction.atomic
def nominate(*, actor: User, by_election_pk: int, seen: str, **person: Any) -> Candidate:
    """Put somebody on the list; a deputy already known brings the own particulars."""
    row = _locked(actor, by_election_pk, ByElectionAction.NOMINATE, seen)
    deputy: Deputy | None = person.get("deputy")
    if deputy:
        known = ("name", "sex", "ethnicity", "birth_month", "education", "party", "employer")
        person |= {name: getattr(deputy, name) for name in (*known, "sector", "town")}
        if Mandate.objects.filter(deputy=deputy, term=row.term, ends_on__isnull=True).exists():
            raise SeatError(f"{deputy}在这一届已有代表职务。")
    last = row.candidates.order_by("-serial").first()
    candidate = Candidate(by_election=row, serial=last.serial + 1 if last else 1, **person)
    return save_recorded(candidate)  # type: ignore[return-value]


@transaction.atomic
def record_check(
    *,
    actor: User,
    by_election_pk: int,
    candidate_pk: int,
    gate: str,
    passed: bool,
    office: str,
    opinion: str,
    checked_on: dt.date,
    document: Any = None,
) -> GateCheck:
    """Record or mend one of the four checks of a candidate."""
    row = _locked(actor, by_election_pk, ByElectionAction.CHECK, None)
    candidate = row.candidates.get(pk=candidate_pk)
    found = candidate.checks.filter(gate=gate).first()
    check = found or GateCheck(candidate=candidate, gate=gate)
    check.passed, check.office = passed, office.strip()
    check.opinion, check.checked_on, check.author = opinion.strip(), checked_on, actor
    if document:
        check.document = document
    return save_recorded(check, reason=Gate(gate).label)  # type: ignore[return-value]


@transaction.atomic
def record_result(
    *,
    actor: User,
    by_election_pk: int,
    seen: str,
    held_on: dt.date,
    registered: int,
    voted: int,
    votes: Mapping[int, int],
    result: str = "",
    document: Any = None,
) -> ByElection:
    """Who won, by the rule of 选举法 §45: more than half of the voters voted, and the winner has
    more than half of the votes cast. ``votes`` is by candidate key.

    The winner becomes a deputy from ``held_on``. Raises SeatError where a check is missing, more
    votes were counted than cast, or two candidates have won.
    """
    row = _locked(actor, by_election_pk, ByElectionAction.RECORD, seen)
    candidates = candidates_of(row)
    _refuse_unchecked(candidates)
    if voted > registered:
        raise SeatError("参加投票的人数不能超过登记选民数。")
    if sum(votes.values()) > voted:
        raise SeatError("各候选人得票合计超过了参加投票的人数。")
    if row.vacated and held_on < (row.vacated.ends_on or held_on):
        raise SeatError("选举日不能早于前任代表职务结束之日。")
    for candidate in candidates:
        candidate.votes = votes.get(candidate.pk, 0)
        save_recorded(candidate, reason="登记得票")
    row.held_on, row.registered, row.voted = held_on, registered, voted
    row.result, row.document = result.strip(), document or row.document
    winner = _winner(candidates, registered, voted)
    row.state = ByElectionState.ELECTED if winner else ByElectionState.FAILED
    if winner:
        row.mandate = _seat(actor, row, winner, held_on)
    return save_recorded(row, reason=ByElectionAction.RECORD.label)  # type: ignore[return-value]


def _refuse_unchecked(candidates: list[Candidate]) -> None:
    if not candidates:
        raise SeatError("还没有登记候选人。")
    for candidate in candidates:
        if missing := missing_gates(candidate):
            names = "、".join(gate.label for gate in missing)
            raise SeatError(f"{candidate}的{names}还没有登记审核意见，不能登记选举结果。")


def _winner(candidates: list[Candidate], registered: int, voted: int) -> Candidate | None:
    """None where too few voted or nobody has more than half of the votes cast."""
    if 2 * voted <= registered:
        return None
    won = [each for each in candidates if 2 * (each.votes or 0) > voted]
    if won and has_failed(won[0]):
        raise SeatError(f"{won[0]}有一关没有通过，不能登记为当选；请先核对四关审核。")
    return won[0] if won else None


def _seat(actor: User, row: ByElection, winner: Candidate, on: dt.date) -> Mandate:
    deputy = winner.deputy
    if deputy is None:
        copied = (
            "name", "sex", "ethnicity", "birth_month", "education", "party", "employer",
            "sector", "town",
        )  # fmt: skip
        deputy = Deputy(**{name: getattr(winner, name) for name in copied})
        save_recorded(deputy, reason="补选当选")
        winner.deputy = deputy
        save_recorded(winner, reason="补选当选")
    return begin_mandate(
        actor=actor, deputy=deputy, term=row.term, on=on, kind=BeginKind.BY_ELECTION,
        district=row.district,
    )  # fmt: skip


@transaction.atomic
def cancel_by_election(*, actor: User, by_election_pk: int, seen: str, reason: str) -> ByElection:
    row = _locked(actor, by_election_pk, ByElectionAction.CANCEL, seen)
    row.state, row.result = ByElectionState.CANCELLED, reason.strip()
    return save_recorded(row, reason=reason.strip())  # type: ignore[return-value]


@transaction.atomic
def reopen_by_election(*, actor: User, by_election_pk: int, seen: str, reason: str) -> ByElection:
    """A count was entered wrongly and nobody took the seat: the result is entered anew.

    Raises ValidationError where another by-election fills the seat meanwhile.
    """
    row = _locked(actor, by_election_pk, ByElectionAction.REOPEN, seen)
    for candidate in row.candidates.all():
        candidate.votes = None
        save_recorded(candidate, reason=reason.strip())
    row.state, row.result = ByElectionState.PREPARING, ""
    row.held_on = row.registered = row.voted = None
    return save_recorded(row, reason=reason.strip())  # type: ignore[return-value]


def _locked(actor: User, pk: int, action: ByElectionAction, seen: str | None) -> ByElection:
    """The row, locked, in a state that allows the step. Raises ByElection.DoesNotExist."""
    rows = ByElection.objects.editable_by(actor).filter(pk=pk).values("pk")
    row = ByElection.objects.select_for_update(of=("self",)).order_by().get(pk__in=rows)
    require(BY_ELECTION, action, row.state)
    if seen is not None:
        refuse_stale(row, seen)
    return row


@transaction.atomic
def open_case(
    *, actor: User, mandate: Mandate, source: str, clue: str, found_on: dt.date
) -> ExitCase:
    """Note a clue about somebody in office (M07). Raises SeatError, ValidationError."""
    today = timezone.localdate()
    if not ExitCase.objects.all().may_add(actor):
        raise SeatError("只有县人大常委会工作人员可以登记。")
    if mandate.region is None or not actor.scope.may_write_code(mandate.region.code):
        raise SeatError("您不能登记这一级代表的线索。")
    if mandate.ends_on is not None and mandate.ends_on <= today:
        raise SeatError(f"{mandate.deputy}的这项代表职务已经结束。")
    row = ExitCase(
        mandate=mandate, source=source.strip(), clue=clue.strip(), found_on=found_on,
        opened_by=actor,
    )  # fmt: skip
    return save_recorded(row, reason="登记线索")  # type: ignore[return-value]


@transaction.atomic
def take_step(
    *,
    actor: User,
    case_pk: int,
    action: ExitAction,
    seen: str,
    held_on: dt.date,
    words: str,
    document: Any = None,
    requesters: int | None = None,
    ground: str = "",
    effect_on: dt.date | None = None,
) -> ExitCase:
    """One step of a case; the steps that end a mandate need what the law asks for.

    Raises SeatError, StepNotAllowedError, StaleRecordError, ExitCase.DoesNotExist.
    """
    rows = ExitCase.objects.editable_by(actor).filter(pk=case_pk).values("pk")
    case = ExitCase.objects.select_for_update(of=("self",)).order_by().get(pk__in=rows)
    move = require(EXIT, action, case.state)
    refuse_stale(case, seen)
    if held_on < case.found_on:
        raise SeatError("日期不能早于发现线索的日期。")
    if action in ENDS_BY:
        _refuse_unlawful(case, action, requesters, ground)
    step = ExitStep(
        case=case, action=action, held_on=held_on, words=words.strip(),
        requesters=requesters, ground=ground, author=actor,
    )  # fmt: skip
    if document:
        step.document = document
    save_recorded(step, reason=action.label)
    if action in ENDS_BY:
        _end(actor, case, action, effect_on or held_on, ground)
    if move.to:
        case.state = ExitState(move.to)
        save_recorded(case, reason=action.label)
    return case


def _refuse_unlawful(
    case: ExitCase, action: ExitAction, requesters: int | None, ground: str
) -> None:
    if action == ExitAction.TERMINATE and not ground:
        raise SeatError("资格终止要选法定情形。")
    if action != ExitAction.RECALL:
        return
    least = RECALL_REQUESTERS[case.mandate.level]
    if (requesters or 0) < least:
        raise SeatError(f"提出罢免要原选区选民 {least} 人以上联名。")
    if not was_heard(case):
        raise SeatError("罢免以前要先登记听取申辩（本人不申辩的，也要写明）。")


def _end(actor: User, case: ExitCase, action: ExitAction, on: dt.date, ground: str) -> None:
    kind = ENDS_BY[action]
    case.outcome, case.effect_on = kind, on
    reason = ExitStep(ground=ground).get_ground_display() if ground else ""
    end_mandate(actor=actor, mandate_pk=case.mandate_id, on=on, kind=kind, reason=reason)


def town_of(by_election: ByElection) -> Region | None:
    """Where a candidate of the election most likely lives."""
    return by_election.district.region if by_election.district else None
