"""The year of inspections: four quarters and the year-end check, for the performance office."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction, RegionLevel
from congress_portal.core.models import Region
from stations.models import InspectionCampaign
from stations.reports.inspection import year_workbook
from stations.selectors.years import PARTS, YearBook, year_book

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _book(request: HttpRequest, year: int) -> YearBook:
    """Of the county whose campaigns the reader may see; ``?region=`` by its code."""
    if not 2000 <= year <= 2100:
        raise Http404("年度要写成四位数字。")
    seen = InspectionCampaign.objects.visible_to(request.user).values("region")
    counties = Region.objects.filter(level=RegionLevel.COUNTY)
    prefixes = request.user.scope.read_prefixes
    mine = [
        row.pk
        for row in counties
        if any(row.code.startswith(p) or p.startswith(row.prefix) for p in prefixes)
    ]
    rows = (counties.filter(pk__in=mine) | counties.filter(pk__in=seen)).order_by("code")
    code = request.GET.get("region", "")
    county = rows.filter(code=code).first() if code else rows.first()
    if county is None:
        raise Http404("没有可以查看的考评。")
    return year_book(county, year)


@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    book = _book(request, year)
    scope = request.user.scope
    context = {
        "book": book,
        "columns": list(zip(PARTS, book.shares, strict=True)),
        "before": year - 1,
        "after": year + 1,
        "is_office": scope.is_office and bool(scope.write_prefixes),
    }
    return render(request, "stations/inspection_year.html", context)


@require_safe
def export(request: HttpRequest, year: int) -> HttpResponse:
    book = _book(request, year)
    name = f"{book.county}{year}年家站考评年度结果"
    record(AuditAction.EXPORT, book.county, label=name, changes={"format": "xlsx"})
    response = HttpResponse(year_workbook(book), content_type=_EXCEL)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.xlsx"
    return response
