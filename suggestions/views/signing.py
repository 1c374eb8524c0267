"""Co-signers: invited by name, confirming in their own account, or entered from paper."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from congress_portal.core.errors import DomainError
from suggestions import services
from suggestions.enums import Party
from suggestions.forms.writing import InviteForm, PaperSignerForm, SearchForm
from suggestions.models import CoSigner, HandlingRule, Suggestion
from suggestions.selectors import parties_of
from suggestions.views.doing import attempt, back_to_case, case_of, refuse_plainly


def _written_by(request: HttpRequest, pk: int) -> Suggestion:
    draft = case_of(request, pk)
    parties = parties_of(request.user, draft)
    if Party.LEAD in parties or (Party.OFFICE in parties and draft.entered_on_behalf):
        return draft
    raise PermissionDenied


@require_http_methods(["GET", "POST"])
def cosigners(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _written_by(request, pk)
    if not draft.is_open_to_edit:
        messages.error(request, "已经提交，不能再邀请附议。")
        return redirect("suggestions:detail", pk=pk)
    form = InviteForm(request.POST or None, user=request.user, suggestion=draft)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["deputies"])
        given = {"pk": pk, "actor": request.user, "deputies": chosen}
        if attempt(form, services.invite_cosigners, **given) is not None:
            names = "、".join(deputy.name for deputy in chosen)
            messages.success(request, f"已邀请{names}附议，等他们在自己的账号里确认。")
            return redirect("suggestions:cosigners", pk=pk)
    return _cosigners_page(request, draft, form, None)


def _cosigners_page(
    request: HttpRequest, draft: Suggestion, form: InviteForm, paper: PaperSignerForm | None
) -> HttpResponse:
    search = SearchForm(request.GET)
    words = search.cleaned_data["q"].strip() if search.is_valid() else ""
    form.narrow(words)
    if draft.entered_on_behalf and paper is None:
        paper = PaperSignerForm(user=request.user, suggestion=draft)
    rows = draft.cosignatures.select_related("deputy__town").order_by("serial", "pk")
    rule = HandlingRule.objects.all().of(draft.region)
    context = {"draft": draft, "form": form, "search": search, "words": words, "paper": paper}
    return render(request, "suggestions/cosigners.html", {**context, "rows": rows, "rule": rule})


@require_POST
def paper_cosigners(request: HttpRequest, pk: int) -> HttpResponse:
    """Names from a signed sheet; the scan is attached to the draft."""
    draft = _written_by(request, pk)
    paper = PaperSignerForm(request.POST, user=request.user, suggestion=draft)
    if paper.is_valid() and attempt(paper, _enter, request=request, pk=pk, form=paper):
        messages.success(request, "已登记纸面附议，请记得上传签名扫描件。")
        return redirect("suggestions:cosigners", pk=pk)
    form = InviteForm(None, user=request.user, suggestion=draft)
    return _cosigners_page(request, draft, form, paper)


def _enter(*, request: HttpRequest, pk: int, form: PaperSignerForm) -> list[CoSigner]:
    return [
        services.enter_paper_cosigner(pk=pk, actor=request.user, deputy=deputy)
        for deputy in form.cleaned_data["deputies"]
    ]


@require_POST
def remove_cosigner(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(CoSigner.objects.visible_to(request.user), pk=pk)
    draft = _written_by(request, row.suggestion_id)
    try:
        services.remove_cosigner(pk=draft.pk, actor=request.user, deputy=row.deputy)
    except DomainError as error:
        return refuse_plainly(request, error, draft.pk)
    messages.success(request, f"已撤销对{row.deputy}的邀请。")
    return redirect("suggestions:cosigners", pk=draft.pk)


@require_http_methods(["GET", "POST"])
def cosign(request: HttpRequest, pk: int) -> HttpResponse:
    """The invited deputy reads the text and confirms or declines."""
    draft = case_of(request, pk)
    row = draft.cosignatures.filter(deputy__user=request.user).select_related("deputy").first()
    if row is None:
        raise PermissionDenied
    if request.method == "POST":
        agrees = request.POST.get("answer") == "yes"
        try:
            services.answer_invitation(pk=pk, actor=request.user, agrees=agrees)
        except DomainError as error:
            return refuse_plainly(request, error, pk)
        done = "已附议。内容再有修改，会请您重新确认。" if agrees else "已答复不附议。"
        messages.success(request, done)
        return back_to_case(request, pk)
    return render(request, "suggestions/cosign.html", {"draft": draft, "row": row})
