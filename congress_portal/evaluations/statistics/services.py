"""Kept views and drafts of reports."""

from typing import Any

from django.db import transaction

from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.evaluations.models import ReportDraft, SavedView

_MOST_VIEWS = 30


class StaleDraftError(DomainError):
    """Somebody else has changed the draft since it was opened."""


@transaction.atomic
def save_view(*, actor: User, name: str, query: str, is_shared: bool) -> SavedView:
    """A view of the same name is replaced; sharing is for who writes records (the office)."""
    own = SavedView.objects.filter(owner=actor)
    view = own.filter(name=name).first()
    if view is None and own.count() >= _MOST_VIEWS:
        raise DomainError(f"每人最多保存 {_MOST_VIEWS} 个视图，请先删掉不用的。")
    view = view or SavedView(owner=actor, name=name)
    view.query = query
    view.is_shared = is_shared and bool(actor.scope.write_prefixes)
    save_recorded(view)
    return view


def delete_view(*, actor: User, view: SavedView) -> None:
    """Only the own ones; raises SavedView.DoesNotExist."""
    delete_recorded(SavedView.objects.editable_by(actor).get(pk=view.pk))


@transaction.atomic
def save_draft(*, actor: User, draft: ReportDraft, seen: str) -> ReportDraft:
    """Raises StaleDraftError when the draft has been changed since ``seen``."""
    if draft.pk:
        rows = ReportDraft.objects.editable_by(actor).select_for_update().order_by()
        stored: Any = rows.get(pk=draft.pk)
        if stored.changed_at.isoformat() != seen:
            raise StaleDraftError("别人刚改过这份报告，请重新打开再改；您写的文字还在下面。")
    else:
        draft.written_by = actor
    save_recorded(draft)
    return draft
