from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from activities.enums import SheetKind
from activities.models import Visit
from activities.selectors.entries import deputies_enterable_by
from activities.services.sheets import enter_from_sheet
from congress_portal.core.attempts import attempt
from congress_portal.core.enums import Role
from congress_portal.core.listing import page_of
from deputies.forms import DeputyFilter
from deputies.models import Deputy
from deputies.selectors import deputy_of
from suggestions import services
from suggestions.forms.hearing import VoiceForm


@require_http_methods(["GET", "POST"])
def log_voice(request: HttpRequest) -> HttpResponse:
    """A voter's matter, put down by the deputy or by staff on the deputy's behalf (代录)."""
    deputy = _deputy(request)
    if deputy is None:
        return _choose_deputy(request)
    own = deputy.user_id == request.user.pk
    visit = _visit(request, deputy)
    form = VoiceForm(request.POST or None, deputy=deputy, by_owner=own, visit=visit)
    form.initial["paper"] = request.GET.get("paper", "")[:20]
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": deputy, "key": form.cleaned_data["key"]}
        tied = partial(
            enter_from_sheet, services.log_voice, kind=SheetKind.VOICE, number=form.paper
        )
        voice = attempt(form, tied, **given, **form.values)
        if voice is not None:
            messages.success(request, "已记下，已转告镇（街道）人大工作人员。可以接着写成建议。")
            return redirect("suggestions:voice_detail", pk=voice.pk)
    context = {"form": form, "deputy": deputy, "on_behalf": not own}
    return render(request, "suggestions/log_voice.html", context)


def _deputy(request: HttpRequest) -> Deputy | None:
    """The deputy named in the address (代录), else the signed-in one; None: to be chosen."""
    if asked := request.GET.get("deputy", ""):
        pk = int(asked[:18]) if asked.isascii() and asked.isdigit() else 0
        return get_object_or_404(Deputy.objects.editable_by(request.user), pk=pk)
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is None and not request.user.scope.write_prefixes:
        raise PermissionDenied
    return own


def _choose_deputy(request: HttpRequest) -> HttpResponse:
    form = DeputyFilter(request.GET, user=request.user)
    page = page_of(request, form.apply(deputies_enterable_by(request.user)))
    return render(request, "activities/choose_deputy.html", {"form": form, "page": page})


def _visit(request: HttpRequest, deputy: Deputy) -> Visit | None:
    asked = request.GET.get("visit", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit()):
        raise Http404("没有这次走访。")
    rows = Visit.objects.visible_to(request.user).filter(deputy=deputy)
    return get_object_or_404(rows, pk=int(asked[:18]))
