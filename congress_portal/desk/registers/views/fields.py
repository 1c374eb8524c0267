from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.periods import year
from congress_portal.desk.registers.selectors.fields import HEADS, by_field
from congress_portal.desk.registers.views.access import readers_only


class FieldFilter(ListFilter):
    period = PeriodField()
    town = TownField()


@require_safe
@readers_only
def fields(request: HttpRequest) -> HttpResponse:
    """What was done and heard, by field; this year unless asked."""
    usual = year(timezone.localdate().year)
    data = request.GET.copy()
    data["period"] = data.get("period") or usual.code
    form = FieldFilter(data, user=request.user)
    context: dict[str, Any] = {"form": form, "heads": HEADS, "lines": []}
    if form.is_valid():
        asked = form.cleaned_data
        context["lines"] = by_field(request.user, asked["period"], asked.get("town"))
    return render(request, "desk/registers/fields.html", context)
