"""The voices' inbox, their steps, the units' desk and figures."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.admin.personal import ReasonForm, reveal
from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from suggestions.enums import VoiceState
from suggestions.filters import VoiceFiguresFilter, VoiceInboxFilter
from suggestions.forms.voices import VoiceStepForm
from suggestions.models import Voice, VoicePhoto
from suggestions.selectors import voice_desk, voice_figures
from suggestions.selectors.voice_doors import may_turn, open_steps
from suggestions.selectors.voice_states import (
    age_days,
    may_read_contact,
    parties_of_voice,
    state_of,
)
from suggestions.services.voices.forgetting import forget_voter
from suggestions.services.voices.handling import take_voice_step
from suggestions.services.voices.steps import seen_of
from suggestions.voice_workflow import VOICE_TABLE, VoiceAction


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for a decision in the person's stations, town or county."""
    if not voice_desk.may_sort(request.user):
        raise PermissionDenied
    form = VoiceInboxFilter(request.GET, user=request.user)
    page = page_of(request, form.apply(voice_desk.sorted_rows(request.user)))
    today = timezone.localdate()
    for row in page:
        row.days, row.label = age_days(row, today), VoiceState(row.stands).label
    return render(request, "suggestions/voice_inbox.html", {"page": page, "form": form})


@require_safe
def unit_desk(request: HttpRequest) -> HttpResponse:
    if not request.user.scope.unit_ids:
        raise PermissionDenied
    page = page_of(request, voice_desk.unit_rows(request.user))
    today = timezone.localdate()
    return render(request, "suggestions/voice_unit_desk.html", {"page": page, "today": today})


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Backlog, what became suggestions, satisfaction with denominators, hours to solve."""
    if not voice_desk.may_read_figures(request.user):
        raise PermissionDenied
    form = VoiceFiguresFilter(request.GET, user=request.user)
    seen = Voice.objects.visible_to(request.user)
    rows = form.apply(seen)
    solved, hours = voice_figures.hours_to_solve(rows)
    context = {
        "form": form,
        "asked": urlencode({name: form.data[name] for name in form.fields if form.data.get(name)}),
        "here": urlencode({"town": form.data["town"]}) if form.data.get("town") else "",
        "rows": voice_figures.backlog(form.of_town(seen), timezone.localdate()),
        "turned": voice_figures.turned_into_suggestions(rows),
        "tables": [
            (label, voice_figures.satisfaction(rows, by))
            for by, label in voice_figures.OWNERS.items()
        ],
        "solved": solved,
        "hours": hours,
    }
    return render(request, "suggestions/voice_figures.html", context)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    voice = get_object_or_404(Voice.objects.visible_to(request.user), pk=pk)
    try:
        move = VoiceAction(action)
    except ValueError as error:
        raise Http404("没有这一步。") from error
    parties = parties_of_voice(request.user, voice)
    may = may_turn(request.user) or move != VoiceAction.TURN
    if not VOICE_TABLE[move].who & parties or not may:
        raise PermissionDenied
    if request.method == "GET" and move not in open_steps(request.user, voice, state_of(voice)):
        messages.error(request, f"这件意见现在不能「{VOICE_TABLE[move].label}」。")
        return redirect("suggestions:voice_detail", pk=pk)
    similar = voice_desk.similar_voices(request.user, voice) if move == VoiceAction.MERGE else []
    form = VoiceStepForm(
        request.POST or None, request.FILES or None, action=move, user=request.user,
        voice=voice, seen=seen_of(voice), similar=similar,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = {"action": move, "voice_pk": pk, "actor": request.user, **form.values}
        if attempt(form, take_voice_step, **given) is not None:
            messages.success(request, f"已{VOICE_TABLE[move].label}。")
            return redirect("suggestions:voice_detail", pk=pk)
    context = {"voice": voice, "form": form, "step": VOICE_TABLE[move]}
    return render(request, "suggestions/voice_step.html", context)


@require_http_methods(["GET", "POST"])
def show_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and number for ten minutes, with a reason that the trail keeps."""
    voice = get_object_or_404(Voice.objects.visible_to(request.user), pk=pk)
    if not may_read_contact(request.user, voice):
        raise Http404("没有这个页面。")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reveal(request, voice, list(Voice.PERSONAL), form.cleaned_data["reason"])
        messages.success(request, "完整信息显示 10 分钟，这次查看已记入操作记录。")
        return redirect("suggestions:voice_detail", pk=pk)
    return render(request, "suggestions/voice_contact.html", {"voice": voice, "form": form})


@require_http_methods(["GET", "POST"])
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and contact are taken out for good, as the voter asked."""
    voice = get_object_or_404(Voice.objects.editable_by(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "voice_pk": pk, "reason": form.cleaned_data["reason"]}
        if attempt(form, forget_voter, **given) is not None:
            messages.success(request, "已删去选民的姓名和联系方式，不能恢复。")
            return redirect("suggestions:voice_detail", pk=pk)
    return render(request, "suggestions/voice_forget.html", {"voice": voice, "form": form})


@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    row = get_object_or_404(VoicePhoto.objects.visible_to(request.user), pk=pk)
    return FileResponse(row.image.open("rb"), content_type="image/jpeg")
