"""The office's side: plans, whom to call, and the steps of an activity's life."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums import ActivityState, Presence
from activities.forms.holding import HoldForm, ReportForm, StepForm
from activities.forms.inviting import CallFilter, CallForm
from activities.forms.planning import PlanForm
from activities.models import Activity
from activities.selectors.calling import called_to, may_organise, organised_by
from activities.selectors.planning import callable_by, candidates, lead_time
from activities.selectors.plans import plan_page, plans_of, whom_first
from activities.services import planning
from activities.workflow import TABLE, Action, NotYoursError
from congress_portal.core.attempts import attempt
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.stale import fingerprint


def organised(request: HttpRequest, pk: int) -> Activity:
    """404 for whoever does not organise it."""
    rows = organised_by(request.user).select_related("form", "region", "station", "entered_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """What is being organised; ``?state=`` one state, else what is still open."""
    if not may_organise(request.user):
        raise PermissionDenied
    state = request.GET.get("state", "")
    rows = plans_of(request.user)
    if state in ActivityState.values:
        rows = rows.filter(state=state)
    else:
        state = ""
        open_ = Q(state__in=(ActivityState.PLANNED, ActivityState.NOTIFIED))
        rows = rows.filter(open_ | Q(state=ActivityState.HELD, verification="pending"))
    page = page_of(request, rows.order_by("held_on", "pk"))
    context = {"page": page, "state": state, "states": ActivityState.choices}
    return render(request, "activities/plan_list.html", context)


@require_http_methods(["GET", "POST"])
def new_plan(request: HttpRequest) -> HttpResponse:
    if not may_organise(request.user):
        raise PermissionDenied
    form = PlanForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "region": form.region_given, **form.values}
        made = attempt(form, planning.plan_activity, key=form.cleaned_data["key"], **given)
        if made is not None:
            messages.success(request, "已列入筹备。下一步：选择要邀请的代表。")
            return redirect(f"{reverse('activities:call', args=[made.pk])}?{whom_first(made)}")
    return render(request, "activities/plan_write.html", {"form": form, "plan": None})


@require_http_methods(["GET", "POST"])
def edit_plan(request: HttpRequest, pk: int) -> HttpResponse:
    plan = organised(request, pk)
    form = PlanForm(request.POST or None, user=request.user, activity=plan)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "activity_pk": pk, **form.values}
        changed = attempt(form, planning.change_plan, seen=form.cleaned_data["seen"], **given)
        if changed is not None:
            told = "已改好。" + (
                "改动已再次通知受邀代表。" if changed.notice_round > plan.notice_round else ""
            )
            messages.success(request, told)
            return redirect("activities:plan", pk=pk)
    return render(request, "activities/plan_write.html", {"form": form, "plan": plan})


@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity for its organisers: who is called, what they answered, what comes next."""
    found = organised(request, pk)
    context = {
        "page": plan_page(request.user, found, timezone.localdate()),
        "activity": found,
        "seen": fingerprint(found),
        "opens_people": bool(request.user.scope.read_prefixes),
    }
    return render(request, "activities/plan.html", context)


