"""Each constraint of an app is broken once; none is forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction


def constraint_names(app: str) -> set[str]:
    return {
        constraint.name
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }


def assert_refused(break_it: Callable[[], Any], name: str = "") -> None:
    """The database itself says no, whatever form or service was gone round.

    SQLite names a broken check but not a broken uniqueness, so ``name`` is compared for checks.
    """
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        break_it()
    told = str(refusal.value)
    assert not told.startswith("NOT NULL")
    if told.startswith("CHECK"):
        assert name in told


def twice(factory: Any, **fields: Any) -> Callable[[], Any]:
    return lambda: (factory(**fields), factory(**fields))
