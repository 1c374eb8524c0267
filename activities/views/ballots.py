"""Ballots: list, one ballot, voting on the phone, paper votes, the steps of the office."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import BallotState
from activities.forms.ballots import (
    BallotForm,
    PaperVoterForm,
    PaperVotesForm,
    StepForm,
    VoteForm,
)
from activities.models import Activity, Ballot
from activities.reports import ballots as reports
from activities.selectors import ballots as selectors
from activities.services import ballots as services
from activities.supervision_workflow import BALLOT, BallotAction, Side, available
from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import send_paper
from congress_portal.core.listing import page_of

_STEPS: dict[str, tuple[Callable[..., Any], str]] = {
    BallotAction.OPEN: (services.open_ballot, "投票已经开始，投票人已收到通知。"),
    BallotAction.CLOSE: (services.close_ballot, "投票已经结束，可以录入纸质票，然后计票。"),
    BallotAction.COUNT: (services.count_ballot, "计票完成，结果已公布。"),
    BallotAction.RECOUNT: (services.recount_ballot, "已撤回计票，改好纸质票数后请重新计票。"),
    BallotAction.DISCARD: (services.discard_ballot, "已作废，开始过投票的已告诉投票人。"),
}


def _ballot(request: HttpRequest, pk: int, *, to_write: bool = False) -> Ballot:
    rows = Ballot.objects.visible_to(request.user).select_related("region", "scale", "activity")
    found = get_object_or_404(rows, pk=pk)
    if to_write and not request.user.scope.may_write_code(found.region.code):
        raise PermissionDenied
    return found


@require_safe
def ballot_list(request: HttpRequest) -> HttpResponse:
    rows = Ballot.objects.visible_to(request.user).select_related("region", "activity")
    mine = set(selectors.to_vote(request.user).values_list("pk", flat=True))
    page = page_of(request, rows.order_by("-pk"))
    may_add = bool(request.user.scope.write_prefixes)
    context = {"page": page, "mine": mine, "may_add": may_add}
    return render(request, "activities/ballot_list.html", context)


@require_safe
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    found = _ballot(request, pk)
    sides = selectors.sides_of(request.user, found)
    right = selectors.right_of(request.user, found)
    shown = selectors.may_see_results(request.user, found)
    is_office = Side.OFFICE in sides
    context = {
        "ballot": found,
        "items": found.items.order_by("serial", "pk"),
        "turnout": selectors.turnout(found),
        "actions": available(BALLOT, found.state, sides - {Side.VOTER}),
        "right": right,
        "may_vote": right and not right.voted_on and found.state == BallotState.OPEN,
        "results": selectors.results(found) if shown else [],
        "open_papers": selectors.open_papers(found) if shown and is_office else [],
        "voters": selectors.voters_of(found) if is_office else [],
        "is_office": is_office,
    }
    return render(request, "activities/ballot.html", context)


@require_http_methods(["GET", "POST"])
def write_ballot(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    found = _ballot(request, pk, to_write=True) if pk else None
    activity = None if pk else _asked_activity(request)
    form = BallotForm(request.POST or None, user=request.user, ballot=found, activity=activity)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "ballot_pk": pk, "seen": form.cleaned_data["seen"]}
        key = None if pk else form.cleaned_data["key"]
        saved = attempt(form, services.save_ballot, **given, key=key, **form.values)
        if saved is not None:
            messages.success(
                request, f"已保存，{saved.voters.count()} 位投票人。请核对后开始投票。"
            )
            return redirect("activities:ballot", pk=saved.pk)
    context = {"form": form, "ballot": found, "activity": activity}
    return render(request, "activities/ballot_write.html", context)


def _asked_activity(request: HttpRequest) -> Activity | None:
    asked = request.GET.get("activity", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit()):
        raise Http404
    rows = Activity.objects.editable_by(request.user).select_related("region", "form")
    return get_object_or_404(rows, pk=int(asked[:18]))


@require_http_methods(["GET", "POST"])
def ballot_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Open, close, count …: what follows is said before it is done."""
    if action not in _STEPS:
        raise Http404
    found = _ballot(request, pk, to_write=True)
    move = BALLOT[BallotAction(action)]
    data = request.POST if request.method == "POST" else None
    form = StepForm(data, asks_reason=found.state in move.reason_from)
    if request.method == "POST" and form.is_valid():
        service, told = _STEPS[action]
        given = {"actor": request.user, "ballot_pk": pk, **form.cleaned_data}
        attempt(form, service, **given)
        if form.is_valid():
            messages.success(request, told)
            if action == BallotAction.DISCARD:
                return redirect("activities:ballots")
            return redirect("activities:ballot", pk=pk)
    context = {
        "ballot": found,
        "form": form,
        "action": BallotAction(action),
        "then": move.then,
        "turnout": selectors.turnout(found),
        "items": found.items.order_by("serial", "pk"),
    }
    return render(request, "activities/ballot_step.html", context)


@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose, look again, cast; the second page carries the choices of the first."""
    found = _ballot(request, pk)
    right = selectors.right_of(request.user, found)
    if right is None:
        raise PermissionDenied
    if right.voted_on or found.state != BallotState.OPEN:
        words = "您已经投过票了。" if right.voted_on else "现在不在投票时间。"
        messages.info(request, words)
        return redirect("activities:ballot", pk=pk)
    form = VoteForm(request.POST or None, ballot=found)
    context = {"ballot": found, "form": form}
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["sure"]:
            return render(request, "activities/ballot_check.html", context)
        attempt(form, services.cast_vote, actor=request.user, ballot_pk=pk, choices=form.values)
        if form.is_valid():
            messages.success(request, "票已投出，谢谢。计票以后，结果会在这里公布。")
            return redirect("activities:ballot", pk=pk)
    return render(request, "activities/ballot_vote.html", context)


@require_http_methods(["GET", "POST"])
def paper_votes(request: HttpRequest, pk: int) -> HttpResponse:
    found = _ballot(request, pk, to_write=True)
    form = PaperVotesForm(request.POST or None, ballot=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "ballot_pk": pk, "seen": form.cleaned_data["seen"]}
        if attempt(form, services.enter_papers, **given, **form.values) is not None:
            messages.success(request, "纸质票数已保存。请核对结果后计票。")
            return redirect("activities:ballot", pk=pk)
    return render(request, "activities/ballot_papers.html", {"ballot": found, "form": form})


@require_http_methods(["GET", "POST"])
def paper_voter(request: HttpRequest, pk: int) -> HttpResponse:
    found = _ballot(request, pk, to_write=True)
    form = PaperVoterForm(request.POST or None, ballot=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "ballot_pk": pk, "deputy": form.cleaned_data["deputy"]}
        attempt(form, services.vote_on_paper, **given)
        if form.is_valid():
            name = form.cleaned_data["deputy"].name
            messages.success(request, f"{name}代表改投纸质票，请发给纸质票。")
            return redirect("activities:ballot", pk=pk)
    return render(request, "activities/ballot_to_paper.html", {"ballot": found, "form": form})


@require_safe
def ballot_paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The blank paper for the pen."""
    found = _ballot(request, pk, to_write=True)
    return send_paper(reports.blank_paper(found), kind, found)


@require_safe
def ballot_result(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """测评结果表, for whoever may see the result."""
    found = _ballot(request, pk)
    if not selectors.may_see_results(request.user, found):
        raise Http404("还没有结果。")
    return send_paper(reports.result_paper(found, timezone.localdate()), kind, found)
