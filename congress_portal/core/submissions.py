"""A blank form's number is used up with its saving, so that a double tap adds nothing."""

import uuid

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from congress_portal.core.models import Submission, User


def found_by(key: uuid.UUID | None, *, actor: User, model: type[models.Model]) -> str:
    """The key of the row that this very form made before; empty for a fresh form."""
    if key is None:
        return ""
    rows = Submission.objects.filter(number=key, user=actor, model=model._meta.label)
    return rows.values_list("object_key", flat=True).first() or ""


def claim(key: uuid.UUID | None, *, actor: User, row: models.Model) -> bool:
    """Use the number up for the saved row, in the caller's transaction.

    False when another sending of the form came first: then roll back what was made.
    """
    if key is None:
        return True
    Submission.objects.forget_old(timezone.now())
    try:
        with transaction.atomic():
            Submission.objects.create(
                number=key, user=actor, model=row._meta.label, object_key=str(row.pk)
            )
    except IntegrityError:
        return False
    return True
