from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from congress_portal.core.listing import page_of
from stations.filters import ReceptionFilter
from stations.models import Reception
from stations.selectors.receptions import receptions_in_full


@require_safe
def reception_list(request: HttpRequest) -> HttpResponse:
    form = ReceptionFilter(request.GET, user=request.user)
    rows = receptions_in_full(form.apply(Reception.objects.visible_to(request.user)))
    context = {"form": form, "page": page_of(request, rows)}
    return render(request, "stations/reception_list.html", context)


@require_safe
def reception_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = receptions_in_full(Reception.objects.visible_to(request.user))
    reception = get_object_or_404(rows, pk=pk)
    return render(request, "stations/reception_detail.html", {"reception": reception})
