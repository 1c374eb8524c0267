"""Ballots: made, opened, cast, ended, counted.

An anonymous vote must not be traced to its voter, neither by a column nor by order or time:
- the paper has a random key and no person; the right keeps the day only;
- a cast vote leaves no entry in the trail (the end of the vote does, with a digest of all);
- each new paper exchanges its choices with a random one (inside-out shuffle), so that the order
  of storage says nothing, and at the end all papers are written anew in the order of fresh keys;
- nobody reads counts before the vote has ended;
- one or two votes alone would tell who cast them: such a vote is not ended but discarded.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from activities.enums import BallotState
from activities.models import (
    Activity,
    Ballot,
    BallotCount,
    BallotItem,
    BallotMark,
    BallotOption,
    BallotPaper,
    BallotVoter,
)
from activities.selectors import ballots as selectors
from activities.supervision_workflow import BALLOT, BallotAction, next_state
from congress_portal.core.audit import delete_recorded, record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Unit, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy

FEWEST = 3


class BallotError(DomainError):
    """The ballot does not allow this."""


class AlreadyVotedError(BallotError):
    def __init__(self) -> None:
        super().__init__("您已经投过票了，一人一票，这次没有再计。")


def save_ballot(
    *,
    actor: User,
    values: Mapping[str, Any],
    items: Sequence[str],
    voters: Sequence[Deputy],
    ballot_pk: int | None = None,
    seen: str = "",
    key: uuid.UUID | None = None,
) -> Ballot:
    """Make a ballot or change it before it is opened; ``items`` are names, ``voters`` deputies.

    An item that bears a unit's name belongs to that unit. The same ``key`` always gives the same
    ballot. Raises BallotError, StaleRecordError, ValidationError.
    """
    if found := _made_before(actor, key):
        return found
    names = [name.strip() for name in items if name.strip()]
    if len(set(names)) != len(names):
        raise BallotError("测评的对象或内容有重复的，请每行写一个不同的。")
    try:
        with transaction.atomic():
            ballot = _locked(actor, ballot_pk) if ballot_pk else Ballot(idempotency_key=key)
            if ballot_pk:
                _check(BallotAction.CHANGE, actor, ballot)
                refuse_stale(ballot, seen)
            for name, value in values.items():
                setattr(ballot, name, value)
            _refuse_foreign(actor, ballot)
            save_recorded(ballot)
            _set_items(ballot, names)
            _set_voters(ballot, voters)
    except (IntegrityError, ValidationError):
        if found := _made_before(actor, key):
            return found
        raise
    return ballot


def _made_before(actor: User, key: uuid.UUID | None) -> Ballot | None:
    if key is None:
        return None
    return Ballot.objects.editable_by(actor).filter(idempotency_key=key).first()


def _refuse_foreign(actor: User, ballot: Ballot) -> None:
    if not actor.scope.may_write_code(ballot.region.code):
        raise BallotError(f"{ballot.region}的测评由那里的人大工作人员组织。")
    activity = ballot.activity
    if activity and not Activity.objects.editable_by(actor).filter(pk=activity.pk).exists():
        raise BallotError("这次活动不归您管，不能挂测评。")


def _set_items(ballot: Ballot, names: Sequence[str]) -> None:
    units = {unit.name: unit for unit in Unit.objects.filter(name__in=names)}
    kept = {item.name: item for item in ballot.items.all()}
    for name, item in kept.items():
        if name not in names:
            delete_recorded(item)
    for serial, name in enumerate(names, 1):
        item = kept.get(name) or BallotItem(ballot=ballot, name=name)
        item.serial, item.unit = serial, units.get(name)
        save_recorded(item)


def _set_voters(ballot: Ballot, voters: Sequence[Deputy]) -> None:
    wanted = {deputy.pk for deputy in voters}
    before = set(ballot.voters.values_list("deputy", flat=True))
    ballot.voters.filter(deputy__in=before - wanted).delete()
    BallotVoter.objects.bulk_create(
        [BallotVoter(ballot=ballot, deputy_id=pk) for pk in sorted(wanted - before)]
    )
    if before != wanted:
        changes = {"voters": [sorted(before), sorted(wanted)]}
        record(AuditAction.UPDATE, ballot, changes=changes, reason="投票人")


def discard_ballot(*, actor: User, ballot_pk: int, reason: str = "") -> None:
    """Delete a ballot before its vote has ended; if it was open, its voters are told why."""
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        _check(BallotAction.DISCARD, actor, ballot, reason)
        voters = ballot.voters.select_related("deputy__user")
        people = [row.deputy.user for row in voters if row.deputy.user]
        if ballot.state == BallotState.OPEN:
            key = f"ballot:{ballot.pk}:discarded"
            notify(people, Message(key=key, title=f"投票作废：{ballot.title}"[:120], body=reason))
        ballot.papers.all().delete()
        ballot.voters.all().delete()
        delete_recorded(ballot, reason=reason)


def open_ballot(*, actor: User, ballot_pk: int, reason: str = "") -> Ballot:
    """Begin the vote; each voter is told once. Raises BallotError."""
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        target = _check(BallotAction.OPEN, actor, ballot)
        if not ballot.items.exists():
            raise BallotError("还没有测评的对象或内容，不能开始投票。")
        if not ballot.scale.options.exists():
            raise BallotError("这种票式还没有选项，请先在后台补上。")
        now = timezone.now()
        if ballot.closes_at and ballot.closes_at <= now:
            raise BallotError("结束投票的时间已经过了，请先改时间。")
        ballot.state, ballot.opens_at = target, now
        _store(ballot, BallotAction.OPEN)
        voters = ballot.voters.select_related("deputy__user")
        people = [row.deputy.user for row in voters if row.deputy.user]
        _tell(people, ballot, "open", f"请您投票：{ballot.title}", "打开就能投，一人一票。")
        return ballot


def cast_vote(*, actor: User, ballot_pk: int, choices: Mapping[int, int | None]) -> None:
    """Cast the deputy's one vote; ``choices`` is item's key → option's key, None to abstain.

    Returns nothing, so that nobody holds the paper. Raises Ballot.DoesNotExist, BallotError,
    AlreadyVotedError.
    """
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        _check(BallotAction.VOTE, actor, ballot)
        if ballot.closes_at and ballot.closes_at <= timezone.now():
            raise BallotError("投票时间已经结束。")
        options = set(ballot.scale.options.values_list("pk", flat=True))
        items = list(ballot.items.values_list("pk", flat=True))
        if set(choices) != set(items):
            raise BallotError("每一项都要选；不表态的请选弃权。")
        if not {option for option in choices.values() if option} <= options:
            raise BallotError("选票上没有这个选项。")
        right = ballot.voters.select_for_update(of=("self",)).get(deputy__user=actor.pk)
        unused = BallotVoter.objects.filter(pk=right.pk, voted_on=None)
        if unused.update(voted_on=timezone.localdate()) != 1:
            raise AlreadyVotedError
        paper = _put_in(ballot, None if ballot.is_anonymous else actor, choices)
        if ballot.is_anonymous:
            _shuffle_in(ballot, paper)
        else:
            record(AuditAction.CREATE, ballot, label=f"记名投票：{ballot}", changes={"votes": 1})


def _put_in(ballot: Ballot, voter: User | None, choices: Mapping[int, int | None]) -> BallotPaper:
    paper = BallotPaper.objects.create(key=uuid.uuid4(), ballot=ballot, voter=voter)
    BallotMark.objects.bulk_create(
        [BallotMark(paper=paper, item_id=item, option_id=choices[item]) for item in sorted(choices)]
    )
    return paper


def _shuffle_in(ballot: Ballot, paper: BallotPaper) -> None:
    """Exchange the new paper's choices with those of a random paper, itself included."""
    keys = sorted(BallotPaper.objects.filter(ballot=ballot).values_list("key", flat=True))
    other = secrets.choice(keys)
    if other == paper.key:
        return
    ours = {mark.item_id: mark for mark in BallotMark.objects.filter(paper=paper)}
    theirs = {mark.item_id: mark for mark in BallotMark.objects.filter(paper=other)}
    for item, mark in ours.items():
        mark.option_id, theirs[item].option_id = theirs[item].option_id, mark.option_id
    BallotMark.objects.bulk_update([*ours.values(), *theirs.values()], ["option"])


