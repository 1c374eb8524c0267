import uuid
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.audit import record
from congress_portal.core.batches import services as batches
from congress_portal.core.batches.tasks import dispatch
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.desk.registers.duty_files import DutyFilesForm, duty_files_order
from congress_portal.desk.registers.selectors.file import duty_file, years_of
from congress_portal.desk.registers.views.access import readers_only
from deputies.models import Deputy
from deputies.selectors import with_seats


@require_safe
def deputy_file(request: HttpRequest, pk: int) -> HttpResponse:
    deputy = deputy_in_full(request, pk)
    today = timezone.localdate()
    years = years_of(deputy, today)
    year = asked_year(request, years)
    file = duty_file(deputy, year, reader=request.user, today=today)
    context = {"deputy": deputy, "file": file, "year": year, "years": years}
    return render(request, "desk/registers/file.html", context)


@require_safe
def deputy_file_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    deputy = deputy_in_full(request, pk)
    today = timezone.localdate()
    year = asked_year(request, years_of(deputy, today))
    file = duty_file(deputy, year, reader=request.user, today=today, verified_only=True)
    record(AuditAction.EXPORT, deputy, label=file.title, changes={"year": year})
    response = HttpResponse(render_pdf(render_html(file)), content_type="application/pdf")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.title)}.pdf"
    return response


@readers_only
@require_http_methods(["GET", "POST"])
def duty_files(request: HttpRequest) -> HttpResponse:
    """All files of a year; pressed twice they are made once."""
    form = DutyFilesForm(
        request.POST or None, user=request.user, today=timezone.localdate(), key=uuid.uuid4()
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = duty_files_order(int(data["year"]), data.get("town"), request.user)
        try:
            batch, is_new = batches.start(actor=request.user, order=order, key=data["key"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            if is_new:
                dispatch(batch)
            return redirect("batches:batch", batch.token)
    return render(request, "desk/registers/duty_files.html", {"form": form})


def deputy_in_full(request: HttpRequest, pk: int) -> Deputy:
    rows = with_seats(Deputy.objects.visible_to(request.user)).select_related("town__parent")
    return get_object_or_404(rows.prefetch_related("expertise"), pk=pk)


def asked_year(request: HttpRequest, years: list[int]) -> int:
    """The year that the address asks for; the newest when it asks for none."""
    asked = request.GET.get("year", "")
    if not asked:
        return years[0]
    for year in years:
        if str(year) == asked:
            return year
    raise Http404("这位代表没有这一年的履职档案。")
