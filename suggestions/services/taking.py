"""The door from a page into a step: on what the page showed, and once for each form.

A page carries ``seen``, the digest of what decides about its step, and ``key``, its own name. A
step on anything newer is refused and told who acted; the same form sent again (a double tap) does
nothing. What only adds a line, such as a contact or a note, changes no digest: two officers may
do that at once.
"""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from congress_portal.core.models import User
from suggestions.enums import Decision, DraftState, HandlingState, Kind, State
from suggestions.models import Extension, FormKey, Handling, ReplyDraft, Suggestion
from suggestions.services.steps import (
    AlreadyDoneError,
    ChangedMeanwhileError,
    lock,
    who_was_it,
)


def seen_of(suggestion: Suggestion, part: Handling | None = None) -> str:
    """A digest of what a step of the case, or of one unit's part, is decided on."""
    facts: list[Any] = [State(suggestion.state).value, Kind(suggestion.kind).value]
    if suggestion.is_open_to_edit and suggestion.saved_at:
        facts.append(suggestion.saved_at.timestamp())
    if suggestion.handed_over_on and part is None:
        parts = Handling.objects.filter(suggestion=suggestion).in_hand().order_by("pk")
        facts += parts.values_list("unit", "share", "round")
    if part is not None:
        drafts = ReplyDraft.objects.filter(handling=part, state=DraftState.PENDING)
        facts += [HandlingState(part.state).value, part.round, *drafts.values_list("pk", flat=True)]
    if suggestion.handed_over_on:
        asked = Extension.objects.filter(handling__suggestion=suggestion, decision=Decision.PENDING)
        facts += asked.order_by("pk").values_list("pk", flat=True)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


@transaction.atomic
def take_step(
    service: Callable[..., Any],
    /,
    *,
    case_pk: int,
    seen: str,
    key: uuid.UUID | None,
    actor: User,
    part_pk: int | None = None,
    **given: Any,
) -> Any:
    """Do the service on what the page showed; ``given`` are the service's own arguments.

    Raises AlreadyDoneError, ChangedMeanwhileError, and what the service raises.
    """
    found = lock(case_pk).get(case_pk)
    if found is None:
        raise Suggestion.DoesNotExist
    use_key(key, actor)
    part = Handling.objects.get(pk=part_pk) if part_pk is not None else None
    if seen and seen != seen_of(found, part):
        raise ChangedMeanwhileError(
            f"页面打开后情况已变。{who_was_it(found)}请核对现在的情况，仍要办的再按一次。"
        )
    return service(actor=actor, **given)


def use_key(key: uuid.UUID | None, actor: User) -> None:
    """Must run inside the transaction of what the form does. Raises AlreadyDoneError."""
    if key is None:
        return
    _, is_new = FormKey.objects.get_or_create(key=key, defaults={"user": actor})
    if not is_new:
        raise AlreadyDoneError("这张表已经提交过，没有重复办理。")


@transaction.atomic
def take_once(service: Callable[..., Any], /, *, key: uuid.UUID | None, **given: Any) -> Any:
    """For forms that belong to no suggestion: the same one sent again does nothing."""
    use_key(key, given["actor"])
    return service(**given)
