"""The reception desk at a station: who came, what was raised, paper forms, feedback."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.downloads import pdf_response
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from stations.forms.desk import PresenceForm, SheetsForm, ThemedForm, VoidForm
from stations.models import ReceptionNumber, RotaSlot, Station, ThemedReception
from stations.reports.visitor_form import visitor_forms
from stations.services.numbers import give_sheets, void_sheet
from stations.services.receptions import record_presence
from stations.services.themed import change_themed, plan_themed
from suggestions.forms.desk import AnswerForm, VisitorForm
from suggestions.models import Voice
from suggestions.selectors.desk import (
    desk_day,
    sheets_out,
    themed_figures,
    themed_in_full,
)
from suggestions.selectors.lists import voices_in_full
from suggestions.services import desk as services


@require_safe
def stations_kept(request: HttpRequest) -> HttpResponse:
    """Which desk; who keeps just one station is led there at once."""
    rows = Station.objects.editable_by(request.user).active().select_related("region")
    if not rows.exists():
        raise PermissionDenied
    today = timezone.localdate()
    if len(rows[:2]) == 1:
        return redirect("suggestions:desk", pk=rows[0].pk, day=today.isoformat())
    slots = RotaSlot.objects.all().standing().filter(held_on=today, station__in=rows)
    context = {
        "page": page_of(request, rows.order_by("number")),
        "today": today,
        "receiving": list(slots.select_related("station").order_by("station__number")),
    }
    return render(request, "suggestions/desk_stations.html", context)


@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    """One day's desk: the form of the next visitor below those who were here."""
    station, held_on = _place(request, pk, day)
    shown = desk_day(request.user, station, held_on)
    form = VisitorForm(request.POST or None, station=station, sheets=shown.sheets)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "station": station, "held_on": held_on, **form.values}
        if (voice := attempt(form, services.receive_visitor, **given)) is not None:
            messages.success(request, f"已登记，登记号 {voice.number}。可以接着登记下一位。")
            return redirect("suggestions:desk", pk=pk, day=day)
    context = {"desk": shown, "form": form, "today": timezone.localdate()}
    return render(request, "suggestions/desk.html", context)


