"""The wishes' desk: staff publish and enter claims, deputies claim and fulfil."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of
from congress_portal.core.masking import without_numbers
from deputies.models import Deputy
from deputies.selectors import deputy_of
from suggestions.enums import WishState
from suggestions.forms import wishes as wish_forms
from suggestions.models import Voice, VoicePhoto, Wish, WishClaim
from suggestions.models.wish import SHOWN
from suggestions.selectors import voice_desk
from suggestions.selectors.wishes import said_not_fulfilled, wishes_for
from suggestions.services import wishes

_SAID = {
    "publish": "已公布，等人认领。",
    "decline": "已登记，这件事按一般意见办理。",
    "claim": "已认领，谢谢。实现以后请在这里登记。",
    "claim_for": "已登记认领。",
    "give_back": "认领已退回，心愿重新公布等人认领。",
    "fulfil": "已登记实现，许愿人可以看到。",
    "reword": "公布的文字已更正。",
    "take_down": "已撤下，大家不再看到；可以改好再公布。",
}


@require_safe
def wish_list(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    page = page_of(request, wishes_for(request.user, state))
    context = {
        "page": page, "states": WishState.choices, "state": state,
        "may_log": voice_desk.may_sort(request.user),
    }  # fmt: skip
    return render(request, "suggestions/wishes.html", context)


@require_http_methods(["GET", "POST"])
def log_wish(request: HttpRequest) -> HttpResponse:
    if not voice_desk.may_sort(request.user):
        raise PermissionDenied
    form = wish_forms.WishForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        wish = attempt(form, wishes.log_wish, actor=request.user, **form.cleaned_data)
        if wish is not None:
            messages.success(request, f"已登记，登记号 {wish.voice.number}。请核对文字后公布。")
            return redirect("suggestions:wish", pk=wish.pk)
    return render(request, "suggestions/wish_new.html", {"form": form})


@require_safe
def wish(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(wishes_for(request.user), pk=pk)
    return render(request, "suggestions/wish.html", _context(request, row))


def _context(request: HttpRequest, row: Wish) -> dict[str, Any]:
    edits = Wish.objects.editable_by(request.user).filter(pk=row.pk).exists()
    claim = _claim(row)
    mine = bool(claim and claim.deputy and claim.deputy.user_id == request.user.pk)
    return {
        "wish": row, "claim": claim, "edits": edits,
        "offers": _offers(request, row, edits=edits, mine=mine),
        # said to who helped and to who handles it, so nobody else reads it
        "thanks": row.thanks if edits else without_numbers(row.thanks) if mine else None,
        "reads_voice": Voice.objects.visible_to(request.user).filter(pk=row.voice_id).exists(),
        "past": row.claims.filter(given_back_at__isnull=False).select_related(
            "deputy", "enterprise"
        ) if edits else [],
        "not_fulfilled": said_not_fulfilled(row) if edits or mine else [],
        "photos": VoicePhoto.objects.visible_to(request.user).filter(voice=row.voice_id)
        if edits else [],
    }  # fmt: skip


def _claim(row: Wish) -> WishClaim | None:
    return row.standing[0] if row.standing else None  # type: ignore[attr-defined]


def _offers(
    request: HttpRequest, row: Wish, *, edits: bool, mine: bool
) -> list[tuple[str, str, bool]]:
    """Actions of the page: key, words, whether it is the main one."""
    found = []
    if row.state == WishState.WAITING and edits:
        found += [("publish", "公布", True), ("decline", "不作微心愿", False)]
    if row.state == WishState.OPEN and _own(request):
        found.append(("claim", "我来认领", True))
    if row.state == WishState.OPEN and edits:
        found.append(("claim_for", "登记代表、企业、单位认领", False))
    if row.state == WishState.CLAIMED and (edits or mine):
        found += [("fulfil", "登记实现", True), ("give_back", "退回认领", False)]
    if row.state in SHOWN and edits:
        found.append(("reword", "更正公布的文字", False))
    if row.state == WishState.OPEN and edits:
        found.append(("take_down", "撤下", False))
    return found


def _own(request: HttpRequest) -> Deputy | None:
    return deputy_of(request.user) if request.user.scope.deputy_user_id else None


def _form(request: HttpRequest, action: str, row: Wish) -> forms.Form:
    data, files = request.POST or None, request.FILES or None
    made: dict[str, Callable[[], forms.Form]] = {
        "publish": lambda: wish_forms.PublishForm(data, wish=row),
        "decline": lambda: wish_forms.DeclineForm(data, wish=row),
        "claim": lambda: wish_forms.ClaimForm(data),
        "claim_for": lambda: wish_forms.OtherClaimForm(data, user=request.user),
        "give_back": lambda: wish_forms.GiveBackForm(data),
        "fulfil": lambda: wish_forms.FulfilForm(data, files),
        "reword": lambda: wish_forms.RewordForm(data, wish=row, claim=_claim(row)),
        "take_down": lambda: wish_forms.TakeDownForm(data, wish=row),
    }
    if action not in made:
        raise Http404("没有这一步。")
    return made[action]()


_SERVICES: dict[str, Callable[..., Any]] = {
    "publish": wishes.publish_wish,
    "decline": wishes.decline_wish,
    "claim": wishes.claim_wish,
    "claim_for": wishes.claim_wish,
    "give_back": wishes.give_back,
    "fulfil": wishes.fulfil_wish,
    "reword": wishes.reword_wish,
    "take_down": wishes.take_down_wish,
}


@require_http_methods(["GET", "POST"])
def wish_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    row = get_object_or_404(wishes_for(request.user), pk=pk)
    form, context = _form(request, action, row), _context(request, row)
    words = {key: label for key, label, _ in context["offers"]}
    if request.method == "GET" and action not in words:
        messages.error(request, f"「{row.get_state_display()}」的心愿现在不能这样办，或不由您办。")
        return redirect("suggestions:wish", pk=pk)
    given: dict[str, Any] = {"deputy": _own(request)} if action == "claim" else {}
    if action == "claim" and given["deputy"] is None:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        given |= {"actor": request.user, "wish_pk": pk, **form.cleaned_data}
        if attempt(form, _SERVICES[action], **given) is not None:
            messages.success(request, _SAID[action])
            return redirect("suggestions:wish", pk=pk)
    context |= {"form": form, "label": words.get(action, "办理")}
    return render(request, "suggestions/wish_step.html", context)


@require_safe
def wish_photo(request: HttpRequest, pk: int) -> FileResponse:
    rows = WishClaim.objects.visible_to(request.user).exclude(photo="")
    row = get_object_or_404(rows, pk=pk)
    return FileResponse(row.photo.open("rb"), content_type="image/jpeg")
