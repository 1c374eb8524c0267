"""The one road every step takes: lock, permission, table, stamps, log, audit, notices.

``step`` moves a suggestion, ``part_step`` one unit's part (the suggestion is locked, too, so that
steps on one case never interleave). Inside the ``with`` block the caller sets stamps and writes
what belongs to the step; leaving it stores everything at once or nothing.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from congress_portal.core import audit
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.text import printable
from suggestions.enums import HandlingState, Party, State
from suggestions.models import Handling, Suggestion, TransitionLog
from suggestions.selectors.parties import handling_parties_of, parties_of
from suggestions.services.messages import HEARERS, PART_HEARERS, tell
from suggestions.workflow import (
    HANDLING_TABLE,
    SUGGESTION_TABLE,
    Action,
    HandlingAction,
    TransitionNotAllowedError,
    next_handling_state,
    next_state,
)

LONGEST_COMMENT = 1000


class ChangedMeanwhileError(DomainError):
    """The page was read before somebody else acted."""


class AlreadyDoneError(DomainError):
    """The same form was sent before: a double tap, or a page sent again."""


class RefusedError(DomainError):
    """A rule refuses the input; ``faults`` lists every reason."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("".join(self.faults))


@dataclass
class Step:
    """What the caller of a step works with. ``log`` stands after the block is left."""

    suggestion: Suggestion
    actor: User | None
    parties: frozenset[Party]
    comment: str
    handling: Handling | None = None
    log: TransitionLog | None = field(default=None)

    @property
    def part(self) -> Handling:
        if self.handling is None:
            raise TypeError("this step moves no unit's part")
        return self.handling


def lock(*pks: int) -> dict[int, Suggestion]:
    """Lock suggestions in one order; must come before anything else in the transaction."""
    rows = Suggestion.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return {row.pk: row for row in rows}


def lock_visible(pk: int, actor: User | None) -> Suggestion:
    """Raises Suggestion.DoesNotExist for what the actor may not see."""
    found = lock(pk).get(pk)
    if found is None or not Suggestion.objects.visible_to(actor).filter(pk=pk).exists():
        raise Suggestion.DoesNotExist
    return found


def last_step(suggestion: Suggestion) -> TransitionLog | None:
    return suggestion.log.order_by("-at", "-pk").first()


def who_was_it(suggestion: Suggestion) -> str:
    log = last_step(suggestion)
    if log is None:
        return ""
    at = timezone.localtime(log.at)
    return f"最近一步：{log.actor_name}于{at:%m月%d日 %H:%M}「{log.label}」。"


@contextmanager
def step(
    action: Action,
    *,
    suggestion_pk: int,
    actor: User | None,
    comment: str = "",
    parties: frozenset[Party] | None = None,
) -> Iterator[Step]:
    """Move a suggestion as its table says.

    ``parties`` replaces the actor's own where the step follows from another one (the system's).
    Raises Suggestion.DoesNotExist, TransitionNotAllowedError, NotYoursError, CommentNeededError,
    RefusedError.
    """
    with transaction.atomic():
        if parties is None:
            suggestion = lock_visible(suggestion_pk, actor)
            parties = parties_of(actor, suggestion)
        else:
            suggestion = lock(suggestion_pk)[suggestion_pk]
        before, start = audit.snapshot(suggestion), State(suggestion.state)
        try:
            target = next_state(action, start, parties, comment)
        except TransitionNotAllowedError as error:
            raise TransitionNotAllowedError(error.message + who_was_it(suggestion)) from None
        now = Step(suggestion, actor, parties, _fitting(comment))
        yield now
        suggestion.state = target
        _store(suggestion, before, SUGGESTION_TABLE[action].label, now.comment)
        now.log = _log(now, action, SUGGESTION_TABLE[action].label, start, target)
        row = SUGGESTION_TABLE[action]
        tell(now.log, HEARERS.get(action, ()), next_step=row.next_step, actor=actor)


@contextmanager
def part_step(
    action: HandlingAction,
    *,
    handling_pk: int,
    actor: User | None,
    comment: str = "",
    parties: frozenset[Party] | None = None,
) -> Iterator[Step]:
    """Move one unit's part; raises as ``step``, and Handling.DoesNotExist."""
    with transaction.atomic():
        suggestion_pk = Handling.objects.values_list("suggestion", flat=True).get(pk=handling_pk)
        suggestion = lock(suggestion_pk)[suggestion_pk]
        handling = Handling.objects.select_for_update(of=("self",)).get(pk=handling_pk)
        handling.suggestion = suggestion
        if parties is None:
            if not Handling.objects.visible_to(actor).filter(pk=handling_pk).exists():
                raise Handling.DoesNotExist
            parties = handling_parties_of(actor, handling)
        before, start = audit.snapshot(handling), HandlingState(handling.state)
        try:
            target = next_handling_state(action, start, parties, comment)
        except TransitionNotAllowedError as error:
            raise TransitionNotAllowedError(error.message + who_was_it(suggestion)) from None
        now = Step(suggestion, actor, parties, _fitting(comment), handling)
        yield now
        handling.state = target
        row = HANDLING_TABLE[action]
        _store(handling, before, row.label, now.comment)
        now.log = _log(now, action, row.label, start, target)
        tell(now.log, PART_HEARERS.get(action, ()), next_step=row.next_step, actor=actor)


def _fitting(comment: str) -> str:
    if len(comment.strip()) > LONGEST_COMMENT:
        raise RefusedError([f"说明不能超过 {LONGEST_COMMENT} 字。"])
    return printable(comment).strip()


def _store(instance: models.Model, before: dict[str, Any], label: str, comment: str) -> None:
    """Validate against the database's own law, save what changed, leave one audit entry."""
    audit.make_printable(instance)
    try:
        instance.full_clean()
    except ValidationError as error:
        raise RefusedError(error.messages) from error
    changes = audit.difference(before, audit.snapshot(instance))
    if changes:
        instance.save(update_fields=list(changes))
    audit.record(
        AuditAction.TRANSITION,
        instance,
        changes=changes,
        label=f"{label}：{instance}",
        reason=comment,
    )


def _log(now: Step, action: str, label: str, start: str, target: str) -> TransitionLog:
    return TransitionLog.objects.create(
        suggestion=now.suggestion,
        handling=now.handling,
        action=action,
        label=label,
        from_state=start,
        to_state=target,
        actor=now.actor,
        actor_name=str(now.actor or "系统")[:60],
        comment=now.comment,
    )


def keep(instance: models.Model, *, reason: str = "") -> Any:
    """Validate, save and record a row that belongs to a step; raises RefusedError."""
    try:
        return audit.save_recorded(instance, reason=reason)
    except ValidationError as error:
        raise RefusedError(error.messages) from error
