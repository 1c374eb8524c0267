"""Assigning to units: one, a batch at the hand-over meeting, again after a return."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from congress_portal.core.models import Unit, User
from suggestions.enums import HandlingState, Party, Share, State
from suggestions.models import Handling, HandlingRule, Suggestion
from suggestions.selectors.parties import parties_of
from suggestions.services.clock_keeping import lapse_extension, recompute
from suggestions.services.dating import day_of, part_day_of
from suggestions.services.review import release_part
from suggestions.services.steps import RefusedError, Step, keep, lock, part_step, step
from suggestions.workflow import Action, HandlingAction


@dataclass(frozen=True)
class Assignment:
    """One line of the hand-over list: exactly one lead unit and any assisting ones."""

    pk: int
    lead: Unit
    assisting: tuple[Unit, ...] = ()
    comment: str = ""


def hand_over(
    *,
    pk: int,
    actor: User,
    lead: Unit,
    assisting: Sequence[Unit] = (),
    on: dt.date | None = None,
    comment: str = "",
) -> Suggestion:
    """Assign from the congress office, or (after «交政府办转办») from the government office."""
    with transaction.atomic():
        found = lock(pk).get(pk)
        at_government = found is not None and found.state == State.AT_GOVERNMENT
        action = Action.FORWARD if at_government else Action.HAND_OVER
        with step(action, suggestion_pk=pk, actor=actor, comment=comment) as now:
            day = day_of(action, now.suggestion, on)
            _check_units(lead, assisting)
            now.suggestion.handed_over_on = day
            _add_parts(now.suggestion, lead, assisting, day)
            recompute(now.suggestion, "交办")
            names = "、".join(str(unit) for unit in assisting)
            words = f"主办：{lead}" + (f"；会办：{names}" if names else "")
            now.comment = "。".join(filter(None, [words, now.comment]))
    return now.suggestion


def hand_over_batch(
    *, rows: Sequence[Assignment], actor: User, on: dt.date | None = None
) -> list[Suggestion]:
    """The hand-over meeting (交办会): all rows or none. Raises RefusedError naming the row."""
    with transaction.atomic():
        found = lock(*[row.pk for row in rows])
        handed = []
        for row in rows:
            if row.pk not in found:
                raise Suggestion.DoesNotExist
            try:
                handed.append(
                    hand_over(
                        pk=row.pk,
                        actor=actor,
                        lead=row.lead,
                        assisting=row.assisting,
                        on=on,
                        comment=row.comment,
                    )
                )
            except RefusedError as error:
                number = found[row.pk].number
                raise RefusedError([f"第{number}号：{fault}" for fault in error.faults]) from error
    return handed


def _check_units(lead: Unit, assisting: Sequence[Unit]) -> None:
    faults = []
    if lead in assisting:
        faults.append("主办单位不能同时会办。")
    if len(set(assisting)) < len(assisting):
        faults.append("会办单位有重复。")
    faults += [f"{unit}已停用。" for unit in (lead, *assisting) if not unit.is_active]
    if faults:
        raise RefusedError(faults)


def _add_parts(suggestion: Suggestion, lead: Unit, assisting: Sequence[Unit], day: dt.date) -> None:
    units = [(lead, Share.LEAD), *((unit, Share.ASSIST) for unit in assisting)]
    for serial, (unit, share) in enumerate(units):
        keep(
            Handling(suggestion=suggestion, unit=unit, share=share, serial=serial, assigned_on=day)
        )


def pass_to_government(
    *, pk: int, actor: User, on: dt.date | None = None, comment: str = ""
) -> Suggestion:
    """The optional middle step; refused where the rule names no government office."""
    with step(Action.PASS_ON, suggestion_pk=pk, actor=actor, comment=comment) as now:
        rule = HandlingRule.objects.all().of(now.suggestion.region)
        if not rule.has_government_step:
            raise RefusedError(["办理规则里没有设政府办转办，请直接交办。"])
        now.suggestion.passed_on_on = day_of(Action.PASS_ON, now.suggestion, on)
    return now.suggestion


def hand_back(*, pk: int, actor: User, comment: str) -> Suggestion:
    """The government office returns what is not for the government, and reads it no more."""
    with step(Action.HAND_BACK, suggestion_pk=pk, actor=actor, comment=comment) as now:
        now.suggestion.passed_on_on = None
    return now.suggestion


def decide_return(
    *, handling_pk: int, actor: User, grants: bool, comment: str = "", on: dt.date | None = None
) -> Handling:
    """Grant or deny what a unit asked: to give the suggestion back as wrongly assigned."""
    action = HandlingAction.GRANT_RETURN if grants else HandlingAction.DENY_RETURN
    with part_step(action, handling_pk=handling_pk, actor=actor, comment=comment) as now:
        day = part_day_of(action, now.part, on)
        if grants:
            now.part.ended_on = day
            lapse_extension(now.part, "已同意退办")
        elif now.part.signed_on is None:
            now.part.signed_on = day
    return now.part


def reassign(
    *,
    pk: int,
    actor: User,
    unit: Unit,
    comment: str,
    share: str = Share.LEAD,
    instead_of: int | None = None,
    on: dt.date | None = None,
) -> Handling:
    """Give a part to another unit: after a granted return, in place of a unit, or additionally.

    ``instead_of`` is the handling to take away. Its own clocks run from ``on``; the reply's limit
    stays that of the suggestion unless the rule leaves returned time out.
    """
    with step(Action.REASSIGN, suggestion_pk=pk, actor=actor, comment=comment) as now:
        suggestion = now.suggestion
        _check_new_unit(suggestion, unit, instead_of)
        bounds = _bounds_of(suggestion, instead_of)
        day = day_of(Action.REASSIGN, suggestion, on, *bounds)
        if instead_of is not None:
            share = _take_away(now, instead_of)
        part = Handling(
            suggestion=suggestion,
            unit=unit,
            share=share,
            serial=suggestion.handlings.count(),
            assigned_on=day,
        )
        if share == Share.LEAD and suggestion.state == State.REDO:
            _continue_round(suggestion, part, day)
        keep(part)
        recompute(suggestion, f"改派{unit}")
        part.refresh_from_db()
        now.comment = f"{Share(share).label}：{unit}。{now.comment}"
    return part


def release_unit(*, handling_pk: int, actor: User, comment: str) -> Handling:
    """Take an assisting unit off the case; a lead unit is replaced by ``reassign``."""
    action = HandlingAction.RELEASE
    with part_step(action, handling_pk=handling_pk, actor=actor, comment=comment) as now:
        if now.part.share == Share.LEAD:
            raise RefusedError(["主办单位不能直接撤销，请改派给别的单位。"])
        now.part.ended_on = timezone.localdate()
        lapse_extension(now.part, "已撤销交办")
    return now.part


def _check_new_unit(suggestion: Suggestion, unit: Unit, instead_of: int | None) -> None:
    if not unit.is_active:
        raise RefusedError([f"{unit}已停用。"])
    held = suggestion.handlings.all().in_hand().filter(unit=unit).first()
    if held is None:
        return
    if held.pk == instead_of:
        raise RefusedError([f"{unit}已经在办这件建议，请选别的单位。"])
    raise RefusedError(
        [f"{unit}已经是这件建议的{held.get_share_display()}单位，要改派给它，请先撤销它的这一份。"]
    )


def _bounds_of(suggestion: Suggestion, instead_of: int | None) -> list[tuple[str, dt.date | None]]:
    """A unit that replaces another comes after that one had it, and gave it back."""
    old = suggestion.handlings.filter(pk=instead_of).first() if instead_of else None
    if old is None:
        return []
    return [("原单位的交办日期", old.assigned_on), ("原单位的退办日期", old.ended_on)]


def _take_away(now: Step, handling_pk: int) -> str:
    old = now.suggestion.handlings.filter(pk=handling_pk).first()
    if old is None:
        raise RefusedError(["要改派的单位不在这件建议里。"])
    if old.state == HandlingState.ANSWERED:
        raise RefusedError([f"{old.unit}已经答复，不能改派。"])
    if old.state not in (HandlingState.RETURNED, HandlingState.RELEASED):
        release_part(old.pk, now.actor, f"改派：{now.comment}")
    return old.share


def _continue_round(suggestion: Suggestion, part: Handling, day: dt.date) -> None:
    """A new lead unit in a later round starts with that round."""
    last = suggestion.handlings.filter(share=Share.LEAD).exclude(pk=part.pk).order_by("-round")
    before = last.first()
    if before is not None:
        part.round, part.redo_from = before.round, day


def without_lead(suggestion: Suggestion) -> bool:
    """Handed over, but its lead unit gave it back: it waits for «改派»."""
    return (
        suggestion.state in (State.HANDLING, State.REDO)
        and not suggestion.handlings.all().in_hand().filter(share=Share.LEAD).exists()
    )


def may_assign(actor: User, suggestion: Suggestion) -> bool:
    return bool({Party.OFFICE, Party.GOVERNMENT} & parties_of(actor, suggestion))
