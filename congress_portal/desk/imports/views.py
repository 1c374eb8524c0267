"""The import page of the office and of town staff."""

import datetime as dt
import io
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.importing.returned import returned_name
from congress_portal.core.models import ImportBatch, ImportRun
from congress_portal.desk.imports import files, services, tasks
from congress_portal.desk.imports.forms import SheetForm, UploadForm
from congress_portal.desk.imports.preview import from_text
from congress_portal.desk.imports.progress import progress_of

_NO_WORKER_AFTER = dt.timedelta(seconds=4)
_RECENT = 10
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def for_writers(view: Any) -> Any:
    """Only people who may write records by region import files."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.scope.write_prefixes:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def _batch(request: HttpRequest, token: UUID) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.editable_by(request.user), token=token)


@for_writers
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        found = services.start_batch(actor=request.user, sources=form.cleaned_data["files"])
        tasks.dispatch(found)
        return redirect("imports:batch", found.token)
    runs = ImportRun.objects.filter(actor=request.user).prefetch_related("sheets")[:_RECENT]
    return render(request, "desk/imports/upload.html", {"form": form, "runs": runs})


@for_writers
@require_safe
def batch(request: HttpRequest, token: UUID) -> HttpResponse:
    found = _batch(request, token)
    if found.state in (ImportBatch.State.WAITING, ImportBatch.State.RUNNING):
        return _progress(request, found)
    if found.state == ImportBatch.State.PREVIEWED:
        return _preview(request, found)
    runs = found.runs.order_by("pk").prefetch_related("sheets")
    return render(request, "desk/imports/result.html", {"batch": found, "runs": runs})


def _progress(request: HttpRequest, found: ImportBatch) -> HttpResponse:
    waited = timezone.now() - (found.started_at or found.created_at)
    if found.state == ImportBatch.State.WAITING and waited > _NO_WORKER_AFTER:
        tasks.take_over(found)
    progress = progress_of(found.token)
    is_stuck = waited > services.STUCK_AFTER and (
        not progress.total or progress.seconds_ago > services.STUCK_AFTER.total_seconds()
    )
    context = {"batch": found, "progress": progress, "is_stuck": is_stuck}
    return render(request, "desk/imports/progress.html", context)


def _preview(
    request: HttpRequest, found: ImportBatch, pages: list[dict[str, Any]] | None = None
) -> HttpResponse:
    data = from_text(found.preview)
    pages = pages or _sheet_forms(found, data, None)
    context = {
        "batch": found,
        "pages": pages,
        "refused": sum(file["refused"] for file in data["files"]),
        "fresh": sum(file["counts"]["新增"] + file["counts"]["更新"] for file in data["files"]),
        "may_keep_synonyms": request.user.scope.is_office,
    }
    return render(request, "desk/imports/preview.html", context)


def _sheet_forms(found: ImportBatch, data: dict[str, Any], posted: Any) -> list[dict[str, Any]]:
    """Each file of the preview with a form beside each of its sheets."""
    pages = []
    for number, file in enumerate(data["files"]):
        chosen = found.mapping.get(file["name"], {})
        forms = [
            SheetForm(
                posted,
                sheet=sheet,
                chosen=chosen.get(sheet["name"], {}),
                prefix=f"f{number}s{index}",
            )
            for index, sheet in enumerate(file["sheets"])
        ]
        pages.append({"file": file, "forms": forms})
    return pages


@for_writers
@require_POST
def mapping(request: HttpRequest, token: UUID) -> HttpResponse:
    """Read the sheets by the clerk's own word; what was chosen earlier stays chosen."""
    found = _batch(request, token)
    pages = _sheet_forms(found, from_text(found.preview), request.POST)
    if not all(form.is_valid() for page in pages for form in page["forms"]):
        return _preview(request, found, pages)
    chosen: dict[str, Any] = {}
    synonyms: list[tuple[str, str, str]] = []
    for page in pages:
        chosen[page["file"]["name"]] = {f.sheet["name"]: f.mapping() for f in page["forms"]}
        synonyms += [each for form in page["forms"] for each in form.synonyms()]
    keep = "keep_synonyms" in request.POST and request.user.scope.is_office
    try:
        services.remap(batch=found, mapping=chosen, synonyms=synonyms if keep else [])
        tasks.dispatch(found)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("imports:batch", token)


@for_writers
@require_POST
def confirm(request: HttpRequest, token: UUID) -> HttpResponse:
    """Once; a second click only shows how the first is going."""
    found = _batch(request, token)
    if services.confirm(batch=found, partial=request.POST.get("partial") == "yes"):
        tasks.dispatch(found)
    return redirect("imports:batch", token)


@for_writers
@require_POST
def again(request: HttpRequest, token: UUID) -> HttpResponse:
    found = _batch(request, token)
    try:
        services.restart(found)
        tasks.dispatch(found)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("imports:batch", token)


def _run(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.user), pk=pk)


@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    found = _run(request, pk)
    return render(request, "desk/imports/run.html", {"run": found})


@require_safe
def refused(request: HttpRequest, pk: int) -> FileResponse:
    """The refused rows, to be corrected and uploaded again; they hold personal data."""
    found = _run(request, pk)
    if not found.refused_file:
        raise Http404
    record(AuditAction.EXPORT, found, label=f"退回的行：{found.file_name}")
    return _download(files.load_refused(found), returned_name(found.file_name), _XLSX)


@require_safe
def original(request: HttpRequest, pk: int) -> FileResponse:
    found = _run(request, pk)
    if not found.file:
        raise Http404
    content = files.load(found).data
    record(AuditAction.EXPORT, found, label=f"原文件：{found.file_name}")
    return _download(content, found.file_name, "application/octet-stream")


def _download(content: bytes, name: str, content_type: str) -> FileResponse:
    answer = FileResponse(
        io.BytesIO(content), as_attachment=True, filename=name, content_type=content_type
    )
    answer["Cache-Control"] = "no-store"
    return answer
