"""Paper forms: number, print, take spoilt ones away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.sheets import SheetsForm, VoidForm
from activities.models import EntrySheet
from activities.reports.sheets import entry_sheets
from activities.selectors.sheets import batches, sheets_out
from activities.services import sheets as service
from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.downloads import pdf_response
from congress_portal.core.enums import AuditAction
from congress_portal.core.listing import page_of


@require_http_methods(["GET", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    form = SheetsForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        rows = attempt(form, service.give_sheets, actor=request.user, **form.cleaned_data)
        if rows:
            told = f"已编号 {rows[0].number} 至 {rows[-1].number}，请下载打印。"
            messages.success(request, told)
            return redirect("activities:sheets")
    page = page_of(request, sheets_out(request.user))
    context = {"form": form, "page": page, "batches": batches(list(page.object_list))}
    return render(request, "activities/sheets.html", context)


@require_safe
def sheets_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The forms numbered together from this one on, save those that are entered or void."""
    first = get_object_or_404(EntrySheet.objects.editable_by(request.user), pk=pk)
    rows = [row for row in service.batch_of(first) if not (row.mark or row.void_reason)]
    paper = entry_sheets(rows or [first])
    name = f"{paper.title}-{first.region.name}-{rows[0].number}" if rows else paper.title
    content = render_pdf(render_html(paper))
    record(AuditAction.EXPORT, first, label=name, changes={"sheets": len(rows)})
    return pdf_response(content, name)


@require_http_methods(["GET", "POST"])
def void_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = get_object_or_404(sheets_out(request.user), pk=pk)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "sheet_pk": pk, **form.cleaned_data}
        if attempt(form, service.void_sheet, **given) is not None:
            messages.success(request, f"{sheet} 已作废，编号不再用。")
            return redirect("activities:sheets")
    return render(request, "activities/sheet_void.html", {"sheet": sheet, "form": form})
