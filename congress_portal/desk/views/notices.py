"""A person's own messages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from congress_portal.core.listing import page_of
from congress_portal.core.models import Notice
from congress_portal.core.notices import mark_read, unread_count


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    page = page_of(request, Notice.objects.visible_to(request.user))
    context = {"page": page, "unread_count": unread_count(request.user)}
    return render(request, "desk/notices.html", context)


@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it read and go where it points; links are our own paths."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    mark_read(request.user, pk=pk)
    if notice.link and url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None):
        return redirect(notice.link)
    return redirect("desk:notices")


@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    count = mark_read(request.user)
    messages.success(request, f"{count} 条消息已标为已读。")
    return redirect("desk:notices")
