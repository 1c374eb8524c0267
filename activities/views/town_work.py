"""A town's year: first page of the towns, plans, sessions, party committee's meetings."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms import town_work as forms
from activities.models.support import (
    PartyMeeting,
    PlanItem,
    SessionPaper,
    TownSession,
    WorkPlan,
)
from activities.selectors import guidance
from activities.selectors import organ as in_organ
from activities.selectors import town_work as selectors
from activities.services import town_work as services
from activities.views import town_pages as pages
from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from congress_portal.core.periods import quarter_of


@require_safe
def towns(request: HttpRequest) -> HttpResponse:
    """What is kept of every town this year, and what is amiss."""
    pages.readers_only(request)
    user, today = request.user, timezone.localdate()
    rule, year = in_organ.rule_for(user), pages.asked_year(request)
    sessions = selectors.session_years(user, rule, today)
    context = {
        "lines": selectors.town_lines(user, year, today),
        "report": in_organ.organ_report(user, quarter_of(today), rule),
        "rule": rule,
        "year": year,
        "years": range(today.year, today.year - selectors.YEARS_SHOWN, -1),
        "is_running": year == today.year,
        "short": selectors.short_of(sessions),
        "unguided": guidance.towns_without_leader(user, today),
        "may_add": bool(user.scope.write_prefixes),
    }
    return render(request, "activities/towns.html", context)


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    rows = selectors.plans_counted(WorkPlan.objects.visible_to(request.user), timezone.localdate())
    form = forms.PlanFilter(request.GET, user=request.user)
    page = page_of(request, form.apply(rows))
    context = {
        "form": form,
        "page": page,
        "lines": [(plan, selectors.completion(plan)) for plan in page.object_list],
        "may_add": WorkPlan.objects.may_add(request.user) and _writes(request),
    }
    return render(request, "activities/town_plans.html", context)


def _writes(request: HttpRequest) -> bool:
    scope = request.user.scope
    return bool(scope.write_prefixes) or scope.officer_user_id is not None


@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, WorkPlan, pk, "region", "station")
    items = list(found.items.order_by("number"))
    context = {
        "plan": found,
        "items": items,
        "rate": selectors.completion_of(items),
        "today": timezone.localdate(),
        "may_write": pages.may_write(request, found),
    }
    return render(request, "activities/town_plan.html", context)


@require_http_methods(["GET", "POST"])
def write_plan(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    row = pages.row_of(request, WorkPlan, pk, to_write=True) if pk else None
    if row is None and not _writes(request):
        pages.clerks_only(request)
    form = forms.PlanForm(request.POST or None, user=request.user, row=row)
    page = pages.Writing(
        "修改年度计划" if row else "登记年度计划",
        ("年度工作计划", reverse("activities:work_plans")),
        "年度计划已保存，可以接着登记事项。",
    )
    return pages.write_page(request, form, services.save_plan, page, _plan_address, row=row)


def _plan_address(saved: WorkPlan) -> str:
    return reverse("activities:work_plan", args=[saved.pk])


def _item_address(saved: PlanItem) -> str:
    return reverse("activities:work_plan", args=[saved.plan_id])


@require_http_methods(["GET", "POST"])
def add_item(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, WorkPlan, pk, to_write=True)
    form = forms.ItemForm(request.POST or None, user=request.user)
    page = pages.Writing("加一项计划事项", (str(found), _plan_address(found)), "事项已加上。")
    return pages.write_page(request, form, services.add_item, page, _item_address, plan_pk=found.pk)


@require_http_methods(["GET", "POST"])
def change_item(request: HttpRequest, pk: int) -> HttpResponse:
    row = pages.row_of(request, PlanItem, pk, "plan", to_write=True)
    form = forms.ItemForm(request.POST or None, user=request.user, row=row)
    page = pages.Writing("修改计划事项", (str(row.plan), _plan_address(row.plan)), "事项已修改。")
    return pages.write_page(request, form, services.change_item, page, _item_address, row=row)


@require_http_methods(["GET", "POST"])
def settle_item(request: HttpRequest, pk: int) -> HttpResponse:
    row = pages.row_of(request, PlanItem, pk, "plan", to_write=True)
    form = forms.SettleForm(request.POST or None, item=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "pk": pk, **form.cleaned_data}
        if attempt(form, services.settle_item, **given) is not None:
            messages.success(request, f"第 {row.number} 项已登记。")
            return redirect("activities:work_plan", pk=row.plan_id)
    page = pages.Writing(
        f"第 {row.number} 项完成了没有", (str(row.plan), _plan_address(row.plan)), "",
        hint=row.content,
    )  # fmt: skip
    return render(request, "activities/town_write.html", {"form": form, "page": page})


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    pages.readers_only(request)
    rows = TownSession.objects.visible_to(request.user).select_related("region", "term")
    form = forms.SessionFilter(request.GET, user=request.user)
    rule = in_organ.rule_for(request.user)
    context = {
        "form": form,
        "page": page_of(request, form.apply(rows)),
        "table": selectors.session_years(request.user, rule, timezone.localdate()),
        "rule": rule,
        "may_add": bool(request.user.scope.write_prefixes),
    }
    return render(request, "activities/town_sessions.html", context)


@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, TownSession, pk, "region", "term")
    context = {
        "session": found,
        "papers": found.papers.order_by("pk"),
        "may_write": pages.may_write(request, found),
    }
    return render(request, "activities/town_session.html", context)


@require_http_methods(["GET", "POST"])
def write_session(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    pages.clerks_only(request)
    row = pages.row_of(request, TownSession, pk, to_write=True) if pk else None
    form = forms.SessionForm(request.POST or None, user=request.user, row=row)
    page = pages.Writing(
        "修改会议" if row else "登记一次镇人代会",
        ("镇人代会", reverse("activities:sessions")),
        "会议已保存，可以接着上传会议文件。",
    )
    return pages.write_page(request, form, services.save_session, page, _session_address, row=row)


def _session_address(saved: Any) -> str:
    return reverse("activities:session", args=[getattr(saved, "session_id", saved.pk)])


@require_http_methods(["GET", "POST"])
def add_paper(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, TownSession, pk, "region", to_write=True)
    form = forms.SessionPaperForm(request.POST or None, request.FILES or None, user=request.user)
    page = pages.Writing("上传会议文件", (str(found), _session_address(found)), "文件已上传。")
    return pages.write_page(
        request, form, services.add_session_paper, page, _session_address, session_pk=found.pk
    )


@require_safe
def session_paper(request: HttpRequest, pk: int) -> FileResponse:
    return pages.send_file(pages.row_of(request, SessionPaper, pk).file)


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    pages.readers_only(request)
    rows = PartyMeeting.objects.visible_to(request.user).select_related("region")
    form = forms.MeetingFilter(request.GET, user=request.user)
    rule = in_organ.rule_for(request.user)
    context = {
        "form": form,
        "page": page_of(request, form.apply(rows)),
        "table": selectors.party_years(request.user, rule, timezone.localdate()),
        "rule": rule,
        "may_add": bool(request.user.scope.write_prefixes),
    }
    return render(request, "activities/town_meetings.html", context)


@require_http_methods(["GET", "POST"])
def write_meeting(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    pages.clerks_only(request)
    row = pages.row_of(request, PartyMeeting, pk, to_write=True) if pk else None
    form = forms.PartyMeetingForm(request.POST or None, user=request.user, row=row)
    back = reverse("activities:party_meetings")
    page = pages.Writing(
        "修改记录" if row else "登记党委研究人大工作", ("党委研究人大工作", back), "已登记。"
    )
    return pages.write_page(
        request, form, services.save_party_meeting, page, lambda saved: back, row=row
    )
