from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from activities.forms.verifying import CheckForm, PlaceForm, mark_of
from activities.models import Activity
from activities.selectors.verifying import (
    Kind,
    Pile,
    kind_of,
    piles,
    rows_in_full,
    twins,
    waiting_in_town,
    waiting_rows,
    what,
    who,
)
from activities.services.verifying import Outcome, check_records
from congress_portal.core.listing import page_of


def _only_staff(request: HttpRequest) -> None:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied


@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """Counts by kind with the oldest age, and the rows of one kind with tick boxes."""
    _only_staff(request)
    place = PlaceForm(request.GET, user=request.user)
    town = place.town_chosen
    heaps = piles(request.user, town)
    kind = _kind(request, heaps)
    rows = waiting_in_town(waiting_rows(kind, request.user), kind, town)
    page = page_of(request, rows_in_full(kind, rows))
    same = twins(page.object_list) if kind.model is Activity else {}
    lines = [{**_line(row, kind), "twin": same.get(row.pk)} for row in page.object_list]
    context = {"heaps": heaps, "kind": kind, "page": page, "lines": lines, "place": place}
    return render(request, "activities/verify.html", context)


def _kind(request: HttpRequest, heaps: list[Pile]) -> Kind:
    """The kind of the address; without one the first that has something waiting."""
    if asked := kind_of(request.GET.get("kind", "")):
        return asked
    return next((heap.kind for heap in heaps if heap.count), heaps[0].kind)


def _line(row: Any, kind: Kind) -> dict[str, Any]:
    address = reverse(kind.view, args=[row.pk])
    return {"row": row, "mark": mark_of(row), "who": who(row), "what": what(row), "open": address}


@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    _only_staff(request)
    kind = kind_of(code)
    if kind is None:
        raise PermissionDenied
    form = CheckForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"] if form.cleaned_data["do"] == form.REFUSE else None
        rows = form.cleaned_data["rows"]
        outcome = check_records(actor=request.user, kind=kind, rows=rows, reason=reason)
        _say(request, outcome, refused=reason is not None)
    else:
        for faults in form.errors.values():
            messages.error(request, " ".join(faults))
    back = QueryDict(mutable=True)
    back["kind"] = kind.code
    if town := request.POST.get("town", ""):
        back["town"] = town
    return redirect(f"{reverse('activities:verify')}?{back.urlencode()}")


def _say(request: HttpRequest, outcome: Outcome, *, refused: bool) -> None:
    if outcome.done and refused:
        messages.success(request, f"已退回 {outcome.done} 条，录入人会看到原因。")
    elif outcome.done:
        messages.success(request, f"已核实 {outcome.done} 条，从现在起计入统计和考评。")
    for reason, rows in outcome.left.items():
        told = "；".join(rows[:5]) + ("等" if len(rows) > 5 else "")
        messages.error(request, f"{len(rows)} 条没有处理（{told}）：{reason}")
