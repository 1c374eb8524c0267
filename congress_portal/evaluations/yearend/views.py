"""Pages of the year-end review: list, one review, its steps and its papers."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.models import Ballot
from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.batches import services as batches
from congress_portal.core.batches.tasks import dispatch
from congress_portal.core.documents.files import file_response, send_paper
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.evaluations.enums import ReviewState
from congress_portal.evaluations.models import Nominee, ReviewObjection, ReviewTitle, YearReview
from congress_portal.evaluations.yearend import forms as f
from congress_portal.evaluations.yearend import papers, selectors, services
from congress_portal.evaluations.yearend.batches import MOST_AT_ONCE, certificates_order
from congress_portal.evaluations.yearend.workflow import TABLE, ReviewStep, is_possible

_PAGES = (
    ReviewStep.CHANGE,
    ReviewStep.RANK,
    ReviewStep.SETTLE,
    ReviewStep.PUBLICISE,
    ReviewStep.ISSUE,
    ReviewStep.RETURN,
)


def _review(request: HttpRequest, pk: int, *, to_keep: bool = False) -> YearReview:
    """A stranger meets 404, a reader who asks for the office's step 403."""
    rows = YearReview.objects.visible_to(request.user)
    related = ("region", "sheet__scheme", "ballot", "issued_by")
    found: YearReview = get_object_or_404(rows.select_related(*related), pk=pk)
    if to_keep and not selectors.keeps(request.user, found):
        raise PermissionDenied
    return found


@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    rows = YearReview.objects.visible_to(request.user).select_related("region")
    context = {"page": page_of(request, rows), "may_add": _may_add(request)}
    return render(request, "evaluations/reviews.html", context)


def _may_add(request: HttpRequest) -> bool:
    return bool(request.user.scope.write_prefixes)


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk)
    is_office = selectors.keeps(request.user, found)
    steps = [step for step in _PAGES if is_possible(step, found.state)] if is_office else []
    if found.sheet is None and ReviewStep.RANK in steps:
        steps.remove(ReviewStep.RANK)
    objections = ReviewObjection.objects.visible_to(request.user).filter(review=found)
    is_nominating = found.state == ReviewState.NOMINATING
    context = {
        "review": found,
        "titles": selectors.lines_of(found, request.user),
        "steps": steps,
        "is_office": is_office,
        "is_over": selectors.is_over(found, timezone.localdate()),
        "may_recommend": is_nominating and selectors.recommendable(request.user, found).exists(),
        "may_object": is_possible(ReviewStep.OBJECT, found.state),
        "objections": objections.select_related("nominee__deputy", "answered_by"),
        "sees_ballot": Ballot.objects.visible_to(request.user).filter(pk=found.ballot_id).exists(),
    }
    return render(request, "evaluations/review.html", context)


