from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from congress_portal.core.listing import page_of
from stations.filters import ReceptionFilter, StationFilter
from stations.models import Reception, Station
from stations.selectors import receptions_in_full, station_in_full, stations_listed


@require_GET
def station_list(request: HttpRequest) -> HttpResponse:
    form = StationFilter(request.GET, user=request.user)
    rows = form.apply(Station.objects.visible_to(request.user))
    page = page_of(request, stations_listed(rows, timezone.localdate()))
    return render(request, "stations/list.html", {"form": form, "page": page})


@require_GET
def station_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = station_in_full(Station.objects.visible_to(request.user), timezone.localdate())
    station = get_object_or_404(rows, pk=pk)
    may_edit = Station.objects.editable_by(request.user).filter(pk=pk).exists()
    return render(request, "stations/detail.html", {"station": station, "may_edit": may_edit})


@require_GET
def reception_list(request: HttpRequest) -> HttpResponse:
    form = ReceptionFilter(request.GET, user=request.user)
    rows = receptions_in_full(form.apply(Reception.objects.visible_to(request.user)))
    context = {"form": form, "page": page_of(request, rows)}
    return render(request, "stations/reception_list.html", context)


@require_GET
def reception_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = receptions_in_full(Reception.objects.visible_to(request.user))
    reception = get_object_or_404(rows, pk=pk)
    return render(request, "stations/reception_detail.html", {"reception": reception})
