"""The writer of reports: drafts of a place, kept, printed as PDF and Word."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import send_paper
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of, recent_quarters
from congress_portal.core.periods import Period, half_of, year
from congress_portal.evaluations.models import ReportDraft
from congress_portal.evaluations.statistics.forms import ReportForm
from congress_portal.evaluations.statistics.reports import report_paper
from congress_portal.evaluations.statistics.services import save_draft
from congress_portal.evaluations.statistics.views import reader_of
from deputies.models import Term

_OFFERED = 6


def _periods() -> list[Period]:
    """Years, halves, quarters and the county's terms that a report may be about."""
    today = timezone.localdate()
    halves = [half_of(today)]
    while len(halves) < 4:
        halves.append(halves[-1].previous())
    terms = Term.objects.of_county().filter(begins_on__lte=today).order_by("-begins_on")[:2]
    return [
        year(today.year),
        year(today.year - 1),
        *halves,
        *recent_quarters(today, _OFFERED),
        *(term.period for term in terms),
    ]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = reader_of(request)
    rows = ReportDraft.objects.visible_to(user).select_related("region", "written_by")
    context = {
        "page": page_of(request, rows),
        "may_write": bool(user.scope.write_prefixes),
    }
    return render(request, "evaluations/reports.html", context)


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new draft, or one that the reader may change; others read it only as paper."""
    user = reader_of(request)
    draft = ReportDraft()
    if pk is not None:
        draft = get_object_or_404(ReportDraft.objects.visible_to(user), pk=pk)
        editable = ReportDraft.objects.editable_by(user).filter(pk=pk).exists()
    else:
        editable = bool(user.scope.write_prefixes)
    if not editable:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = ReportForm(data, instance=draft, user=user, periods=_periods())
    if request.method == "POST" and form.is_valid():
        given = {"draft": form.instance, "seen": form.cleaned_data["seen"]}
        if saved := attempt(form, save_draft, actor=user, **given):
            messages.success(request, "已保存，可以生成 PDF 或 Word。")
            return redirect("evaluations:report", saved.pk)
    context = {"form": form, "draft": draft if pk else None}
    return render(request, "evaluations/report.html", context)


@require_safe
def paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The figures are those of now and carry the day."""
    user = reader_of(request)
    rows = ReportDraft.objects.visible_to(user).select_related("region__parent", "written_by")
    draft = get_object_or_404(rows, pk=pk)
    if kind not in ("pdf", "docx"):
        raise Http404("没有这种文件。")
    today = timezone.localdate()
    try:
        made = report_paper(draft, user, today)
    except DomainError as error:
        messages.error(request, f"不能生成：{error.message}")
        return redirect("evaluations:reports")
    return send_paper(made, kind, draft, extra=today.isoformat())
