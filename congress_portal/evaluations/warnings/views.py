from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.errors import DomainError
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.periods import Period, year
from congress_portal.evaluations.models import WarningRule
from congress_portal.evaluations.warnings.selectors import open_cases_of, warned_in
from deputies.models import ExitCase


class WarningFilter(ListFilter):
    """Nobody is narrowed by name: the list is of those below a line."""

    period = PeriodField()
    town = TownField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["period"].widget.choices
        self.fields["period"].widget.choices = list(choices)[1:]  # a rate is of some period

    @property
    def asked(self) -> Period:
        return self.cleaned_data.get("period") or year(timezone.localdate().year)


@require_safe
def warnings(request: HttpRequest) -> HttpResponse:
    """Deputies below a line of the office; for the county's office and leaders only."""
    if not request.user.scope.roles & {"staff", "leader"}:
        raise Http404
    form = WarningFilter(request.GET, user=request.user)
    rules = WarningRule.objects.filter(is_active=True)
    context: dict[str, Any] = {"form": form, "rules": rules, "warned": [], "fault": ""}
    context["period"] = year(timezone.localdate().year)
    if form.is_valid():
        context["period"] = form.asked
        town = form.cleaned_data.get("town")
        try:
            found = warned_in(form.asked, request.user, rules, town)
        except DomainError as error:
            context["fault"] = error.message
        else:
            cases = open_cases_of(request.user)
            context["warned"] = [
                (each, [(seat, cases.get(seat.pk)) for seat in each.seats]) for each in found
            ]
    context["may_open"] = ExitCase.objects.all().may_add(request.user)
    return render(request, "evaluations/warnings.html", context)
