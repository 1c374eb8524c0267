"""A campaign's pages: list, calendar, steps, results, the 通报."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from stations.enums import InspectionCampaignState
from stations.forms.campaigns import CampaignForm, StepForm
from stations.models import InspectionCampaign, InspectionSheet, Objection
from stations.reports.inspection import bulletin_facts, bulletin_paper, paper_bytes
from stations.selectors.campaigns import (
    LINE_PERCENT,
    assignments_of,
    campaigns_listed,
    may_read_results,
    other_marks,
    results_of,
    teams_of,
)
from stations.selectors.parts import parts_in_campaign
from stations.services import campaigns as services
from stations.workflow import CAMPAIGN_TABLE, Part, Step, open_steps

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_STEPS = {
    Step.START: services.start_campaign,
    Step.DISCLOSE: services.disclose,
    Step.LOCK: services.lock_campaign,
}
_DONE = {
    Step.START: "考评已经开始，各组收到了通知，可以打开打分表。",
    Step.DISCLOSE: "评分已经公开，被考评的家站、镇（街道）收到了通知，可以提出异议。",
    Step.LOCK: "考评已经锁定。扣分的项目已转入整改，可以下载通报。",
}


def campaign_of(request: HttpRequest, pk: int) -> InspectionCampaign:
    rows = InspectionCampaign.objects.visible_to(request.user).select_related("region", "standard")
    return get_object_or_404(rows, pk=pk)


def office_campaign(request: HttpRequest, pk: int) -> InspectionCampaign:
    """403 for readers, 404 for strangers."""
    campaign = campaign_of(request, pk)
    if Part.OFFICE not in parts_in_campaign(request.user, campaign):
        raise PermissionDenied
    return campaign


def _is_office(request: HttpRequest) -> bool:
    scope = request.user.scope
    return scope.is_office and bool(scope.write_prefixes)


@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    context = {
        "page": page_of(request, campaigns_listed(request.user)),
        "may_open": _is_office(request),
        "this_year": timezone.localdate().year,
    }
    return render(request, "stations/campaign_list.html", context)


@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    if not _is_office(request):
        raise PermissionDenied
    return _keep(request, None)


@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _keep(request, office_campaign(request, pk))


def _keep(request: HttpRequest, campaign: InspectionCampaign | None) -> HttpResponse:
    form = CampaignForm(request.POST or None, user=request.user, campaign=campaign)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "pk": campaign and campaign.pk, **form.cleaned_data}
        saved = attempt(form, services.save_campaign, **given)
        if saved is not None:
            messages.success(request, "考评的日程已保存。接下来建立考评组，再分工。")
            return redirect("inspection:campaign", pk=saved.pk)
    return render(request, "stations/campaign_form.html", {"form": form, "campaign": campaign})


@require_safe
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Own sheets first; the office sees what waits and the next step."""
    found = campaign_of(request, pk)
    parts = parts_in_campaign(request.user, found)
    assignments = list(assignments_of(request.user, found))
    marks = []
    if Part.OFFICE in parts and not found.locked_at:
        marks = [mark.station.name for mark in other_marks(found).select_related("station")]
    steps = open_steps(CAMPAIGN_TABLE, state=found.state, parts=parts)
    waiting = Objection.objects.visible_to(request.user).filter(
        sheet__assignment__team__campaign=found
    )
    context = {
        "campaign": found,
        "is_office": Part.OFFICE in parts,
        "other_marks": len(marks),
        "marked": list(dict.fromkeys(marks)),
        "may_change": Part.OFFICE in parts
        and found.state in (InspectionCampaignState.DRAFT, InspectionCampaignState.RUNNING),
        "next": [(step.value, CAMPAIGN_TABLE[step]) for step in steps],
        "teams": teams_of(request.user, found).prefetch_related("members__user", "members__home"),
        "assignments": assignments,
        "sheets": _sheets(request, found),
        "objections": waiting.select_related(
            "line", "sheet__assignment__station", "sheet__assignment__region"
        ).order_by("raised_at", "pk"),
        "may_read_results": may_read_results(request.user, found),
        "my_teams": set(
            found.teams.filter(members__user=request.user).values_list("pk", flat=True)
        ),
    }
    return render(request, "stations/campaign_detail.html", context)


def _sheets(request: HttpRequest, found: InspectionCampaign) -> dict[int, InspectionSheet]:
    """Those that the person may open, by assignment."""
    rows = InspectionSheet.objects.visible_to(request.user)
    mine = rows.filter(assignment__team__campaign=found).distinct()
    return {sheet.assignment_id: sheet for sheet in mine}


@require_http_methods(["GET", "POST"])
def campaign_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """«请核对» before a step that cannot be taken back."""
    found = office_campaign(request, pk)
    if step not in _STEPS:
        raise Http404
    move = CAMPAIGN_TABLE[Step(step)]
    form = StepForm(request.POST or None, initial={"seen": found.state})
    if request.method == "POST" and form.is_valid():
        done = attempt(form, _STEPS[Step(step)], actor=request.user, pk=pk, **form.cleaned_data)
        if done is not None:
            messages.success(request, _DONE[Step(step)])
            return redirect("inspection:campaign", pk=pk)
    context = {"campaign": found, "form": form, "move": move, "step": step}
    return render(request, "stations/campaign_step.html", context)


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = office_campaign(request, pk)
    if request.method == "POST":
        try:
            title = services.discard_campaign(actor=request.user, pk=pk)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("inspection:campaign", pk=pk)
        messages.success(request, f"「{title}」已删去。")
        return redirect("inspection:list")
    return render(request, "stations/campaign_discard.html", {"campaign": found})


@require_safe
def results(request: HttpRequest, pk: int) -> HttpResponse:
    found = campaign_of(request, pk)
    if not may_read_results(request.user, found):
        raise PermissionDenied
    percent = _percent(request)
    own = set(_sheets(request, found).values())
    context: dict[str, Any] = {
        "campaign": found,
        "results": results_of(found, line_percent=percent),
        "percent": percent,
        "openable": {sheet.pk for sheet in own},
        "is_locked": found.state == InspectionCampaignState.LOCKED,
    }
    return render(request, "stations/campaign_results.html", context)


def _percent(request: HttpRequest) -> int:
    text = request.GET.get("line", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else LINE_PERCENT
    return min(100, number)


@require_safe
def bulletin(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """通报 of a locked campaign, for everybody whom it goes to."""
    found = campaign_of(request, pk)
    if found.state != InspectionCampaignState.LOCKED:
        raise Http404("考评锁定以后才有通报。")
    paper = bulletin_paper(bulletin_facts(found))
    record(AuditAction.EXPORT, found, label=paper.title, changes={"format": kind})
    response = HttpResponse(paper_bytes(paper, kind), content_type=_TYPES[kind])
    name = quote(paper.title, safe="")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.{kind}"
    return response
