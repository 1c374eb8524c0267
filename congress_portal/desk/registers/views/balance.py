"""Towns side by side, what goes in and what comes out, by quarter (M43, M140)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.audit import record
from congress_portal.core.documents.files import file_response
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import recent_quarters
from congress_portal.core.periods import Period, parse_calendar_period, quarter_of
from congress_portal.desk.registers.selectors.balance import COLUMNS, Balance, balance
from congress_portal.desk.registers.views.access import readers_only

_QUARTERS = 8


def _asked(request: HttpRequest) -> Period:
    """The quarter of the address; the last whole one without it or where it is none."""
    usual = quarter_of(timezone.localdate()).previous()
    try:
        asked = parse_calendar_period(request.GET.get("period", ""))
    except DomainError:
        return usual
    return asked if asked == quarter_of(asked.first) else usual


@require_safe
@readers_only
def table(request: HttpRequest) -> HttpResponse:
    period = _asked(request)
    context = {
        "data": balance(request.user, period),
        "columns": COLUMNS,
        "inputs": sum(column.is_input for column in COLUMNS),
        "outcomes": sum(not column.is_input for column in COLUMNS),
        "quarters": recent_quarters(timezone.localdate(), _QUARTERS),
    }
    return render(request, "desk/registers/balance.html", context)


@require_safe
@readers_only
def excel(request: HttpRequest) -> HttpResponse:
    data = balance(request.user, _asked(request))
    title = f"各镇（街道）投入与成效对照（{data.period.label}）"
    fields = [Field("镇（街道）", 10)]
    for column in COLUMNS:
        fields += [Field(f"{column.name}（{column.unit}）", 8), Field(f"{column.name}依据", 8)]
    content = workbook_bytes(Sheet("投入与成效", fields, _rows(data), title=title))
    changes = {"format": "xlsx", "filters": {"period": data.period.code}}
    record(AuditAction.EXPORT, label=title, changes=changes)
    return file_response(content, title, "xlsx")


def _rows(data: Balance) -> list[list[object]]:
    rows: list[list[object]] = []
    for line in data.lines:
        cells = [item for cell in line.cells for item in (cell.value, cell.basis)]
        rows.append([line.town.name, *cells])
    for name, label in (
        ("mean", "平均"), ("range", "极差"), ("cv", "变异系数"), ("gini", "基尼系数"),
    ):  # fmt: skip
        figures = [item for each in data.spreads for item in (getattr(each, name), "")]
        rows.append([label, *figures])
    return rows
