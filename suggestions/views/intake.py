"""The open mailbox (代表建议开放邮箱, M98): letters logged, mails imported, each triaged once."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from suggestions import services
from suggestions.filters import IntakeFilter
from suggestions.forms.intake import (
    IntakeDraftForm,
    IntakeForm,
    IntakeVoiceForm,
    MailForm,
    SetAsideForm,
)
from suggestions.models import Intake, IntakePaper
from suggestions.services.steps import AlreadyDoneError
from suggestions.services.taking import take_once
from suggestions.views.doing import attempt
from suggestions.views.office import office_only


@require_safe
def intakes(request: HttpRequest) -> HttpResponse:
    """The office's box; a deputy sees what the deputy sent."""
    is_office = bool(request.user.scope.write_prefixes)
    if not is_office and not request.user.has_role(Role.DEPUTY):
        raise Http404("没有这个页面。")
    form = IntakeFilter(request.GET, user=request.user)
    rows = form.apply(Intake.objects.visible_to(request.user)).select_related("region")
    context = {"form": form, "page": page_of(request, rows), "is_office": is_office}
    return render(request, "suggestions/intakes.html", context)


@require_http_methods(["GET", "POST"])
def new_intake(request: HttpRequest) -> HttpResponse:
    is_office = bool(request.user.scope.write_prefixes)
    if not is_office and not request.user.has_role(Role.DEPUTY):
        raise PermissionDenied
    form = IntakeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, **form.cleaned_data}
        try:
            logged = attempt(form, partial(take_once, services.log_intake), **given)
        except AlreadyDoneError as error:
            messages.info(request, error.message)
            return redirect("suggestions:intakes")
        if logged is not None:
            messages.success(request, "已收到，人大机关处理后在这里写明结果。")
            return redirect("suggestions:intake", pk=logged.pk)
    return render(request, "suggestions/new_intake.html", {"form": form, "is_office": is_office})


@require_http_methods(["GET", "POST"])
def import_mails(request: HttpRequest) -> HttpResponse:
    """Several .eml at once; each is logged or its fault is named."""
    office_only(request)
    form = MailForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        fresh = _imported(request, form)
        if fresh:
            messages.success(request, f"已导入 {fresh} 封邮件，请逐件处理。")
        if not form.errors:
            return redirect("suggestions:intakes")
    return render(request, "suggestions/import_mails.html", {"form": form})


def _imported(request: HttpRequest, form: MailForm) -> int:
    fresh = 0
    for file in form.cleaned_data["files"]:
        try:
            _, is_new = services.import_mail(
                actor=request.user, region=form.cleaned_data["region"], data=file.read()
            )
        except DomainError as error:
            form.add_error("files", f"{file.name}：{error.message}")
            continue
        fresh += is_new
        if not is_new:
            messages.info(request, f"{file.name} 以前已经导入，没有重复登记。")
    return fresh


def _one(request: HttpRequest, pk: int) -> Intake:
    rows = Intake.objects.visible_to(request.user).select_related(
        "region", "suggestion__lead", "voice", "decided_by", "entered_by"
    )
    found: Intake = get_object_or_404(rows, pk=pk)
    return found


@require_safe
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _one(request, pk))


def _page(
    request: HttpRequest,
    found: Intake,
    *,
    draft: IntakeDraftForm | None = None,
    voice: IntakeVoiceForm | None = None,
    aside: SetAsideForm | None = None,
) -> HttpResponse:
    may_decide = Intake.objects.editable_by(request.user).filter(pk=found.pk).exists()
    is_open = found.state == "received" or (found.state == "drafted" and not found.suggestion)
    context = {
        "intake": found,
        "papers": found.papers.all(),
        "may_decide": may_decide,
        "is_open": is_open and may_decide,
        "draft": draft or IntakeDraftForm(intake=found),
        "voice": voice or IntakeVoiceForm(),
        "aside": aside or SetAsideForm(),
        "received_on": timezone.localdate(found.received_at),
    }
    return render(request, "suggestions/intake.html", context)


def _editable(request: HttpRequest, pk: int) -> Intake:
    found = _one(request, pk)
    if not Intake.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return found


@require_POST
def intake_draft(request: HttpRequest, pk: int) -> HttpResponse:
    found = _editable(request, pk)
    form = IntakeDraftForm(request.POST, intake=found)
    if form.is_valid():
        deputy = form.cleaned_data["deputy"]
        given = {"intake_pk": pk, "actor": request.user, "deputy": deputy}
        if attempt(form, services.draft_from_intake, **given) is not None:
            messages.success(request, f"已写成草稿，等{deputy.name}代表核对后提交。")
            return redirect("suggestions:intake", pk=pk)
    return _page(request, found, draft=form)


@require_POST
def intake_voice(request: HttpRequest, pk: int) -> HttpResponse:
    found = _editable(request, pk)
    form = IntakeVoiceForm(request.POST)
    if form.is_valid():
        given = {"intake_pk": pk, "actor": request.user, **form.cleaned_data}
        if attempt(form, services.voice_from_intake, **given) is not None:
            messages.success(request, "已转为群众意见，请登记处理方式。")
            return redirect("suggestions:intake", pk=pk)
    return _page(request, found, voice=form)


@require_POST
def intake_aside(request: HttpRequest, pk: int) -> HttpResponse:
    found = _editable(request, pk)
    form = SetAsideForm(request.POST)
    if form.is_valid():
        given = {"intake_pk": pk, "actor": request.user, **form.cleaned_data}
        if attempt(form, services.set_aside_intake, **given) is not None:
            messages.success(request, "已记下不转办的理由。")
            return redirect("suggestions:intake", pk=pk)
    return _page(request, found, aside=form)


@require_safe
def intake_paper(request: HttpRequest, pk: int) -> FileResponse:
    row = get_object_or_404(IntakePaper.objects.visible_to(request.user), pk=pk)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)
