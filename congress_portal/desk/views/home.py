"""The desk: each role has a block, and a person with several roles sees them all."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities.selectors import pairs as in_pairs
from activities.selectors import supervision
from activities.selectors.guidance import own_areas
from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.periods import Period, parse_calendar_period, quarter_of
from congress_portal.core.periods import month as month_period
from congress_portal.core.periods import year as year_period
from congress_portal.core.waiting import MOST_OF_A_KIND
from congress_portal.desk.filters import AuditFilter, SearchForm
from congress_portal.desk.selectors import leader, others, search, waiting
from congress_portal.desk.selectors import year as years
from congress_portal.desk.selectors.deputy import contacts_of, deputy_desk
from congress_portal.evaluations.statistics.papers import heat
from deputies.models import Deputy
from deputies.selectors import deputy_of, with_seats
from stations.selectors.waiting import sheets_to_score
from suggestions.selectors.voice_desk import unit_rows


@dataclass(frozen=True)
class Block:
    template: str
    data: dict[str, Any]


def _leader(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    period = _asked_quarter(request, leader.last_full_quarter(today))
    return {
        "period": period,
        "sheets": sheets_to_score(request.user),
        "following": _following(period, today),
        "towns": leader.activity_by_town(request.user, period),
        "stuck": leader.stuck_units(request.user, today),
        "lines": leader.quality_lines(request.user, period),
        "closing": (closing := leader.closing_by_town(request.user, period)),
        "heat": heat(closing),
        "trust": leader.trust(request.user, period, today),
        "bulletins": leader.bulletins(request.user, period),
        "areas": own_areas(request.user, year_period(today.year), today),
    }


def _asked_quarter(request: HttpRequest, usual: Period) -> Period:
    """The quarter of the address; the usual one without it, or when it is no quarter so far."""
    try:
        asked = parse_calendar_period(request.GET.get("period", ""))
    except DomainError:
        return usual
    is_quarter = asked == quarter_of(asked.first)
    return asked if is_quarter and asked <= quarter_of(timezone.localdate()) else usual


def _following(period: Period, today: dt.date) -> Period | None:
    following = quarter_of(period.last + dt.timedelta(days=1))
    return following if following <= quarter_of(today) else None


def _staff(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    period = _asked_quarter(request, quarter_of(today))
    return {
        "waiting": waiting.waiting_for_staff(request.user, today),
        "period": period,
        "following": _following(period, today),
        "towns": waiting.progress_by_town(request.user, period),
    }


def _deputy(request: HttpRequest) -> dict[str, Any] | None:
    deputy = deputy_of(request.user)
    if deputy is None:
        return None
    today = timezone.localdate()
    return {"desk": deputy_desk(request.user, deputy, today), "year": today.year}


def _station(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    period = quarter_of(today)
    return {
        "stations": others.stations_kept(request.user, today, period),
        "period": period,
        "waits": [w for w in waiting.waiting_at_stations(request.user, today) if w.count],
    }


def _unit(request: HttpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "desk": others.unit_desk(request.user, today),
        "units": [each.unit for each in request.user.assignments if each.unit],
        "findings": supervision.for_unit(request.user, today),
        "voice_parts": unit_rows(request.user)[:MOST_OF_A_KIND],
    }


def _inspector(request: HttpRequest) -> dict[str, Any]:
    period = leader.last_full_quarter(timezone.localdate())
    number = (period.first.month + 2) // 3
    marks = others.marks_of_quarter(request.user, period.first.year, number)
    return {"period": period, "marks": marks, "sheets": sheets_to_score(request.user)}


def _member(request: HttpRequest) -> dict[str, Any] | None:
    """A committee member's own pairs and what waits for the member's office (M08)."""
    today = timezone.localdate()
    seats = list(in_pairs.seats_of(request.user, today))
    if not seats:
        return None
    return {
        "seats": seats,
        "pairs": in_pairs.own_pairs(request.user, year_period(today.year), today),
        "opinions": in_pairs.opinions_for_member(request.user, today),
    }


def _auditor(request: HttpRequest) -> dict[str, Any]:
    return {"entries": others.latest_audit(request.user)}


def _system(request: HttpRequest) -> dict[str, Any]:
    return {"desk": others.system_desk(request.user, timezone.now())}


_MONTHS = frozenset(str(number) for number in range(1, 13))
_NEWS = 3  # unread messages on the first page
_DEPUTY = "desk/_deputy.html"  # holds the messages itself, below what waits and the quick log

# In the order in which a person with several roles sees them.
_BLOCKS: tuple[tuple[tuple[str, ...], str, Callable[[HttpRequest], dict[str, Any] | None]], ...] = (
    ((Role.LEADER, Role.DEPUTY), "desk/_member.html", _member),
    ((Role.LEADER,), "desk/_leader.html", _leader),
    ((Role.DEPUTY,), _DEPUTY, _deputy),
    ((Role.STAFF, Role.TOWN_STAFF), "desk/_staff.html", _staff),
    ((Role.STATION_OFFICER,), "desk/_station.html", _station),
    ((Role.UNIT_OFFICER, Role.UNIT_LEADER), "desk/_unit.html", _unit),
    ((Role.INSPECTOR,), "desk/_inspector.html", _inspector),
    ((Role.AUDITOR,), "desk/_auditor.html", _auditor),
    ((Role.ADMIN,), "desk/_system.html", _system),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    blocks = []
    for roles, template, build in _BLOCKS:
        if request.user.has_role(*roles):
            data = build(request)
            if data is not None:
                blocks.append(Block(template, data))
    unread = Notice.objects.visible_to(request.user).unread()[:_NEWS]
    context = {
        "blocks": blocks,
        "today": timezone.localdate(),
        "unread": unread,
        "is_deputy": any(block.template == _DEPUTY for block in blocks),
    }
    return render(request, "desk/home.html", context)


@require_safe
def deputy_year(request: HttpRequest, pk: int) -> HttpResponse:
    rows = with_seats(Deputy.objects.visible_to(request.user))
    deputy = get_object_or_404(rows, pk=pk)
    year, today = years.local_year(request.GET.get("year", "")), timezone.localdate()
    entries = years.entries_of(deputy, year_period(year))
    month = request.GET.get("month", "")
    month = month if month in _MONTHS else ""
    shown = [entry for entry in entries if not month or str(entry.day.month) == month]
    weeks = years.weeks_of(shown, month_period(year, int(month)), today) if month else []
    context = {
        "deputy": deputy,
        "year": year,
        "month": month,
        "months": years.months_of(entries, year),
        "totals": years.totals_of(entries),
        "entries": shown,
        "weeks": weeks,
        "is_running": year == today.year,
    }
    return render(request, "desk/year.html", context)


@require_safe
def my_contacts(request: HttpRequest) -> HttpResponse:
    deputy = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if deputy is None:
        raise Http404("没有这个页面。")
    contacts = contacts_of(deputy, timezone.localdate())
    return render(request, "desk/my_contacts.html", {"contacts": contacts, "deputy": deputy})


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not request.user.scope.read_prefixes:
        raise Http404("没有这个页面。")
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = search.find(request.user, words) if words else []
    only = [row for group in found for row in group.rows]
    if len(only) == 1:
        return redirect(only[0].address)
    return render(request, "desk/search.html", {"form": form, "words": words, "found": found})


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    if not request.user.has_role(Role.AUDITOR, Role.ADMIN, Role.STAFF):
        raise Http404("没有这个页面。")
    form = AuditFilter(request.GET, user=request.user)
    rows = form.apply(AuditEntry.objects.visible_to(request.user))
    return render(request, "desk/audit.html", {"form": form, "page": page_of(request, rows)})
