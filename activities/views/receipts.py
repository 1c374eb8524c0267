"""What staff enter for deputies, decide on leave, and say outside the portal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.calling import DecideLeaveForm, PhonesForm, RecordAnswerForm
from activities.models import Invitation
from activities.reports.chat import group_text, reminder_text
from activities.reports.lists import phone_list
from activities.selectors.calling import called_to, invitations_in_full, organised_by, unread
from activities.services import calling
from activities.services.support import unmask_phones
from activities.views.planning import organised
from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import send_paper


def _called(request: HttpRequest, pk: int) -> Invitation:
    rows = invitations_in_full(Invitation.objects.filter(activity__in=organised_by(request.user)))
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def record_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """代录: what a deputy said on the phone, in the chat or on paper."""
    row = _called(request, pk)
    form = RecordAnswerForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "invitation_pk": pk, **form.cleaned_data}
        if attempt(form, calling.record_answer, **given) is not None:
            messages.success(request, f"已代录{row.deputy.name}的回执。")
            return redirect("activities:plan", pk=row.activity_id)
    context = {"form": form, "invitation": row, "activity": row.activity}
    return render(request, "activities/call_record.html", context)


@require_http_methods(["GET", "POST"])
def decide_leave(request: HttpRequest, pk: int) -> HttpResponse:
    row = _called(request, pk)
    form = DecideLeaveForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        grants = form.cleaned_data["grants"] == "yes"
        given = {
            "actor": request.user,
            "invitation_pk": pk,
            "grants": grants,
            "words": form.cleaned_data["words"],
            "seen": form.cleaned_data["seen"],
        }
        if attempt(form, calling.decide_leave, **given) is not None:
            done = "已准假" if grants else "已回复不准假"
            messages.success(request, f"{done}，{row.deputy.name}会收到消息。")
            back = "hold" if request.GET.get("back") == "hold" else "plan"
            return redirect(f"activities:{back}", pk=row.activity_id)
    context = {"form": form, "invitation": row, "activity": row.activity}
    return render(request, "activities/call_leave.html", context)


@require_safe
def chat_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Words to paste into the deputies' chat group."""
    found = organised(request, pk)
    rows = called_to(found)
    context = {
        "activity": found,
        "text": group_text(found),
        "reminder": reminder_text(found, rows, timezone.localdate()),
    }
    return render(request, "activities/call_text.html", context)


@require_http_methods(["GET", "POST"])
def phones(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to ring up: numbers masked, until a reason is given, which is kept."""
    found = organised(request, pk)
    rows = unread(called_to(found))
    form = PhonesForm(request.POST or None)
    shown: dict[int, str] = {}
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        shown = unmask_phones(actor=request.user, activity=found, rows=rows, reason=reason)
        if form.cleaned_data["then"] in ("pdf", "docx"):
            paper = phone_list(found, rows, shown)
            return send_paper(paper, form.cleaned_data["then"], found, reason=reason)
    lines = [(row, shown.get(row.deputy_id)) for row in rows]
    context = {"activity": found, "lines": lines, "form": form, "is_shown": bool(shown)}
    return render(request, "activities/call_phones.html", context)
