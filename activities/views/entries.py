from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from activities import services
from activities.enums import ActivityState, SheetKind
from activities.filters import ActivityFilter, VisitFilter
from activities.forms.entries import ActivityEntryForm, EntryForm, VisitForm
from activities.models import Activity, Visit
from activities.selectors.calling import doors_of, may_organise
from activities.selectors.corrections import mark_of, own_record
from activities.selectors.entries import (
    activity_in_full,
    deputies_enterable_by,
    visits_in_full,
    with_attendance,
)
from activities.selectors.sheets import sheet_of
from activities.selectors.verifying import twins
from activities.services.sheets import enter_from_sheet
from congress_portal.core.enums import Role, Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import Record
from deputies.forms import DeputyFilter
from deputies.models import Deputy
from deputies.selectors import deputy_of

_WAITS = "已记下。镇（街道）人大工作人员核实之后计入履职，核实之前您还可以修改。"
_COUNTS = "已代为记下，并视为已核实，计入履职。"


@require_safe
def activity_list(request: HttpRequest) -> HttpResponse:
    form = ActivityFilter(request.GET, user=request.user)
    rows = with_attendance(form.apply(Activity.objects.visible_to(request.user)))
    context = {
        "form": form,
        "page": page_of(request, rows),
        "may_organise": may_organise(request.user),
    }
    return render(request, "activities/list.html", context)


@require_safe
def activity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = activity_in_full(Activity.objects.visible_to(request.user))
    activity = get_object_or_404(rows, pk=pk)
    doors = doors_of(request.user, activity)
    context = {"activity": activity, "calling": doors, **_may(request, activity)}
    return render(request, "activities/detail.html", context)


@require_safe
def visit_list(request: HttpRequest) -> HttpResponse:
    form = VisitFilter(request.GET, user=request.user)
    rows = visits_in_full(form.apply(Visit.objects.visible_to(request.user)))
    context = {"form": form, "page": page_of(request, rows)}
    return render(request, "activities/visit_list.html", context)


@require_safe
def visit_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visit = get_object_or_404(visits_in_full(Visit.objects.visible_to(request.user)), pk=pk)
    context = {"visit": visit, "tags": visit.tags.all(), "voters": visit.fixed_voters.all()}
    return render(request, "activities/visit_detail.html", {**context, **_may(request, visit)})


def _may(request: HttpRequest, row: Record) -> dict[str, Any]:
    """What the reader may do with the record, as flags for the page."""
    editable = type(row)._default_manager.editable_by(request.user).filter(pk=row.pk).exists()
    staff = bool(request.user.scope.write_prefixes)
    deputy = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    own = deputy is not None and own_record(deputy, request.user, mark_of(row)) is not None
    return {
        "sheet": sheet_of(row),
        "may_voice": own,
        "may_question": own and row.verification == Verification.VERIFIED,
        "may_edit": editable and row.verification != Verification.VERIFIED and not staff,
        "may_verify": editable and staff,
        "opens_people": bool(request.user.scope.read_prefixes),
    }


@require_http_methods(["GET", "POST"])
def log_visit(request: HttpRequest) -> HttpResponse:
    return _enter(request, VisitForm, services.log_visit, SheetKind.VISIT)


@require_http_methods(["GET", "POST"])
def log_activity(request: HttpRequest) -> HttpResponse:
    return _enter(request, ActivityEntryForm, services.log_activity, SheetKind.ACTIVITY)


def _enter(
    request: HttpRequest, form_class: type[EntryForm], save: Callable[..., Record], kind: SheetKind
) -> HttpResponse:
    deputy = _deputy_entered_for(request)
    if deputy is None:
        return _choose_deputy(request)
    form = form_class(
        request.POST or None,
        request.FILES or None,
        deputy=deputy,
        by_owner=deputy.user_id == request.user.pk,
    )
    form.initial["paper"] = request.GET.get("paper", "")[:20]
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        given = {"actor": request.user, "deputy": deputy, "key": key}
        tied = partial(enter_from_sheet, save, kind=kind, number=form.paper)
        row = _saved(form, tied, **given)
        if row is not None:
            counts = row.verification == Verification.VERIFIED
            messages.success(request, _COUNTS if counts else _WAITS)
            _warn_of_twin(request, row)
            return _to_detail(row)
    context = {"form": form, "deputy": deputy, "on_behalf": deputy.user_id != request.user.pk}
    return render(request, f"activities/log_{kind}.html", context)


