"""Campaigns, the tags' matrix, and what deputies are given to read."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import services
from activities.forms.campaigns import (
    CampaignForm,
    CircularForm,
    MatrixFilter,
    ResponseForm,
    StepForm,
    tasks_form,
    tasks_in,
)
from activities.models import Activity, Campaign, Circular, CircularReceipt
from activities.selectors import campaigns as selectors
from congress_portal.core.attempts import attempt
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from deputies.selectors import deputy_of


def _may_write(request: HttpRequest, row: Campaign | Circular) -> bool:
    return request.user.scope.may_write_code(row.region.code)


def _campaign(request: HttpRequest, pk: int, *, to_write: bool = False) -> Campaign:
    rows = Campaign.objects.visible_to(request.user).select_related("region", "parent", "theme")
    found = get_object_or_404(rows, pk=pk)
    if to_write and not _may_write(request, found):
        raise PermissionDenied
    return found


@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    rows = Campaign.objects.visible_to(request.user).filter(parent=None).select_related("region")
    context = {
        "page": page_of(request, rows.prefetch_related("sub_themes__region")),
        "may_add": bool(request.user.scope.write_prefixes),
    }
    return render(request, "activities/campaign_list.html", context)


@require_safe
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk)
    rows = selectors.activities_of(found)
    circulars = Circular.objects.visible_to(request.user).filter(campaign=found)
    context = {
        "campaign": found,
        "total": selectors.total_of(rows),
        "sub_themes": selectors.sub_themes_of(found),
        "tasks": selectors.tasks_of(found),
        "steps": (steps := selectors.steps_of(found)),
        "steps_done": sum(bool(step.records) for step in steps),
        "circulars": selectors.circulars_listed(circulars),
        "may_write": _may_write(request, found),
    }
    return render(request, "activities/campaign.html", context)


@require_http_methods(["GET", "POST"])
def write_campaign(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    found = _campaign(request, pk, to_write=True) if pk else None
    form = CampaignForm(request.POST or None, user=request.user, campaign=found)
    if request.method == "POST" and form.is_valid():
        given = {
            "actor": request.user,
            "values": form.values,
            "campaign_pk": pk,
            "seen": form.cleaned_data["seen"],
        }
        saved = attempt(form, services.save_campaign, **given)
        if saved is not None:
            messages.success(request, f"「{saved}」已保存，登记活动时就可以选它。")
            return redirect("activities:campaign", pk=saved.pk)
    return render(request, "activities/write_campaign.html", {"form": form, "campaign": found})


@require_http_methods(["GET", "POST"])
def campaign_tasks(request: HttpRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk, to_write=True)
    formset = tasks_form(request.POST or None, found)
    if request.method == "POST" and formset.is_valid():
        services.set_tasks(actor=request.user, campaign_pk=pk, tasks=tasks_in(formset))
        messages.success(request, "任务已保存，完成次数由登记的活动自动计算。")
        return redirect("activities:campaign", pk=pk)
    context = {"campaign": found, "formset": formset}
    return render(request, "activities/campaign_tasks.html", context)


@require_http_methods(["GET", "POST"])
def campaign_step(request: HttpRequest, pk: int) -> HttpResponse:
    found = _campaign(request, pk, to_write=True)
    form = StepForm(request.POST or None, campaign=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "campaign_pk": pk, **form.cleaned_data}
        if attempt(form, services.note_step, **given) is not None:
            messages.success(request, "已记下这一步。")
            return redirect("activities:campaign", pk=pk)
    return render(request, "activities/campaign_step.html", {"campaign": found, "form": form})


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """五进×五共 or any two axes; each number opens into its activities (M46)."""
    form = MatrixFilter(request.GET, user=request.user)
    rows = form.apply(Activity.objects.visible_to(request.user))
    rows = rows & selectors.counted_activities() if form.is_valid() else rows
    context: dict[str, Any] = {"form": form, "matrix": None, "by_station": []}
    if form.is_valid() and form.cleaned_data["down"]:
        down, across = form.cleaned_data["down"], form.cleaned_data["across"]
        context["matrix"] = selectors.matrix(rows, down, across)
        context["by_station"] = selectors.by_station(rows, down, request.user)
    return render(request, "activities/matrix.html", context)


@require_safe
def outputs(request: HttpRequest) -> HttpResponse:
    """What activities brought: problems, opinions, suggestions (M60)."""
    form = MatrixFilter(request.GET, user=request.user)
    del form.fields["down"], form.fields["across"]
    rows = form.apply(Activity.objects.visible_to(request.user).verified())
    rows = selectors.with_output(rows.select_related("form", "region", "station"))
    page = page_of(request, rows.order_by("-held_on", "-pk"))
    page.object_list = [(row, selectors.output_of(row)) for row in page.object_list]
    return render(request, "activities/outputs.html", {"form": form, "page": page})


# --- circulars ------------------------------------------------------------------------------------


def _circular(request: HttpRequest, pk: int, *, to_write: bool = False) -> Circular:
    rows = Circular.objects.visible_to(request.user).select_related("region", "campaign")
    found = get_object_or_404(rows, pk=pk)
    if to_write and not _may_write(request, found):
        raise PermissionDenied
    return found


@require_safe
def circular_list(request: HttpRequest) -> HttpResponse:
    """A deputy reads those given to the deputy; staff all of their place."""
    rows = selectors.circulars_listed(Circular.objects.visible_to(request.user))
    deputy = deputy_of(request.user)
    is_staff = bool(request.user.scope.write_prefixes)
    if deputy and not is_staff:
        rows = rows.filter(receipts__deputy=deputy)
    context = {"page": page_of(request, rows), "may_add": is_staff, "deputy": deputy}
    return render(request, "activities/circular_list.html", context)


@require_http_methods(["GET", "POST"])
def circular(request: HttpRequest, pk: int) -> HttpResponse:
    """Opening it marks it read; a deputy answers here, staff see who has not read it."""
    found = _circular(request, pk)
    deputy = deputy_of(request.user)
    receipt = found.receipts.filter(deputy=deputy).first() if deputy else None
    if receipt and found.published_at and not receipt.read_at:
        services.mark_circular_read(circular=found, deputy=deputy)
    form = ResponseForm(
        request.POST or None, initial={"response": receipt.response if receipt else ""}
    )
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "circular_pk": pk, **form.cleaned_data}
        if attempt(form, services.respond_to_circular, **given) is not None:
            messages.success(request, "您的回应已收到。")
            return redirect("activities:circular", pk=pk)
    may_write = _may_write(request, found)
    show = request.GET.get("show", "")
    receipts = selectors.receipts_of(found, request.user, show) if may_write else None
    context = {
        "circular": found,
        "receipt": receipt,
        "form": form if receipt and found.wants_response else None,
        "may_write": may_write,
        "show": show,
        "reading": selectors.reading_of(found) if may_write else None,
        "page": page_of(request, receipts) if receipts is not None else None,
    }
    return render(request, "activities/circular.html", context)


@require_http_methods(["GET", "POST"])
def write_circular(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    found = _circular(request, pk, to_write=True) if pk else None
    number = request.GET.get("campaign", "")
    of = Campaign.objects.filter(pk=number).first() if number.isdecimal() else None
    form = CircularForm(
        request.POST or None, request.FILES or None, user=request.user, circular=found, campaign=of
    )
    if request.method == "POST" and form.is_valid():
        given = {
            "actor": request.user,
            "values": form.values,
            "file": form.cleaned_data["file"],
            "circular_pk": pk,
            "seen": form.cleaned_data["seen"],
        }
        saved = attempt(form, services.save_circular, **given)
        if saved is not None:
            messages.success(request, "已保存。请核对后发出，发出以后不能再改。")
            return redirect("activities:circular", pk=saved.pk)
    return render(request, "activities/write_circular.html", {"form": form, "circular": found})


@require_POST
def publish_circular(request: HttpRequest, pk: int) -> HttpResponse:
    _circular(request, pk, to_write=True)
    try:
        sent = services.publish_circular(actor=request.user, circular_pk=pk)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已发给 {sent} 位在任代表。" if sent else "这份材料早已发出。")
    return redirect("activities:circular", pk=pk)


@require_POST
def circular_read_for(request: HttpRequest, pk: int) -> HttpResponse:
    """Those ticked read it on paper or were read it by phone (代录)."""
    _circular(request, pk, to_write=True)
    ticked = [int(each) for each in request.POST.getlist("receipts") if each.isdecimal()]
    noted = services.note_circular_read(actor=request.user, circular_pk=pk, receipts=ticked)
    if noted:
        messages.success(request, f"已代录 {noted} 位代表读过。")
    else:
        messages.error(request, "没有勾选还没有读的代表。")
    return redirect(f"{reverse('activities:circular', args=[pk])}?show=unread")


@require_http_methods(["GET", "POST"])
def circular_answer_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The deputy's words, as told by phone or on paper (代录)."""
    rows = CircularReceipt.objects.visible_to(request.user).select_related("deputy", "noted_by")
    receipt = get_object_or_404(rows, pk=pk)
    found = _circular(request, receipt.circular_id, to_write=True)
    if not found.wants_response:
        raise Http404("这份材料不要求回应。")
    form = ResponseForm(request.POST or None, initial={"response": receipt.response})
    form.fields["response"].label = f"{receipt.deputy.name}的回应"
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "receipt_pk": pk, **form.cleaned_data}
        if attempt(form, services.note_response, **given) is not None:
            messages.success(request, f"已代录{receipt.deputy.name}的回应。")
            return redirect("activities:circular", pk=found.pk)
    context = {"circular": found, "receipt": receipt, "form": form}
    return render(request, "activities/circular_answer_for.html", context)


@require_safe
def circular_file(request: HttpRequest, pk: int) -> FileResponse:
    found = _circular(request, pk)
    if not found.file:
        raise Http404("没有附文件。")
    return FileResponse(found.file.open(), as_attachment=True)
