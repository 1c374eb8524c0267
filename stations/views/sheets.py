"""A team's sheet: scored on a phone, shown to who may see it, objected to, answered."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.staticfiles.finders import find
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.errors import DomainError
from stations.enums import InspectionCampaignState, ObjectionState, SheetState
from stations.forms.sheets import AnswerForm, ObjectionForm, ReturnForm, SheetForm
from stations.models import InspectionSheet, Objection, SheetLine
from stations.selectors.parts import is_member, parts_in_sheet
from stations.services import objections, sheets
from stations.services.campaigns import total_of
from stations.workflow import SHEET_TABLE, Part, Step, open_steps

_RELATED = (
    "assignment__team__campaign__region",
    "assignment__station",
    "assignment__region",
    "submitted_by",
)


def _sheet_of(request: HttpRequest, pk: int) -> InspectionSheet:
    rows = InspectionSheet.objects.visible_to(request.user).select_related(*_RELATED)
    return get_object_or_404(rows.distinct(), pk=pk)


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    found = _sheet_of(request, pk)
    campaign = found.assignment.team.campaign
    parts = parts_in_sheet(request.user, found.assignment)
    lines = list(found.lines.select_related("item").order_by("item__number", "pk"))
    is_running = campaign.state == InspectionCampaignState.RUNNING
    steps = open_steps(SHEET_TABLE, state=found.state, parts=parts) if is_running else []
    is_open = campaign.state == InspectionCampaignState.OBJECTIONS
    context = {
        "sheet": found,
        "campaign": campaign,
        "place": found.place,
        "lines": lines,
        "total": total_of(lines),
        "full": sum(line.points for line in lines),
        "may_score": Step.SAVE in steps,
        "may_return": Step.RETURN in steps,
        "may_object": is_open and Part.PLACE in parts,
        "may_answer": is_open
        and Part.OFFICE in parts
        and not is_member(request.user, found.assignment.team_id),
        "objections": found.objections.select_related("line", "raised_by", "answered_by").order_by(
            "raised_at", "pk"
        ),
    }
    return render(request, "stations/sheet_detail.html", context)


@require_http_methods(["GET", "POST"])
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """The page keeps what is typed in the browser; the script sends it here and reads JSON."""
    found = _sheet_of(request, pk)
    if Part.TEAM not in parts_in_sheet(request.user, found.assignment):
        raise PermissionDenied
    wants_json = request.headers.get("Accept") == "application/json"
    submit = request.POST.get("then") == "submit"
    form = SheetForm(request.POST or None, request.FILES or None, sheet=found, submit=submit)
    if request.method == "POST":
        return _receive(request, found, form, wants_json=wants_json)
    if found.state != SheetState.DRAFT:
        return redirect("inspection:sheet", pk=pk)
    return _score_page(request, found, form)


def _receive(
    request: HttpRequest, found: InspectionSheet, form: SheetForm, *, wants_json: bool
) -> HttpResponse:
    given = {"actor": request.user, "sheet_pk": found.pk, "submit": form.submit}
    if wants_json:
        return _answer(form, given)
    if form.is_valid():
        saved = attempt(form, sheets.receive_sheet, **given, **form.values)
        if saved is not None:
            told = "已提交，等人大机关公开评分。" if form.submit else "已保存。"
            messages.success(request, told)
            return redirect("inspection:sheet", pk=found.pk)
    return _score_page(request, found, form)


def _answer(form: SheetForm, given: dict[str, Any]) -> JsonResponse:
    """409: another phone was first; 400: something has to be mended."""
    if not form.is_valid():
        return JsonResponse({"said": "；".join(form.all_faults())}, status=400)
    try:
        saved = sheets.receive_sheet(**given, **form.values)
    except DomainError as error:
        stale = isinstance(error, sheets.SheetStaleError)
        return JsonResponse({"said": error.message}, status=409 if stale else 400)
    total = total_of(saved.lines.all())
    return JsonResponse(
        {"edition": saved.edition, "total": str(total), "submitted": saved.state != "draft"}
    )


def _score_page(request: HttpRequest, found: InspectionSheet, form: SheetForm) -> HttpResponse:
    context = {
        "sheet": found,
        "campaign": found.assignment.team.campaign,
        "place": found.place,
        "form": form,
        "full": sum(line.points for line in form.lines),
    }
    return render(request, "stations/sheet_score.html", context)


@require_safe
def offline_script(request: HttpRequest) -> HttpResponse:
    """The worker that opens a sheet without signal; from here, so that it may serve this path."""
    path = find("js/inspection_offline.js")
    if path is None:
        raise Http404
    script = Path(path).read_text(encoding="utf-8")
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    found = _sheet_of(request, pk)
    if Part.OFFICE not in parts_in_sheet(request.user, found.assignment):
        raise PermissionDenied
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "sheet_pk": pk, **form.cleaned_data}
        if attempt(form, sheets.return_sheet, **given) is not None:
            messages.success(request, "已退回，考评组收到了通知。")
            return redirect("inspection:sheet", pk=pk)
    place = found.place
    context = {"form": form, "sheet": found, "title": f"退回打分表：{place}", "act": "退回修改"}
    return render(request, "stations/sheet_step.html", context)


@require_http_methods(["GET", "POST"])
def raise_objection(request: HttpRequest, pk: int) -> HttpResponse:
    found = _sheet_of(request, pk)
    if Part.PLACE not in parts_in_sheet(request.user, found.assignment):
        raise PermissionDenied
    form = ObjectionForm(request.POST or None, sheet=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "sheet_pk": pk, **form.cleaned_data}
        if attempt(form, objections.raise_objection, **given) is not None:
            messages.success(request, "异议已交人大机关，答复会通知您。")
            return redirect("inspection:sheet", pk=pk)
    place = found.place
    context = {"form": form, "sheet": found, "title": f"对评分提出异议：{place}", "act": "提出异议"}
    return render(request, "stations/sheet_step.html", context)


@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Objection.objects.visible_to(request.user).select_related(
        "line", *(f"sheet__{name}" for name in _RELATED)
    )
    found = get_object_or_404(rows.distinct(), pk=pk)
    parts = parts_in_sheet(request.user, found.sheet.assignment)
    is_own = is_member(request.user, found.sheet.assignment.team_id)
    if request.method == "GET" and (
        Part.OFFICE not in parts or is_own or found.state != ObjectionState.RAISED
    ):
        return redirect("inspection:sheet", pk=found.sheet_id)
    if Part.OFFICE not in parts:
        raise PermissionDenied
    form = AnswerForm(request.POST or None, objection=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "objection_pk": pk, **form.cleaned_data}
        if attempt(form, objections.answer_objection, **given) is not None:
            messages.success(request, "已答复，提出的家站、镇（街道）收到了通知。")
            return redirect("inspection:sheet", pk=found.sheet_id)
    context = {"form": form, "objection": found, "sheet": found.sheet}
    return render(request, "stations/sheet_answer.html", context)


@require_safe
def line_photo(request: HttpRequest, pk: int) -> FileResponse:
    rows = SheetLine.objects.visible_to(request.user).distinct()
    return sent_photo(get_object_or_404(rows, pk=pk).photo)


def sent_photo(photo: Any) -> FileResponse:
    if not photo:
        raise Http404("没有照片。")
    return FileResponse(
        photo.open("rb"), content_type="image/jpeg", as_attachment=True, filename="照片.jpg"
    )
