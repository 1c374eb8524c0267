"""Rules on the wall (制度上墙, M34): versions follow one another, old ones stay as they were."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from activities.models.support import RuleDocument, RuleVersion
from activities.services.keeping import KeepingError, keep, locked
from congress_portal.core.models import User
from congress_portal.core.submissions import found_by


def save_rule_document(
    *, actor: User, values: Mapping[str, Any], pk: int | None = None, seen: str = "",
    key: uuid.UUID | None = None,
) -> RuleDocument:  # fmt: skip
    """Enter a rule or mend what is said of it; its text stands in its versions."""
    station = values.get("station")
    if station and station.region_id != values["region"].pk:
        raise KeepingError(f"{station}不在{values['region']}，请改选区划或家站。")
    return keep(RuleDocument, actor=actor, values=values, pk=pk, seen=seen, key=key)


@transaction.atomic
def add_version(
    *, actor: User, document_pk: int, values: Mapping[str, Any], key: uuid.UUID | None = None
) -> RuleVersion:
    """The next version of a rule; it begins after the one it follows.

    Raises KeepingError and what ``keep`` raises.
    """
    document = locked(RuleDocument, document_pk)
    told = document.versions.aggregate(last=Max("version"), day=Max("effective_on"))
    if done := _sent_before(actor, key):
        return done
    if told["day"] and values["effective_on"] <= told["day"]:
        raise KeepingError(f"前一版从 {told['day']} 起施行，新版本要晚于这一天。")
    given = {**values, "document": document, "version": (told["last"] or 0) + 1}
    return keep(RuleVersion, actor=actor, values=given, key=key)


def _sent_before(actor: User, key: uuid.UUID | None) -> RuleVersion | None:
    done = found_by(key, actor=actor, model=RuleVersion)
    return RuleVersion.objects.get(pk=done) if done else None
