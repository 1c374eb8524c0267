"""A deputy's own duty days on the phone, absences, and swaps."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from deputies.models import Deputy
from deputies.selectors import deputy_of
from stations.enums import SwapState
from stations.forms.rota import AbsenceForm, SwapForm
from stations.models import RotaDuty, SwapRequest, Unavailability
from stations.selectors.rota import duties_of, swaps_in_full
from stations.services import absences, swaps

_ANSWERS = {"agree": True, "decline": False}


@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What comes, what was asked of me, what was; and days on which I cannot."""
    deputy = _deputy(request)
    form = AbsenceForm(request.POST or None, instance=Unavailability(deputy=deputy))
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": deputy, **form.cleaned_data}
        clashes = attempt(form, absences.add_absence, **given)
        if clashes is not None:
            _tell_clashes(request, clashes)
            return redirect("stations:rota_mine")
    today = timezone.localdate()
    duties = duties_of(deputy)
    context = {
        "deputy": deputy,
        "form": form,
        "today": today,
        "coming": duties.filter(held_on__gte=today).exclude(state="swapped"),
        "past": duties.filter(held_on__lt=today).exclude(state="swapped").order_by("-held_on")[:12],
        "asked": swaps_in_full(SwapRequest.objects.filter(asked=deputy, state=SwapState.ASKED)),
        "absences": Unavailability.objects.filter(deputy=deputy, last_on__gte=today),
    }
    return render(request, "stations/rota_mine.html", context)


def _tell_clashes(request: HttpRequest, clashes: list[RotaDuty]) -> None:
    messages.success(request, "已记下，以后编排会避开这些日子。")
    if clashes:
        days = "、".join(f"{each.held_on:%Y年%-m月%-d日}" for each in clashes)
        messages.error(
            request, f"这段时间里已排了您的值班：{days}。请逐次申请换班；人大工作人员也收到了消息。"
        )


@require_POST
def remove_absence(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Unavailability.objects.editable_by(request.user), pk=pk)
    absences.remove_absence(row)
    messages.success(request, "已删除，这些日子又可以排您值班。")
    return redirect("stations:rota_mine")


@require_http_methods(["GET", "POST"])
def ask_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """``pk`` is the duty's: the deputy's own, or one of a station that the person keeps."""
    rows = RotaDuty.objects.visible_to(request.user).select_related(
        "deputy", "slot__station", "slot__rota", "slot__rule"
    )
    duty = get_object_or_404(rows, pk=pk)
    if not swaps.may_speak_for(request.user, duty.deputy, duty.slot.station):
        raise PermissionDenied
    form = SwapForm(request.POST or None, duty=duty)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "duty_pk": pk, **form.cleaned_data}
        if (made := attempt(form, swaps.ask_swap, **given)) is not None:
            messages.success(request, f"已请{made.asked.name}换班，同意之后才算换好。")
            return redirect("stations:swap", pk=made.pk)
    return render(request, "stations/rota_swap_new.html", {"duty": duty, "form": form})


@require_safe
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    rows = swaps_in_full(SwapRequest.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    station, is_open = found.duty.slot.station, found.state == SwapState.ASKED
    may = swaps.may_speak_for
    context = {
        "swap": found,
        "may_answer": is_open and may(request.user, found.asked, station),
        "may_withdraw": is_open and may(request.user, found.duty.deputy, station),
        "decides_for": found.asked.user_id != request.user.pk,
    }
    return render(request, "stations/rota_swap.html", context)


@require_POST
def answer_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """``answer`` is agree, decline or withdraw."""
    get_object_or_404(SwapRequest.objects.editable_by(request.user), pk=pk)
    answer = request.POST.get("answer", "")
    try:
        if answer == "withdraw":
            swaps.withdraw_swap(actor=request.user, swap_pk=pk)
            messages.success(request, "已撤回。")
        elif answer in _ANSWERS:
            swaps.answer_swap(actor=request.user, swap_pk=pk, agrees=_ANSWERS[answer])
            done = "已换好，轮值表已改。" if _ANSWERS[answer] else "已回复不同意。"
            messages.success(request, f"{done}双方都会收到通知。")
        else:
            messages.error(request, "请选同意或者不同意。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("stations:swap", pk=pk)


@require_safe
def swap_list(request: HttpRequest) -> HttpResponse:
    """Requests that one takes part in or may decide; open ones first."""
    rows = swaps_in_full(SwapRequest.objects.visible_to(request.user))
    return render(request, "stations/rota_swaps.html", {"page": page_of(request, rows)})


def _deputy(request: HttpRequest) -> Deputy:
    own = deputy_of(request.user) if request.user.scope.deputy_user_id else None
    if own is None:
        raise PermissionDenied
    return own
