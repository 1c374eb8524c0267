"""Fixed voters: the deputy's own list on the phone, the staff's board (M65)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.forms.voters import ContactForm, EndVoterForm, VoterBoardFilter, VoterForm
from activities.models import FixedVoter
from activities.selectors.rules import Rules
from activities.selectors.voters import (
    contacted,
    reached_in_all,
    with_contacts,
    with_voters,
)
from activities.services import voters as services
from congress_portal.core.admin.personal import ReasonForm, is_revealed, reveal
from congress_portal.core.attempts import attempt
from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.periods import quarter_of
from congress_portal.core.periods import year as year_period
from deputies.models import Deputy
from deputies.selectors import deputy_of


def with_default_period(request: HttpRequest, code: str) -> QueryDict:
    """The address's query; without a period that of the page."""
    data = request.GET.copy()
    if not data.get("period"):
        data["period"] = code
    return data


@require_safe
def voters(request: HttpRequest) -> HttpResponse:
    """A deputy's own list; for those who read a place the board."""
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is not None:
        return redirect("activities:voters_of", pk=own.pk)
    if request.user.scope.read_prefixes:
        return redirect("activities:voter_board")
    raise PermissionDenied


@require_safe
def voter_board(request: HttpRequest) -> HttpResponse:
    """Each deputy's «12/20 联系到», in the order of towns and names, never ranked."""
    if not request.user.scope.read_prefixes:
        raise PermissionDenied
    today = timezone.localdate()
    form = VoterBoardFilter(with_default_period(request, quarter_of(today).code), user=request.user)
    deputies = form.apply(Deputy.objects.visible_to(request.user))
    deputies = deputies.order_by("town__code", "pinyin", "pk")
    period = (form.cleaned_data.get("period") if form.is_valid() else None) or quarter_of(today)
    rules = Rules()
    rows: Any = with_voters(deputies, period, today)
    if form.is_valid() and form.cleaned_data["short"]:
        rows = [row for row in rows if row.fixed < rules.of(row.town).voters_least]
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "lines": [contacted(row, rules) for row in page.object_list],
        "period": period,
        "all": reached_in_all(deputies, period, today),
    }
    return render(request, "activities/voters_board.html", context)


@require_safe
def voters_of(request: HttpRequest, pk: int) -> HttpResponse:
    """One deputy's list; names and numbers are masked for everybody but the deputy."""
    deputy = _deputy(request, pk)
    today = timezone.localdate()
    quarter = quarter_of(today)
    rows = FixedVoter.objects.visible_to(request.user).filter(deputy=deputy)
    listed = with_contacts(rows.on(today), quarter, year_period(today.year))
    own = _is_own(request, deputy)
    line = contacted(with_voters(Deputy.objects.filter(pk=pk), quarter, today).get(), Rules())
    context = {
        "deputy": deputy,
        "own": own,
        "period": quarter,
        "year": today.year,
        "line": line,
        "voters": [
            {"row": row, "shows": own or is_revealed(request, row)}
            for row in listed.order_by("village__code", "pk")
        ],
        "ended": rows.filter(ends_on__lt=today).select_related("village").order_by("-ends_on"),
        "may_keep": services.may_keep(request.user, deputy),
    }
    return render(request, "activities/voters_of.html", context)


def _deputy(request: HttpRequest, pk: int) -> Deputy:
    rows = Deputy.objects.visible_to(request.user).select_related("town", "village")
    return get_object_or_404(rows, pk=pk)


def _is_own(request: HttpRequest, deputy: Deputy) -> bool:
    return request.user.has_role(Role.DEPUTY) and deputy.user_id == request.user.pk


def _keeper_of(request: HttpRequest, deputy: Deputy) -> None:
    if not services.may_keep(request.user, deputy):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def add_voter(request: HttpRequest, pk: int) -> HttpResponse:
    deputy = _deputy(request, pk)
    _keeper_of(request, deputy)
    form = VoterForm(request.POST or None, deputy=deputy)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": deputy, **form.values}
        if voter := attempt(form, services.add_voter, **given):
            messages.success(request, f"已把{voter}加进名单，下次联系后记一笔。")
            return redirect("activities:voters_of", pk=pk)
    context = {"form": form, "deputy": deputy, "own": _is_own(request, deputy)}
    return render(request, "activities/voters_edit.html", context)


