import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.batches import services as batches
from congress_portal.core.batches.tasks import dispatch
from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.evaluations.batches import MOST_AT_ONCE, score_pages_order
from congress_portal.evaluations.enums import AppealState
from congress_portal.evaluations.evidence import evidence_of
from congress_portal.evaluations.forms import (
    ComputeForm,
    CorrectionForm,
    PagesForm,
    PublishForm,
    ScoreFilter,
    SheetFilter,
)
from congress_portal.evaluations.frozen import is_intact
from congress_portal.evaluations.life.uncounted import uncounted
from congress_portal.evaluations.models import (
    Appeal,
    Scheme,
    Score,
    ScoreLine,
    ScoreSheet,
    SheetProof,
)
from congress_portal.evaluations.papers import PAGES, make_paper, own_scores, papers_for
from congress_portal.evaluations.raters import marks_address, marks_to_give, subjects_to_rate
from congress_portal.evaluations.reports.checkcode import code_of
from congress_portal.evaluations.selectors import (
    changes_between,
    earlier_version,
    in_order,
    lines_said,
    scores_in_full,
    sheet_summary,
    unmarked_lines,
    versions_of,
)
from congress_portal.evaluations.services import (
    compute_sheet,
    needs_new_version,
    new_version,
    publish_sheet,
)
from congress_portal.evaluations.standing import (
    doubts_of,
    last_day_to_object,
    may_object,
    steps_for,
    unlocks_of,
)


def _sheet(request: HttpRequest, pk: int) -> ScoreSheet:
    rows = ScoreSheet.objects.visible_to(request.user).select_related(
        "scheme", "computed_by", "published_by"
    )
    return get_object_or_404(rows, pk=pk)


def _sheet_of_office(request: HttpRequest, pk: int) -> ScoreSheet:
    """For changes: a stranger meets 404, a reader without the right 403."""
    sheet = _sheet(request, pk)
    if not ScoreSheet.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return sheet


@require_safe
def sheet_list(request: HttpRequest) -> HttpResponse:
    form = SheetFilter(request.GET, user=request.user)
    rows = form.apply(ScoreSheet.objects.visible_to(request.user).select_related("scheme"))
    context = {"form": form, "page": page_of(request, rows)}
    context["to_mark"] = [
        (each, marks_address(request.user, each.sheet)) for each in marks_to_give(request.user)
    ]
    context["may_edit"] = Scheme.objects.all().may_add(request.user)
    if ScoreSheet.objects.all().may_add(request.user):
        context["compute_form"] = ComputeForm(user=request.user)
    return render(request, "evaluations/list.html", context)


@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    if not ScoreSheet.objects.all().may_add(request.user):
        raise PermissionDenied
    form = ComputeForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            sheet = compute_sheet(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "已按现在的记录计算，请核对后发布。")
            return redirect("evaluations:sheet", pk=sheet.pk)
    return render(request, "evaluations/compute.html", {"form": form}, status=422)


