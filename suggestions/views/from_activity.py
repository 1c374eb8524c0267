"""From a finding of an activity to the voice that it becomes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from activities.models import Finding
from congress_portal.core.errors import DomainError
from suggestions.services import from_activity


@require_POST
def voice_from_finding(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        voice = from_activity.voice_from_finding(actor=request.user, finding_pk=pk)
    except Finding.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("activities:finding", pk=pk)
    messages.success(request, "这是这个问题转来的群众意见。")
    return redirect("suggestions:voice_detail", pk=voice.pk)
