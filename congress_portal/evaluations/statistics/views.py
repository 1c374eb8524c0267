"""Statistics: any metric by subject and period, kept views, sentences of figures."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from congress_portal.core.audit import record
from congress_portal.core.charts import sparkline
from congress_portal.core.documents.files import file_response, paper_pdf
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.metrics import UnknownMetricError
from congress_portal.core.models import User
from congress_portal.core.periods import PeriodError, quarter_of
from congress_portal.evaluations.evidence import evidence_of
from congress_portal.evaluations.models import CountingText, SavedView
from congress_portal.evaluations.statistics.figures import Choice, Grid, evidence_of_cell, grid_of
from congress_portal.evaluations.statistics.forms import SaveForm, StatisticsForm, TextPeriodForm
from congress_portal.evaluations.statistics.papers import grid_paper, grid_workbook, panels
from congress_portal.evaluations.statistics.services import delete_view, save_view
from congress_portal.evaluations.statistics.subjects import (
    TOWN,
    kinds_for,
    metric_of,
    rows_of,
    subject_of,
)
from congress_portal.evaluations.statistics.wording import MEASURE_WORDS, filled
from deputies.selectors import parse_period


def reader_of(request: HttpRequest) -> User:
    """Only who reads a place has statistics; all others meet 404."""
    user: User = request.user  # type: ignore[assignment]
    if not user.scope.read_prefixes:
        raise Http404("没有这个页面。")
    return user


def _asked(form: StatisticsForm) -> dict[str, str]:
    """The choice as it stands in an address, without the page number."""
    return {name: form.data[name] for name in form.fields if form.data.get(name)}


def _opens(data: Any) -> str:
    """The figure without its periods, as part of an address."""
    return urlencode({name: data[name] for name in ("figure", "base") if data.get(name)})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    user = reader_of(request)
    form = StatisticsForm(request.GET, user=user)
    context: dict[str, Any] = {"form": form, "views": SavedView.objects.visible_to(user)}
    context["may_share"] = bool(user.scope.write_prefixes)
    if form.is_valid():
        grid = grid_of(form.choice(), user)
        rows = page_of(request, list(grid.lines))
        today = timezone.localdate()
        context |= {
            "grid": grid,
            "page": rows,
            "lines": [(line, _spark(grid, line)) for line in rows.object_list],
            "chart": panels(grid),
            "query": urlencode(_asked(form)),
            "opens": _opens(form.data),
            "running": [each for each in grid.choice.periods if each.last >= today],
        }
    return render(request, "evaluations/statistics.html", context)


def _spark(grid: Grid, line: Any) -> Any:
    if len(grid.choice.periods) < 3:
        return ""
    said = "、".join(cell.text for cell in line.cells)
    return sparkline(line.numbers, title=f"{line.who.label}依次为{said}")


@require_safe
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """The whole table of the address, as PDF or workbook."""
    user = reader_of(request)
    form = StatisticsForm(request.GET, user=user)
    if kind not in ("pdf", "xlsx"):
        raise Http404("没有这个页面。")
    if not form.is_valid():  # the page says what is wrong with the choice
        return redirect(f"{reverse('evaluations:statistics')}?{request.GET.urlencode()}")
    grid, today = grid_of(form.choice(), user), timezone.localdate()
    content = grid_workbook(grid, today) if kind == "xlsx" else paper_pdf(grid_paper(grid, today))
    name = f"{grid.choice.title}-{today.isoformat()}"
    changes = {"format": kind, "rows": len(grid.lines)}
    record(AuditAction.EXPORT, None, label=name, changes=changes)
    return file_response(content, name, kind)


@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """The records behind one figure."""
    user = reader_of(request)
    choice = _one_figure(request, user)
    rows = rows_of(choice.kind, user, choice.periods[0])
    pk = request.GET.get("subject", "")
    if not pk.isascii() or not pk.isdigit() or len(pk) > 12:
        raise Http404("没有这个对象。")
    row = get_object_or_404(rows, pk=pk)
    cell, counted, base = evidence_of_cell(choice, rows.filter(pk=row.pk))
    context = {
        "choice": choice,
        "opens": _opens(request.GET),
        "who": subject_of(choice.kind, row),
        "cell": cell,
        "groups": evidence_of(counted, base, user),
    }
    return render(request, "evaluations/statistics_records.html", context)


def _one_figure(request: HttpRequest, user: User) -> Choice:
    kind, _, code = request.GET.get("figure", "").partition(".")
    base = request.GET.get("base", "").partition(".")[2]
    if kind not in kinds_for(user):
        raise Http404("没有这种对象。")
    try:
        return Choice(
            kind=kind,
            metric=metric_of(kind, code),
            base=metric_of(kind, base) if base else None,
            periods=(parse_period(request.GET.get("period", "")),),
        )
    except (UnknownMetricError, PeriodError) as error:
        raise Http404(error.message) from error


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    user = reader_of(request)
    form, shown = SaveForm(request.POST), QueryDict(request.POST.get("query", ""))
    if not StatisticsForm(shown, user=user).is_valid():
        messages.error(request, "没有保存：请先选好指标和期间。")
        return redirect("evaluations:statistics")
    if not form.is_valid():
        messages.error(request, "请给这个视图起个名字，40 个字以内。")
    else:
        try:
            view = save_view(actor=user, **form.cleaned_data)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"已保存「{view.name}」，下次直接点它的名字。")
    return redirect(f"{reverse('evaluations:statistics')}?{shown.urlencode()}")


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader_of(request)
    view = get_object_or_404(SavedView.objects.editable_by(user), pk=pk)
    delete_view(actor=user, view=view)
    messages.success(request, f"已删除视图「{view.name}」。")
    return redirect("evaluations:statistics")


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """The office's sentences with the figures of a period, and what the measure words mean."""
    user = reader_of(request)
    usual = quarter_of(timezone.localdate()).previous()
    data = request.GET.copy()
    data.setdefault("period", usual.code)
    form = TextPeriodForm(data)
    period = (form.cleaned_data["period"] if form.is_valid() else None) or usual
    places = rows_of(TOWN, user, period)
    said = []
    for row in CountingText.objects.filter(is_active=True):
        try:
            said.append((row, filled(row.text, period, places), ""))
        except DomainError as error:
            said.append((row, "", error.message))
    context = {"form": form, "period": period, "texts": said, "words": MEASURE_WORDS}
    context["may_change"] = CountingText.objects.all().may_add(user)
    return render(request, "evaluations/statistics_texts.html", context)
