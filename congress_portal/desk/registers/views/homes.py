"""Model stations and what is learned from them; sheets for a station's wall."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.audit import record
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.downloads import pdf_response
from congress_portal.core.enums import AuditAction
from congress_portal.desk.registers.board import SIZES, Board, board, code_sheet
from congress_portal.desk.registers.selectors import homes
from stations.models import Station
from stations.selectors.network import station_in_full


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    context = {"terms": homes.models_listed(request.user), "today": timezone.localdate()}
    return render(request, "desk/registers/models.html", context)


@require_safe
def model(request: HttpRequest, pk: int) -> HttpResponse:
    term = get_object_or_404(homes.models_listed(request.user), pk=pk)
    context = {
        "term": term,
        "found": homes.model_page(term, request.user),
        "opens_station": Station.objects.visible_to(request.user).filter(
            pk=term.station_id
        ).exists(),
    }  # fmt: skip
    return render(request, "desk/registers/model.html", context)


def _station(request: HttpRequest, pk: int, size: str) -> Station:
    if size not in SIZES:
        raise Http404("没有这个尺寸。")
    rows = station_in_full(Station.objects.visible_to(request.user), timezone.localdate())
    return get_object_or_404(rows, pk=pk)


def _printed(paper: Board, station: Station, name: str) -> HttpResponse:
    content = render_pdf(render_html(paper))
    record(AuditAction.EXPORT, station, label=name, changes={"format": "pdf", "size": paper.size})
    return pdf_response(content, f"{name}-{paper.size.upper()}")


@require_safe
def wall_board(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    station = _station(request, pk, size)
    paper = board(station, request.user, timezone.localdate(), size)
    return _printed(paper, station, f"{station}-公开栏")


@require_safe
def wall_code(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    station = _station(request, pk, size)
    return _printed(code_sheet(station, timezone.localdate(), size), station, f"{station}-二维码")
