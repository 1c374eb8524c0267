from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from congress_portal.core.listing import page_of
from suggestions.filters import SuggestionFilter, VoiceFilter
from suggestions.models import Suggestion, Voice
from suggestions.selectors import suggestion_in_full, suggestions_listed, voices_in_full


@require_GET
def suggestion_list(request: HttpRequest) -> HttpResponse:
    form = SuggestionFilter(request.GET, user=request.user)
    rows = suggestions_listed(form.apply(Suggestion.objects.visible_to(request.user)))
    return render(request, "suggestions/list.html", {"form": form, "page": page_of(request, rows)})


@require_GET
def suggestion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = suggestion_in_full(Suggestion.objects.visible_to(request.user))
    suggestion = get_object_or_404(rows, pk=pk)
    may_edit = Suggestion.objects.editable_by(request.user).filter(pk=pk).exists()
    context = {"suggestion": suggestion, "may_edit": may_edit}
    return render(request, "suggestions/detail.html", context)


@require_GET
def voice_list(request: HttpRequest) -> HttpResponse:
    form = VoiceFilter(request.GET, user=request.user)
    rows = voices_in_full(form.apply(Voice.objects.visible_to(request.user)))
    context = {"form": form, "page": page_of(request, rows)}
    return render(request, "suggestions/voice_list.html", context)


@require_GET
def voice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    voice = get_object_or_404(voices_in_full(Voice.objects.visible_to(request.user)), pk=pk)
    may_edit = Voice.objects.editable_by(request.user).filter(pk=pk).exists()
    return render(request, "suggestions/voice_detail.html", {"voice": voice, "may_edit": may_edit})
