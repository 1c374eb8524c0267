from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.desk.registers.forms import CheckForm, GapFilter
from congress_portal.desk.registers.selectors import network as selectors
from congress_portal.desk.registers.selectors import standards
from congress_portal.desk.registers.views.access import readers_only
from stations.models import Posting, Standard, Station, StationCheck, StationOfficer
from stations.services import record_checks


@require_GET
@readers_only
def network(request: HttpRequest) -> HttpResponse:
    found = selectors.network(request.user, timezone.localdate())
    return render(request, "desk/registers/network.html", {"network": found})


@require_GET
def station(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    rows = Station.objects.visible_to(request.user).select_related(
        "type", "region", "village", "parent"
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
        "progress": progress,
        "books_ledger": standards.books_without_standard(found, progress),
        "may_edit": Station.objects.editable_by(request.user).filter(pk=pk).exists(),
        "opens_people": bool(request.user.scope.read_prefixes),
    }
    return render(request, "desk/registers/station.html", context)


@require_GET
@readers_only
def standard_list(request: HttpRequest) -> HttpResponse:
    lines = standards.standard_lines(request.user)
    return render(request, "desk/registers/standards.html", {"lines": lines})


@require_GET
@readers_only
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    chosen = get_object_or_404(Standard.objects.visible_to(request.user), pk=pk)
    stations = Station.objects.visible_to(request.user).active().order_by("number")
    every = standards.progress_of(stations, standards.standards_in_use())
    progress = [each for each in every if each.standard == chosen]
    context = {"standard": chosen, "progress": progress, "items": chosen.items.order_by("number")}
    return render(request, "desk/registers/standard.html", context)


@require_GET
@readers_only
def gap_list(request: HttpRequest) -> HttpResponse:
    form = GapFilter(request.GET, user=request.user)
    page = page_of(request, form.apply(standards.gaps(request.user)))
    return render(request, "desk/registers/gaps.html", {"form": form, "page": page})


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int, standard_pk: int) -> HttpResponse:
    """Record a check of a station by one of the standards that apply to it."""
    rows = Station.objects.visible_to(request.user).select_related("type", "region", "village")
    found = get_object_or_404(rows, pk=pk)
    if not Station.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    chosen = get_object_or_404(Standard.objects.visible_to(request.user), pk=standard_pk)
    known = StationCheck.objects.filter(station=found, item__standard=chosen)
    form = CheckForm(
        request.POST or None, standard=chosen, checks={row.item_id: row for row in known}
    )
    if request.method == "POST" and form.is_valid() and _recorded(request, form, pk, chosen):
        messages.success(request, f"已登记{found}「{chosen}」的检查情况，缺的项目已列入缺项清单。")
        return redirect("desk:network_station", pk=pk)
    context = {"form": form, "station": found, "standard": chosen}
    return render(request, "desk/registers/check.html", context)


def _recorded(request: HttpRequest, form: CheckForm, pk: int, chosen: Standard) -> bool:
    try:
        record_checks(
            actor=request.user,
            station_pk=pk,
            standard=chosen,
            found=form.found,
            on=form.cleaned_data["on"],
        )
    except (DomainError, ValidationError) as error:
        form.add_error(None, getattr(error, "message", None) or error.messages)
        return False
    return True
