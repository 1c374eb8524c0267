"""Pages of rotas: list, drawing up, check and release, rules, wall print."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.downloads import pdf_response
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from stations.enums import RotaState
from stations.forms.rota import RotaForm, RuleForm
from stations.models import Rota, RotaRule, RotaSlot, Station
from stations.reports.rota import SIZES, wall_paper
from stations.selectors.rota import (
    Shortage,
    last_term_end,
    loads_of,
    shortages,
    slots_in_full,
    unknown_years,
    unruled_stations,
)
from stations.services import rota as services
from stations.services.rota_rules import add_rules


@require_safe
def rota_list(request: HttpRequest) -> HttpResponse:
    rows = Rota.objects.visible_to(request.user).select_related("region")
    context = {"page": page_of(request, rows), "may_plan": bool(request.user.scope.write_prefixes)}
    return render(request, "stations/rota_list.html", context)


@require_http_methods(["GET", "POST"])
def new_rota(request: HttpRequest) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    form = RotaForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = _drawn_up(request, form)
        if len(made) == 1:
            return redirect("stations:rota", pk=made[0].pk)
        if made:
            messages.success(request, f"已编排 {len(made)} 张草稿，请逐张核对后发布。")
            return redirect("stations:rota_list")
    return render(request, "stations/rota_new.html", {"form": form})


def _drawn_up(request: HttpRequest, form: RotaForm) -> list[Rota]:
    """One a place; a place that is refused is named above the form, the others stand."""
    data = form.cleaned_data
    regions: list[Region] = list(data["regions"])
    span = {"first_on": data["first_on"], "last_on": data["last_on"]}
    made = []
    for region in regions:
        given = {"actor": request.user, "region": region, **span}
        if (rota := attempt(form, services.draw_up, **given)) is not None:
            made.append(rota)
    if made and form.non_field_errors():
        for fault in form.non_field_errors():
            messages.error(request, str(fault))
    return made


@require_safe
def rota_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is planned, who carries how much, and everything that is missing in it."""
    rota = _rota(request, pk)
    slots = list(slots_in_full(RotaSlot.objects.visible_to(request.user).filter(rota=rota)))
    by_station: dict[Station, list[RotaSlot]] = {}
    for slot in slots:
        by_station.setdefault(slot.station, []).append(slot)
    context = {
        **_checked(rota, slots),
        **_may(request, rota),
        "slots": slots,
        "by_station": sorted(by_station.items(), key=lambda pair: pair[0].number),
        "today": timezone.localdate(),
    }
    return render(request, "stations/rota_detail.html", context)


@require_http_methods(["GET", "POST"])
def release_rota(request: HttpRequest, pk: int) -> HttpResponse:
    """请核对: what a release means stands here before it is done."""
    rota = _own(request, pk)
    if request.method == "POST":
        try:
            services.release(actor=request.user, rota_pk=pk)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"「{rota}」已发布，有账号的值班代表都收到了通知。")
        return redirect("stations:rota", pk=pk)
    slots = list(slots_in_full(RotaSlot.objects.filter(rota=rota)))
    context = {**_checked(rota, slots), "slots": slots}
    return render(request, "stations/rota_release.html", context)


@require_POST
def redraw_rota(request: HttpRequest, pk: int) -> HttpResponse:
    _own(request, pk)
    try:
        services.draw_again(actor=request.user, rota_pk=pk)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已按现在的规则、进站代表和请假情况重新编排。")
    return redirect("stations:rota", pk=pk)


@require_POST
def discard_rota(request: HttpRequest, pk: int) -> HttpResponse:
    rota = _own(request, pk)
    try:
        services.discard(actor=request.user, rota_pk=pk)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("stations:rota", pk=pk)
    messages.success(request, f"草稿「{rota}」已删除。")
    return redirect("stations:rota_list")


@require_safe
def wall_print(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """上墙的轮值表, of one station with ``?station=``."""
    rota = _rota(request, pk)
    rows = RotaSlot.objects.visible_to(request.user).filter(rota=rota)
    name = rota.title
    if asked := request.GET.get("station", ""):
        if not (asked.isascii() and asked.isdigit()):
            raise Http404
        station = get_object_or_404(Station.objects.visible_to(request.user), pk=int(asked[:18]))
        rows, name = rows.filter(station=station), f"{station}-{rota.title}"
    if size not in SIZES:
        raise Http404
    slots = list(slots_in_full(rows))
    if not slots:
        raise Http404("没有接待日。")
    content = render_pdf(render_html(wall_paper(rota, slots, size)))
    record(AuditAction.EXPORT, rota, label=name, changes={"format": "pdf", "size": size})
    return pdf_response(content, f"{name}-{size.upper()}")


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    rows = RotaRule.objects.visible_to(request.user).select_related("station__region")
    context = {
        "page": page_of(request, rows.order_by("station__number", "pk")),
        "may_plan": Station.objects.editable_by(request.user).exists(),
    }
    return render(request, "stations/rota_rules.html", context)


@require_http_methods(["GET", "POST"])
def new_rules(request: HttpRequest) -> HttpResponse:
    if not Station.objects.editable_by(request.user).exists():
        raise PermissionDenied
    form = RuleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        fields = {name: form.cleaned_data[name] for name in RuleForm.Meta.fields}
        given = {"actor": request.user, "stations": form.cleaned_data["stations"]}
        done = attempt(form, add_rules, **given, fields=fields)
        if done is not None:
            messages.success(request, f"已给 {done} 个家站登记接待日规则。")
            return redirect("stations:rota_rules")
    return render(request, "stations/rota_rule_new.html", {"form": form})


def _rota(request: HttpRequest, pk: int) -> Rota:
    rows = Rota.objects.visible_to(request.user).select_related("region", "released_by")
    return get_object_or_404(rows, pk=pk)


def _own(request: HttpRequest, pk: int) -> Rota:
    return get_object_or_404(Rota.objects.editable_by(request.user), pk=pk)


def _may(request: HttpRequest, rota: Rota) -> dict[str, bool]:
    editable = Rota.objects.editable_by(request.user).filter(pk=rota.pk).exists()
    return {"may_edit": editable, "is_draft": rota.state == RotaState.DRAFT}


def _checked(rota: Rota, slots: list[RotaSlot]) -> dict[str, Any]:
    lacking = shortages(slots)
    empty = [row for row in lacking if row.is_empty]
    term_end = last_term_end(rota) if empty else None
    within = [row for row in empty if not term_end or row.slot.held_on <= term_end]
    loads = loads_of(rota)
    return {
        "rota": rota,
        "empty_days": empty,
        "empty_within": within,
        "empty_later": len(empty) - len(within),
        "empty_by_station": _by_station(within),
        "term_end": term_end,
        "short_days": [row for row in lacking if not row.is_empty],
        "years": unknown_years(slots),
        "unruled": list(unruled_stations(rota)),
        "loads": loads,
        "on_duty": sum(1 for row in loads if row.times),
    }


def _by_station(rows: list[Shortage]) -> list[tuple[Station, list[Shortage]]]:
    found: dict[Station, list[Shortage]] = {}
    for row in rows:
        found.setdefault(row.slot.station, []).append(row)
    return sorted(found.items(), key=lambda pair: pair[0].number)
