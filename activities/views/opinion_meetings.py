"""民情反映会: three phases on one page, the feedback list, the half-yearly duty of each town."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.findings import HandInForm
from activities.models import Activity
from activities.reports import supervision as reports
from activities.selectors import findings as found
from activities.selectors import opinion_meetings as selectors
from activities.services import findings as services
from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import send_paper
from congress_portal.core.listing import page_of
from deputies.selectors import deputy_of


def _meeting(request: HttpRequest, pk: int) -> Activity:
    rows = Activity.objects.visible_to(request.user).select_related("form", "region")
    activity = get_object_or_404(rows, pk=pk)
    if not found.is_form(activity, found.OPINION_MEETING):
        raise Http404("这不是民情反映会。")
    return activity


@require_safe
def duty_board(request: HttpRequest) -> HttpResponse:
    """Which towns have held theirs in each half of the year, and the meetings themselves."""
    today = timezone.localdate()
    year = _year(request, today.year)
    rows = selectors.meetings(request.user).filter(held_on__year=year)
    reads_all = bool(request.user.scope.read_prefixes)
    board = selectors.duty_board(request.user, year, today) if reads_all else None
    page = page_of(request, rows.select_related("region").order_by("-held_on", "-pk"))
    years = range(today.year, today.year - 4, -1)
    context = {"board": board, "page": page, "year": year, "years": years}
    return render(request, "activities/opinion_meeting_list.html", context)


def _year(request: HttpRequest, this_year: int) -> int:
    text = request.GET.get("year", "")
    if not text:
        return this_year
    if not (text.isascii() and text.isdigit() and 2000 <= int(text[:6]) <= 2100):
        raise Http404("年度要写成四位数字。")
    return int(text)


@require_safe
def opinion_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    activity = _meeting(request, pk)
    context = {
        "activity": activity,
        "meeting": selectors.meeting(activity, request.user, timezone.localdate()),
        "may_add": found.may_add(request.user, activity),
        "may_hand_in": found.may_hand_in(request.user, activity),
    }
    return render(request, "activities/opinion_meeting.html", context)


@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """A deputy hands in what voters say before the meeting."""
    activity = _meeting(request, pk)
    deputy = deputy_of(request.user)
    if deputy is None or not found.may_hand_in(request.user, activity):
        raise PermissionDenied
    form = HandInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "activity_pk": pk, "deputy": deputy}
        if attempt(form, services.hand_in, **given, **form.cleaned_data) is not None:
            messages.success(request, "已提交给人大工作人员，办理情况会告诉您。还有的可以接着写。")
            return redirect("activities:opinion_meeting", pk=pk)
    context = {"activity": activity, "form": form}
    return render(request, "activities/opinion_meeting_hand_in.html", context)


@require_safe
def feedback_paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """反馈意见清单 for the units."""
    activity = _meeting(request, pk)
    if not found.may_run(request.user, activity):
        raise PermissionDenied
    today = timezone.localdate()
    meeting = selectors.meeting(activity, request.user, today)
    if not meeting.findings:
        raise Http404("还没有登记意见。")
    paper = reports.feedback_paper(activity, meeting.findings, meeting.progress, today)
    return send_paper(paper, kind, activity)
