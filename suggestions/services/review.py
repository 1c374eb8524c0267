"""The congress office checks, numbers, sends back, refuses, merges (RULES C2)."""

import datetime as dt
import re
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from suggestions.enums import (
    CoSignerState,
    HandlingState,
    Kind,
    Party,
    ReviewKind,
    Session,
    State,
)
from suggestions.models import HandlingRule, InternalNote, NumberSeries, ReviewItem, Suggestion
from suggestions.selectors.parties import parties_of
from suggestions.services.clock_keeping import lapse_extension
from suggestions.services.dating import day_of
from suggestions.services.drafting import motion_faults
from suggestions.services.steps import RefusedError, keep, lock, lock_visible, part_step, step
from suggestions.services.voices.freeing import free, turned_into
from suggestions.workflow import Action, HandlingAction, NotYoursError

MOTION_PREFIX = "议"
NUMBER_DIGITS = 3
_DIGITS = re.compile(r"(?<!\d)(\d{1,6})$")  # longer ones are no running numbers


def next_number(region: Region, year: int, kind: str) -> str:
    """The next free number of the year: «012», motions «议012».

    The row of the series is the lock; numbers that came by import are passed over.
    Must run inside the step's transaction.
    """
    series = _locked_series(region, year, kind)
    series.last = max(series.last, _highest(region, year, kind)) + 1
    series.save(update_fields=["last"])
    return _written(series.last, kind)


def year_of_number(suggestion: Suggestion, day: dt.date) -> int:
    """What a session received is numbered with its year, however late it is accepted.

    Between sessions it is the year of acceptance (``day``).
    """
    if suggestion.session == Session.PLENARY and suggestion.submitted_on:
        return suggestion.submitted_on.year
    return day.year


def next_number_shown(suggestion: Suggestion) -> str:
    """What «受理» would give now; only the step itself reserves it."""
    year, kind = year_of_number(suggestion, timezone.localdate()), suggestion.kind
    series = NumberSeries.objects.filter(region=suggestion.region, year=year, kind=kind).first()
    last = max(series.last if series else 0, _highest(suggestion.region, year, kind))
    return _written(last + 1, kind)


def _locked_series(region: Region, year: int, kind: str) -> NumberSeries:
    NumberSeries.objects.get_or_create(region=region, year=year, kind=kind)
    return NumberSeries.objects.select_for_update().get(region=region, year=year, kind=kind)


def _written(number: int, kind: str) -> str:
    return (MOTION_PREFIX if kind == Kind.MOTION else "") + f"{number:0{NUMBER_DIGITS}d}"


def _highest(region: Region, year: int, kind: str) -> int:
    rows = Suggestion.objects.filter(region=region, year=year, number__gt="")
    is_motion = kind == Kind.MOTION
    numbers = [
        int(found[1])
        for number in rows.values_list("number", flat=True)
        if number.startswith(MOTION_PREFIX) == is_motion and (found := _DIGITS.search(number))
    ]
    return max(numbers, default=0)


def accept_suggestion(
    *, pk: int, actor: User, on: dt.date | None = None, number: str = "", comment: str = ""
) -> Suggestion:
    """Accept and number it, from the day it was put forward until today in Asia/Shanghai.

    ``number`` serves the paper twin (same number space); a taken one is refused.
    """
    with step(Action.ACCEPT, suggestion_pk=pk, actor=actor, comment=comment) as now:
        suggestion = now.suggestion
        suggestion.accepted_on = day_of(Action.ACCEPT, suggestion, on)
        year = suggestion.year = year_of_number(suggestion, suggestion.accepted_on)
        if number.strip():
            _locked_series(suggestion.region, year, suggestion.kind)
            suggestion.number = number.strip()
        else:
            suggestion.number = next_number(suggestion.region, year, suggestion.kind)
    return suggestion


def return_suggestion(
    *, pk: int, actor: User, comment: str = "", items: Sequence[ReviewItem] = ()
) -> Suggestion:
    """Send back for revision with the checklist's lines and own words."""
    reasons = _reasons(items, ReviewKind.QUALITY, comment)
    with step(Action.RETURN, suggestion_pk=pk, actor=actor, comment=reasons) as now:
        now.suggestion.submitted_on = None
    return now.suggestion


def refuse_suggestion(
    *, pk: int, actor: User, items: Sequence[ReviewItem], comment: str = ""
) -> Suggestion:
    """Refuse by one of the kinds that are not acceptable; at least one must be named."""
    if not items:
        raise RefusedError(["请选择不予受理的情形。"])
    reasons = _reasons(items, ReviewKind.REFUSAL, comment)
    with step(Action.REFUSE, suggestion_pk=pk, actor=actor, comment=reasons) as now:
        voices = turned_into(now.suggestion)
        free(voices, because="写成的建议没有受理", key=f"{pk}-refused")
    return now.suggestion


