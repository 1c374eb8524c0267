"""Letter numbers: one series a unit, year and kind, given on signing out (RULES D2)."""

from django.db.models import QuerySet

from congress_portal.core.models import Unit, User
from suggestions.enums import LetterKind
from suggestions.models import Handling, Letterhead, LetterSeries, Reply
from suggestions.services.steps import RefusedError, keep


def letterhead_of(unit: Unit) -> Letterhead:
    """The unit's letterhead, or the defaults where none was set."""
    return Letterhead.objects.filter(unit=unit).first() or Letterhead(unit=unit)


def give_letter_number(unit: Unit, kind: LetterKind, year: int, wanted: str = "") -> str:
    """``wanted`` where the unit's own register gave one, else the next free: 安交建复〔2026〕1号.

    The row of the series is the lock. Must run inside the step's transaction. Raises
    RefusedError for a number that the unit has given already.
    """
    series = _locked(unit, kind, year)
    if wanted.strip():
        if _is_taken(unit, kind, wanted.strip()):
            raise RefusedError([f"文号 {wanted.strip()} 已经用过，请换一个，或留空自动编号。"])
        return wanted.strip()
    prefix = letterhead_of(unit).prefix_of(kind)
    while True:
        series.last += 1
        number = f"{prefix}〔{year}〕{series.last}号"
        if not _is_taken(unit, kind, number):
            series.save(update_fields=["last"])
            return number


def _locked(unit: Unit, kind: str, year: int) -> LetterSeries:
    LetterSeries.objects.get_or_create(unit=unit, kind=kind, year=year)
    return LetterSeries.objects.select_for_update().get(unit=unit, kind=kind, year=year)


def _is_taken(unit: Unit, kind: str, number: str) -> bool:
    rows: QuerySet[Reply] | QuerySet[Handling]
    if kind == LetterKind.REPLY:
        rows = Reply.objects.filter(handling__unit=unit, letter_number=number)
    else:
        rows = Handling.objects.filter(unit=unit, opinion_number=number)
    return rows.exists()


def set_letterhead(*, actor: User, unit: Unit, **data: str) -> Letterhead:
    """By the unit's people for their own unit, or by the office. Raises Unit.DoesNotExist."""
    scope = actor.scope
    if unit.pk not in scope.unit_ids and not scope.is_office:
        raise Unit.DoesNotExist
    head = letterhead_of(unit)
    for name in ("leader_name", "leader_phone", "reply_prefix", "opinion_prefix"):
        setattr(head, name, data.get(name, "").strip())
    return keep(head)
