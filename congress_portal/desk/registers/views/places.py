from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.enums import RegionLevel
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.desk.registers.forms import PlaceFilter
from congress_portal.desk.registers.selectors import places as selectors
from congress_portal.desk.registers.views.access import readers_only
from deputies.models import Deputy, District
from stations.models import Station


@require_safe
@readers_only
def places(request: HttpRequest) -> HttpResponse:
    roots = selectors.tree(request.user)
    context = {
        "totals": selectors.level_totals(selectors.everything(roots)),
        "places": selectors.upper_places(roots),
        "labels": [label for _, label in selectors.FIGURES],
        "differences": [d for p in selectors.everything(roots) for d in selectors.differences(p)],
    }
    return render(request, "desk/registers/places.html", context)


@require_safe
@readers_only
def place_list(request: HttpRequest) -> HttpResponse:
    form = PlaceFilter(request.GET, user=request.user)
    rows = form.apply(Region.objects.in_scope_of_reader(request.user)).select_related("parent")
    context = {"form": form, "page": page_of(request, rows.order_by("code"))}
    return render(request, "desk/registers/place_list.html", context)


@require_safe
@readers_only
def place(request: HttpRequest, code: str) -> HttpResponse:
    mine = Region.objects.in_scope_of_reader(request.user).select_related("parent")
    region = get_object_or_404(mine, code=code)
    found = selectors.find(selectors.tree(request.user), code)
    if found is None:
        raise Http404("没有这个地方。")
    today = timezone.localdate()
    is_below = len(region.prefix) > RegionLevel.TOWN.prefix_length
    home, site = ("village", "village") if is_below else ("town", "region")
    people = Deputy.objects.visible_to(request.user).in_office(Period(today, today, ""))
    stations = Station.objects.visible_to(request.user).active()
    districts = District.objects.visible_to(request.user).filter(
        region__code__startswith=region.prefix,
        term__begins_on__lte=today,
        term__ends_on__gte=today,
    )
    context = {
        "region": region,
        "place": found,
        "totals": selectors.level_totals(found.below()),
        "labels": [label for _, label in selectors.FIGURES],
        "differences": selectors.differences(found),
        "deputies": people.filter(**{f"{home}__code__startswith": region.prefix}).count(),
        "stations": list(stations.filter(**{f"{site}__code__startswith": region.prefix})),
        "names_stations": is_below,
        "districts": districts.select_related("term__region", "region"),
    }
    return render(request, "desk/registers/place.html", context)
