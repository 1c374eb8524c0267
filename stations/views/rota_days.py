"""Pages of reception days: list, month, one day with its changes, calendar files."""

import calendar
import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.downloads import file_response
from congress_portal.core.listing import page_of
from congress_portal.core.periods import PeriodError, month, parse_calendar_period
from stations.enums import DutyState, RotaState
from stations.filters import RotaDayFilter
from stations.forms.rota import CallOffForm, MoveForm, ReplaceForm
from stations.models import RotaDuty, RotaSlot, Station
from stations.reports.calendar import reception_calendar
from stations.selectors.rota import shortages, slots_in_full
from stations.services import rota_changes as services

_LONG_AGO = dt.timedelta(days=90)


@require_safe
def day_list(request: HttpRequest) -> HttpResponse:
    form = RotaDayFilter(request.GET, user=request.user)
    rows = slots_in_full(form.apply(RotaSlot.objects.visible_to(request.user)))
    if not form.narrowed:
        rows = rows.filter(held_on__gte=timezone.localdate())
    context = {"form": form, "page": page_of(request, rows), "today": timezone.localdate()}
    return render(request, "stations/rota_days.html", context)


@require_safe
def month_page(request: HttpRequest) -> HttpResponse:
    """The days of ``?month=2026-10`` in weeks, Monday first."""
    shown = _month(request.GET.get("month", ""))
    form = RotaDayFilter(request.GET, user=request.user)
    form.fields.pop("period")
    rows = form.apply(RotaSlot.objects.visible_to(request.user))
    slots = list(slots_in_full(rows.filter(held_on__range=(shown.first, shown.last))))
    by_day: dict[dt.date, list[RotaSlot]] = {}
    for slot in slots:
        by_day.setdefault(slot.held_on, []).append(slot)
    weeks = calendar.Calendar().monthdatescalendar(shown.first.year, shown.first.month)
    after = month_after(shown.last)
    context = {
        "form": form,
        "shown": shown,
        "before": shown.previous().code,
        "after": after,
        "today": timezone.localdate(),
        "weeks": [
            [(day, by_day.get(day, []), day.month == shown.first.month) for day in week]
            for week in weeks
        ],
        "slots": slots,
        "empty": {row.slot.pk for row in shortages(slots) if row.is_empty},
    }
    return render(request, "stations/rota_month.html", context)


def _month(text: str) -> Any:
    today = timezone.localdate()
    if not text:
        return month(today.year, today.month)
    try:
        found = parse_calendar_period(text)
    except PeriodError as error:
        raise Http404(error.message) from error
    if "-" not in text:
        raise Http404("月份要写成 2026-10 这样。")
    return found


def month_after(last: dt.date) -> str:
    return f"{last + dt.timedelta(days=1):%Y-%m}"


@require_safe
def day_detail(request: HttpRequest, pk: int) -> HttpResponse:
    slot = _slot(request, pk)
    may_edit = RotaSlot.objects.editable_by(request.user).filter(pk=pk).exists()
    today = timezone.localdate()
    is_open = may_edit and not slot.cancelled_reason and slot.reception_id is None
    context = {
        "slot": slot,
        "shortage": next(iter(shortages([slot])), None),
        "may_change": is_open,
        "may_enter": may_edit and not slot.cancelled_reason and slot.held_on <= today,
        "is_draft": bool(slot.rota and slot.rota.state == RotaState.DRAFT),
        "mine": _my_duty(request, slot),
        "today": today,
    }
    return render(request, "stations/rota_day.html", context)


def _my_duty(request: HttpRequest, slot: RotaSlot) -> RotaDuty | None:
    own = request.user.scope.deputy_user_id
    found = (
        duty
        for duty in slot.duties.all()
        if own is not None
        and duty.deputy.user_id == own
        and duty.state in (DutyState.PLANNED, DutyState.CONFIRMED)
    )
    return next(found, None)


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    slot = _editable(request, pk)
    form = ReplaceForm(request.POST or None, slot=slot, is_new=True)
    return _change(request, slot, form, services.assign, "加一名代表", "已安排，本人会收到通知。")


@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """``pk`` is the duty's."""
    rows = RotaDuty.objects.editable_by(request.user).select_related("deputy", "slot")
    duty = get_object_or_404(rows, pk=pk)
    slot = _editable(request, duty.slot_id)
    form = ReplaceForm(request.POST or None, slot=slot)

    def service(*, actor: Any, slot_pk: int, **given: Any) -> Any:
        services.replace(actor=actor, duty_pk=duty.pk, **given)
        return slot_pk

    title = f"换下{duty.deputy.name}"
    return _change(request, slot, form, service, title, "已改好，两位代表都会收到通知。")


@require_http_methods(["GET", "POST"])
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    slot = _editable(request, pk)
    form = CallOffForm(request.POST or None)
    done = "已取消，值班代表会收到通知。"
    return _change(request, slot, form, services.call_off, "取消这次接待", done)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    slot = _editable(request, pk)
    form = MoveForm(request.POST or None)
    return _change(request, slot, form, services.move, "改期", "已改期，值班代表会收到通知。")


def _change(
    request: HttpRequest,
    slot: RotaSlot,
    form: forms.Form,
    service: Callable[..., Any],
    title: str,
    done: str,
) -> HttpResponse:
    """One form, one service, back to the day."""
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "slot_pk": slot.pk, **form.cleaned_data}
        if attempt(form, service, **given) is not None:
            messages.success(request, done)
            return redirect("stations:rota_day", pk=slot.pk)
    context = {"slot": slot, "form": form, "title": title}
    return render(request, "stations/rota_change.html", context)


@require_safe
def station_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Reception days of a station as iCalendar."""
    station = get_object_or_404(Station.objects.visible_to(request.user), pk=pk)
    rows = RotaSlot.objects.visible_to(request.user).filter(station=station)
    return calendar_file(f"{station.name}接待日", rows)


@require_safe
def own_calendar(request: HttpRequest) -> HttpResponse:
    """The signed-in deputy's own days."""
    own = request.user.scope.deputy_user_id
    if own is None:
        raise PermissionDenied
    duties = RotaDuty.objects.all().standing().filter(deputy__user=own)
    rows = RotaSlot.objects.filter(pk__in=duties.values("slot"))
    return calendar_file("我的接待值班", rows)


def calendar_file(name: str, rows: QuerySet[RotaSlot]) -> HttpResponse:
    """Released days from three months ago on."""
    since = timezone.localdate() - _LONG_AGO
    days = slots_in_full(rows.filter(held_on__gte=since).exclude(rota__state=RotaState.DRAFT))
    text = reception_calendar(name, days, timezone.now())
    return file_response(text, f"{name}.ics", "text/calendar; charset=utf-8")


def _slot(request: HttpRequest, pk: int) -> RotaSlot:
    return get_object_or_404(slots_in_full(RotaSlot.objects.visible_to(request.user)), pk=pk)


def _editable(request: HttpRequest, pk: int) -> RotaSlot:
    return get_object_or_404(slots_in_full(RotaSlot.objects.editable_by(request.user)), pk=pk)
