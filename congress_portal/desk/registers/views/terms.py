from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.listing import page_of
from congress_portal.desk.registers.forms import RecordFilter
from congress_portal.desk.registers.selectors.records import KINDS
from congress_portal.desk.registers.selectors.terms import current_term, term_totals
from congress_portal.desk.registers.views.access import readers_only
from deputies.models import Term


@require_safe
@readers_only
def terms(request: HttpRequest) -> HttpResponse:
    """The running term, unless the address names another; none yet: the page says so."""
    asked = request.GET.get("term", "")
    if asked.isascii() and asked.isdigit():
        return redirect("desk:term", pk=int(asked[:18]))
    current = current_term(request.user, timezone.localdate())
    if current:
        return redirect("desk:term", pk=current.pk)
    return render(request, "desk/registers/no_term.html")


@require_safe
@readers_only
def term(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Term.objects.visible_to(request.user).select_related("region")
    chosen = get_object_or_404(rows, pk=pk)
    context = {
        "term": chosen,
        "terms": rows.order_by("-begins_on", "pk"),
        "totals": term_totals(request.user, chosen),
        "is_over": chosen.ends_on < timezone.localdate(),
    }
    return render(request, "desk/registers/term.html", context)


@require_safe
@readers_only
def records(request: HttpRequest, code: str) -> HttpResponse:
    kind = KINDS.get(code)
    if kind is None:
        raise Http404("没有这类记录。")
    form = RecordFilter(request.GET, user=request.user, kind=kind)
    rows = form.apply(kind.rows(request.user)).order_by(f"-{kind.date}", "-pk")
    page = page_of(request, rows)
    context = {"form": form, "kind": kind, "page": page, "rows": list(map(kind.show, page))}
    return render(request, "desk/registers/records.html", context)
