"""Ballots: who may vote and has, and the result with its denominators.

Percentages are of the marks made (弃权 left out and shown beside them), each item by itself; the
result follows the scale's own rules (``selectors.scales``), of marks made or of papers issued.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from activities.enums import BallotState
from activities.models import (
    Ballot,
    BallotCount,
    BallotItem,
    BallotMark,
    BallotOption,
    BallotPaper,
    BallotScale,
    BallotVoter,
)
from activities.models.ballot import ABSTAINED
from activities.selectors.scales import Outcome, outcome, with_rules
from activities.supervision_workflow import Side
from congress_portal.core.figures import Rate
from congress_portal.core.models import User

NO_RESULT = "没有有效票"
GOOD_NAME = "满意（称职）率"


@dataclass(frozen=True)
class ItemResult:
    """One item's votes by option, electronic and on paper together."""

    item: BallotItem
    votes: Sequence[tuple[BallotOption, int, Rate]]
    abstained: int
    good: Rate
    outcome: Outcome | None
    has_grades: bool

    @property
    def valid(self) -> int:
        return sum(number for _, number, _ in self.votes)

    @property
    def result(self) -> str:
        """What the scale's rules make of it; nothing where the scale has none."""
        if self.outcome:
            return self.outcome.result
        return "" if self.valid and not self.has_grades else NO_RESULT

    @property
    def good_name(self) -> str:
        """What ``good`` is the share of, in the scale's own words where it does not grade."""
        labels = [option.label for option, _, _ in self.votes if option.is_good]
        return f"{'、'.join(labels)}率" if labels and not self.has_grades else GOOD_NAME


@dataclass(frozen=True)
class Turnout:
    """Papers: issued, cast in the portal, counted on paper, spoiled."""

    entitled: int
    cast: int
    paper: int
    spoiled: int
    issued: int

    @property
    def returned(self) -> int:
        return self.cast + self.paper + self.spoiled

    @property
    def rate(self) -> Rate:
        return Rate(self.returned, self.issued)


def turnout(ballot: Ballot) -> Turnout:
    found = ballot.voters.aggregate(all=Count("pk"), voted=Count("pk", Q(voted_on__isnull=False)))
    paper = _paper_papers(ballot)
    entitled, cast = found["all"], found["voted"]
    return Turnout(entitled, cast, paper, ballot.spoiled, ballot.issued or entitled)


def _paper_papers(ballot: Ballot) -> int:
    """Paper ballots counted: the most votes that any item got (an item may be left blank)."""
    rows = BallotCount.objects.filter(item__ballot=ballot).order_by().values("item")
    return max((row["n"] for row in rows.annotate(n=Sum("votes"))), default=0)


def results(ballot: Ballot) -> list[ItemResult]:
    """Each item in its order. The caller asks ``may_see_results`` before."""
    scale = with_rules(BallotScale.objects.filter(pk=ballot.scale_id)).get()
    found = turnout(ballot)
    votes: dict[int, dict[int | None, int]] = {}
    marks = BallotMark.objects.filter(paper__ballot=ballot).order_by()
    for item, option, number in marks.values_list("item", "option").annotate(n=Count("pk")):
        votes.setdefault(item, {})[option] = number
    counts = BallotCount.objects.filter(item__ballot=ballot)
    on_paper: Counter[int] = Counter()
    for item, option, number in counts.values_list("item", "option", "votes"):
        own = votes.setdefault(item, {})
        own[option] = own.get(option, 0) + number
        on_paper[item] += number
    items = list(ballot.items.select_related("unit").order_by("serial", "pk"))
    for each in items:  # a line that a paper leaves blank is an abstention
        own = votes.setdefault(each.pk, {})
        own[None] = own.get(None, 0) + found.paper - on_paper[each.pk]
    return [_item_result(each, scale, found.issued, votes[each.pk]) for each in items]


def _item_result(
    item: BallotItem, scale: BallotScale, issued: int, votes: Mapping[int | None, int]
) -> ItemResult:
    options = list(scale.options.all())
    counted = {option.pk: votes.get(option.pk, 0) for option in options}
    whole = sum(counted.values())
    good = sum(counted[option.pk] for option in options if option.is_good)
    lines = [(option, counted[option.pk], Rate(counted[option.pk], whole)) for option in options]
    found = outcome(scale, [counted[option.pk] for option in options], issued)
    has_grades = bool(scale.rules.all())
    return ItemResult(item, lines, votes.get(None, 0), Rate(good, whole), found, has_grades)


def sides_of(user: User, ballot: Ballot) -> frozenset[Side]:
    found = set()
    if user.scope.may_write_code(ballot.region.code):
        found.add(Side.OFFICE)
    if right_of(user, ballot):
        found.add(Side.VOTER)
    return frozenset(found)


def right_of(user: User, ballot: Ballot) -> BallotVoter | None:
    if user.scope.deputy_user_id is None:
        return None
    return ballot.voters.filter(deputy__user=user.pk).first()


def may_see_results(user: User, ballot: Ballot) -> bool:
    """The office once the voting has ended, everybody else who reads the ballot once counted."""
    if ballot.state == BallotState.COUNTED:
        return True
    return ballot.state == BallotState.CLOSED and user.scope.may_write_code(ballot.region.code)


def to_vote(user: User) -> QuerySet[Ballot]:
    """Ballots that wait for the deputy's vote."""
    rights = BallotVoter.objects.filter(deputy__user=user.scope.deputy_user_id, voted_on=None)
    return Ballot.objects.filter(state=BallotState.OPEN, pk__in=rights.values("ballot"))


def voters_of(ballot: Ballot) -> QuerySet[BallotVoter]:
    rows = ballot.voters.select_related("deputy__town")
    return rows.order_by("deputy__town__code", "deputy__pinyin", "deputy__pk")


def open_papers(ballot: Ballot) -> list[tuple[User, list[str]]]:
    """记名 only: who marked what, items in their order; of an anonymous vote there is nothing."""
    if ballot.is_anonymous:
        return []
    order = list(ballot.items.order_by("serial", "pk").values_list("pk", flat=True))
    papers = BallotPaper.objects.filter(ballot=ballot).select_related("voter")
    papers = papers.prefetch_related("marks__option").order_by("voter__name", "key")
    lines = []
    for paper in papers:
        marks = {mark.item_id: str(mark.option or ABSTAINED) for mark in paper.marks.all()}
        lines.append((paper.voter, [marks.get(item, "") for item in order]))
    return lines  # type: ignore[return-value]


def digest_of(ballot: Ballot) -> str:
    """Of all electronic papers, independent of any order but that of their random keys."""
    marks = BallotMark.objects.filter(paper__ballot=ballot).order_by("paper", "item")
    text = "\n".join(
        f"{paper} {item} {option or '-'}"
        for paper, item, option in marks.values_list("paper", "item", "option")
    )
    return hashlib.sha256(text.encode()).hexdigest()
