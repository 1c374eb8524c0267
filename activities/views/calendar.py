"""Activities in people's own calendars."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from activities.models import Activity, ActivityFile, CalendarFeed
from activities.reports.calendar import activity_ics, feed_ics
from activities.selectors.calling import calendar_of
from activities.services import feeds


@require_safe
def activity_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity, to be added to the phone's calendar."""
    activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
    return _ics(activity_ics(activity), f"activity-{pk}")


def _ics(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@require_safe
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The person's own address, to be made, shown, changed or made void."""
    feed = CalendarFeed.objects.visible_to(request.user).first()
    address = f"{settings.SITE_URL}{_path(feed)}" if feed else ""
    return render(request, "activities/calendar_feed.html", {"feed": feed, "address": address})


def _path(feed: CalendarFeed) -> str:
    return reverse("activities:feed", args=[feed.token])


@require_POST
def open_feed(request: HttpRequest) -> HttpResponse:
    feeds.open_feed(actor=request.user)
    messages.success(request, "已生成日历地址。请复制到手机日历里；不要转给别人。")
    return redirect("activities:calendar_feed")


@require_POST
def close_feed(request: HttpRequest) -> HttpResponse:
    if feeds.close_feed(actor=request.user):
        messages.success(request, "日历地址已作废，原来的地址不能再用。")
    return redirect("activities:calendar_feed")


@require_safe
@never_cache
@login_not_required
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar fetches without signing in; the unguessable address is the key."""
    owner = feeds.owner_of_feed(token)
    if owner is None:
        raise Http404("没有这个日历。")
    response = _ics(feed_ics(calendar_of(owner, timezone.localdate())), "activities")
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def activity_file(request: HttpRequest, pk: int) -> FileResponse:
    """A paper of an activity, for everyone who may see the activity."""
    row = get_object_or_404(ActivityFile.objects.visible_to(request.user), pk=pk)
    return FileResponse(row.file.open("rb"), as_attachment=True)
