"""«举报不当信息»: the public form and its answer, the office's list and decision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from ipware import get_client_ip

from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from congress_portal.core.scope import scope_of
from congress_portal.core.stale import fingerprint
from congress_portal.public import abuse_services
from congress_portal.public.abuse_forms import DecisionForm, ReportForm
from congress_portal.public.enums import AbuseState
from congress_portal.public.models import AbuseReport


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    target = abuse_services.target_of(kind, pk)
    address = str(get_client_ip(request)[0] or "")
    asks = abuse_services.reports_today(address) >= abuse_services.EASY
    form = ReportForm(request.POST or None, asks=asks)
    if target is None:
        raise Http404("这条信息已经不公开了。")
    if request.method == "POST" and form.is_valid():
        given = {"target": target, "address": address, **form.values}
        if row := attempt(form, abuse_services.report_abuse, **given):
            return redirect("public:report_answer", token=row.token)
    form.ask_again()
    return render(request, "public/report.html", {"form": form, "target": target})


@login_not_required
@never_cache
@require_safe
def report_answer(request: HttpRequest, token: str) -> HttpResponse:
    row = get_object_or_404(AbuseReport, token=token)
    return render(request, "public/report_answer.html", {"row": row})


@require_safe
def abuse_list(request: HttpRequest) -> HttpResponse:
    """Those that wait first; ``?all=1`` shows the decided ones too."""
    _only_offices(request)
    rows = AbuseReport.objects.editable_by(request.user).select_related("region")
    shows_all = request.GET.get("all") == "1"
    page = page_of(request, rows if shows_all else rows.waiting())
    return render(request, "public/abuse_list.html", {"page": page, "shows_all": shows_all})


@require_http_methods(["GET", "POST"])
def abuse_report(request: HttpRequest, pk: int) -> HttpResponse:
    rows = AbuseReport.objects.editable_by(request.user).select_related("region", "decided_by")
    row = get_object_or_404(rows, pk=pk)
    form = DecisionForm(request.POST or None, initial={"seen": fingerprint(row)})
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "pk": pk, **form.cleaned_data}
        if done := attempt(form, abuse_services.decide_report, **given):
            is_hidden = done.state == AbuseState.HIDDEN
            messages.success(request, "已停止公开。" if is_hidden else "已记录，继续公开。")
            return redirect("public:abuse_list")
    shown = abuse_services.target_of(row.kind, row.target)
    return render(request, "public/abuse_report.html", {"row": row, "form": form, "shown": shown})


def _only_offices(request: HttpRequest) -> None:
    if not scope_of(request.user).write_prefixes:
        raise PermissionDenied
