"""The one road of every step in the life of an activity: lock, stage, side, save, tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from activities.models import Activity, Invitation
from activities.selectors.calling import sides_of, stage
from activities.workflow import Action, next_state
from congress_portal.core import audit
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.stale import refuse_stale


class CallingError(DomainError):
    """A rule of calling refuses the step."""


class ChangedMeanwhileError(DomainError):
    """The page shows another state than the one that is stored now."""


@dataclass
class Step:
    activity: Activity
    actor: User
    reason: str


@contextmanager
def move(
    action: Action, *, activity_pk: int, actor: User, reason: str = "", seen: str = ""
) -> Iterator[Step]:
    """Move the activity as the table says; inside the block the caller writes what belongs to it.

    ``seen`` is the fingerprint of the page. Raises Activity.DoesNotExist for what the person may
    not see, TransitionNotAllowedError, NotYoursError, ReasonNeededError, StaleRecordError,
    ValidationError.
    """
    with transaction.atomic():
        activity = locked(activity_pk)
        sides = sides_of(actor, activity)
        if not sides:
            raise Activity.DoesNotExist
        target = next_state(action, stage(activity), sides, reason)
        if seen:
            refuse_stale(activity, seen)
        before = audit.snapshot(activity)
        yield Step(activity, actor, reason.strip())
        if target is not None:
            activity.state = target
        _store(activity, before, action, reason.strip())


def locked(pk: int) -> Activity:
    """Must come before any other lock of the transaction."""
    return Activity.objects.select_for_update(of=("self",)).get(pk=pk)


def _store(activity: Activity, before: dict[str, object], action: Action, reason: str) -> None:
    changes = audit.difference(before, audit.snapshot(activity))
    if not changes:
        return
    activity.full_clean()
    activity.save(update_fields=list(changes))
    is_step = "state" in changes
    audit.record(
        AuditAction.TRANSITION if is_step else AuditAction.UPDATE,
        activity,
        changes=changes,
        label=f"{action.label}：{activity}",
        reason=reason,
    )


def invitation_page(invitation: Invitation) -> str:
    return reverse("activities:invitation", args=[invitation.pk])
