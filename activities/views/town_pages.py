"""What the pages of the towns' registers share: one row, the asked year, a form that writes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from activities.forms.town_rows import RowForm
from congress_portal.core.attempts import attempt

Row = TypeVar("Row", bound=models.Model)
_FIRST, _LAST = 2000, 2100


def readers_only(request: HttpRequest) -> None:
    """404 for accounts without a region to read; the rows themselves stay scoped as ever."""
    if not request.user.scope.read_prefixes:
        raise Http404("没有这个页面。")


def clerks_only(request: HttpRequest) -> None:
    """404 for who does not read by region, 403 for who does but writes nowhere."""
    readers_only(request)
    if not request.user.scope.write_prefixes:
        raise PermissionDenied


def row_of(
    request: HttpRequest, model: type[Row], pk: int, *related: str, to_write: bool = False
) -> Row:
    """404 for a stranger, 403 for who reads but may not write."""
    manager: Any = model._default_manager
    rows = manager.visible_to(request.user)
    found: Row = get_object_or_404(rows.select_related(*related) if related else rows, pk=pk)
    if to_write and not may_write(request, found):
        raise PermissionDenied
    return found


def may_write(request: HttpRequest, row: models.Model) -> bool:
    manager: Any = type(row)._default_manager
    found: bool = manager.editable_by(request.user).filter(pk=row.pk).exists()
    return found


def asked_year(request: HttpRequest) -> int:
    """The address's year; the running one without it or where it is none."""
    given = request.GET.get("year", "")
    number = int(given) if given.isascii() and given.isdigit() else 0
    return number if _FIRST <= number <= _LAST else timezone.localdate().year


@dataclass(frozen=True)
class Writing:
    """A page with a form: its head, the page it belongs to (name, address), what is told after."""

    title: str
    parent: tuple[str, str]
    done: str
    hint: str = ""
    button: str = "保存"


def write_page(
    request: HttpRequest,
    form: RowForm,
    service: Callable[..., Any],
    page: Writing,
    to: Callable[[Any], str],
    *,
    row: models.Model | None = None,
    **given: Any,
) -> HttpResponse:
    """Show the form, or hand it to the service: a new row by its key, a change by what was seen."""
    if request.method == "POST" and form.is_valid():
        given |= {"actor": request.user, "values": form.values}
        if row is None:
            given["key"] = form.cleaned_data["key"]
        else:
            given |= {"pk": row.pk, "seen": form.cleaned_data["seen"]}
        saved = attempt(form, service, **given)
        if saved is not None:
            messages.success(request, page.done)
            return redirect(to(saved))
    return render(request, "activities/town_write.html", {"form": form, "page": page})


def send_file(stored: Any) -> FileResponse:
    """The stored file to take away; 404 without one."""
    if not stored:
        raise Http404("没有附文件。")
    try:
        return FileResponse(stored.open(), as_attachment=True)
    except FileNotFoundError as error:
        raise Http404("文件不在了，请联系管理员。") from error