def vote_on_paper(*, actor: User, ballot_pk: int, deputy: Deputy) -> None:
    """The deputy takes a paper at the meeting: the right to vote in the portal ends."""
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        _check(BallotAction.TO_PAPER, actor, ballot)
        right = ballot.voters.select_for_update(of=("self",)).filter(deputy=deputy).first()
        if right is None:
            return
        if right.voted_on:
            raise BallotError(f"{deputy}代表已经用手机投过票，不能再发纸质票。")
        delete_recorded(right, reason="改投纸质票")


def close_ballot(*, actor: User, ballot_pk: int, reason: str = "") -> Ballot:
    """End the vote for good; papers of an anonymous vote are written anew under fresh keys."""
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        target = _check(BallotAction.CLOSE, actor, ballot)
        if ballot.is_anonymous:
            _refuse_too_few(ballot)
            _write_anew(ballot)
        ballot.state, ballot.closes_at = target, timezone.now()
        ballot.digest = selectors.digest_of(ballot)
        _store(ballot, BallotAction.CLOSE)
        return ballot


def _refuse_too_few(ballot: Ballot) -> None:
    cast = BallotPaper.objects.filter(ballot=ballot).count()
    if 0 < cast < FEWEST:
        raise BallotError(
            f"无记名投票只有 {cast} 张电子票，结果会看出是谁投的。"
            f"请等到至少 {FEWEST} 人投票，或者作废后全部改用纸质票。"
        )


