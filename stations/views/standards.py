"""Standards: the board, one standard and its next version, a place's standing, checks, gaps."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.listing import recent_quarters
from stations.bookkeeping import book_views
from stations.enums import StandardSubject
from stations.forms.standards import BoardFilter, CheckForm, ChoiceForm, MendForm, StandardForm
from stations.models import Rectification, Standard, Station, StationCheck, TownCheck
from stations.selectors import standards as selectors
from stations.services import checks as check_services
from stations.services import standards as services
from stations.views.places import (
    STATIONS,
    TOWNS,
    may_check,
    may_decide,
    place_context,
    place_of,
    progress_at,
    standard_at,
)
from stations.views.sheets import sent_photo

_QUARTERS_TOLD = 4


@require_safe
def standard_board(request: HttpRequest) -> HttpResponse:
    if not request.user.scope.read_prefixes:
        raise Http404
    form = BoardFilter(request.GET, user=request.user)
    is_read = form.is_valid()
    quarter = form.cleaned_data["period"] if is_read else None
    context: dict[str, Any] = {"form": form, "quarter": quarter, "boards": [], "standards": []}
    if is_read:
        own = selectors.board(request.user, StandardSubject.STATION, quarter)
        towns = selectors.board(request.user, StandardSubject.TOWN, quarter)
        context |= {
            "boards": [
                ("家站", own.kinds, own.rows, STATIONS),
                ("镇（街道）", towns.kinds, towns.rows, TOWNS),
            ],
            "standards": [*own.standards, *towns.standards],
        }
    return render(request, "stations/standard_board.html", context)


@require_safe
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    """A version, the old ones too, with how each item is told."""
    found = get_object_or_404(Standard.objects.visible_to(request.user), pk=pk)
    views = book_views()
    context = {
        "standard": found,
        "items": [(item, views.get(item.rule)) for item in found.items.order_by("number", "pk")],
        "uses": found.uses.select_related("type").order_by("pk"),
        "versions": Standard.objects.filter(name=found.name).order_by("-version"),
        "may_edit": found.is_active and _may_edit(request, found),
    }
    return render(request, "stations/standard.html", context)


def _may_edit(request: HttpRequest, found: Standard) -> bool:
    return Standard.objects.editable_by(request.user).filter(pk=found.pk).exists()


@require_http_methods(["GET", "POST"])
def edit_standard(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Standard.objects.visible_to(request.user).filter(items__points__isnull=True)
    found = get_object_or_404(rows.distinct(), pk=pk)
    if not _may_edit(request, found):
        raise PermissionDenied
    form = StandardForm(request.POST or None, standard=found)
    if request.method == "POST" and form.is_valid():
        new = attempt(form, services.new_version, actor=request.user, standard_pk=pk, **form.given)
        if new is not None:
            messages.success(request, f"已改为第 {new.version} 版，上一版和它的检查情况仍可查看。")
            return redirect("stations:standard", pk=new.pk)
    return render(request, "stations/standard_form.html", {"form": form, "standard": found})


@require_safe
def standing(request: HttpRequest, where: str, pk: int) -> HttpResponse:
    place = place_of(request, where, pk)
    station = place if isinstance(place, Station) else None
    mends = Rectification.objects.visible_to(request.user).filter(station=station).distinct()
    if station is None:
        mends = mends.filter(region=place)
    may_tick, decides = may_check(request, place), may_decide(request, place)
    context = {
        **place_context(place),
        "progress": progress_at(place),
        "older": selectors.older_progress(place),
        "mends": mends.exclude(item=None).select_related("item__standard").order_by("due_on", "pk"),
        "may_check": may_tick,
        "may_decide": decides,
        "choices": list(selectors.choices_for(place)) if decides else [],
    }
    return render(request, "stations/standing.html", context)


@require_safe
def standing_history(request: HttpRequest, where: str, pk: int) -> HttpResponse:
    place = place_of(request, where, pk)
    quarters = recent_quarters(timezone.localdate(), _QUARTERS_TOLD)
    context = {**place_context(place), "lines": selectors.history(place, quarters)}
    return render(request, "stations/standing_history.html", context)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, where: str, pk: int, standard_pk: int) -> HttpResponse:
    """Tick the items of one standard, each with words and an optional photo."""
    place = place_of(request, where, pk)
    if not may_check(request, place):
        raise PermissionDenied
    chosen = standard_at(place, standard_pk)
    form = CheckForm(
        request.POST or None,
        request.FILES or None,
        standard=chosen,
        checks={row.item_id: row for row in _checks(place, chosen)},
    )
    if not form.items:
        raise Http404("这个标准各项都从记录计算。")
    if request.method == "POST" and form.is_valid() and _recorded(request, form, place, chosen):
        messages.success(request, f"已登记「{chosen}」的检查情况。")
        return redirect("stations:standing", where=where, pk=pk)
    context = {**place_context(place), "form": form, "standard": chosen}
    return render(request, "stations/check_form.html", context)


def _checks(place: selectors.Place, standard: Standard) -> Any:
    if isinstance(place, Station):
        return StationCheck.objects.filter(station=place, item__standard=standard)
    return TownCheck.objects.filter(region=place, item__standard=standard)


def _recorded(
    request: HttpRequest, form: CheckForm, place: selectors.Place, chosen: Standard
) -> bool:
    given = {"actor": request.user, "standard": chosen, **form.given}
    if isinstance(place, Station):
        done = attempt(form, check_services.record_checks, station_pk=place.pk, **given)
    else:
        done = attempt(form, check_services.record_town_checks, region_pk=place.pk, **given)
    return done is not None


@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, where: str, pk: int, kind: str) -> HttpResponse:
    """Hold this place to another standard of the kind (九有、六有), or again to its type's."""
    place = place_of(request, where, pk)
    if not may_decide(request, place):
        raise PermissionDenied
    choices = selectors.choices_for(place).filter(kind=kind)
    if not choices.exists():
        raise Http404("没有可以指定的标准。")
    chosen = next(
        (row.standard for row in selectors.chosen_for(place) if row.standard.kind == kind), None
    )
    form = ChoiceForm(request.POST or None, choices=choices, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "place": place, "kind": kind}
        done = attempt(form, _chosen, **given, **form.cleaned_data)
        if done is not None:
            messages.success(request, "已改，原来的检查情况还在，改回来时照样能看到。")
            return redirect("stations:standing", where=where, pk=pk)
    context = {**place_context(place), "form": form}
    return render(request, "stations/standard_choice.html", context)


