"""列席 by turns: who was never called, how often the others, and the share of the grassroots."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from activities.enums import ActivityState
from activities.forms.inviting import RotationFilter
from activities.models import Activity, ActivityForm
from activities.selectors.calling import organised_by
from activities.selectors.planning import (
    callable_by,
    grassroots_of,
    meeting_forms,
    never_called,
    of_congress,
    shares_by_year,
    with_calls,
)
from activities.services.planning import invite
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from deputies.models import Deputy

_YEARS = 5


@require_http_methods(["GET", "POST"])
def rotation(request: HttpRequest) -> HttpResponse:
    """The board; a POST calls the ticked, or all who were never called, to a planned meeting."""
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    today = timezone.localdate()
    form = RotationFilter(request.GET, user=request.user, meetings=meeting_forms())
    meeting = form.meeting
    if meeting is None:
        raise Http404("还没有归入会议的活动形式。")
    people = of_congress(callable_by(request.user, today), _place(request), today)
    coming = _coming(request, meeting)
    sectors = grassroots_of(_place(request))
    listed = _narrowed(form, people, meeting, sectors)
    never = never_called(listed, [meeting.pk])
    if request.method == "POST":
        return _call(request, coming, never)
    context = {
        "form": form,
        "meeting": meeting,
        "page": page_of(request, listed),
        "never": never_called(people, [meeting.pk]).count(),
        "never_listed": never.count(),
        "everyone": people.count(),
        "shares": shares_by_year(people, meeting, sectors, _years(today.year)),
        "sectors": sectors,
        "coming": coming,
    }
    return render(request, "activities/rotation.html", context)


def _years(last: int) -> range:
    return range(last - _YEARS + 1, last + 1)


def _place(request: HttpRequest) -> Region:
    """The highest place of the reader's scope, for its rule of who counts as grassroots."""
    place = Region.objects.in_scope_of_reader(request.user).order_by("code").first()
    if place is None:
        raise Http404("还没有行政区划。")
    return place


def _narrowed(
    form: RotationFilter, people: Any, meeting: ActivityForm, sectors: list[str]
) -> QuerySet[Deputy]:
    rows = form.apply(people)
    who = form.cleaned_data.get("who") if form.is_valid() else ""
    if who == "never":
        rows = never_called(rows, [meeting.pk])
    elif who == "grassroots":
        rows = rows.filter(sector__in=sectors)
    rows = with_calls(rows, forms=[meeting.pk]).select_related("town")
    return rows.order_by("times_called", "times_present", "town__code", "pinyin", "pk")


def _coming(request: HttpRequest, meeting: ActivityForm) -> QuerySet[Activity]:
    """Meetings of the form to which deputies can still be called."""
    rows = organised_by(request.user).filter(
        form=meeting,
        state__in=(ActivityState.PLANNED, ActivityState.NOTIFIED),
        held_on__gte=timezone.localdate(),
    )
    return rows.order_by("held_on", "pk")


def _call(
    request: HttpRequest, coming: QuerySet[Activity], never: QuerySet[Deputy]
) -> HttpResponse:
    chosen = request.POST.get("activity", "")
    target = coming.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    if target is None:
        messages.error(request, "请先选一次还没举行的会议；没有的话，先计划一次。")
        return redirect(request.get_full_path())
    ticked = [int(pk) for pk in request.POST.getlist("deputies") if pk.isdecimal()]
    people = never if request.POST.get("then") == "never" else Deputy.objects.filter(pk__in=ticked)
    try:
        added = invite(actor=request.user, activity_pk=target.pk, deputies=list(people))
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(request.get_full_path())
    messages.success(request, f"已把 {added} 名代表加入「{target.title}」的邀请名单。")
    return redirect("activities:plan", pk=target.pk)