@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose whom to call: by filters in the address, ticks, names, or all that are listed."""
    found = organised(request, pk)
    narrowed = CallFilter(request.GET, user=request.user, activity=found)
    listed = narrowed.apply(candidates(found, callable_by(request.user, found.held_on)))
    form = CallForm(request.POST or None, user=request.user, activity=found)
    if request.method == "POST" and form.is_valid():
        everyone = request.POST.get("then") == "everyone"
        chosen = list(listed) if everyone else form.chosen
        if not chosen:
            form.add_error(None, "还没有选人：请勾选，或写姓名。")
        else:
            done = _invite(request, form, found, chosen)
            if done is not None:
                return done
    context = {
        "form": narrowed,
        "call": form,
        "page": page_of(request, listed),
        "activity": found,
        "called": called_to(found),
        "lead": lead_time(found, timezone.localdate()),
    }
    return render(request, "activities/plan_call.html", context)


def _invite(
    request: HttpRequest, form: CallForm, found: Activity, chosen: list[Any]
) -> HttpResponse | None:
    given = {"actor": request.user, "activity_pk": found.pk, "deputies": chosen}
    added = attempt(form, planning.invite, **given)
    if added is None:
        return None
    told = "，已同时发出通知" if found.state == ActivityState.NOTIFIED else ""
    messages.success(request, f"新邀请 {added} 名代表{told}。")
    return redirect(request.get_full_path())


@require_POST
def uninvite(request: HttpRequest, pk: int) -> HttpResponse:
    rows = organised_by(request.user).filter(invitations__pk=pk)
    found = get_object_or_404(rows)
    _plainly(request, planning.uninvite, "已从名单里去掉。", invitation_pk=pk)
    return redirect("activities:plan", pk=found.pk)


def _plainly(request: HttpRequest, service: Any, done: str, **given: Any) -> None:
    """For steps without a form: a refusal is told on the page that one comes back to."""
    try:
        service(actor=request.user, **given)
    except NotYoursError as error:
        raise PermissionDenied(error.message) from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)


_STEPS: dict[Action, tuple[Any, str]] = {
    Action.NOTIFY: (
        planning.notify_invited,
        "通知已发出。没有账号的代表请打电话，名单见「电话名单」。",
    ),
    Action.CANCEL: (planning.cancel_activity, "活动已取消，已通知的代表各收到一次消息。"),
    Action.REOPEN: (planning.reopen_activity, "已退回到「已通知」，到会情况要重新登记。"),
}


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Notify, cancel, reopen: what will happen is shown before it does."""
    found = organised(request, pk)
    asked = Action(action) if action in Action.values else None
    if asked not in _STEPS:
        raise Http404("没有这一步。")
    move = TABLE[asked]
    form = StepForm(request.POST or None, row=found, needs_reason=move.needs_reason)
    if request.method == "POST" and form.is_valid():
        service, said = _STEPS[asked]
        given = {"actor": request.user, "activity_pk": pk, **form.cleaned_data}
        if attempt(form, service, **given) is not None:
            messages.success(request, said)
            return redirect("activities:plan", pk=pk)
    page = plan_page(request.user, found, timezone.localdate())
    context = {"form": form, "page": page, "activity": found, "action": asked, "then": move.then}
    return render(request, "activities/plan_step.html", context)


@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Who came: filled from the answers, to be confirmed; also mends it before verification."""
    found = organised(request, pk)
    form = HoldForm(request.POST or None, row=found, rows=called_to(found), user=request.user)
    first = found.state != ActivityState.HELD
    rest = request.POST.get("rest", "")
    if rest in Presence.values:
        given = form.filled(request.POST, rest)
        form = HoldForm(given, row=found, rows=called_to(found), user=request.user)
    elif request.method == "POST" and form.is_valid():
        service = planning.hold_activity if first else planning.correct_attendance
        given = {
            "actor": request.user,
            "activity_pk": pk,
            "seats": form.seats,
            "audience": form.cleaned_data["audience"],
            "seen": form.cleaned_data["seen"],
        }
        if attempt(form, service, **given) is not None:
            messages.success(request, "到会情况已登记。请再填活动内容和成效，然后核实。")
            return redirect("activities:report", pk=pk)
    context = {
        "form": form,
        "activity": found,
        "first": first,
        "is_early": first and found.held_on > timezone.localdate(),
    }
    return render(request, "activities/plan_hold.html", context)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    found = organised(request, pk)
    form = ReportForm(request.POST or None, row=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "activity_pk": pk, **form.cleaned_data}
        if attempt(form, planning.report_activity, **given) is not None:
            messages.success(request, "内容和成效已保存，核实后计入履职。")
            return redirect("activities:plan", pk=pk)
    return render(request, "activities/plan_report.html", {"form": form, "activity": found})


@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    found = organised(request, pk)
    said = "已核实，从现在起计入统计和考评。"
    if request.POST.get("seen") != fingerprint(found):
        messages.error(request, "这条记录刚被别人改过，请看过再核实。")
    else:
        _plainly(request, planning.verify_activity, said, activity_pk=pk)
    return redirect("activities:plan", pk=pk)
