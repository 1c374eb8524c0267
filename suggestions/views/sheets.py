"""A proposer rates a reply; the office may enter a sheet that came on paper."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from suggestions import services
from suggestions.enums import State
from suggestions.forms.proposer import AppraisalForm
from suggestions.models import Appraisal, Suggestion
from suggestions.services.steps import AlreadyDoneError
from suggestions.views.doing import refuse_plainly, take


@require_http_methods(["GET", "POST"])
def appraise(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet(request, pk)
    if request.method == "GET" and sheet.appraised_on:
        messages.error(request, "这份征询意见表已经评价过。")
        return redirect("suggestions:detail", pk=sheet.suggestion_id)
    form = AppraisalForm(request.POST or None, user=request.user, suggestion=sheet.suggestion)
    if request.method == "POST" and form.is_valid():
        try:
            given = take(request, form, services.appraise_reply, appraisal_pk=pk, **form.values)
        except AlreadyDoneError as error:
            return refuse_plainly(request, error, sheet.suggestion_id)
        if given:
            messages.success(request, f"已评价。{_what_follows(sheet)}")
            return redirect("suggestions:detail", pk=sheet.suggestion_id)
    on_behalf = sheet.deputy.user_id != request.user.pk
    context = {"sheet": sheet, "form": form, "on_behalf": on_behalf}
    return render(request, "suggestions/appraise.html", context)


def _sheet(request: HttpRequest, pk: int) -> Appraisal:
    """404 for strangers, 403 for readers (the unit reads the sheets of its replies)."""
    rows = Appraisal.objects.visible_to(request.user).select_related(
        "deputy", "suggestion__region", "reply__reply_class", "reply__handling__unit"
    )
    sheet = get_object_or_404(rows, pk=pk)
    if not Appraisal.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return sheet


def _what_follows(sheet: Appraisal) -> str:
    main = Suggestion.objects.get(pk=sheet.reply.handling.suggestion_id)
    return {
        State.REDO: "不满意的件由主办单位重新办理，在重办期限内再次答复。",
        State.TRACKING: "转入承诺跟踪，主办单位按期报告进展。",
        State.CLOSED: "本件办结，以后可以回头看。",
    }.get(State(main.state), "等其他提出人评价。")
