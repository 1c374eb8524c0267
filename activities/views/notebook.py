"""The deputy's notebook; staff read what is not private (M66)."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms.notebook import NoteForm, SearchForm
from activities.models import NotebookEntry
from activities.reports.notebook import booklet
from activities.selectors.notebook import pages_of, still_open, written_about, years_of
from activities.services import notebook as services
from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from deputies.models import Deputy
from deputies.selectors import deputy_of


def _own(request: HttpRequest) -> Deputy:
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is None:
        raise PermissionDenied
    return own


@require_http_methods(["GET", "POST"])
def notebook(request: HttpRequest) -> HttpResponse:
    """The own notebook: write first, then what is due again, then the pages."""
    deputy = _own(request)
    form = NoteForm(request.POST or None, deputy=deputy)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": deputy, "key": form.cleaned_data["key"]}
        if attempt(form, services.write_note, **given, **form.values):
            messages.success(request, "已记下。")
            return redirect("activities:notebook")
    return render(request, "activities/notebook_own.html", _context(request, deputy, form))


@require_safe
def notebook_of(request: HttpRequest, pk: int) -> HttpResponse:
    """What staff of the home town may read of a deputy's notebook."""
    deputy = get_object_or_404(
        Deputy.objects.visible_to(request.user).select_related("town"), pk=pk
    )
    if deputy.user_id == request.user.pk and request.user.has_role(Role.DEPUTY):
        return redirect("activities:notebook")
    return render(request, "activities/notebook_own.html", _context(request, deputy, None))


def _context(request: HttpRequest, deputy: Deputy, form: NoteForm | None) -> dict[str, Any]:
    pages = pages_of(deputy, request.user)
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"] if search.is_valid() and form is not None else ""
    return {
        "deputy": deputy,
        "form": form,
        "search": search,
        "words": words,
        "due": still_open(pages),
        "page": page_of(request, written_about(pages, words)),
        "years": years_of(deputy, timezone.localdate()),
        "today": timezone.localdate(),
    }


@require_http_methods(["GET", "POST"])
def change_note(request: HttpRequest, pk: int) -> HttpResponse:
    note = _note(request, pk)
    form = NoteForm(request.POST or None, deputy=note.deputy, row=note)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "note_pk": pk, "seen": form.cleaned_data["seen"]}
        if attempt(form, services.change_note, **given, **form.values):
            messages.success(request, "已改好。")
            return redirect("activities:notebook")
    return render(request, "activities/notebook_edit.html", {"form": form, "note": note})


@require_POST
def tick_note(request: HttpRequest, pk: int) -> HttpResponse:
    note = _note(request, pk)
    is_done = request.POST.get("done") == "1"
    try:
        services.tick_note(actor=request.user, note_pk=note.pk, is_done=is_done)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已打勾。" if is_done else "已取消打勾。")
    return redirect("activities:notebook")


@require_POST
def tear_out(request: HttpRequest, pk: int) -> HttpResponse:
    note = _note(request, pk)
    try:
        services.tear_out(actor=request.user, note_pk=note.pk, seen=request.POST.get("seen", ""))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("activities:change_note", pk=pk)
    messages.success(request, "这一条已删除。")
    return redirect("activities:notebook")


def _note(request: HttpRequest, pk: int) -> NotebookEntry:
    rows = NotebookEntry.objects.editable_by(request.user).select_related("deputy__town")
    return get_object_or_404(rows, pk=pk)


@require_safe
def notebook_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The booklet of one year; private pages only in the deputy's own print, if wished."""
    deputy = get_object_or_404(
        Deputy.objects.visible_to(request.user).select_related("town"), pk=pk
    )
    today = timezone.localdate()
    years = {str(year): year for year in years_of(deputy, today)}
    year = years.get(request.GET.get("year", str(today.year)))
    if year is None:
        raise Http404("这一年没有记事。")
    own = deputy.user_id == request.user.pk and request.user.has_role(Role.DEPUTY)
    private = own and request.GET.get("private") == "1"
    paper = booklet(deputy, year, reader=request.user, today=today, with_private=private)
    record(AuditAction.EXPORT, deputy, label=paper.title, changes={"year": year})
    response = HttpResponse(render_pdf(render_html(paper)), content_type="application/pdf")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(paper.title)}.pdf"
    return response
