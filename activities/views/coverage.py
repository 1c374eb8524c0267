"""Where deputies went (M72), by what channel (M67, M50), how broadly and steadily (M68–M69)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities.forms.voters import CoverageFilter, HabitFilter
from activities.models import Visit
from activities.selectors.coverage import by_channel, by_tags, counted_visits, coverage_of
from activities.selectors.habits import Habits, habits_of, so_far
from activities.views.voters import with_default_period
from congress_portal.core.enums import Role
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.core.periods import year as year_period
from deputies.models import Deputy
from deputies.selectors import deputy_of


def _readers_only(request: HttpRequest) -> None:
    if not request.user.scope.read_prefixes:
        raise PermissionDenied


def _asked(request: HttpRequest, form_class: Any = CoverageFilter) -> tuple[Any, Period]:
    """The filter, and the period that it names; this year without one."""
    usual = year_period(timezone.localdate().year)
    form = form_class(with_default_period(request, usual.code), user=request.user)
    return form, (form.cleaned_data.get("period") if form.is_valid() else None) or usual


@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Villages, grids and cells reached, a line a town."""
    _readers_only(request)
    form, period = _asked(request)
    visits = counted_visits(Visit.objects.visible_to(request.user), period)
    towns = list(Region.objects.towns().in_scope_of_reader(request.user).order_by("code"))
    lines = coverage_of(towns, visits)
    context = {"form": form, "period": period, "lines": lines, "has_grids": _has_grids(lines)}
    return render(request, "activities/coverage_towns.html", context)


@require_safe
def town_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """One town's places by name, the ones never reached first told."""
    _readers_only(request)
    towns = Region.objects.towns().in_scope_of_reader(request.user)
    town = get_object_or_404(towns, pk=pk)
    form, period = _asked(request)
    visits = counted_visits(Visit.objects.visible_to(request.user), period)
    line = coverage_of([town], visits)[0]
    context = {
        "form": form,
        "period": period,
        "line": line,
        "has_grids": _has_grids([line]),
        "never": {
            "村（社区）": [place for place in line.villages if not place.is_reached],
            "网格": [place for place in line.grids if not place.is_reached],
            "单元": [place for place in line.cells if not place.is_reached],
        },
    }
    return render(request, "activities/coverage_town.html", context)


def _has_grids(lines: list[Any]) -> bool:
    return any(line.grids for line in lines)


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """Contacts by channel and by type of place; a deputy sees the own ones."""
    form, period = _asked(request)
    rows = Visit.objects.visible_to(request.user)
    own = None if request.user.scope.read_prefixes else deputy_of(request.user)
    if own is not None:
        rows = rows.filter(deputy=own)
    elif not request.user.scope.read_prefixes:
        raise PermissionDenied
    visits = counted_visits(rows, period)
    lines = by_channel(visits)
    context = {
        "form": form,
        "period": period,
        "own": own,
        "channels": lines,
        "axes": by_tags(visits),
        "visits": sum(line.visits for line in lines),
        "people": sum(line.people for line in lines),
    }
    return render(request, "activities/coverage_channels.html", context)


@require_safe
def habit_board(request: HttpRequest) -> HttpResponse:
    """Breadth, steadiness and initiative, in the order of towns and names, never ranked."""
    _readers_only(request)
    form, period = _asked(request, HabitFilter)
    today = timezone.localdate()
    deputies = form.apply(Deputy.objects.visible_to(request.user))
    found = habits_of(deputies.order_by("town__code", "pinyin", "pk"), period, today)
    flag = form.cleaned_data["flag"] if form.is_valid() else ""
    page = page_of(request, [each for each in found if _is_shown(each, flag)])  # type: ignore[arg-type]
    context = {
        "form": form,
        "period": period,
        "page": page,
        "counts": [
            ("narrow", "联系面偏窄", sum(each.is_narrow for each in found)),
            ("unsteady", "忽冷忽热", sum(each.is_unsteady for each in found)),
            ("organised", "没有自主开展的", sum(each.only_organised for each in found)),
        ],
        "total": len(found),
        "town": form.data.get("town", ""),
    }
    return render(request, "activities/coverage_habits.html", context)


def _is_shown(each: Habits, flag: str) -> bool:
    shown = {
        "any": each.is_flagged,
        "narrow": each.is_narrow,
        "unsteady": each.is_unsteady,
        "organised": each.only_organised,
    }
    return shown.get(flag, True)


@require_safe
def own_habits(request: HttpRequest) -> HttpResponse:
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is None:
        return redirect("activities:habit_board")
    return redirect("activities:habits_of", pk=own.pk)


@require_safe
def deputy_habits(request: HttpRequest, pk: int) -> HttpResponse:
    """One deputy's contact in plain words; every figure opens the records behind it."""
    rows = Deputy.objects.visible_to(request.user)
    deputy = get_object_or_404(rows.select_related("town"), pk=pk)
    form, period = _asked(request)
    today = timezone.localdate()
    found = habits_of(Deputy.objects.filter(pk=pk), period, today)[0]
    context = {
        "form": form,
        "period": period,
        "until": so_far(period, today).last,
        "deputy": deputy,
        "habits": found,
        "own": deputy.user_id == request.user.pk and request.user.has_role(Role.DEPUTY),
    }
    return render(request, "activities/coverage_deputy.html", context)
