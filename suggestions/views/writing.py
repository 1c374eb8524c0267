"""A deputy writes: draft, co-signers, summary, submission. Staff may do it on behalf (代录)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.selectors.entries import deputies_enterable_by
from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from deputies.forms import DeputyFilter
from deputies.models import Deputy
from deputies.selectors import deputy_of
from suggestions import services
from suggestions.enums import AttachmentKind, Kind, Party
from suggestions.forms.fields import PlainForm
from suggestions.forms.writing import WriteForm
from suggestions.models import Call, HandlingRule, Suggestion, Voice
from suggestions.selectors import parties_of, similar_suggestions
from suggestions.services.steps import AlreadyDoneError, ChangedMeanwhileError
from suggestions.views.doing import attempt, case_of, refuse_plainly, take


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    deputy = _author(request)
    if deputy is None:
        return _choose_deputy(request)
    call = Call.objects.visible_to(request.user).filter(pk=_number(request, "call")).first()
    kind = Kind.MOTION if request.GET.get("kind") == Kind.MOTION else Kind.SUGGESTION
    try:
        form = WriteForm(
            request.POST or None, request.FILES or None, deputy=deputy, kind=kind, call=call
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("suggestions:list")
    return _write(request, form, None)


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _own_draft(request, pk)
    if not draft.is_open_to_edit:
        messages.error(request, "已经提交，不能再改。要改请先联系人大机关退回。")
        return redirect("suggestions:detail", pk=pk)
    form = WriteForm(request.POST or None, request.FILES or None, deputy=draft.lead, draft=draft)
    return _write(request, form, draft)


def _write(request: HttpRequest, form: WriteForm, draft: Suggestion | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        saved = attempt(form, _save, request=request, form=form, draft=draft)
        if saved is not None:
            messages.success(request, "草稿已保存。提交之前，只有您和您邀请附议的代表看得到。")
            return redirect(_next_page(request), pk=saved.pk)
    theirs = _written_elsewhere(request, form, draft)
    papers = draft.attachments.visible_to(request.user) if draft else []
    voices = draft.sources.visible_to(request.user) if draft else []
    on_behalf = form.deputy.user_id != request.user.pk
    context = {
        "form": form,
        "draft": draft,
        "papers": papers,
        "voices": voices,
        "theirs": theirs,
    }
    return render(request, "suggestions/write.html", {**context, "on_behalf": on_behalf})


def _written_elsewhere(
    request: HttpRequest, form: WriteForm, draft: Suggestion | None
) -> list[tuple[str, str, str]]:
    """What another device saved meanwhile; the form then goes on from there."""
    stored = _stored_later(request, form, draft)
    if stored is None:
        return []
    found = form.differing(stored)
    form.renew(stored)
    return found


def _stored_later(
    request: HttpRequest, form: WriteForm, draft: Suggestion | None
) -> Suggestion | None:
    """The draft as it stands, if it was saved after what the form had seen."""
    seen = getattr(form, "cleaned_data", {}).get("seen_at")
    if seen is None:
        return None
    rows = Suggestion.objects.visible_to(request.user).filter(saved_at__gt=seen)
    if draft is None:
        return rows.filter(draft_key=form.cleaned_data.get("key")).first()
    return rows.filter(pk=draft.pk).first()


@transaction.atomic
def _save(*, request: HttpRequest, form: WriteForm, draft: Suggestion | None) -> Suggestion:
    """Text and paper together; with a refused file the text stays in the form, to send again."""
    own = form.deputy.user_id == request.user.pk
    saved = services.save_draft(
        actor=request.user,
        data=form.values,  # type: ignore[arg-type]
        pk=draft.pk if draft else None,
        draft_key=form.cleaned_data["key"],
        on_behalf_of=None if own else form.deputy,
        seen_saved_at=form.cleaned_data["seen_at"],
    )
    if upload := form.cleaned_data.get("paper"):
        kind = AttachmentKind.DRAFT if own else AttachmentKind.SCAN
        services.attach_file(pk=saved.pk, actor=request.user, kind=kind, upload=upload)
    return saved


def _next_page(request: HttpRequest) -> str:
    wanted = {"cosign": "suggestions:cosigners", "check": "suggestions:check"}
    return wanted.get(request.POST.get("then", ""), "suggestions:write")


@require_POST
def autosave(request: HttpRequest) -> JsonResponse:
    """What the page's script saves while one writes; the same draft as by the button."""
    deputy = _author(request)
    if deputy is None:
        raise PermissionDenied
    draft = _draft_of_form(request)
    try:
        form = WriteForm(request.POST, deputy=draft.lead if draft else deputy, draft=draft)
        if not form.is_valid() or not (draft or form.cleaned_data["key"]):
            return JsonResponse({"said": "还没有保存，请核对标红的内容。"}, status=400)
        saved = _save(request=request, form=form, draft=draft)
    except ChangedMeanwhileError as error:
        return _conflict(request, form, draft, error)
    except DomainError as error:
        return JsonResponse({"said": error.message}, status=400)
    at = timezone.localtime(saved.saved_at)
    said = f"{at:%H:%M} 已自动保存"
    return JsonResponse({"said": said, "seen_at": saved.saved_at.isoformat(), "pk": saved.pk})


