"""Pages of vacant seats, by-elections and exit cases."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from congress_portal.core.models import User
from deputies.enums import ExitAction, Gate
from deputies.models import ByElection, ExitCase, ExitStep, GateCheck, Mandate, Term
from deputies.seats import forms, selectors, services
from deputies.seats.workflow import BY_ELECTION, EXIT, ByElectionAction, available

_STEPS: dict[str, tuple[Any, Any, str]] = {
    ByElectionAction.NOMINATE: (forms.NominateForm, services.nominate, "候选人已登记。"),
    ByElectionAction.RECORD: (forms.ResultForm, services.record_result, "选举结果已登记。"),
    ByElectionAction.CANCEL: (forms.CancelForm, services.cancel_by_election, "补选已取消。"),
    ByElectionAction.REOPEN: (
        forms.CancelForm,
        services.reopen_by_election,
        "已清去票数，请重新登记选举结果。",
    ),
}

_WITH_PAPERS: dict[str, Any] = {"check": GateCheck, "result": ByElection, "exit": ExitStep}


def _key(text: str) -> int:
    """A row's number from an address; anything else is a page that is not there."""
    if not text.isascii() or not text.isdigit():
        raise Http404
    return int(text[:18])


def _may_edit(user: User, row: ByElection | ExitCase) -> bool:
    return bool(type(row).objects.editable_by(user).filter(pk=row.pk).exists())


@require_safe
def vacancies(request: HttpRequest) -> HttpResponse:
    terms = list(selectors.terms_of(request.user))
    if not terms and not ByElection.objects.visible_to(request.user).exists():
        raise Http404
    found = selectors.vacancies(terms)
    context = {
        "vacancies": found,
        "short": selectors.short_districts(terms, found),
        "page": page_of(request, selectors.by_elections_of(request.user)),
        "may_start": _terms_run_by(request.user, terms),
    }
    return render(request, "deputies/vacancies.html", context)


def _terms_run_by(user: User, terms: list[Term]) -> set[int]:
    """Keys of the terms in which the person may begin a by-election."""
    if not ByElection.objects.all().may_add(user):
        return set()
    rows = Term.objects.editable_by(user).filter(pk__in=[each.pk for each in terms])
    return set(rows.values_list("pk", flat=True))


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    terms = selectors.terms_of(request.user)
    terms = terms.filter(pk__in=Term.objects.editable_by(request.user).values("pk"))
    if not ByElection.objects.all().may_add(request.user):
        raise Http404
    vacated = None
    if asked := request.GET.get("mandate", ""):
        rows = Mandate.objects.filter(term__in=terms).select_related("deputy", "term__region")
        vacated = get_object_or_404(rows, pk=_key(asked))
    form = forms.StartForm(request.POST or None, terms=terms, vacated=vacated)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if vacated:
            given |= {"term": vacated.term, "vacated": vacated}
        row = attempt(form, services.start_by_election, actor=request.user, **given)
        if row is not None:
            messages.success(request, "已开始补选，请登记候选人和四关审核意见。")
            return redirect("deputies:by_election", pk=row.pk)
    context = {"form": form, "vacated": vacated}
    return render(request, "deputies/by_election_start.html", context)


