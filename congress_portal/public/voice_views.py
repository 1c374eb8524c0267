"""The voter's door: write, look up, follow by the link, say whether it is solved."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from ipware import get_client_ip

from congress_portal.core.attempts import attempt
from congress_portal.public.selectors import shown_deputies, shown_stations, station_of_deputy
from congress_portal.public.voice_forms import (
    LookUpForm,
    NotSolvedForm,
    PostForm,
    SolvedForm,
    ThanksForm,
)
from deputies.models import Deputy
from stations.models import Station
from suggestions.enums import VoiceState, WishState
from suggestions.models import VoiceCase, VoicePhoto, VoiceRule, Wish
from suggestions.selectors.voice_progress import progress_of
from suggestions.selectors.voice_states import station_for
from suggestions.selectors.wishes import photographed_claim
from suggestions.services.voices import intake, voter
from suggestions.services.voices.telling import stop_telling


def _address(request: HttpRequest) -> str:
    return str(get_client_ip(request)[0] or "")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def write_station(request: HttpRequest, number: str) -> HttpResponse:
    return write_page(request, get_object_or_404(shown_stations(), number=number))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    return write_page(request, None)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def write_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """To one deputy, by the code on the card: received at the station that the deputy sits in."""
    deputy = get_object_or_404(shown_deputies(timezone.localdate()), pk=pk)
    station = station_of_deputy(deputy)
    if station is None:
        raise Http404("这位代表还没有联络站。")
    return write_page(request, station, deputy)


def write_page(
    request: HttpRequest,
    station: Station | None,
    deputy: Deputy | None = None,
    *,
    is_wish: bool = False,
) -> HttpResponse:
    address, today = _address(request), timezone.localdate()
    rule = VoiceRule.objects.all().of(station.region) if station else VoiceRule()
    form = PostForm(
        request.POST or None,
        request.FILES or None,
        station=station,
        consent=intake.text_in_force(today),
        asks=intake.posts_today(address) >= rule.easy_posts,
        is_wish=is_wish,
    )
    if request.method == "POST" and form.is_valid():
        place = station or station_for(form.cleaned_data["village"])
        given = {"station": place, "post": form.post, "key": form.cleaned_data["key"]}
        given["deputy"] = deputy
        voice = attempt(form, intake.post_voice, **given, address=address)
        if voice is not None:
            return redirect("public:voice", token=voice.case.token)
    form.ask_again()
    context = {"form": form, "station": station, "deputy": deputy, "is_wish": is_wish}
    return render(request, "public/write.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    form = LookUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = attempt(form, intake.look_up, **form.cleaned_data, address=_address(request))
        if case is not None:
            return redirect("public:voice", token=case.token)
        if not form.errors:
            form.add_error(None, "没有查到：登记号或电话后四位不对，或者登记时没有留电话。")
    return render(request, "public/look_up.html", {"form": form})


@login_not_required
@never_cache
@require_safe
def voice(request: HttpRequest, token: str) -> HttpResponse:
    return progress_page(request, case_of_link(token))


@login_not_required
@never_cache
@require_http_methods(["POST"])
def solved(request: HttpRequest, token: str) -> HttpResponse:
    case, form = case_of_link(token), SolvedForm(request.POST)
    if form.is_valid() and attempt(form, voter.confirm_solved, case=case, **form.cleaned_data):
        return redirect("public:voice", token=token)
    return progress_page(request, case, solved=form)


@login_not_required
@never_cache
@require_http_methods(["POST"])
def not_solved(request: HttpRequest, token: str) -> HttpResponse:
    case, form = case_of_link(token), NotSolvedForm(request.POST)
    if form.is_valid() and attempt(form, voter.say_not_solved, case=case, **form.cleaned_data):
        return redirect("public:voice", token=token)
    return progress_page(request, case, not_solved=form)


@login_not_required
@never_cache
@require_http_methods(["POST"])
def be_quiet(request: HttpRequest, token: str) -> HttpResponse:
    """No more messages about this matter; the page stays."""
    stop_telling(case=case_of_link(token))
    return redirect("public:voice", token=token)


@login_not_required
@never_cache
@require_safe
def voice_photo(request: HttpRequest, token: str, pk: int) -> FileResponse:
    row = get_object_or_404(VoicePhoto, voice__case__token=token, pk=pk)
    return FileResponse(row.image.open("rb"), content_type="image/jpeg")


def case_of_link(token: str) -> VoiceCase:
    rows = VoiceCase.objects.select_related(
        "voice__region", "voice__village", "voice__number__station", "door"
    )
    return get_object_or_404(rows, token=token)


def progress_page(request: HttpRequest, case: VoiceCase, **forms: Any) -> HttpResponse:
    shown = progress_of(case)
    wish = Wish.objects.filter(voice=case.voice_id).first()
    last = voter.last_day_to_reopen(case)
    context = {
        "shown": shown,
        "wish": wish,
        "fulfilment": photographed_claim(wish) if wish else None,
        "may_thank": bool(wish and wish.state == WishState.FULFILLED and not wish.thanked_at),
        "thanks": forms.get("thanks") or ThanksForm(),
        "token": case.token,
        "form": next(iter(forms.values()), None),
        "solved": forms.get("solved") or SolvedForm(),
        "not_solved": forms.get("not_solved") or NotSolvedForm(),
        "asks": shown.state == VoiceState.ANSWERED,
        "reopen_by": last if last and timezone.localdate() <= last else None,
        "told_by": case.voice.get_told_by_display() if case.voice.told_by else "",
        "link": request.build_absolute_uri(
            request.path.split("solved")[0].split("not-")[0].split("thanks")[0]
        ),
    }
    return render(request, "public/voice.html", context)