@require_safe
def sheet_detail(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet(request, pk)
    form = ScoreFilter(request.GET, user=request.user)
    rows = in_order(form.apply(own_scores(sheet, request.user)), sheet)
    context = {
        "sheet": sheet,
        "form": form,
        "page": page_of(request, scores_in_full(rows)),
        "papers": papers_for(sheet, request.user),
        "versions": versions_of(sheet, request.user),
        "steps": steps_for(sheet, request.user),
        "may_rate": subjects_to_rate(request.user, sheet).exists(),
        "last": last_day_to_object(sheet),
    }
    if context["steps"]:
        context["proof"] = SheetProof.objects.filter(sheet=sheet).first()
        context |= {**doubts_of(sheet), "unlocks": unlocks_of(sheet)}
    return render(request, "evaluations/sheet.html", context)


@require_safe
def by_code(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """From the check code of a bulletin to its figures, for who may see them."""
    rows = ScoreSheet.objects.visible_to(request.user).published()
    sheet = get_object_or_404(rows.select_related("scheme"), pk=pk)
    if code != code_of(sheet):
        raise Http404("核验码和平台封存的数字不符，这不是平台生成的通报。")
    if is_intact(sheet):
        messages.success(request, f"核验一致：第{sheet.version}版的数字与封存时相同。")
    else:
        messages.error(request, "封存的数字核验不一致，请联系平台管理员。")
    return redirect("evaluations:sheet", pk=pk)


@require_safe
def sheet_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether records changed since the sheet was computed, and what a new version changed."""
    sheet = _sheet_of_office(request, pk)
    earlier = earlier_version(sheet)
    context = {
        "sheet": sheet,
        "has_changed": needs_new_version(sheet),
        "earlier": earlier,
        "changes": changes_between(earlier, sheet) if earlier else [],
    }
    return render(request, "evaluations/check.html", context)


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet_of_office(request, pk)
    form = PublishForm(request.POST or None, initial={"digest": sheet.digest})
    if request.method == "POST" and form.is_valid():
        try:
            publish_sheet(sheet=sheet, actor=request.user, digest=form.cleaned_data["digest"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "已发布并封存，各对象现在可以看到自己的得分。")
            return redirect("evaluations:sheet", pk=pk)
    form.look_again(sheet)
    context = {"sheet": sheet, "form": form, "summary": sheet_summary(sheet)}
    context |= {"unmarked": unmarked_lines(sheet), **doubts_of(sheet)}
    context["has_changed"] = not sheet.is_published and needs_new_version(sheet)
    context["upheld"] = Appeal.objects.filter(score__sheet=sheet, state=AppealState.UPHELD)
    return render(request, "evaluations/publish.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    sheet = _sheet_of_office(request, pk)
    upheld = Appeal.objects.filter(score__sheet=sheet, state=AppealState.UPHELD)
    lines = dict.fromkeys(
        appeal.line.indicator if appeal.line else "总分" for appeal in upheld.select_related("line")
    )  # the reason is published: it does not name who objected
    told = f"有异议成立，更正「{'」「'.join(lines)}」" if lines else ""
    form = CorrectionForm(request.POST or None, initial={"reason": told[:400]})
    if request.method == "POST" and form.is_valid():
        try:
            draft = new_version(sheet=sheet, actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"已算出第{draft.version}版的草稿，请核对后发布。")
            return redirect("evaluations:check", pk=draft.pk)
    return render(request, "evaluations/correct.html", {"sheet": sheet, "form": form})


@require_safe
def download(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    sheet = _sheet(request, pk)
    offered = {paper.code: paper for paper in papers_for(sheet, request.user)}
    if code not in offered:
        raise Http404
    if code == PAGES and own_scores(sheet, request.user).count() > MOST_AT_ONCE:
        return redirect("evaluations:pages", pk=pk)
    name, content = make_paper(sheet, offered[code], request.user)
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(
        content,
        content_type=offered[code].content_type,
        headers={"Content-Disposition": disposition},
    )


@require_http_methods(["GET", "POST"])
def pages(request: HttpRequest, pk: int) -> HttpResponse:
    """All one-page sheets, made in the background; pressed twice they are made once."""
    sheet = _sheet(request, pk)
    rows = own_scores(sheet, request.user).count()
    if not rows:
        raise Http404
    form = PagesForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        order = score_pages_order(sheet, request.user)
        try:
            batch, is_new = batches.start(
                actor=request.user, order=order, key=form.cleaned_data["key"]
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            if is_new:
                dispatch(batch)
            return redirect("batches:batch", batch.token)
    context = {"sheet": sheet, "rows": rows, "form": form}
    return render(request, "evaluations/pages.html", context)


@require_safe
def score_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rows = scores_in_full(Score.objects.visible_to(request.user))
    score = get_object_or_404(rows.select_related("sheet__scheme", "region", "deputy"), pk=pk)
    own = score.deputy is not None and score.deputy.user_id == request.user.pk
    context = {
        "score": score,
        "sheet": score.sheet,
        "lines": lines_said(score),
        "may_question": own and request.user.has_role(Role.DEPUTY),
        "may_object": may_object(request.user, score),
        "last": last_day_to_object(score.sheet),
        "appeals": score.appeals.select_related("line"),
    }
    return render(request, "evaluations/score.html", context)


@require_safe
def line_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ScoreLine.objects.visible_to(request.user).select_related(
        "score__sheet__scheme", "score__deputy"
    )
    line = get_object_or_404(rows, pk=pk)
    groups = evidence_of(line.evidence, line.base_evidence, request.user)
    context = {"line": line, "score": line.score, "sheet": line.score.sheet, "groups": groups}
    context["uncounted"] = uncounted(line, request.user)
    deputy = line.score.deputy
    own = deputy is not None and deputy.user_id == request.user.pk
    context["may_question"] = own and request.user.has_role(Role.DEPUTY)
    return render(request, "evaluations/evidence.html", context)