def _by_election(request: HttpRequest, pk: int) -> ByElection:
    rows = selectors.by_elections_of(request.user).select_related(
        "term__region", "district__region", "vacated__deputy", "mandate__deputy", "entered_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
def by_election(request: HttpRequest, pk: int) -> HttpResponse:
    row = _by_election(request, pk)
    candidates = [
        (each, [(gate, _of(each, gate)) for gate in Gate]) for each in selectors.candidates_of(row)
    ]
    may_edit = _may_edit(request.user, row)
    actions = [
        action
        for action in available(BY_ELECTION, row.state)
        if action != ByElectionAction.CHECK and may_edit
    ]
    context = {
        "row": row,
        "candidates": candidates,
        "actions": actions,
        "may_check": ByElectionAction.RECORD in actions,
        "law": BY_ELECTION[ByElectionAction.RECORD].law,
    }
    return render(request, "deputies/by_election.html", context)


def _of(candidate: Any, gate: Gate) -> Any:
    return next((check for check in candidate.checks.all() if check.gate == gate), None)


@require_http_methods(["GET", "POST"])
def by_election_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    if action not in _STEPS:
        raise Http404
    row = _by_election(request, pk)
    if not _may_edit(request.user, row):
        raise Http404
    form_class, service, told = _STEPS[action]
    more: dict[str, Any] = {"row": row}
    if action == ByElectionAction.RECORD:
        more["candidates"] = selectors.candidates_of(row)
    form = form_class(request.POST or None, request.FILES or None, **more)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "by_election_pk": pk, **form.values}
        if attempt(form, service, **given) is not None:
            messages.success(request, told)
            return redirect("deputies:by_election", pk=pk)
    move = BY_ELECTION[ByElectionAction(action)]
    context = {"row": row, "form": form, "action": ByElectionAction(action), "move": move}
    context["about"] = ""
    return render(request, "deputies/by_election_step.html", context)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int, candidate: int) -> HttpResponse:
    """The four checks of one candidate, one at a time."""
    row = _by_election(request, pk)
    if not _may_edit(request.user, row):
        raise Http404
    found = next((c for c in selectors.candidates_of(row) if c.pk == candidate), None)
    if found is None:
        raise Http404
    form = forms.CheckForm(request.POST or None, request.FILES or None, candidate=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "by_election_pk": pk, "candidate_pk": candidate}
        saved = attempt(form, services.record_check, **given, **form.cleaned_data)
        if saved is not None:
            messages.success(request, f"{found.name}的{saved.get_gate_display()}已登记。")
            return redirect("deputies:by_election", pk=pk)
    context = {"row": row, "about": found.name, "form": form, "action": ByElectionAction.CHECK}
    context["move"] = BY_ELECTION[ByElectionAction.CHECK]
    return render(request, "deputies/by_election_step.html", context)


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    if not request.user.scope.roles & {"staff", "leader"}:
        raise Http404
    page = page_of(request, selectors.cases_of(request.user))
    may_open = ExitCase.objects.all().may_add(request.user)
    return render(request, "deputies/exit_cases.html", {"page": page, "may_open": may_open})


@require_http_methods(["GET", "POST"])
def open_case(request: HttpRequest, mandate: int) -> HttpResponse:
    """A clue about somebody in office; the case is for a person to judge, at every step."""
    row = get_object_or_404(selectors.seats_to_ask_about(request.user), pk=mandate)
    form = forms.OpenCaseForm(
        request.POST or None, initial={"clue": request.GET.get("clue", "")[:400]}
    )
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "mandate": row, **form.cleaned_data}
        case = attempt(form, services.open_case, **given)
        if case is not None:
            messages.success(request, "线索已登记，请核实。")
            return redirect("deputies:exit_case", pk=case.pk)
    return render(request, "deputies/exit_open.html", {"form": form, "mandate": row})


@require_safe
def exit_case(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(selectors.cases_of(request.user), pk=pk)
    actions = available(EXIT, case.state) if _may_edit(request.user, case) else ()
    context = {"case": case, "steps": selectors.steps_of(case), "actions": actions}
    return render(request, "deputies/exit_case.html", context)


@require_http_methods(["GET", "POST"])
def exit_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    if action not in ExitAction.values:
        raise Http404
    case = get_object_or_404(selectors.cases_of(request.user), pk=pk)
    if not _may_edit(request.user, case):
        raise Http404
    wanted = ExitAction(action)
    form = forms.ExitStepForm(request.POST or None, request.FILES or None, row=case, action=wanted)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "case_pk": pk, "action": wanted, **form.values}
        if attempt(form, services.take_step, **given) is not None:
            messages.success(request, f"已登记：{wanted.label}。")
            return redirect("deputies:exit_case", pk=pk)
    context = {"case": case, "form": form, "action": wanted, "move": EXIT[wanted]}
    return render(request, "deputies/exit_step.html", context)


@require_safe
def seat_paper(request: HttpRequest, kind: str, pk: int) -> FileResponse:
    """A paper of a check, an election or a case, for those who may read the row."""
    if kind not in _WITH_PAPERS:
        raise Http404
    rows = _WITH_PAPERS[kind].objects.visible_to(request.user)
    row = get_object_or_404(rows.exclude(document=""), pk=pk)
    return FileResponse(row.document.open("rb"), as_attachment=True)