@require_http_methods(["GET", "POST"])
def presence(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    station, held_on = _place(request, pk, day)
    shown = desk_day(request.user, station, held_on)
    form = PresenceForm(
        request.POST or None, station=station, slot=shown.slot, reception=shown.reception,
        held_on=held_on,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "station": station, "held_on": held_on, **form.values}
        found = attempt(form, record_presence, **given)
        if not form.non_field_errors():
            words = "已登记到岗情况。" if found else "已登记：没有代表到岗，这一天不算开展了接待。"
            messages.success(request, words)
            return redirect("suggestions:desk", pk=pk, day=day)
    context = {"desk": shown, "form": form}
    return render(request, "suggestions/desk_presence.html", context)


@require_POST
def nobody_came(request: HttpRequest, pk: int, day: str) -> HttpResponse:
    station, held_on = _place(request, pk, day)
    given = {"actor": request.user, "station": station, "held_on": held_on}
    try:
        services.close_without_visitors(**given)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已如实登记：代表到岗，没有选民来访。这一天照样算一天接待。")
    return redirect("suggestions:desk", pk=pk, day=day)


@require_http_methods(["GET", "POST"])
def sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """Blank forms with numbers: print more, see which are out, take spoilt ones away."""
    station = get_object_or_404(Station.objects.editable_by(request.user), pk=pk)
    form = SheetsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given = {"actor": request.user, "station": station}
        rows = attempt(form, give_sheets, **given, count=data["count"], key=data["key"])
        if rows:
            messages.success(request, f"已编号 {rows[0]} 至 {rows[-1]}，请下载打印。")
            return redirect("suggestions:desk_sheets", pk=pk)
    out = list(sheets_out(station))
    context = {
        "station": station,
        "form": form,
        "out": out,
        "batches": _batches(out),
        "today": timezone.localdate(),
    }
    return render(request, "suggestions/desk_sheets.html", context)


def _batches(out: list[ReceptionNumber]) -> list[tuple[list[ReceptionNumber], ReceptionNumber]]:
    """Sheets by their printing, the newest first, each with its last one."""
    groups: dict[Any, list[ReceptionNumber]] = {}
    for row in out:
        groups.setdefault(row.printed_at, []).append(row)
    return [(rows, rows[-1]) for _, rows in sorted(groups.items(), reverse=True)]


@require_safe
def sheets_pdf(request: HttpRequest, pk: int, first: int, last: int) -> HttpResponse:
    """The forms of a batch, by the keys of its first and last number."""
    station = get_object_or_404(Station.objects.editable_by(request.user), pk=pk)
    rows = list(sheets_out(station).filter(pk__gte=first, pk__lte=last)[:50])
    if not rows:
        raise Http404("没有这些登记表。")
    content = render_pdf(render_html(visitor_forms(station, rows)))
    name = f"接待登记表-{station.name}-{rows[0].serial}至{rows[-1].serial}"
    record(AuditAction.EXPORT, station, label=name, changes={"sheets": len(rows)})
    return pdf_response(content, name)


@require_http_methods(["GET", "POST"])
def void(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ReceptionNumber.objects.editable_by(request.user).select_related("station")
    number = get_object_or_404(rows, pk=pk, printed_at__isnull=False, voice__isnull=True)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "number_pk": pk, "reason": form.cleaned_data["reason"]}
        if attempt(form, void_sheet, **given) is not None:
            messages.success(request, f"{number} 已作废，号不再用。")
            return redirect("suggestions:desk_sheets", pk=number.station_id)
    return render(request, "suggestions/desk_void.html", {"number": number, "form": form})


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Told to voter and deputies: every route ends here (RULES C4)."""
    voice = get_object_or_404(voices_in_full(Voice.objects.editable_by(request.user)), pk=pk)
    form = AnswerForm(request.POST or None, voice=voice)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "voice_pk": pk, **form.cleaned_data}
        if attempt(form, services.note_answer, **given) is not None:
            messages.success(request, "反馈情况已记下。")
            return redirect("suggestions:voice_detail", pk=pk)
    return render(request, "suggestions/desk_answer.html", {"voice": voice, "form": form})


@require_safe
def themed_list(request: HttpRequest) -> HttpResponse:
    rows = themed_in_full(ThemedReception.objects.visible_to(request.user))
    may_plan = Station.objects.editable_by(request.user).exists()
    context = {"page": page_of(request, rows), "may_plan": may_plan}
    return render(request, "suggestions/themed_list.html", context)


@require_safe
def themed(request: HttpRequest, pk: int) -> HttpResponse:
    rows = themed_in_full(ThemedReception.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    slot = RotaSlot.objects.visible_to(request.user).filter(themed=found).first()
    context = {
        "themed": found,
        "figures": themed_figures(found),
        "slot": slot,
        "may_edit": ThemedReception.objects.editable_by(request.user).filter(pk=pk).exists(),
        "today": timezone.localdate(),
    }
    return render(request, "suggestions/themed.html", context)


@require_http_methods(["GET", "POST"])
def new_themed(request: HttpRequest) -> HttpResponse:
    if not Station.objects.editable_by(request.user).exists():
        raise PermissionDenied
    form = ThemedForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, plan_themed, actor=request.user, **form.values)
        if made is not None:
            messages.success(request, "主题接待已安排，当天在接待台登记来访。")
            return redirect("suggestions:themed", pk=made.pk)
    return render(request, "suggestions/themed_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def change_themed_page(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ThemedReception.objects.editable_by(request.user), pk=pk)
    form = ThemedForm(request.POST or None, user=request.user, row=row)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"actor": request.user, "themed_pk": pk, **form.values}
        given["seen"] = form.cleaned_data["seen"]
        if attempt(form, change_themed, **given) is not None:
            messages.success(request, "已改好。")
            return redirect("suggestions:themed", pk=pk)
    return render(request, "suggestions/themed_form.html", {"form": form})


def _place(request: HttpRequest, pk: int, day: str) -> tuple[Station, dt.date]:
    """A station that the person keeps, and a day that has come."""
    rows = Station.objects.editable_by(request.user).select_related("region", "village")
    station = get_object_or_404(rows, pk=pk)
    try:
        held_on = parse_date(day)
    except ValueError:
        held_on = None
    if held_on is None or held_on.year < 2000 or held_on > timezone.localdate():
        raise Http404("请选今天或以前的日子。")
    return station, held_on
