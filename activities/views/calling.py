"""The deputy's side of calling: my invitations, the receipt, the leave."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from activities.enums import ActivityState, Answer
from activities.forms.calling import AnswerForm
from activities.models import ActivityFile, Invitation
from activities.selectors.calling import invitations_in_full, own_invitations
from activities.services.calling import answer_invitation as give_answer
from activities.services.calling import mark_invitation_read
from congress_portal.core.attempts import attempt

_SAID = {
    Answer.ACCEPTED: "已回执：能参加。请按时到会；有变动可以在截止前修改。",
    Answer.LEAVE_ASKED: "已请假，等组织者批假。批了会通知您。",
    Answer.LEAVE_GRANTED: "这次请假已经批准，不用再请。",
}


@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """A deputy's own; an empty page for others."""
    today = timezone.localdate()
    context = {"own": own_invitations(request.user, today), "today": today}
    return render(request, "activities/invitations.html", context)


@require_safe
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    mark_invitation_read(actor=request.user, invitation_pk=pk)
    row = _own(request, pk)
    return _page(request, row, AnswerForm(invitation=row))


@require_POST
def answer_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    form = AnswerForm(request.POST, invitation=row)
    if form.is_valid():
        given = {"actor": request.user, "invitation_pk": pk, **form.values}
        answered = attempt(form, give_answer, **given)
        if answered is not None:
            messages.success(request, _SAID[answered.answer])
            return redirect("activities:invitation", pk=pk)
        row = _own(request, pk)
    return _page(request, row, form)


def _own(request: HttpRequest, pk: int) -> Invitation:
    rows = invitations_in_full(Invitation.objects.sent_to(request.user))
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, row: Invitation, form: AnswerForm) -> HttpResponse:
    activity = row.activity
    open_ = activity.state == ActivityState.NOTIFIED
    context = {
        "invitation": row,
        "activity": activity,
        "form": form,
        "files": ActivityFile.objects.filter(activity=activity).order_by("pk"),
        "may_answer": open_ and timezone.localdate() <= row.answer_until,
        "is_open": open_,
    }
    return render(request, "activities/invitation.html", context)
