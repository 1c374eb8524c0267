"""Schemes to begin from (RULES C3–C6): shipped as a file, copied into rows, edited there."""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.evaluations.enums import SubjectType
from congress_portal.evaluations.models import Grade, Indicator, Scheme
from congress_portal.evaluations.registry import metric_for

_FILE = Path(__file__).parents[1] / "data" / "scheme_templates.json"
_NUMBERS = ("full", "target", "first", "further")


@dataclass(frozen=True)
class Template:
    """``source`` says in words where the figures come from."""

    code: str
    name: str
    subject_type: str
    ranks: bool
    description: str
    source: str
    indicators: tuple[dict[str, str], ...]
    grades: tuple[dict[str, str], ...]

    @property
    def subject_label(self) -> str:
        return str(SubjectType(self.subject_type).label)

    @property
    def full(self) -> Decimal:
        return sum((Decimal(each["full"]) for each in self.indicators), Decimal(0))


@cache
def templates() -> tuple[Template, ...]:
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Template(**{**row, "indicators": tuple(row["indicators"]), "grades": tuple(row["grades"])})
        for row in rows
    )


@transaction.atomic
def scheme_from(*, actor: User, code: str, name: str) -> Scheme:
    """A new scheme in use, with the template's lines and grades.

    Raises DomainError for somebody who may not, an unknown template or a name that is taken.
    """
    if not Scheme.objects.all().may_add(actor):
        raise DomainError("只有常委会工作人员可以新建考评方案。")
    found = next((each for each in templates() if each.code == code), None)
    if found is None:
        raise DomainError("没有这个模板。")
    if Scheme.objects.filter(name=name).exists():
        raise DomainError(f"已有名为「{name}」的方案，请换一个名称。")
    scheme = Scheme(
        name=name,
        subject_type=found.subject_type,
        ranks=found.ranks,
        description=f"{found.description}来源：{found.source}",
    )
    save_recorded(scheme)
    for serial, given in enumerate(found.indicators, start=1):
        save_recorded(Indicator(scheme=scheme, serial=serial, **_columns(found, given)))
    for grade in found.grades:
        save_recorded(Grade(scheme=scheme, name=grade["name"], at_least=Decimal(grade["at_least"])))
    return scheme


def _columns(template: Template, given: dict[str, str]) -> dict[str, Any]:
    """Numbers as decimals, and metrics by the names that are known today."""
    columns: dict[str, Any] = {
        key: Decimal(value) if key in _NUMBERS else value for key, value in given.items()
    }
    for key in ("metric", "denominator"):
        if key in columns:
            columns[key] = metric_for(template.subject_type, columns[key]).name
    return columns