def _warn_of_twin(request: HttpRequest, row: Record) -> None:
    other = twins([row]).get(row.pk) if isinstance(row, Activity) else None
    if other is not None:
        told = f"同一天还有一条「{other.title}」。如果是同一次活动，请告诉核实的工作人员只留一条。"
        messages.warning(request, told)


def _deputy_entered_for(request: HttpRequest) -> Deputy | None:
    """The deputy named in the address (代录), else the signed-in one; None: to be chosen."""
    if asked := request.GET.get("deputy", ""):
        if not asked.isascii() or not asked.isdigit():
            raise Http404("没有这位代表。")
        return get_object_or_404(deputies_enterable_by(request.user), pk=int(asked[:18]))
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is None and not request.user.scope.write_prefixes:
        raise PermissionDenied
    return own


def _choose_deputy(request: HttpRequest) -> HttpResponse:
    form = DeputyFilter(request.GET, user=request.user)
    page = page_of(request, form.apply(deputies_enterable_by(request.user)))
    return render(request, "activities/choose_deputy.html", {"form": form, "page": page})


def _saved(form: EntryForm, save: Callable[..., Record], **given: Any) -> Record | None:
    """The saved record; None when a rule refuses it, with the fault in the form."""
    try:
        return save(**given, **form.values)
    except ValidationError as error:
        faults = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, found in faults.items():
            form.add_error(name if name in form.fields else None, found)
    except DomainError as error:
        form.add_error(None, error.message)
    return None


def _to_detail(row: Record) -> HttpResponse:
    name = "activities:visit_detail" if isinstance(row, Visit) else "activities:detail"
    return redirect(name, pk=row.pk)


@require_http_methods(["GET", "POST"])
def change_visit(request: HttpRequest, pk: int) -> HttpResponse:
    visit = get_object_or_404(visits_in_full(_own_open(Visit, request)), pk=pk)
    form = VisitForm(request.POST or None, request.FILES or None, deputy=visit.deputy, row=visit)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        if _saved(form, services.change_visit, actor=request.user, visit_pk=pk, seen=seen):
            messages.success(request, "已改好，等镇（街道）人大工作人员核实。")
            return _to_detail(visit)
    context = {"form": form, "deputy": visit.deputy, "on_behalf": False}
    return render(request, "activities/log_visit.html", context)


@require_http_methods(["GET", "POST"])
def change_activity(request: HttpRequest, pk: int) -> HttpResponse:
    held = _own_open(Activity, request).filter(state=ActivityState.HELD)
    activity = get_object_or_404(held, pk=pk)
    deputy = deputy_of(request.user)
    if deputy is None:
        raise PermissionDenied
    form = ActivityEntryForm(
        request.POST or None, request.FILES or None, deputy=deputy, row=activity
    )
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "activity_pk": pk, "deputy": deputy}
        if _saved(form, services.change_activity, seen=form.cleaned_data["seen"], **given):
            messages.success(request, "已改好，等镇（街道）人大工作人员核实。")
            return _to_detail(activity)
    context = {"form": form, "deputy": deputy, "on_behalf": False}
    return render(request, "activities/log_activity.html", context)


def _own_open(model: type[Record], request: HttpRequest) -> QuerySet[Any]:
    rows = model._default_manager.editable_by(request.user)
    return rows.exclude(verification=Verification.VERIFIED)


@require_safe
def activity_photo(request: HttpRequest, pk: int) -> FileResponse:
    return _photo(get_object_or_404(Activity.objects.visible_to(request.user), pk=pk))


@require_safe
def visit_photo(request: HttpRequest, pk: int) -> FileResponse:
    return _photo(get_object_or_404(Visit.objects.visible_to(request.user), pk=pk))


def _photo(row: Activity | Visit) -> FileResponse:
    if not row.photo:
        raise Http404("这条记录没有照片。")
    return FileResponse(
        row.photo.open("rb"), content_type="image/jpeg", as_attachment=True, filename="照片.jpg"
    )
