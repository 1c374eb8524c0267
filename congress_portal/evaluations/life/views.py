"""Pages of a sheet's steps, of objections and of marks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import User
from congress_portal.evaluations.enums import Rater
from congress_portal.evaluations.forms import ComputeForm
from congress_portal.evaluations.life.forms import (
    AnswerForm,
    AppealFilter,
    MarkFilter,
    MarkForm,
    ObjectForm,
    ReasonForm,
    StepForm,
    UnlockForm,
)
from congress_portal.evaluations.life.hints import hints_for
from congress_portal.evaluations.marks import ADJUSTMENT
from congress_portal.evaluations.models import Appeal, Score, ScoreSheet
from congress_portal.evaluations.raters import (
    rated_indicators,
    raters_for,
    ratings_of,
    subjects_to_rate,
    with_own_marks,
)
from congress_portal.evaluations.selectors import sheet_summary, unmarked_lines
from congress_portal.evaluations.services.appeals import decide_appeal, raise_appeal
from congress_portal.evaluations.services.life import (
    check_sheet,
    close_objections,
    disclose_sheet,
    open_sheet,
    reopen_sheet,
    unlock_place,
)
from congress_portal.evaluations.services.ratings import rate
from congress_portal.evaluations.standing import (
    doubts_of,
    last_day_to_object,
    may_decide,
    may_object,
    takes_marks,
    unlocks_of,
    window_from,
)
from congress_portal.evaluations.workflow import TABLE, SheetStep

_STEPS = (SheetStep.CHECK, SheetStep.REOPEN, SheetStep.DISCLOSE, SheetStep.CLOSE)
_DONE = {
    SheetStep.CHECK: "已核对，评分关闭。",
    SheetStep.REOPEN: "已退回草稿，可以重新计算。",
    SheetStep.DISCLOSE: "已公示，各对象收到了消息。",
    SheetStep.CLOSE: "异议期已结束。",
}


def _sheet_of_office(request: HttpRequest, pk: int) -> ScoreSheet:
    """A stranger meets 404, a reader without the right 403."""
    rows = ScoreSheet.objects.visible_to(request.user).select_related("scheme")
    sheet: ScoreSheet = get_object_or_404(rows, pk=pk)
    if not ScoreSheet.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return sheet


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A period without figures yet, so that raters can give their marks."""
    if not ScoreSheet.objects.all().may_add(request.user):
        raise PermissionDenied
    form = ComputeForm(request.POST, user=request.user)
    if form.is_valid():
        sheet = attempt(form, open_sheet, actor=request.user, **form.cleaned_data)
        if sheet:
            messages.success(request, "已开始，评分人可以评分了；评完再计算。")
            return redirect("evaluations:sheet", pk=sheet.pk)
    return render(request, "evaluations/compute.html", {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    if code not in _STEPS:
        raise Http404
    taken = SheetStep(code)
    sheet = _sheet_of_office(request, pk)
    kind = ReasonForm if TABLE[taken].needs_words else StepForm
    form = kind(request.POST or None, initial={"digest": sheet.digest})
    is_sent = request.method == "POST"
    if is_sent and form.is_valid() and _take(form, taken, request.user, sheet):
        messages.success(request, _DONE[taken])
        return redirect("evaluations:sheet", pk=pk)
    form.look_again(sheet)
    context = {"sheet": sheet, "form": form, "step": taken, "then": TABLE[taken].then}
    context |= {"summary": sheet_summary(sheet), "unmarked": unmarked_lines(sheet)}
    context |= doubts_of(sheet)
    if taken == SheetStep.DISCLOSE:
        context |= _window(sheet)
    return render(request, "evaluations/step.html", context)


def _window(sheet: ScoreSheet) -> dict[str, Any]:
    try:
        return {"until": window_from(sheet, timezone.localdate())}
    except DomainError as error:
        return {"until": None, "missing": error.message}


def _take(form: forms.Form, taken: SheetStep, user: Any, sheet: ScoreSheet) -> Any:
    given: dict[str, Any] = {"actor": user, "sheet_pk": sheet.pk}
    if taken == SheetStep.CHECK:
        return attempt(form, check_sheet, digest=form.cleaned_data["digest"], **given)
    if taken == SheetStep.REOPEN:
        return attempt(form, reopen_sheet, words=form.cleaned_data["words"], **given)
    service = disclose_sheet if taken == SheetStep.DISCLOSE else close_objections
    return attempt(form, service, **given)


@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet_of_office(request, pk)
    form = UnlockForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("place", "until", "reason")}
        made = attempt(form, unlock_place, actor=request.user, sheet_pk=pk, **given)
        if made:
            messages.success(request, f"已对{made.place}临时开放，到时自动关闭。")
            return redirect("evaluations:sheet", pk=pk)
    context = {"sheet": sheet, "form": form, "unlocks": unlocks_of(sheet)}
    return render(request, "evaluations/unlock.html", context)


@require_safe
def hints(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet_of_office(request, pk)
    groups = hints_for(sheet.period, request.user)
    return render(request, "evaluations/hints.html", {"sheet": sheet, "groups": groups})


@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Score.objects.visible_to(request.user).select_related("sheet__scheme")
    score = get_object_or_404(rows.prefetch_related("lines"), pk=pk)
    if request.method == "GET" and not may_object(request.user, score):
        raise PermissionDenied
    line = request.GET.get("line", "")
    initial = {"line": line} if line.isascii() and line.isdigit() else {}
    form = ObjectForm(request.POST or None, request.FILES or None, score=score, initial=initial)
    if request.method == "POST" and form.is_valid():
        appeal = attempt(
            form,
            raise_appeal,
            actor=request.user,
            score_pk=pk,
            words=form.cleaned_data["words"],
            line_pk=form.cleaned_data["line"],
            paper=form.cleaned_data["paper"],
            key=form.cleaned_data["key"],
        )
        if appeal:
            messages.success(request, f"{appeal.noun}已提交，答复后会通知您。")
            return redirect("evaluations:appeal", pk=appeal.pk)
    last = last_day_to_object(score.sheet)
    context = {"score": score, "sheet": score.sheet, "form": form, "last": last}
    return render(request, "evaluations/object.html", context)


@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    form = AppealFilter(request.GET, user=request.user)
    rows = Appeal.objects.visible_to(request.user)
    rows = rows.select_related("score__sheet__scheme", "line", "raised_by")
    context = {"form": form, "page": page_of(request, form.apply(rows))}
    return render(request, "evaluations/appeals.html", context)


@require_http_methods(["GET", "POST"])
def appeal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Appeal.objects.visible_to(request.user)
    related = ("score__sheet__scheme", "line", "raised_by", "decided_by")
    appeal = get_object_or_404(rows.select_related(*related), pk=pk)
    is_office = Appeal.objects.editable_by(request.user).filter(pk=pk).exists()
    if request.method == "POST" and not is_office:
        raise PermissionDenied
    form = AnswerForm(request.POST or None) if is_office else None
    if request.method == "POST" and form is not None and form.is_valid():
        given = {"actor": request.user, "appeal_pk": pk, **form.cleaned_data}
        if attempt(form, decide_appeal, **given):
            messages.success(request, "已答复，提出的一方收到了消息。")
            return redirect("evaluations:appeal", pk=pk)
    may_answer = is_office and may_decide(request.user, appeal)
    context = {"appeal": appeal, "form": form, "is_office": is_office, "may_answer": may_answer}
    return render(request, "evaluations/appeal.html", context)


@require_safe
def appeal_paper(request: HttpRequest, pk: int) -> FileResponse:
    rows = Appeal.objects.visible_to(request.user).exclude(paper="")
    found = get_object_or_404(rows, pk=pk)
    return FileResponse(found.paper.open("rb"), as_attachment=True)


@require_safe
def marks(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet_to_rate(pk)
    user = _user(request)
    rows = subjects_to_rate(user, sheet)
    if not rows.exists():
        raise Http404
    form = MarkFilter(request.GET, user=user)
    page = page_of(request, form.apply(with_own_marks(user, sheet, rows)))
    sees = ScoreSheet.objects.visible_to(user).filter(pk=pk).exists()
    context = {"sheet": sheet, "page": page, "form": form, "sees": sees}
    return render(request, "evaluations/marks.html", context)


def _user(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):  # LoginRequiredMiddleware keeps others out
        raise Http404
    return user


def _sheet_to_rate(pk: int) -> ScoreSheet:
    """Raters need not see the sheet; who has nobody to rate meets 404 afterwards."""
    sheet: ScoreSheet = get_object_or_404(ScoreSheet.objects.select_related("scheme"), pk=pk)
    return sheet


@require_http_methods(["GET", "POST"])
def mark(request: HttpRequest, pk: int, subject: int) -> HttpResponse:
    sheet, user = _sheet_to_rate(pk), _user(request)
    row = get_object_or_404(subjects_to_rate(user, sheet), pk=subject)
    asked = _asked(user, sheet, row)
    chosen = (request.POST.get("indicator"), request.POST.get("rater"))
    pairs = []
    for data, rater in asked:
        is_this = request.method == "POST" and chosen == (data["name"], rater)
        form = _mark_form(request, data, rater, is_this)
        if is_this and form.is_valid():
            given = {"actor": user, "sheet": sheet, "subject": row, **form.cleaned_data}
            if attempt(form, rate, **given):
                messages.success(request, f"「{data['name']}」已记下。")
                return redirect("evaluations:mark", pk=pk, subject=subject)
        pairs.append((data, Rater(rater).label, form))
    context = {"sheet": sheet, "subject": row, "pairs": pairs}
    context |= {"given": ratings_of(user, sheet, row), "is_open": takes_marks(sheet, row)}
    return render(request, "evaluations/mark.html", context)


def _asked(user: User, sheet: ScoreSheet, row: Any) -> list[tuple[Any, str]]:
    return [
        (data, rater)
        for data in rated_indicators(sheet)
        for rater in raters_for(user, sheet, data, row)
    ]


def _mark_form(request: HttpRequest, data: Any, rater: str, is_this: bool) -> MarkForm:
    return MarkForm(
        request.POST if is_this else None,
        full=Decimal(data["full"]),
        is_adjustment=data["metric"] == ADJUSTMENT,
        initial={"indicator": data["name"], "rater": rater},
        auto_id=f"id_{rater}_%s",
    )
