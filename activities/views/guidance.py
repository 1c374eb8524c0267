"""Leaders' areas with visits (M41), meetings on experience (M136)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms import guidance as forms
from activities.models import Activity
from activities.models.support import AreaPairing, AreaVisit, Exchange
from activities.selectors import guidance as selectors
from activities.services import guidance as services
from activities.views import town_pages as pages
from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from congress_portal.core.periods import year as year_period

_OFFERED = 100


@require_safe
def area_list(request: HttpRequest) -> HttpResponse:
    pages.readers_only(request)
    today, period = timezone.localdate(), year_period(pages.asked_year(request))
    form = forms.AreaFilter(request.GET, user=request.user, period=period)
    rows = form.apply(AreaPairing.objects.visible_to(request.user).on(today))
    # the filter's count must not stand beside the page's own: one join each
    keys = rows.order_by().values("pk")
    counted = selectors.pairings_counted(AreaPairing.objects.filter(pk__in=keys), period, today)
    page = page_of(request, counted)
    context = {
        "form": form,
        "page": page,
        "lines": [selectors.AreaLine(row) for row in page.object_list],
        "year": period.first.year,
        "unguided": selectors.towns_without_leader(request.user, today),
        "may_add": _gives_out(request),
        "has_own": selectors.has_areas(request.user, today),
    }
    return render(request, "activities/town_areas.html", context)


def _gives_out(request: HttpRequest) -> bool:
    """The county's office decides who guides which town."""
    scope = request.user.scope
    return scope.is_office and bool(scope.write_prefixes)


@require_safe
def my_areas(request: HttpRequest) -> HttpResponse:
    """A leader's own page: own towns, own visits, what was not visited yet."""
    today, period = timezone.localdate(), year_period(pages.asked_year(request))
    own = selectors.own_areas(request.user, period, today)
    if not own.lines and not own.visits:
        raise Http404("没有给您登记分片联系。")
    context = {"own": own, "year": period.first.year}
    return render(request, "activities/town_my_areas.html", context)


@require_safe
def area(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, AreaPairing, pk, "region", "station", "user")
    visits = AreaVisit.objects.filter(pairing=found).select_related("entered_by")
    context = {
        "area": found,
        "page": page_of(request, visits),
        "may_write": pages.may_write(request, found),
        "may_log": _may_log(request, found),
    }
    return render(request, "activities/town_area.html", context)


def _may_log(request: HttpRequest, found: AreaPairing) -> bool:
    own = found.user_id is not None and found.user_id == request.user.pk
    return own or request.user.scope.may_write_code(found.region.code)


@require_http_methods(["GET", "POST"])
def write_area(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    pages.readers_only(request)
    row = pages.row_of(request, AreaPairing, pk, to_write=True) if pk else None
    if not _gives_out(request):
        raise PermissionDenied
    form = forms.PairingForm(request.POST or None, user=request.user, row=row)
    page = pages.Writing(
        "修改分片联系" if row else "登记分片联系",
        ("分片联系指导", reverse("activities:areas")),
        "已登记。联系人登录后，首页会列出自己联系的镇（街道）。",
    )
    return pages.write_page(
        request, form, services.save_pairing, page, lambda saved: _address(saved.pk), row=row
    )


def _address(pk: int) -> str:
    return reverse("activities:area", args=[pk])


@require_http_methods(["GET", "POST"])
def add_visit(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, AreaPairing, pk, "region", "station")
    if not _may_log(request, found):
        raise PermissionDenied
    form = forms.VisitForm(request.POST or None, user=request.user)
    page = pages.Writing("登记一次联系指导", (str(found), _address(pk)), "已登记这次联系指导。")
    return pages.write_page(
        request, form, services.save_area_visit, page, lambda saved: _address(pk), pairing_pk=pk
    )


@require_http_methods(["GET", "POST"])
def change_visit(request: HttpRequest, pk: int) -> HttpResponse:
    row = pages.row_of(request, AreaVisit, pk, "pairing__region", to_write=True)
    form = forms.VisitForm(request.POST or None, user=request.user, row=row)
    home = _address(row.pairing_id)
    page = pages.Writing("修改联系指导记录", (str(row.pairing), home), "已修改。")
    return pages.write_page(
        request, form, services.save_area_visit, page, lambda saved: home,
        row=row, pairing_pk=row.pairing_id,
    )  # fmt: skip


@require_safe
def experience_list(request: HttpRequest) -> HttpResponse:
    """推进会、经验交流会、现场会 that the person may read."""
    rows = Exchange.objects.visible_to(request.user).distinct()
    full = rows.select_related("activity__region", "activity__form", "host")
    context = {
        "page": page_of(request, full.prefetch_related("visitors", "materials")),
        "may_add": bool(request.user.scope.write_prefixes),
    }
    return render(request, "activities/town_experiences.html", context)


@require_safe
def experience(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Exchange.objects.visible_to(request.user).select_related("activity__region", "host")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("没有这次交流会。")
    context = {
        "exchange": found,
        "visitors": found.visitors.select_related("region"),
        "materials": found.materials.select_related("station"),
        "opens_activity": Activity.objects.visible_to(request.user)
        .filter(pk=found.activity_id)
        .exists(),
        "may_write": pages.may_write(request, found.activity),
    }
    return render(request, "activities/town_experience.html", context)


@require_http_methods(["GET", "POST"])
def choose_activity(request: HttpRequest) -> HttpResponse:
    """Which held activity was the meeting."""
    pages.clerks_only(request)
    form = forms.ChooseActivityForm(request.POST or None, rows=_held(request))
    if request.method == "POST" and form.is_valid():
        activity = form.cleaned_data["activity"]
        return redirect("activities:write_experience", pk=activity.pk)
    page = pages.Writing(
        "登记交流会", ("交流会", reverse("activities:experiences")), "",
        hint="先在「活动」里登记这次会，再在这里写明观摩了哪里、交流了哪些材料。", button="下一步",
    )  # fmt: skip
    return render(request, "activities/town_write.html", {"form": form, "page": page})


def _held(request: HttpRequest) -> Any:
    rows = Activity.objects.editable_by(request.user).filter(
        exchange__isnull=True, held_on__lte=timezone.localdate()
    )
    newest = rows.order_by("-held_on", "-pk").values_list("pk", flat=True)[:_OFFERED]
    return Activity.objects.filter(pk__in=list(newest)).order_by("-held_on", "-pk")


@require_http_methods(["GET", "POST"])
def write_experience(request: HttpRequest, pk: int) -> HttpResponse:
    activity = pages.row_of(request, Activity, pk, "region", to_write=True)
    found = Exchange.objects.filter(activity=activity).first()
    form = forms.ExperienceForm(request.POST or None, exchange=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "activity_pk": pk, "values": form.values}
        saved = attempt(form, services.save_exchange, **given, seen=form.cleaned_data["seen"])
        if saved is not None:
            messages.success(request, "交流会已登记，材料列在家站页面上。")
            return redirect("activities:experience", pk=saved.pk)
    page = pages.Writing(
        f"交流会：{activity.title}", ("交流会", reverse("activities:experiences")), ""
    )
    return render(request, "activities/town_write.html", {"form": form, "page": page})
