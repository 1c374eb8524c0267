"""One way by which the offices' own registers are kept: locked, compared, scoped, recorded once."""

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.stale import refuse_stale
from congress_portal.core.submissions import claim, found_by

Row = TypeVar("Row", bound=models.Model)


class KeepingError(DomainError):
    """The register does not allow this, or not by this person."""


class _SentBeforeError(Exception):
    """The same form was saved by another request meanwhile."""


def locked(model: type[Row], pk: int) -> Row:
    """The row, held until the transaction ends. Raises its DoesNotExist."""
    rows = model._default_manager.select_for_update(of=("self",)).order_by()
    return rows.get(pk=pk)  # type: ignore[no-any-return]


def keep(
    model: type[Row],
    *,
    actor: User,
    values: Mapping[str, Any],
    pk: int | None = None,
    seen: str = "",
    key: uuid.UUID | None = None,
) -> Row:
    """Enter a row or mend it; the same ``key`` always gives the same row.

    The model's ``editable_by`` decides before and after. Raises KeepingError, StaleRecordError,
    ValidationError.
    """
    try:
        with transaction.atomic():
            if done := found_by(key, actor=actor, model=model):
                return model._default_manager.get(pk=done)  # type: ignore[no-any-return]
            row = _written(model, actor, values, pk, seen)
            if not claim(key, actor=actor, row=row):
                raise _SentBeforeError
            return row
    except (_SentBeforeError, IntegrityError, ValidationError):
        if done := found_by(key, actor=actor, model=model):
            return model._default_manager.get(pk=done)  # type: ignore[no-any-return]
        raise


def _written(
    model: type[Row], actor: User, values: Mapping[str, Any], pk: int | None, seen: str
) -> Row:
    row = model()
    if pk:
        row = locked(model, pk)
        _refuse_foreign(row, actor)
        refuse_stale(row, seen)
    elif hasattr(row, "entered_by_id"):
        setattr(row, "entered_by", actor)  # noqa: B010 - not every model has it
    for name, value in values.items():
        setattr(row, name, value)
    save_recorded(row)
    _refuse_foreign(row, actor)
    return row


def _refuse_foreign(row: models.Model, actor: User) -> None:
    manager: Any = type(row)._default_manager
    if not manager.editable_by(actor).filter(pk=row.pk).exists():
        raise KeepingError("这里不归您管，由当地人大工作人员登记。")