def _chosen(**given: Any) -> bool:
    services.choose_standard(**given)
    return True


@require_http_methods(["GET", "POST"])
def mend(request: HttpRequest, where: str, pk: int, standard_pk: int) -> HttpResponse:
    """Gaps become things to be put right, in one step."""
    place = place_of(request, where, pk)
    if not may_decide(request, place):
        raise PermissionDenied
    chosen = standard_at(place, standard_pk)
    gaps = services.open_gaps(place, chosen)
    form = MendForm(request.POST or None, gaps=gaps)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "place": place, "standard": chosen, **form.given}
        found = attempt(form, services.mend_gaps, **given)
        if found is not None:
            messages.success(request, f"已转整改 {len(found)} 项，家站、镇（街道）收到了通知。")
            return redirect("stations:standing", where=where, pk=pk)
    context = {**place_context(place), "form": form, "standard": chosen, "gaps": gaps}
    return render(request, "stations/mend_form.html", context)


@require_safe
def check_photo(request: HttpRequest, where: str, pk: int) -> FileResponse:
    """``pk`` is the check's; it shows to whom its place is shown."""
    if where == STATIONS:
        return sent_photo(
            get_object_or_404(StationCheck.objects.visible_to(request.user), pk=pk).photo
        )
    return sent_photo(get_object_or_404(TownCheck.objects.visible_to(request.user), pk=pk).photo)