def _write_anew(ballot: Ballot) -> None:
    papers: dict[uuid.UUID, list[tuple[int, int | None]]] = {}
    marks = BallotMark.objects.filter(paper__ballot=ballot).order_by("paper", "item")
    for paper, item, option in marks.values_list("paper", "item", "option"):
        papers.setdefault(paper, []).append((item, option))
    BallotPaper.objects.filter(ballot=ballot).delete()
    fresh = sorted((uuid.uuid4(), choices) for choices in papers.values())
    BallotPaper.objects.bulk_create([BallotPaper(key=key, ballot=ballot) for key, _ in fresh])
    BallotMark.objects.bulk_create(
        BallotMark(paper_id=key, item_id=item, option_id=option)
        for key, choices in fresh
        for item, option in choices
    )


def enter_papers(
    *,
    actor: User,
    ballot_pk: int,
    seen: str,
    issued: int | None,
    spoiled: int,
    votes: Mapping[tuple[int, int], int],
) -> Ballot:
    """Votes counted on paper, (item, option) → number; ``issued`` counts phones and papers.

    Raises BallotError when more came back than were given out.
    """
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        _check(BallotAction.PAPERS, actor, ballot)
        refuse_stale(ballot, seen)
        items = {item.pk: item for item in ballot.items.all()}
        options = {option.pk: option for option in ballot.scale.options.all()}
        _refuse_too_many(ballot, items, issued, spoiled, votes)
        ballot.issued, ballot.spoiled = issued, spoiled
        save_recorded(ballot, reason=BallotAction.PAPERS.label)
        for (item, option), number in votes.items():
            _set_count(items[item], options[option], number)
        return ballot


def _refuse_too_many(
    ballot: Ballot,
    items: Mapping[int, BallotItem],
    issued: int | None,
    spoiled: int,
    votes: Mapping[tuple[int, int], int],
) -> None:
    found = selectors.turnout(ballot)
    given_out = issued if issued is not None else found.entitled
    for pk, item in items.items():
        paper = sum(number for (of, _), number in votes.items() if of == pk)
        if (back := found.cast + paper + spoiled) > given_out:
            parts = f"电子票 {found.cast}＋纸质票 {paper}＋废票 {spoiled}"
            raise BallotError(
                f"「{item.name}」收回 {back} 张（{parts}），比发出的 {given_out} 张还多，请核对。"
            )


def _set_count(item: BallotItem, option: BallotOption, number: int) -> None:
    row = BallotCount.objects.filter(item=item, option=option).first()
    if row is None and not number:
        return
    row = row or BallotCount(item=item, option=option)
    row.votes = number
    save_recorded(row)


def count_ballot(*, actor: User, ballot_pk: int, reason: str = "") -> Ballot:
    """Fix the result; voters are told. Raises BallotError when nobody voted or papers differ."""
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        target = _check(BallotAction.COUNT, actor, ballot)
        if ballot.digest != selectors.digest_of(ballot):
            raise BallotError("电子票与投票结束时不一致，请停止计票，联系系统管理员核查。")
        lines = selectors.results(ballot)
        if not any(line.valid for line in lines):
            raise BallotError("还没有有效票；纸质票请先录入票数。")
        ballot.state = target
        told = "；".join(f"{line.item}：{line.result}" for line in lines)
        _store(ballot, BallotAction.COUNT, told)
        voters = ballot.voters.select_related("deputy__user")
        people = [row.deputy.user for row in voters if row.deputy.user]
        _tell(people, ballot, f"counted:{timezone.now():%Y%m%d%H%M}", f"{ballot}：结果", told)
        return ballot


def recount_ballot(*, actor: User, ballot_pk: int, reason: str = "") -> Ballot:
    """Take the result back to mend paper counts; the reason is kept."""
    with transaction.atomic():
        ballot = _locked(actor, ballot_pk)
        ballot.state = _check(BallotAction.RECOUNT, actor, ballot, reason)
        _store(ballot, BallotAction.RECOUNT, reason)
        return ballot


def _locked(actor: User, pk: int) -> Ballot:
    """The first lock of every step. Raises Ballot.DoesNotExist for a stranger."""
    rows = Ballot.objects.visible_to(actor).filter(pk=pk).values("pk")
    return Ballot.objects.select_for_update(of=("self",)).get(pk__in=rows)


def _check(action: BallotAction, actor: User, ballot: Ballot, reason: str = "") -> Any:
    sides = selectors.sides_of(actor, ballot)
    return next_state(BALLOT, action, ballot.state, sides, reason)


def _store(ballot: Ballot, action: BallotAction, reason: str = "") -> None:
    save_recorded(ballot, reason=f"{action.label}：{reason}"[:400] if reason else action.label)


def _tell(people: Sequence[User], ballot: Ballot, event: str, title: str, body: str) -> None:
    link = reverse("activities:ballot", args=[ballot.pk])
    key = f"ballot:{ballot.pk}:{event}"
    notify(people, Message(key=key, title=title, body=body[:300], link=link))
