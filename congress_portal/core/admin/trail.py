"""The audit trail as people read it: field names in Chinese, personal data masked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from congress_portal.core.admin.forms import masks_of
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import AuditEntry

SHOWN_ENTRIES = 200
_SECRET = frozenset({"password"})
_NOTHING = (None, "", [])
_CONCEALED = "（已隐去"  # the trail keeps only a digest of personal values


@dataclass(frozen=True)
class Change:
    """One field; ``old`` is empty for a new row, ``new`` for one that was deleted."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class EntryStory:
    entry: AuditEntry
    changes: list[Change]


def entries_about(row: models.Model) -> list[EntryStory]:
    """The newest entries about a row, newest first."""
    found = AuditEntry.objects.filter(model=row._meta.label, object_key=str(row.pk))
    return [EntryStory(entry, list(changes_of(entry))) for entry in found[:SHOWN_ENTRIES]]


def changes_of(entry: AuditEntry) -> Iterator[Change]:
    model = _model_of(entry)
    for name, value in entry.changes.items():
        old, new = _pair(entry, value)
        yield Change(_label(model, name), _shown(model, name, old), _shown(model, name, new))


def _pair(entry: AuditEntry, value: Any) -> tuple[Any, Any]:
    if entry.action == AuditAction.DELETE:
        return value, None
    if isinstance(value, list) and len(value) == 2:
        return value[0], value[1]
    return None, value


def _model_of(entry: AuditEntry) -> type[models.Model] | None:
    try:
        return apps.get_model(entry.model) if entry.model else None
    except (LookupError, ValueError):
        return None


def _label(model: type[models.Model] | None, name: str) -> str:
    if model is not None:
        try:
            return str(getattr(model._meta.get_field(name), "verbose_name", name))
        except FieldDoesNotExist:
            pass
    return _PLAIN.get(name, name)


def _shown(model: type[models.Model] | None, name: str, value: Any) -> str:
    if value in _NOTHING:
        return "（空）"
    if name in _SECRET:
        return "（已改）"
    if str(value).startswith(_CONCEALED):
        return f"{_CONCEALED}）"
    if model is not None:
        if mask := masks_of(model).get(name):
            return mask(str(value))
        if words := _words(model, name, value):
            return words
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)[:300]


def _words(model: type[models.Model], name: str, value: Any) -> str:
    """The label of a choice, or the row that a key names."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.ForeignKey):
        row = field.related_model._base_manager.filter(pk=value).first()
        return str(row) if row else f"编号 {value}（已删除）"
    return ""


_PLAIN = {
    "rows": "行数",
    "filters": "条件",
    "fields": "项目",
    "status": "状态码",
    "created": "新增",
    "updated": "更新",
    "attendances": "参加代表",
}


def model_label(entry: AuditEntry) -> str:
    model = _model_of(entry)
    return str(model._meta.verbose_name) if model else ""
