"""Attachments: upload, download, removal. Each asks who may, at the case."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.errors import DomainError
from suggestions import services
from suggestions.forms.writing import FileForm
from suggestions.models import Attachment
from suggestions.selectors import own_part
from suggestions.services.papers import kinds_for
from suggestions.views.doing import attempt, case_of, refuse_plainly


@require_http_methods(["GET", "POST"])
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    suggestion = case_of(request, pk)
    part = own_part(request.user, suggestion)
    kinds = kinds_for(request.user, suggestion, part)
    if not kinds:
        raise PermissionDenied
    form = FileForm(
        request.POST or None, request.FILES or None, user=request.user, suggestion=suggestion
    )
    form.offer([(kind.value, kind.label) for kind in kinds])
    if request.method == "POST" and form.is_valid():
        given = {**form.values, "handling_pk": part.pk if part else None}
        if attempt(form, services.attach_file, pk=pk, actor=request.user, **given):
            messages.success(request, "附件已上传。")
            return redirect("suggestions:detail", pk=pk)
    return render(request, "suggestions/add_file.html", {"suggestion": suggestion, "form": form})


@require_safe
def open_file(request: HttpRequest, pk: int) -> FileResponse:
    row = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)


@require_POST
def remove_file(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    try:
        services.remove_attachment(attachment_pk=pk, actor=request.user)
    except DomainError as error:
        return refuse_plainly(request, error, row.suggestion_id)
    messages.success(request, f"附件「{row.name}」已删除。")
    return redirect("suggestions:write", pk=row.suggestion_id)
