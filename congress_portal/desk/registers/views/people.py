from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.enums import Level
from congress_portal.core.listing import PAGE_SIZE, page_of, recent_quarters
from congress_portal.core.periods import Period, year
from congress_portal.desk.registers.forms import MOST_MEMBERS, OverviewFilter, PersonFilter
from congress_portal.desk.registers.selectors import levels as levels_of
from congress_portal.desk.registers.selectors.levels import work_by_level
from congress_portal.desk.registers.selectors.people import composition, strength
from congress_portal.desk.registers.views.access import readers_only
from deputies.selectors import with_seats


@require_safe
@readers_only
def overview(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = OverviewFilter(request.GET, user=request.user)
    asked = form.cleaned_data if form.is_valid() else {}
    level, town = asked.get("level") or Level.COUNTY, asked.get("town")
    context = {
        "form": form,
        "today": today,
        "strength": strength(request.user, today),
        "level": Level(level),
        "town": town,
        "dimensions": composition(request.user, level, town, today),
    }
    return render(request, "desk/registers/overview.html", context)


@require_safe
@readers_only
def levels(request: HttpRequest) -> HttpResponse:
    """Work by level; a period that cannot be read gives the running quarter."""
    period, offered = _period(request)
    context = {
        "period": period,
        "periods": offered,
        "lines": work_by_level(request.user, period),
    }
    return render(request, "desk/registers/levels.html", context)


def _period(request: HttpRequest) -> tuple[Period, list[Period]]:
    today = timezone.localdate()
    offered = [*recent_quarters(today), year(today.year), year(today.year - 1)]
    asked = request.GET.get("period", "")
    return next((each for each in offered if each.code == asked), offered[0]), offered


@require_safe
@readers_only
def level_figure(request: HttpRequest, level: str, code: str) -> HttpResponse:
    """The deputies behind one figure; each opens into the file that holds the records."""
    period, _ = _period(request)
    try:
        figure = levels_of.level_figure(request.user, level, code, period)
    except KeyError as error:
        raise Http404("没有这个数。") from error
    context = {
        "figure": figure,
        "period": period,
        "label": dict(Level.choices).get(level, "各级"),
        "page": Paginator(figure.shares, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "desk/registers/level_figure.html", context)


@require_safe
@readers_only
def persons(request: HttpRequest) -> HttpResponse:
    form = PersonFilter(request.GET, user=request.user)
    rows = with_seats(form.apply(form.base())).prefetch_related("expertise")
    may_group = bool(request.user.scope.write_prefixes)
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "may_group": may_group,
        "may_group_all": may_group and form.narrowed and page.paginator.count <= MOST_MEMBERS,
    }
    return render(request, "desk/registers/persons.html", context)
