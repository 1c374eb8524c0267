"""Suggestions like the one being written: titles by rapidfuzz, texts by pairs of characters."""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet
from rapidfuzz import fuzz, process

from congress_portal.core.models import Unit
from congress_portal.core.text import normal
from suggestions.enums import UNSUBMITTED, Share
from suggestions.models import Handling, Suggestion
from suggestions.selectors.lists import suggestions_listed

LIKELY = 0.45  # from here on shown while writing
SAME = 0.8  # from here on called a duplicate
_KEPT = 60  # best titles whose texts are compared
_FRAME = re.compile("^关于|进一步|加强|解决|切实|的?(建议|议案|意见|问题|工作)$")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Similar:
    """``score`` 0 to 1: half title, half text (title alone where a text is missing)."""

    suggestion: Suggestion
    score: float

    @property
    def percent(self) -> int:
        return round(self.score * 100)

    @property
    def outcome(self) -> str:
        """What became of it: the class after follow-up, else the last reply's, and the state."""
        last, item = self.suggestion.last_reply, self.suggestion
        found = item.final_class or (last.reply_class if last else None)
        return "，".join(filter(None, [str(found or ""), item.get_state_display()]))

    @property
    def is_same(self) -> bool:
        return self.score >= SAME


def core_of(title: str) -> str:
    """The title without the frame that all titles share: 关于解决……问题的建议."""
    plain = _MARKS.sub("", normal(title))
    for _ in range(3):
        plain = _FRAME.sub("", plain)
    return plain


def pairs_of(text: str) -> frozenset[str]:
    plain = _MARKS.sub("", normal(text))
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of two sets of character pairs."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def similar_suggestions(
    rows: QuerySet[Suggestion],
    *,
    title: str,
    text: str = "",
    exclude_pk: int | None = None,
    least: float = LIKELY,
    limit: int = 8,
) -> list[Similar]:
    """The most alike of ``rows`` (a scoped queryset), best first, of this and earlier years."""
    others = rows.exclude(state__in=sorted(UNSUBMITTED)).order_by("pk")
    if exclude_pk is not None:
        others = others.exclude(pk=exclude_pk)
    known = dict(others.values_list("pk", "title"))
    wanted = core_of(title)
    if not wanted or not known:
        return []
    cores = {pk: core_of(name) for pk, name in known.items()}
    best = process.extract(wanted, cores, scorer=fuzz.ratio, limit=_KEPT)
    title_scores = {pk: score / 100 for _, score, pk in best}
    found = suggestions_listed(rows.filter(pk__in=title_scores)).select_related("final_class")
    pairs = pairs_of(text)
    scored = [Similar(each, score_of(title_scores[each.pk], pairs, each)) for each in found]
    scored.sort(key=lambda each: (-each.score, -each.suggestion.year, each.suggestion.pk))
    return [each for each in scored if each.score >= least][:limit]


def score_of(title: float, pairs: frozenset[str], other: Suggestion) -> float:
    """Half the titles' likeness (0 to 1), half the texts'."""
    others = pairs_of(other.full_text)
    if not pairs or not others:
        return title
    return 0.5 * title + 0.5 * likeness(pairs, others)


@dataclass(frozen=True)
class UnitProposal:
    """A likely lead unit, with the earlier suggestions that speak for it."""

    unit: Unit
    weight: float
    because: tuple[Similar, ...]


def propose_units(
    rows: QuerySet[Suggestion], suggestion: Suggestion, *, limit: int = 3
) -> list[UnitProposal]:
    """Lead units of similar earlier suggestions; the same field weighs half more."""
    alike = similar_suggestions(
        rows.filter(handed_over_on__isnull=False),
        title=suggestion.title,
        text=suggestion.full_text,
        exclude_pk=suggestion.pk,
        least=0.2,
        limit=20,
    )
    by_pk = {each.suggestion.pk: each for each in alike}
    leads = (
        Handling.objects.in_hand()
        .filter(suggestion__in=by_pk, share=Share.LEAD, unit__is_active=True)
        .select_related("unit")
        .order_by("pk")
    )
    votes: dict[Unit, list[Similar]] = defaultdict(list)
    for part in leads:
        votes[part.unit].append(by_pk[part.suggestion_id])
    return proposals_from(votes, suggestion)[:limit]


def proposals_from(votes: dict[Unit, list[Similar]], suggestion: Suggestion) -> list[UnitProposal]:
    """The heaviest first; each similar suggestion of a unit is one vote by its likeness."""
    proposals = [
        UnitProposal(unit, round(sum(_vote(each, suggestion) for each in found), 3), tuple(found))
        for unit, found in votes.items()
    ]
    return sorted(proposals, key=lambda each: (-each.weight, each.unit.pk))


def _vote(each: Similar, suggestion: Suggestion) -> float:
    same_field = suggestion.field_id is not None and each.suggestion.field_id == suggestion.field_id
    return each.score * (1.5 if same_field else 1.0)
