from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from congress_portal.core.listing import page_of
from stations.filters import StationFilter
from stations.models import Station
from stations.selectors.network import station_in_full, stations_listed


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