def _reasons(items: Sequence[ReviewItem], kind: str, comment: str) -> str:
    if any(item.kind != kind for item in items):
        raise RefusedError(["选择的审核要点与操作不符。"])
    listed = [f"{number}. {item.name}" for number, item in enumerate(items, 1)]
    return "\n".join(filter(None, [*listed, comment.strip()]))


def merge_suggestion(*, pk: int, into_pk: int, actor: User, comment: str) -> Suggestion:
    """Handle it together with another of the same content; its proposers are still answered.

    The main item may be accepted, at the government office, or in the units' hands.
    """
    with transaction.atomic():
        main = lock(pk, into_pk).get(into_pk)
        if main is None or not Suggestion.objects.visible_to(actor).filter(pk=into_pk).exists():
            raise Suggestion.DoesNotExist
        if pk == into_pk:
            raise RefusedError(["不能并入自己。"])
        with step(Action.MERGE, suggestion_pk=pk, actor=actor, comment=comment) as now:
            if main.region_id != now.suggestion.region_id:
                raise RefusedError(["只能并入同一人大的建议。"])
            if main.state not in (State.ACCEPTED, State.AT_GOVERNMENT, State.HANDLING):
                raise RefusedError([f"主件「{State(main.state).label}」，不能再并入。"])
            if now.suggestion.merged.exists():
                raise RefusedError(["已有别的建议并入这一件，请以它为主件。"])
            now.suggestion.merged_into = main
            now.comment = f"并入第{main.number}号。{now.comment}"
    return now.suggestion


def convert_kind(*, pk: int, actor: User, comment: str) -> Suggestion:
    """Motion to suggestion or back, with the reason; a number already given changes series.

    A suggestion becomes a motion only with enough co-signers (地方组织法 §22).
    """
    with step(Action.CONVERT, suggestion_pk=pk, actor=actor, comment=comment) as now:
        item, old = now.suggestion, now.suggestion.number
        item.kind = Kind.SUGGESTION if item.kind == Kind.MOTION else Kind.MOTION
        if item.kind == Kind.MOTION:
            rule = HandlingRule.objects.all().of(item.region)
            if faults := motion_faults(item, rule):
                raise RefusedError(faults)
        if old:
            item.number = next_number(item.region, item.year, item.kind)
            now.comment += f"（原编号{old}，现编号{item.number}）"
        now.comment = f"转为{Kind(item.kind).label}：{now.comment}"
    return item


def withdraw_suggestion(*, pk: int, actor: User, comment: str) -> Suggestion:
    """End it at the proposers' written wish; the units are told and released."""
    with step(Action.WITHDRAW, suggestion_pk=pk, actor=actor, comment=comment) as now:
        if now.suggestion.merged.exists():
            raise RefusedError(["有别的建议并入这一件，请先另行办理并案件。"])
        for part in now.suggestion.handlings.all().in_hand().order_by("pk"):
            if part.state != HandlingState.ANSWERED:
                release_part(part.pk, actor, "建议已撤回")
        now.suggestion.published_on = None
        voices = turned_into(now.suggestion)
        free(voices, because="写成的建议撤回了", key=f"{pk}-withdrawn")
    return now.suggestion


def release_part(handling_pk: int, actor: User | None, reason: str) -> None:
    """A unit's part ends because of a step on the whole."""
    system = frozenset({Party.SYSTEM})
    with part_step(
        HandlingAction.RELEASE,
        handling_pk=handling_pk,
        actor=actor,
        comment=reason,
        parties=system,
    ) as now:
        now.part.ended_on = timezone.localdate()
        lapse_extension(now.part, reason)


@transaction.atomic
def add_internal_note(*, pk: int, actor: User, text: str) -> InternalNote:
    """A note of the office for itself; no unit and no deputy ever reads it."""
    suggestion = lock_visible(pk, actor)
    if Party.OFFICE not in parties_of(actor, suggestion):
        raise NotYoursError("内部意见由人大机关填写。")
    if not text.strip():
        raise DomainError("内部意见不能为空。")
    return keep(InternalNote(suggestion=suggestion, text=text.strip(), author=actor))


def signers(suggestion: Suggestion) -> int:
    """The lead deputy and the confirmed co-signers."""
    return 1 + suggestion.cosignatures.filter(state=CoSignerState.CONFIRMED).count()
