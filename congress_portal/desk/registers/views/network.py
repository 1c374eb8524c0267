from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.listing import page_of
from congress_portal.core.periods import year
from congress_portal.desk.registers.forms import GapFilter
from congress_portal.desk.registers.selectors import homes
from congress_portal.desk.registers.selectors import network as selectors
from congress_portal.desk.registers.views.access import readers_only
from stations.models import Posting, Standard, Station, StationOfficer
from stations.selectors import standards
from stations.selectors.chart import chart


@require_safe
@readers_only
def network(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    found = selectors.network(request.user, today)
    context = {
        "network": found,
        "chart": chart(found.stations, [place.region for place in found.places]),
        "tags": homes.tag_lines(request.user, year(today.year)),
        "year": today.year,
    }
    return render(request, "desk/registers/network.html", context)


@require_safe
def station(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    rows = Station.objects.visible_to(request.user).select_related(
        "type", "region", "village", "parent", "group", "unit", "enterprise"
    )
    officers = Prefetch("officers", StationOfficer.objects.on(today))
    found = get_object_or_404(rows.prefetch_related(officers), pk=pk)
    liaisons, heads = selectors.liaison_and_head(found)
    postings = Posting.objects.visible_to(request.user).on(today).filter(station=found)
    progress = standards.progress_of(Station.objects.filter(pk=pk), standards.standards_in_use())
    context = {
        "station": found,
        "liaisons": liaisons,
        "heads": heads,
        "postings": postings.select_related("deputy__town").order_by("serial", "pk"),
        "roll_up": selectors.roll_up(found, request.user, today),
        "work": homes.work_of(found, request.user, today),
        "progress": progress,
        "books_ledger": standards.books_without_standard(found, progress),
        "may_edit": Station.objects.editable_by(request.user).filter(pk=pk).exists(),
        "opens_people": bool(request.user.scope.read_prefixes),
    }
    return render(request, "desk/registers/station.html", context)


@require_safe
@readers_only
def standard_list(request: HttpRequest) -> HttpResponse:
    lines = standards.standard_lines(request.user)
    return render(request, "desk/registers/standards.html", {"lines": lines})


@require_safe
@readers_only
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    chosen = get_object_or_404(Standard.objects.visible_to(request.user), pk=pk)
    stations = Station.objects.visible_to(request.user).active().order_by("number")
    every = standards.progress_of(stations, standards.standards_in_use())
    progress = [each for each in every if each.standard == chosen]
    context = {"standard": chosen, "progress": progress, "items": chosen.items.order_by("number")}
    return render(request, "desk/registers/standard.html", context)


@require_safe
@readers_only
def gap_list(request: HttpRequest) -> HttpResponse:
    form = GapFilter(request.GET, user=request.user)
    page = page_of(request, form.gaps())  # type: ignore[arg-type]
    return render(request, "desk/registers/gaps.html", {"form": form, "page": page})
