"""Two terms side by side: what their deputies were made of (M04)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from congress_portal.core.audit import record
from congress_portal.core.charts import Series, small_multiples
from congress_portal.core.documents.files import file_response
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.enums import AuditAction
from congress_portal.desk.registers.forms import CompareFilter
from congress_portal.desk.registers.selectors import composition
from congress_portal.desk.registers.views.access import readers_only
from deputies.models import Term


def _chosen(form: CompareFilter) -> list[Term]:
    """The later term first, whichever way round they were chosen."""
    data = form.cleaned_data if form.is_valid() else {}
    terms = {each.pk: each for each in (data.get("term"), data.get("other")) if each}
    return sorted(terms.values(), key=lambda term: term.begins_on, reverse=True)


def _names(terms: list[Term]) -> list[str]:
    """第十八届; with the congress where two have the same name."""
    short = [term.name for term in terms]
    return short if len(set(short)) == len(short) else [str(term) for term in terms]


def _context(request: HttpRequest) -> dict[str, Any]:
    form = CompareFilter(request.GET, user=request.user)
    terms = _chosen(form)
    town = form.cleaned_data.get("town") if form.is_valid() else None
    return {
        "form": form,
        "terms": list(zip(terms, _names(terms), strict=True)),
        "town": town,
        "dimensions": composition.compare(request.user, terms, town) if terms else [],
        "is_pair": len(terms) > 1,
    }


@require_safe
@readers_only
def compare_terms(request: HttpRequest) -> HttpResponse:
    context = _context(request)
    context["chart"] = _chart(context) if context["is_pair"] else ""
    return render(request, "desk/registers/compare_terms.html", context)


def _chart(context: dict[str, Any]) -> str:
    """The earlier term left, the later right, as time runs; figures stand on the columns."""
    steps = [name for _, name in reversed(context["terms"])]
    series = [
        Series(label, tuple(reversed(found)))
        for label, found in composition.highlights(context["dimensions"])
    ]
    title = "两届比较：" + "、".join(f"{one.name}占比" for one in series)
    return small_multiples(
        series, steps, title=title, unit="%", columns=2, width=130, height=90, places=1
    )


@require_safe
@readers_only
def compare_terms_excel(request: HttpRequest) -> HttpResponse:
    context = _context(request)
    names = [name for _, name in context["terms"]]
    place = f"（{context['town'].name}）" if context["town"] else ""
    title = f"代表构成{'与'.join(names)}{'比较' if context['is_pair'] else ''}{place}"
    fields = [Field("项目", 12), Field("类别", 16)]
    for name in names:
        fields += [Field(f"{name}（人）", 12), Field(f"{name}占比（%）", 14)]
    if context["is_pair"]:
        fields += [Field("人数增减（人）", 12), Field("占比增减（百分点）", 14)]
    rows = [row for each in context["dimensions"] for row in _rows(each)]
    content = workbook_bytes(Sheet("代表构成", fields, rows, title=title))
    changes = {"format": "xlsx", "filters": request.GET.dict()}
    record(AuditAction.EXPORT, label=title, changes=changes)
    return file_response(content, title, "xlsx")


def _rows(dimension: composition.ComparedDimension) -> list[list[object]]:
    rows: list[list[object]] = []
    is_pair = len(dimension.wholes) > 1
    for line in dimension.lines:
        cells: list[object] = [dimension.title, line.label]
        for group in line.groups:
            cells += [group.count, group.share]
        rows.append([*cells, line.change, line.points] if is_pair else cells)
    total: list[object] = [dimension.title, "代表总数"]
    for whole in dimension.wholes:
        total += [whole, 100 if dimension.sums_up and whole else None]
    rows.append([*total, dimension.whole_change, None] if is_pair else total)
    return rows