@require_http_methods(["GET", "POST"])
def write_review(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    found = _review(request, pk, to_keep=True) if pk else None
    if found is None and not _may_add(request):
        raise PermissionDenied
    form = f.ReviewForm(request.POST or None, user=request.user, review=found)
    if request.method == "POST" and form.is_valid():
        key = None if pk else form.cleaned_data["key"]
        given = {"actor": request.user, "review_pk": pk, "seen": form.cleaned_data["seen"]}
        saved = attempt(form, services.save_review, key=key, **given, **form.given)
        if saved:
            messages.success(request, "已保存。现在可以按名次列入，或由镇（街道）、小组推荐。")
            return redirect("evaluations:review", pk=saved.pk)
    return _page(request, form, found, "修改评优" if pk else "新建评优", "保存")


def _page(
    request: HttpRequest,
    form: forms.Form,
    found: YearReview | None,
    title: str,
    button: str,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "review": found, "title": title, "button": button, "then": "",
               "lines": [], "objection": None, **more}  # fmt: skip
    return render(request, "evaluations/review_step.html", context)


def _office_page(
    request: HttpRequest,
    found: YearReview,
    step: ReviewStep,
    form: forms.Form,
    service: Callable[..., Any],
    given: Callable[[], dict[str, Any]],
    told: Callable[[Any], str],
    **more: Any,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        made = attempt(form, service, actor=request.user, review_pk=found.pk, **given())
        if form.is_valid():
            messages.success(request, told(made))
            return redirect("evaluations:review", pk=found.pk)
    then = TABLE[step].then
    return _page(request, form, found, step.label, step.label, then=then, **more)


@require_http_methods(["GET", "POST"])
def take_ranking(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk, to_keep=True)
    if found.sheet is None:
        raise Http404("这次评优不取名次。")
    form = f.RankingForm(request.POST or None, review=found)
    return _office_page(
        request, found, ReviewStep.RANK, form, services.take_ranking,
        lambda: {"numbers": form.numbers}, lambda fresh: f"已列入，新增 {fresh} 位候选人。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def recommend(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk)
    if not selectors.recommendable(request.user, found).exists():
        raise PermissionDenied
    form = f.RecommendForm(request.POST or None, user=request.user, review=found)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, services.recommend, actor=request.user, **form.given)
        if made:
            messages.success(request, f"已以{made.side}的名义推荐{made.nominee.deputy}。")
            return redirect("evaluations:review", pk=pk)
    then = TABLE[ReviewStep.RECOMMEND].then
    return _page(request, form, found, "推荐候选人", "推荐", then=then)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Nominee.objects.visible_to(request.user).select_related("title", "deputy__town")
    nominee = get_object_or_404(rows, pk=pk)
    found = _review(request, nominee.title.review_id)
    if not selectors.may_withdraw(request.user, found, nominee):
        raise PermissionDenied
    form = f.WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "nominee_pk": pk, **form.cleaned_data}
        if attempt(form, services.withdraw, **given):
            messages.success(request, f"{nominee.deputy}的推荐已撤下。")
            return redirect("evaluations:review", pk=found.pk)
    then = TABLE[ReviewStep.WITHDRAW].then
    return _page(request, form, found, f"撤下候选人：{nominee}", "撤下", then=then)


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk, to_keep=True)
    form = f.SettleForm(request.POST or None)
    return _office_page(
        request, found, ReviewStep.SETTLE, form, services.settle,
        lambda: form.cleaned_data,
        lambda made: "候选人已定。" + ("请打开选票，核对后开始投票。" if made.ballot_id else ""),
        lines=selectors.lines_of(found, request.user),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk, to_keep=True)
    form = f.GiveBackForm(request.POST or None)
    return _office_page(
        request, found, ReviewStep.RETURN, form, services.give_back,
        lambda: form.cleaned_data, lambda made: f"已退回，现在是「{made.get_state_display()}」。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def publicise(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk, to_keep=True)
    lines = selectors.lines_of(found, request.user)
    form = f.PubliciseForm(request.POST or None, review=found, best=_best(lines))
    return _office_page(
        request, found, ReviewStep.PUBLICISE, form, services.publicise,
        lambda: form.given,
        lambda made: f"已公示到{made.public_until:%-m月%-d日}，期满才能颁发。",
        lines=lines,
    )  # fmt: skip


def _best(lines: list[selectors.TitleLines]) -> list[int]:
    """What is ticked beforehand: as many as there are places, by votes; nobody without votes."""
    return [
        line.nominee.pk
        for each in lines
        for line in [one for one in each.lines if one.vote][: each.title.places]
    ]


@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk, to_keep=True)
    form = f.IssueForm(request.POST or None, review=found)
    return _office_page(
        request, found, ReviewStep.ISSUE, form, services.issue,
        lambda: form.cleaned_data,
        lambda made: f"{len(made)} 项表彰已记入代表的履职档案，可以打印名单和证书。",
        lines=selectors.lines_of(found, request.user),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    found = _review(request, pk)
    is_office = selectors.keeps(request.user, found)
    form = f.ObjectForm(request.POST or None, review=found, is_office=is_office)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "review_pk": pk, **form.given}
        if attempt(form, services.object_to_list, **given):
            messages.success(request, "意见已登记，办公室答复以前不会颁发。")
            return redirect("evaluations:review", pk=pk)
    then = TABLE[ReviewStep.OBJECT].then
    return _page(request, form, found, "对公示名单提意见", "提交", then=then)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ReviewObjection.objects.visible_to(request.user).select_related("nominee__deputy")
    row = get_object_or_404(rows, pk=pk)
    found = _review(request, row.review_id, to_keep=True)
    form = f.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "objection_pk": pk, **form.cleaned_data}
        if attempt(form, services.answer_objection, **given):
            messages.success(request, "已答复。")
            return redirect("evaluations:review", pk=found.pk)
    then = TABLE[ReviewStep.ANSWER].then
    return _page(request, form, found, "答复公示意见", "答复", then=then, objection=row)


@require_http_methods(["GET", "POST"])
def wording(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ReviewTitle.objects.visible_to(request.user).select_related("review")
    title = get_object_or_404(rows, pk=pk)
    found = _review(request, title.review_id, to_keep=True)
    form = f.WordingForm(request.POST or None, title=title)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "title_pk": pk, **form.cleaned_data}
        if attempt(form, services.set_wording, **given):
            messages.success(request, f"「{title.name}」的证书文字已保存。")
            return redirect("evaluations:review", pk=found.pk)
    return _page(request, form, found, f"{title.name}：级别和证书", "保存")


@require_safe
def award_list(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """拟表彰名单 while it is public, 表彰名单 once issued; whoever reads the page may take it."""
    found = _review(request, pk)
    if found.state not in (ReviewState.PUBLICITY, ReviewState.ISSUED):
        raise Http404("名单还没有公示。")
    return send_paper(papers.award_list(found), kind, found)


@require_safe
def certificates(request: HttpRequest, pk: int) -> HttpResponse:
    """All certificates as one file while they are few; else the batch makes them."""
    found = _review(request, pk, to_keep=True)
    if found.state != ReviewState.ISSUED:
        raise Http404("还没有颁发。")
    rows = list(selectors.chosen_of(found).exclude(honour=None)[: MOST_AT_ONCE + 1])
    if len(rows) > MOST_AT_ONCE:
        return redirect("evaluations:certificate_batch", pk=pk)
    content = papers.certificates_pdf(found, rows)
    record(AuditAction.EXPORT, found, label=f"{found}证书", changes={"rows": len(rows)})
    return file_response(content, f"{found}证书", "pdf")


@require_http_methods(["GET", "POST"])
def certificate_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """A file for each town in the background; pressed twice they are made once."""
    found = _review(request, pk, to_keep=True)
    if found.state != ReviewState.ISSUED:
        raise Http404("还没有颁发。")
    form = f.BatchForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        order = certificates_order(found)
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
    then = "后台按镇（街道）分开制作，做好以后一次下载"
    return _page(request, form, found, "制作全部证书", "开始制作", then=then)
