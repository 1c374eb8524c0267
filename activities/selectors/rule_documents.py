"""Rules with the version in force and those before and after it (M34)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from activities.models.support import RuleDocument, RuleVersion


def documents_in_full(rows: QuerySet[RuleDocument]) -> QuerySet[RuleDocument]:
    versions = Prefetch(
        "versions", RuleVersion.objects.select_related("entered_by").order_by("-version"), "told"
    )
    return rows.select_related("region", "station").prefetch_related(versions)


def in_force(document: Any, today: dt.date) -> RuleVersion | None:
    """The latest version that has begun; ``document`` is one of ``documents_in_full``."""
    begun = [each for each in document.told if each.effective_on <= today]
    return begun[0] if begun else None


@dataclass(frozen=True)
class DocumentLine:
    document: Any
    version: RuleVersion | None
    coming: RuleVersion | None


def document_line(document: Any, today: dt.date) -> DocumentLine:
    ahead = [each for each in document.told if each.effective_on > today]
    return DocumentLine(document, in_force(document, today), ahead[-1] if ahead else None)