def _conflict(
    request: HttpRequest, form: WriteForm, draft: Suggestion | None, error: DomainError
) -> JsonResponse:
    """Both texts go back to the page: its own stays in the fields, the stored one is shown."""
    stored = _stored_later(request, form, draft)
    told: dict[str, Any] = {"said": error.message}
    if stored is not None and stored.saved_at is not None:
        differing = form.differing(stored)
        told["theirs"] = {name: text for name, _, text in differing}
        told["labels"] = {name: label for name, label, _ in differing}
        told["seen_at"] = stored.saved_at.isoformat()
    return JsonResponse(told, status=409)


def _draft_of_form(request: HttpRequest) -> Suggestion | None:
    pk = _number(request, "draft", request.POST)
    return _own_draft(request, pk) if pk else None


def _number(request: HttpRequest, name: str, data: Any = None) -> int:
    text = (data if data is not None else request.GET).get(name, "")
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


def _author(request: HttpRequest) -> Deputy | None:
    """The deputy named in the address (代录), else the signed-in one; None: to be chosen."""
    if asked := _number(request, "deputy"):
        return get_object_or_404(deputies_enterable_by(request.user), pk=asked)
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is None and not request.user.scope.write_prefixes:
        raise PermissionDenied
    return own


def _choose_deputy(request: HttpRequest) -> HttpResponse:
    form = DeputyFilter(request.GET, user=request.user)
    page = page_of(request, form.apply(deputies_enterable_by(request.user)))
    return render(request, "activities/choose_deputy.html", {"form": form, "page": page})


def _own_draft(request: HttpRequest, pk: int) -> Suggestion:
    """403 for readers who do not write it (co-signers, other staff)."""
    draft = case_of(request, pk)
    parties = parties_of(request.user, draft)
    if Party.LEAD in parties or (Party.OFFICE in parties and draft.entered_on_behalf):
        return draft
    raise PermissionDenied


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """What this and earlier years had on the same matter; a fragment for the form's script."""
    rows = Suggestion.objects.visible_to(request.user)
    found = similar_suggestions(
        rows,
        title=request.GET.get("title", "")[:200],
        text=request.GET.get("text", "")[:4000],
        exclude_pk=_number(request, "draft") or None,
        limit=5,
    )
    return render(request, "suggestions/_similar.html", {"similar": found})


@require_http_methods(["GET", "POST"])
def from_voice(request: HttpRequest, pk: int) -> HttpResponse:
    """Start from what a voter raised; the link is kept (M81)."""
    voice = get_object_or_404(Voice.objects.visible_to(request.user), pk=pk)
    deputy = _author(request)
    if deputy is None:
        return _choose_deputy(request)
    if voice.suggestion_id:
        messages.error(request, "这条群众意见已经转成建议。")
        return redirect("suggestions:voice_detail", pk=pk)
    if request.method == "POST":
        own = deputy.user_id == request.user.pk
        draft = services.draft_from_voice(
            voice_pk=pk, actor=request.user, deputy=None if own else deputy
        )
        messages.success(request, "已起草，群众反映的问题写在「情况」里，请接着写。")
        return redirect("suggestions:write", pk=draft.pk)
    return render(request, "suggestions/from_voice.html", {"voice": voice, "deputy": deputy})


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """«请核对»: the whole, what is missing, what follows; then the binding step."""
    draft = _own_draft(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = PlainForm(sent, user=request.user, suggestion=draft)
    if request.method == "POST" and form.is_valid():
        try:
            done = take(request, form, services.submit_suggestion, pk=pk)
        except AlreadyDoneError as error:
            return refuse_plainly(request, error, pk)
        if done is not None:
            messages.success(
                request, f"已交{draft.region}人大机关审核。受理、交办和答复时都会通知您。"
            )
            return redirect("suggestions:detail", pk=pk)
    elif not draft.is_open_to_edit:
        return redirect("suggestions:detail", pk=pk)
    context = {
        "draft": draft,
        "form": form,
        "faults": services.submission_faults(draft),
        "cosigners": draft.cosignatures.select_related("deputy").order_by("serial", "pk"),
        "rule": HandlingRule.objects.all().of(draft.region),
    }
    return render(request, "suggestions/check.html", context)


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _own_draft(request, pk)
    if request.method == "POST":
        try:
            services.discard_draft(pk=pk, actor=request.user)
        except DomainError as error:
            return refuse_plainly(request, error, pk)
        messages.success(request, "草稿已删除。")
        return redirect("suggestions:mine")
    return render(request, "suggestions/discard.html", {"draft": draft})
