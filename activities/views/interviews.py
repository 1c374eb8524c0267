"""约见: the list, one request with its next step, asking on the phone."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.interviews import ArrangeForm, AskForm, EndForm, HoldForm
from activities.models import Activity, Interview
from activities.selectors import interviews as selectors
from activities.selectors.entries import deputies_enterable_by
from activities.services import interviews as services
from activities.supervision_workflow import INTERVIEW, InterviewAction, available
from congress_portal.core.attempts import attempt
from congress_portal.core.enums import Role
from congress_portal.core.listing import page_of
from deputies.forms import DeputyFilter
from deputies.models import Deputy
from deputies.selectors import deputy_of

_STEPS: dict[str, tuple[Any, Any, str]] = {
    InterviewAction.ARRANGE: (
        ArrangeForm,
        services.arrange_interview,
        "已安排，代表和单位已收到通知。",
    ),
    InterviewAction.DECLINE: (EndForm, services.decline_interview, "已告诉代表原因。"),
    InterviewAction.WITHDRAW: (EndForm, services.withdraw_interview, "已撤回。"),
    InterviewAction.HOLD: (HoldForm, services.hold_interview, "已登记，记成一次活动，计入履职。"),
}


@require_safe
def interview_list(request: HttpRequest) -> HttpResponse:
    rows = selectors.in_full(Interview.objects.visible_to(request.user))
    page = page_of(request, selectors.in_order(rows))
    page.object_list = [(row, selectors.standing(row)) for row in page.object_list]
    may_ask = request.user.has_role(Role.DEPUTY) or bool(request.user.scope.write_prefixes)
    return render(request, "activities/interview_list.html", {"page": page, "may_ask": may_ask})


def _interview(request: HttpRequest, pk: int) -> Interview:
    rows = selectors.in_full(Interview.objects.visible_to(request.user))
    return get_object_or_404(rows, pk=pk)


def _context(request: HttpRequest, row: Interview) -> dict[str, Any]:
    seen = Activity.objects.visible_to(request.user).filter(pk=row.activity_id)
    return {
        "interview": row,
        "standing": selectors.standing(row),
        "actions": available(INTERVIEW, row.state, selectors.sides_of(request.user, row)),
        "opens_activity": row.activity_id is not None and seen.exists(),
    }


@require_safe
def interview(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "activities/interview.html", _context(request, _interview(request, pk)))


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    deputy = _deputy_asked_for(request)
    if deputy is None:
        form = DeputyFilter(request.GET, user=request.user)
        rows = form.apply(deputies_enterable_by(request.user))
        context = {"form": form, "page": page_of(request, rows)}
        return render(request, "activities/choose_deputy.html", context)
    form = AskForm(request.POST or None, deputy=deputy)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": deputy, "key": form.cleaned_data["key"]}
        saved = attempt(form, services.ask_interview, **given, **form.values)
        if saved is not None:
            messages.success(request, f"已提交给{saved.region.name}人大，安排好了会通知您。")
            return redirect("activities:interview", pk=saved.pk)
    context = {"form": form, "deputy": deputy, "on_behalf": deputy.user_id != request.user.pk}
    return render(request, "activities/interview_ask.html", context)


def _deputy_asked_for(request: HttpRequest) -> Deputy | None:
    """The deputy named in the address (代录), else the signed-in one; None: to be chosen."""
    if asked := request.GET.get("deputy", ""):
        if not asked.isascii() or not asked.isdigit():
            raise Http404
        return get_object_or_404(deputies_enterable_by(request.user), pk=int(asked[:18]))
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is None and not request.user.scope.write_prefixes:
        raise PermissionDenied
    return own


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = _interview(request, pk)
    sides = selectors.sides_of(request.user, row)
    if not sides & INTERVIEW[InterviewAction.CHANGE].sides:
        raise PermissionDenied
    form = AskForm(request.POST or None, deputy=row.deputy, row=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "interview_pk": pk, "seen": form.cleaned_data["seen"]}
        if attempt(form, services.change_interview, **given, **form.values) is not None:
            messages.success(request, "已改好。")
            return redirect("activities:interview", pk=pk)
    context = {"form": form, "deputy": row.deputy, "on_behalf": False}
    return render(request, "activities/interview_ask.html", context)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    if action not in _STEPS:
        raise Http404
    row = _interview(request, pk)
    move = INTERVIEW[InterviewAction(action)]
    if not selectors.sides_of(request.user, row) & move.sides:
        raise PermissionDenied
    form_class, service, told = _STEPS[action]
    form = form_class(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "interview_pk": pk, "seen": form.cleaned_data["seen"]}
        if attempt(form, service, **given, **form.values) is not None:
            messages.success(request, told)
            return redirect("activities:interview", pk=pk)
    context = _context(request, row)
    context |= {"form": form, "action": InterviewAction(action), "then": move.then}
    return render(request, "activities/interview_step.html", context)
