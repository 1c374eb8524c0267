from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from activities.selectors.sheets import sheet_of
from congress_portal.core.admin.personal import is_revealed
from congress_portal.core.enums import Role
from congress_portal.core.listing import page_of
from stations.models import Reception
from suggestions.filters import SuggestionFilter, VoiceFilter
from suggestions.forms.office import InternalNoteForm
from suggestions.models import Deed, Suggestion, Voice
from suggestions.selectors import (
    case_page,
    invitations,
    own_part,
    specialist_groups_of,
    suggestion_in_full,
    suggestions_listed,
    voices_in_full,
    waits_for,
)
from suggestions.selectors.halls import hall_of
from suggestions.selectors.surveys import problem_of, survey_of
from suggestions.selectors.voice_desk import chain_of, may_read_figures, may_sort, similar_voices
from suggestions.selectors.voice_doors import may_turn, open_steps
from suggestions.selectors.voice_states import may_read_contact, state_of
from suggestions.services.papers import kinds_for
from suggestions.views.doors import doors_of
from suggestions.voice_workflow import VOICE_TABLE, VoiceAction


@require_safe
def suggestion_list(request: HttpRequest) -> HttpResponse:
    form = SuggestionFilter(request.GET, user=request.user)
    rows = suggestions_listed(form.apply(Suggestion.objects.visible_to(request.user)))
    return render(request, "suggestions/list.html", {"form": form, "page": page_of(request, rows)})


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """A deputy's own: invitations, drafts and what became of the rest, with the clock."""
    if not request.user.has_role(Role.DEPUTY):
        raise Http404("没有这个页面。")
    rows = Suggestion.objects.visible_to(request.user).led_or_signed_by(request.user.pk)
    page = page_of(request, suggestions_listed(rows).order_by("-saved_at", "-submitted_on", "-pk"))
    asked = invitations(request.user)
    today = timezone.localdate()
    groups = specialist_groups_of(request.user, today)
    context = {"page": page, "invitations": asked, "today": today, "groups": groups}
    return render(request, "suggestions/mine.html", context)


@require_safe
def suggestion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = suggestion_in_full(Suggestion.objects.visible_to(request.user))
    suggestion = get_object_or_404(rows, pk=pk)
    case = case_page(request.user, suggestion, timezone.localdate())
    part = own_part(request.user, suggestion)
    context = {
        "suggestion": suggestion,
        "case": case,
        "doors": doors_of(request, suggestion),
        "turn": waits_for(suggestion, case),
        "sources": suggestion.sources.visible_to(request.user),
        "may_add_paper": bool(kinds_for(request.user, suggestion, part)),
        "note_form": InternalNoteForm(user=request.user, suggestion=suggestion),
    }
    return render(request, "suggestions/detail.html", context)


@require_safe
def voice_list(request: HttpRequest) -> HttpResponse:
    form = VoiceFilter(request.GET, user=request.user)
    rows = voices_in_full(form.apply(Voice.objects.visible_to(request.user)))
    context = {"form": form, "page": page_of(request, rows), "may_sort": may_sort(request.user)}
    context["may_read_figures"] = may_read_figures(request.user)
    context["is_inside"] = request.user.scope.is_inside
    return render(request, "suggestions/voice_list.html", context)


@require_safe
def voice_detail(request: HttpRequest, pk: int) -> HttpResponse:
    voice = get_object_or_404(voices_in_full(Voice.objects.visible_to(request.user)), pk=pk)
    may_edit = Voice.objects.editable_by(request.user).filter(pk=pk).exists()
    chain = chain_of(voice, state_of(voice))
    actions = open_steps(request.user, voice, chain.state)
    may_reveal = voice.has_contact and may_read_contact(request.user, voice)
    sorts = may_edit and VoiceAction.MERGE in actions
    similar = similar_voices(request.user, voice) if sorts else []
    context = {
        "voice": voice,
        "sheet": sheet_of(voice),
        "hall": hall_of(request.user, voice),
        "survey": survey_of(request.user, voice),
        "problem": problem_of(voice),
        "deed": Deed.objects.visible_to(request.user).filter(voice=voice).first(),
        "chain": chain,
        "doors": [(action, VOICE_TABLE[action].label) for action in actions],
        "similar": similar,
        "is_inside": request.user.scope.is_inside,
        "reads_contact": may_read_contact(request.user, voice),
        "may_reveal": may_reveal,
        "shows_contact": may_reveal and is_revealed(request, voice),
        "today": timezone.localdate(),
        "may_edit": may_edit,
        "may_forget": may_edit and voice.has_contact and voice.closed_on,
        "may_suggest": may_turn(request.user)
        and voice.suggestion_id is None
        and VoiceAction.TURN not in actions,  # the step tells the voter as well
        "opens_reception": bool(
            voice.reception_id
            and Reception.objects.visible_to(request.user).filter(pk=voice.reception_id).exists()
        ),
        "reads_case": bool(
            voice.suggestion_id
            and Suggestion.objects.visible_to(request.user).filter(pk=voice.suggestion_id).exists()
        ),
    }
    page = render(request, "suggestions/voice_detail.html", context)
    if context["shows_contact"]:
        add_never_cache_headers(page)  # «back» after signing out would show it
    return page
