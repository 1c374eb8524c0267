"""Stations: list, card, what others can learn from them, how far they lie apart."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.downloads import file_response
from congress_portal.core.enums import AuditAction
from congress_portal.core.listing import page_of
from congress_portal.core.metrics import find_metric
from stations.filters import SpreadFilter, StationFilter
from stations.forms.network import OfficerEndForm, OfficerForm, OpeningForm
from stations.models import FeatureProfile, Material, ModelStation, Station, StationOfficer
from stations.reports.network import feature_workbook, station_workbook
from stations.selectors import comparison
from stations.selectors.address import is_not_public, public_url
from stations.selectors.furnishing import furnishing_of
from stations.selectors.network import (
    feature_line,
    features_in_full,
    offices_vacant,
    station_in_full,
    stations_listed,
)
from stations.selectors.posted import posted_at
from stations.selectors.standards import facilities_of
from stations.services import network as services

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _listed(request: HttpRequest) -> tuple[StationFilter, QuerySet[Station]]:
    form = StationFilter(request.GET, user=request.user)
    rows = form.apply(Station.objects.visible_to(request.user))
    return form, stations_listed(rows, timezone.localdate())


@require_safe
def station_list(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    page = page_of(request, rows)
    lines = [(station, offices_vacant(station)) for station in page.object_list]
    context = {"form": form, "page": page, "lines": lines, "asked": request.GET.urlencode()}
    return render(request, "stations/list.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    name = "代表家站名单"
    filters = {key: str(value) for key, value in form.data.items() if value}
    record(AuditAction.EXPORT, label=name, changes={"format": "xlsx", "filters": filters})
    return file_response(station_workbook(rows), f"{name}.xlsx", _EXCEL)


def _station(request: HttpRequest, pk: int) -> Station:
    rows = station_in_full(Station.objects.visible_to(request.user), timezone.localdate())
    return get_object_or_404(rows, pk=pk)


@require_safe
def station_detail(request: HttpRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    station = _station(request, pk)
    context = {
        "station": station,
        "vacant": offices_vacant(station) if station.is_active else [],
        "facilities": facilities_of(station),
        "furnishing": furnishing_of([station])[pk],
        "posted": posted_at(station, request.user, today),
        "features": [feature_line(each) for each in station.features.all()],
        "points": Station.objects.visible_to(request.user).filter(parent=station),
        "public_url": public_url(station),
        "no_public_url": is_not_public(),
        "may_edit": Station.objects.editable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "stations/detail.html", context)


def _kept(request: HttpRequest, pk: int) -> Station:
    station = _station(request, pk)
    if not Station.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return station


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    station = _kept(request, pk)
    form = OpeningForm(request.POST or None, station=station)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "station_pk": pk}
        if attempt(form, services.update_opening, **given, **form.cleaned_data) is not None:
            messages.success(request, "已修改，公开栏再打印时按新的印。")
            return redirect("stations:detail", pk=pk)
    context = {"form": form, "station": station, "title": "修改地址和开放时间", "verb": "保存"}
    return render(request, "stations/card_form.html", context)


@require_http_methods(["GET", "POST"])
def add_officer(request: HttpRequest, pk: int) -> HttpResponse:
    station = _kept(request, pk)
    form = OfficerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "station_pk": pk}
        if attempt(form, services.add_officer, **given, **form.cleaned_data) is not None:
            messages.success(request, f"已登记{form.cleaned_data['name']}。")
            return redirect("stations:detail", pk=pk)
    context = {"form": form, "station": station, "title": "登记站长、联络员", "verb": "登记"}
    return render(request, "stations/card_form.html", context)


@require_http_methods(["GET", "POST"])
def end_officer(request: HttpRequest, pk: int) -> HttpResponse:
    rows = StationOfficer.objects.visible_to(request.user).select_related("station")
    officer = get_object_or_404(rows, pk=pk)
    if not StationOfficer.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    form = OfficerEndForm(request.POST or None, officer=officer)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "officer_pk": pk}
        if attempt(form, services.end_officer, **given, **form.cleaned_data) is not None:
            messages.success(request, f"{officer.name}不再担任{officer.get_kind_display()}。")
            return redirect("stations:detail", pk=officer.station_id)
    title = f"{officer.get_kind_display()}{officer.name}不再担任"
    context = {"form": form, "station": officer.station, "title": title, "verb": "登记"}
    return render(request, "stations/card_form.html", context)


@require_safe
def features(request: HttpRequest) -> HttpResponse:
    return render(request, "stations/features.html", {"lines": _features(request)})


def _features(request: HttpRequest) -> list[Any]:
    rows = FeatureProfile.objects.visible_to(request.user).filter(is_shown=True)
    rows = features_in_full(rows).order_by("station__region__code", "station__number", "pk")
    return [feature_line(each) for each in rows]


@require_safe
def features_export(request: HttpRequest) -> HttpResponse:
    name = "特色代表家站报告"
    record(AuditAction.EXPORT, label=name, changes={"format": "xlsx"})
    return file_response(feature_workbook(_features(request)), f"{name}.xlsx", _EXCEL)


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """``?model=`` is a model station's term; without it the first of the same type."""
    today = timezone.localdate()
    rows = stations_listed(Station.objects.visible_to(request.user), today)
    station = get_object_or_404(rows, pk=pk)
    terms = ModelStation.objects.visible_to(request.user).on(today).exclude(station=pk)
    models = list(terms.select_related("station__type", "station__region"))
    chosen = _chosen(models, station, request.GET.get("model", ""))
    context: dict[str, Any] = {"station": station, "models": models, "chosen": chosen}
    if chosen:
        model = stations_listed(Station.objects.all(), today).get(pk=chosen.station_id)
        context["comparison"] = comparison.compare(station, model, today)
    return render(request, "stations/compare.html", context)


def _chosen(models: list[ModelStation], station: Station, asked: str) -> ModelStation | None:
    if asked:
        found = [each for each in models if str(each.pk) == asked]
        if not found:
            raise Http404("没有这个示范家站。")
        return found[0]
    alike = [each for each in models if each.station.type_id == station.type_id]
    return next(iter(alike or models), None)


@require_safe
def spread(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = SpreadFilter(request.GET, metrics=comparison.measurable(), today=today)
    context: dict[str, Any] = {"form": form}
    if form.is_valid() and (period := form.cleaned_data["period"]):
        rows = Station.objects.visible_to(request.user).active()
        if kind := form.cleaned_data["type"]:
            rows = rows.filter(type=kind)
        metric = find_metric(Station, form.cleaned_data["metric"])
        context["apart"] = comparison.apart(rows, metric, period, form.cleaned_data["line"])
        scope = request.user.scope
        context["may_open"] = scope.is_office and bool(scope.write_prefixes)
    return render(request, "stations/spread.html", context)


@require_safe
def material(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Material.objects.visible_to(request.user).select_related("station")
    return render(request, "stations/material.html", {"material": get_object_or_404(rows, pk=pk)})


@require_safe
def material_file(request: HttpRequest, pk: int) -> FileResponse:
    found = get_object_or_404(Material.objects.visible_to(request.user).exclude(file=""), pk=pk)
    name = f"{found.title}.{found.file.name.rpartition('.')[2]}"
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=name)