@require_http_methods(["GET", "POST"])
def change_voter(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff see the name and number only after they gave a reason."""
    voter = _voter(request, pk)
    if not _shows(request, voter):
        return redirect("activities:reveal_voter", pk=pk)
    form = VoterForm(request.POST or None, deputy=voter.deputy, row=voter)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "voter_pk": pk, "seen": form.cleaned_data["seen"]}
        if attempt(form, services.change_voter, **given, **form.values):
            messages.success(request, "已改好。")
            return redirect("activities:voters_of", pk=voter.deputy_id)
    own = _is_own(request, voter.deputy)
    context = {"form": form, "deputy": voter.deputy, "own": own}
    return render(request, "activities/voters_edit.html", context)


@require_POST
def remove_voter(request: HttpRequest, pk: int) -> HttpResponse:
    """For an entry made by mistake."""
    voter = _voter(request, pk)
    try:
        services.remove_voter(actor=request.user, voter_pk=pk)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("activities:end_voter", pk=pk)
    messages.success(request, "写错的这一条已删掉，不再计入。")
    return redirect("activities:voters_of", pk=voter.deputy_id)


@require_http_methods(["GET", "POST"])
def end_voter(request: HttpRequest, pk: int) -> HttpResponse:
    voter = _voter(request, pk)
    form = EndVoterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "voter_pk": pk, **form.cleaned_data}
        if attempt(form, services.end_voter, **given):
            messages.success(request, "已移出名单，以前的联系记录都留着。")
            return redirect("activities:voters_of", pk=voter.deputy_id)
    shown = voter.name if _shows(request, voter) else str(voter)
    context = {
        "form": form,
        "voter": voter,
        "deputy": voter.deputy,
        "shown": shown,
        "may_remove": not voter.visits.exists(),
    }
    return render(request, "activities/voters_end.html", context)


def _voter(request: HttpRequest, pk: int) -> FixedVoter:
    """404 for whoever does not read it, 403 for readers who may not change it."""
    rows = FixedVoter.objects.visible_to(request.user).select_related("deputy__town", "village")
    voter = get_object_or_404(rows, pk=pk)
    if not FixedVoter.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return voter


def _shows(request: HttpRequest, voter: FixedVoter) -> bool:
    return _is_own(request, voter.deputy) or is_revealed(request, voter)


@require_http_methods(["GET", "POST"])
def reveal_voter(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and number for ten minutes, with a reason that the trail keeps."""
    rows = FixedVoter.objects.visible_to(request.user).select_related("deputy__town", "village")
    voter = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reveal(request, voter, ["name", "phone"], form.cleaned_data["reason"])
        messages.success(request, "完整信息显示 10 分钟，这次查看已记入操作记录。")
        return redirect("activities:voters_of", pk=voter.deputy_id)
    context = {"form": form, "voter": voter, "deputy": voter.deputy}
    return render(request, "activities/voters_reveal.html", context)


@require_http_methods(["GET", "POST"])
def contact_voters(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick whom one has been in touch with; the visit is made from that."""
    deputy = _deputy(request, pk)
    _keeper_of(request, deputy)
    own = _is_own(request, deputy)
    form = ContactForm(request.POST or None, deputy=deputy, shows_names=own)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": deputy, **form.cleaned_data}
        if visits := attempt(form, services.contact_voters, **given):
            people = sum(visit.people for visit in visits)
            counts = "镇（街道）人大工作人员核实之后计入履职。" if own else "已视为核实，计入履职。"
            messages.success(request, f"已记下联系 {people} 位固定选民。{counts}")
            return redirect("activities:voters_of", pk=pk)
    context = {"form": form, "deputy": deputy, "own": own}
    return render(request, "activities/voters_contact.html", context)
