"""The board of what has to be put right, and its steps."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from stations.forms.findings import FindingFilter, FindingForm, FindingStepForm
from stations.models import Rectification, RectificationStep
from stations.selectors.findings import findings_by_town, findings_listed, steps_of
from stations.selectors.parts import parts_in_finding
from stations.services import findings as services
from stations.views.sheets import sent_photo
from stations.workflow import FINDING_TABLE, Step, open_steps

_SAID = {
    Step.REPORT: "已报，等复查。",
    Step.PASS: "已销号。",
    Step.FAIL: "已退回继续整改，家站、镇（街道）收到了通知。",
    Step.EXTEND: "已延长期限，家站、镇（街道）收到了通知。",
}


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    form = FindingFilter(request.GET, user=request.user)
    scope = request.user.scope
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page_of(request, form.apply(findings_listed(request.user))),
        "towns": findings_by_town(request.user, today),
        "may_open": scope.is_office and bool(scope.write_prefixes),
    }
    return render(request, "stations/finding_list.html", context)


@require_http_methods(["GET", "POST"])
def finding_new(request: HttpRequest) -> HttpResponse:
    scope = request.user.scope
    if not (scope.is_office and scope.write_prefixes):
        raise PermissionDenied
    asked = {"station": request.GET.get("station", "")}
    form = FindingForm(request.POST or None, user=request.user, initial=asked)
    if request.method == "POST" and form.is_valid():
        found = attempt(form, services.open_finding, actor=request.user, **form.cleaned_data)
        if found is not None:
            messages.success(request, "已登记，家站、镇（街道）收到了通知。")
            return redirect("inspection:finding", pk=found.pk)
    return render(request, "stations/finding_form.html", {"form": form})


def _finding_of(request: HttpRequest, pk: int) -> Rectification:
    rows = Rectification.objects.visible_to(request.user).select_related(
        "region", "station", "item", "line__sheet__assignment__team__campaign", "entered_by"
    )
    return get_object_or_404(rows.distinct(), pk=pk)


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    found = _finding_of(request, pk)
    parts = parts_in_finding(request.user, found)
    steps = open_steps(FINDING_TABLE, state=found.state, parts=parts)
    context = {
        "finding": found,
        "steps": steps_of(request.user, found),
        "next": [(step.value, FINDING_TABLE[step]) for step in steps],
    }
    return render(request, "stations/finding_detail.html", context)


@require_http_methods(["GET", "POST"])
def finding_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    found = _finding_of(request, pk)
    if step not in set(FINDING_TABLE):
        raise Http404
    move = FINDING_TABLE[Step(step)]
    parts = parts_in_finding(request.user, found)
    if not move.who & parts:
        raise PermissionDenied
    if request.method == "GET" and step not in open_steps(
        FINDING_TABLE, state=found.state, parts=parts
    ):
        messages.error(request, f"现在是「{found.get_state_display()}」，不用再{move.label}。")
        return redirect("inspection:finding", pk=pk)
    form = FindingStepForm(
        request.POST or None, request.FILES or None, step=Step(step), finding=found
    )
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "finding_pk": pk, "step": Step(step)}
        if attempt(form, services.take_step, **given, **form.cleaned_data) is not None:
            noted = step == Step.PASS and services.is_told_by_check(found.item)
            also = f"「{found.item}」已同时登记为有。" if noted else ""
            messages.success(request, _SAID[Step(step)] + also)
            return redirect("inspection:finding", pk=pk)
    context = {"finding": found, "form": form, "move": move}
    return render(request, "stations/finding_step.html", context)


@require_safe
def step_photo(request: HttpRequest, pk: int) -> FileResponse:
    rows = RectificationStep.objects.visible_to(request.user).distinct()
    return sent_photo(get_object_or_404(rows, pk=pk).photo)
