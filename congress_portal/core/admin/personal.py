"""Personal data: masked until somebody asks for it, with a reason that is kept (DESIGN §6.2)."""

import time
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction

REVEALED_SECONDS = 600
_SESSION_KEY = "revealed_rows"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        min_length=4,
        max_length=200,
        error_messages={
            "required": "请写明理由。",
            "min_length": "理由太短，请写清楚为什么需要（至少 4 个字）。",
        },
    )


def _token(row: models.Model) -> str:
    return f"{row._meta.label}:{row.pk}"


def is_revealed(request: HttpRequest, row: models.Model) -> bool:
    """Whether this person asked for the row's personal data within the last ten minutes."""
    until = request.session.get(_SESSION_KEY, {}).get(_token(row), 0)
    return until > time.time()


def reveal(request: HttpRequest, row: models.Model, names: list[str], reason: str) -> None:
    record(AuditAction.UNMASK, row, changes={"fields": names}, reason=reason)
    now = time.time()
    kept = {k: t for k, t in request.session.get(_SESSION_KEY, {}).items() if t > now}
    request.session[_SESSION_KEY] = {**kept, _token(row): now + REVEALED_SECONDS}


class RevealMixin:
    """The button «查看完整信息» on the page of one row."""

    def reveal_context(self, request: HttpRequest, row: models.Model | None) -> dict[str, Any]:
        if row is None:
            return {"reveal_form": None}
        names = self.masked_names(request, row)
        names = [name for name in names if getattr(row, name)]
        labels = "、".join(str(row._meta.get_field(name).verbose_name) for name in names)
        return {"reveal_form": ReasonForm() if names else None, "reveal_labels": labels}

    def reveal_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST with a reason; the full values then show for ten minutes to this person."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        form = ReasonForm(request.POST)
        names = self.masked_names(request, row)
        if form.is_valid() and names:
            reveal(request, row, names, form.cleaned_data["reason"])
            messages.success(request, "完整信息显示 10 分钟，这次查看已记入操作记录。")
        elif not form.is_valid():
            messages.error(request, form.errors["reason"][0])
        return redirect(f"admin:{self._url_name('change')}", row.pk)
