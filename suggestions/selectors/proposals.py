"""Likely lead units for many suggestions at once: the hand-over meeting's list."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet
from rapidfuzz import fuzz, process

from congress_portal.core.models import Unit
from suggestions.enums import Share
from suggestions.models import Handling, Suggestion
from suggestions.selectors.similar import (
    Similar,
    UnitProposal,
    core_of,
    pairs_of,
    proposals_from,
    score_of,
)

_LEAST = 0.2
_KEPT = 20


def propose_for_all(
    rows: QuerySet[Suggestion], wanted: Sequence[Suggestion], *, limit: int = 3
) -> dict[int, list[UnitProposal]]:
    """As ``propose_units`` for each, in two queries however many there are."""
    earlier = {
        row.pk: row
        for row in rows.filter(handed_over_on__isnull=False).select_related("lead__town", "field")
    }
    leads = {
        part.suggestion_id: part.unit
        for part in Handling.objects.in_hand()
        .filter(suggestion__in=rows, share=Share.LEAD, unit__is_active=True)
        .select_related("unit")
    }
    cores = {pk: core_of(row.title) for pk, row in earlier.items() if pk in leads}
    return {item.pk: _proposals(item, earlier, leads, cores)[:limit] for item in wanted}


def _proposals(
    item: Suggestion,
    earlier: dict[int, Suggestion],
    leads: dict[int, Unit],
    cores: dict[int, str],
) -> list[UnitProposal]:
    best = process.extract(core_of(item.title), cores, scorer=fuzz.ratio, limit=_KEPT)
    pairs = pairs_of(item.full_text)
    alike = [
        Similar(earlier[pk], score_of(score / 100, pairs, earlier[pk]))
        for _, score, pk in best
        if pk != item.pk
    ]
    votes: dict[Unit, list[Similar]] = defaultdict(list)
    for each in sorted(alike, key=lambda one: (-one.score, one.suggestion.pk)):
        if each.score >= _LEAST:
            votes[leads[each.suggestion.pk]].append(each)
    return proposals_from(votes, item)
