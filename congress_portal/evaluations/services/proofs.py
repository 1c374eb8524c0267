"""The nightly proof: every published sheet still follows from its frozen inputs."""

from dataclasses import dataclass

from django.utils import timezone

from congress_portal.core.errors import DomainError
from congress_portal.evaluations.frozen import is_intact
from congress_portal.evaluations.models import ScoreSheet, SheetProof
from congress_portal.evaluations.services.sheets import needs_new_version


@dataclass(frozen=True)
class Proof:
    sheet: ScoreSheet
    is_intact: bool
    has_changed: bool


def prove_published() -> list[Proof]:
    """Recompute every published sheet, keep what was found beside it, newest period first.

    The sheets themselves are only read. Only the newest version of a period is compared with
    today's records.
    """
    rows = ScoreSheet.objects.published().select_related("scheme")
    newest: set[tuple[str, str]] = set()
    proofs = []
    for sheet in rows.order_by("-last_day", "scheme__name", "-version"):
        key = (sheet.scheme.name, sheet.period_code)
        has_changed = key not in newest and _has_changed(sheet)
        newest.add(key)
        proofs.append(Proof(sheet, is_intact(sheet), has_changed))
    for proof in proofs:
        SheetProof.objects.update_or_create(
            sheet=proof.sheet,
            defaults={
                "proved_at": timezone.now(),
                "is_intact": proof.is_intact,
                "has_changed": proof.has_changed,
            },
        )
    return proofs


def _has_changed(sheet: ScoreSheet) -> bool:
    try:
        return needs_new_version(sheet)
    except DomainError:  # a metric of an older scheme that is no longer known
        return True
