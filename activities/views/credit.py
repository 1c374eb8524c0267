"""Good deeds, honours and notes that deputies share (M110, M111, M133)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums import PostState
from activities.forms.credit import (
    DeedFilter,
    DeedForm,
    HonourFilter,
    HonourForm,
    ModerationForm,
    PostFilter,
    PostForm,
)
from activities.models import ExchangePost, GoodDeed, Honour
from activities.selectors import credit as selectors
from activities.services import credit as services
from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.files import file_response
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.enums import AuditAction, Role, Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from deputies.models import Deputy
from deputies.selectors import deputy_of


def _own_deputy(request: HttpRequest) -> Deputy | None:
    return deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None


def _writes(request: HttpRequest) -> bool:
    return bool(request.user.scope.write_prefixes)


# --- deeds ----------------------------------------------------------------------------------------


@require_safe
def deed_list(request: HttpRequest) -> HttpResponse:
    form = DeedFilter(request.GET, user=request.user)
    rows = form.apply(GoodDeed.objects.visible_to(request.user))
    number, money, people = selectors.deeds_total(rows)
    context = {
        "form": form,
        "page": page_of(request, selectors.deeds_in_full(rows)),
        "number": number,
        "money": money,
        "people": people,
        "may_add": _writes(request) or _own_deputy(request) is not None,
    }
    return render(request, "activities/deed_list.html", context)


_DEED_COLUMNS = (
    Field("日期", 8), Field("代表", 6), Field("镇（街道）", 8), Field("类别", 8),
    Field("事迹", 24), Field("金额（元）", 8), Field("受益人数", 6), Field("同意宣传", 6),
    Field("核实", 6),
)  # fmt: skip


@require_safe
def deed_sheet(request: HttpRequest) -> HttpResponse:
    """The filtered list as Excel."""
    form = DeedFilter(request.GET, user=request.user)
    rows = selectors.deeds_in_full(form.apply(GoodDeed.objects.visible_to(request.user)))
    lines = (
        (deed.held_on, deed.deputy.name, deed.deputy.town.name, deed.kind.name, deed.title,
         deed.amount, deed.beneficiaries, deed.is_publishable, deed.get_verification_display())
        for deed in rows
    )  # fmt: skip
    return _workbook(request, "先进事迹", _DEED_COLUMNS, lines)


def _workbook(
    request: HttpRequest, name: str, columns: tuple[Field, ...], lines: Any
) -> HttpResponse:
    content = workbook_bytes(Sheet(name, columns, lines, title=name))
    record(AuditAction.EXPORT, label=name, changes={"filters": request.GET.dict()})
    return file_response(content, name, "xlsx")


def _deed(request: HttpRequest, pk: int) -> GoodDeed:
    rows = selectors.deeds_in_full(GoodDeed.objects.visible_to(request.user))
    return get_object_or_404(rows, pk=pk)


@require_safe
def deed(request: HttpRequest, pk: int) -> HttpResponse:
    found = _deed(request, pk)
    own = request.user.scope.deputy_user_id is not None and found.deputy.user == request.user
    keeps = request.user.scope.may_write_code(found.deputy.town.code)
    is_open = found.verification != Verification.VERIFIED
    context = {"deed": found, "own": own, "keeps": keeps, "may_edit": (own or keeps) and is_open,
               "may_verify": keeps and not own and is_open}  # fmt: skip
    return render(request, "activities/deed.html", context)


@require_http_methods(["GET", "POST"])
def write_deed(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    own = _own_deputy(request)
    if own is None and not _writes(request):
        raise PermissionDenied
    found = _deed(request, pk) if pk else None
    if request.method == "GET" and found and found.verification == Verification.VERIFIED:
        messages.error(request, "已经核实的事迹不能再改。")
        return redirect("activities:deed", pk=found.pk)
    form = DeedForm(
        request.POST or None, request.FILES or None, user=request.user, own=own, deed=found
    )
    if request.method == "POST" and form.is_valid():
        saved = _saved_deed(request, form, found)
        if saved is not None:
            counts = saved.verification == Verification.VERIFIED
            told = (
                "已记下并视为已核实，进入履职档案。" if counts else "已记下，核实以后进入履职档案。"
            )
            messages.success(request, told)
            return redirect("activities:deed", pk=saved.pk)
    return render(request, "activities/deed_write.html", {"form": form, "deed": found})


def _saved_deed(request: HttpRequest, form: DeedForm, found: GoodDeed | None) -> GoodDeed | None:
    given = {"actor": request.user, "values": form.values, "photo": form.cleaned_data["photo"]}
    if found:
        seen = form.cleaned_data["seen"]
        return attempt(form, services.change_deed, deed_pk=found.pk, seen=seen, **given)
    key = form.cleaned_data["key"]
    return attempt(form, services.log_deed, deputy=form.about, key=key, **given)


@require_POST
def deed_consent(request: HttpRequest, pk: int) -> HttpResponse:
    told = ("已同意对外宣传。", "已收回，不再对外宣传。")
    return _switch(request, pk, services.set_consent, "is_publishable", told)


@require_POST
def show_deed(request: HttpRequest, pk: int) -> HttpResponse:
    """Onto the public pages, or off them."""
    told = ("已公开到网站。", "已从网站撤下。")
    return _switch(request, pk, services.show_deed, "is_shown", told)


def _switch(
    request: HttpRequest, pk: int, service: Any, name: str, told: tuple[str, str]
) -> HttpResponse:
    """One of a deed's switches, as the button says; ``told`` for on and for off."""
    _deed(request, pk)
    wanted = request.POST.get(name) == "yes"
    try:
        service(actor=request.user, deed_pk=pk, **{name: wanted})
    except GoodDeed.DoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, told[0] if wanted else told[1])
    return redirect("activities:deed", pk=pk)


@require_safe
def deed_photo(request: HttpRequest, pk: int) -> FileResponse:
    found = _deed(request, pk)
    if not found.photo:
        raise Http404("这条记录没有照片。")
    return FileResponse(
        found.photo.open("rb"), content_type="image/jpeg", as_attachment=True, filename="照片.jpg"
    )


# --- honours --------------------------------------------------------------------------------------


def _honours(request: HttpRequest) -> tuple[HonourFilter, QuerySet[Honour]]:
    form = HonourFilter(request.GET, user=request.user)
    return form, selectors.honours_in_full(form.apply(Honour.objects.visible_to(request.user)))


@require_safe
def honour_list(request: HttpRequest) -> HttpResponse:
    form, rows = _honours(request)
    context = {"form": form, "page": page_of(request, rows), "may_add": _writes(request)}
    return render(request, "activities/honour_list.html", context)


_HONOUR_COLUMNS = (
    Field("表彰日期", 8), Field("代表", 6), Field("镇（街道）", 8), Field("称号", 20),
    Field("级别", 6), Field("授予单位", 16), Field("文号", 12),
)  # fmt: skip


@require_safe
def honour_sheet(request: HttpRequest) -> HttpResponse:
    _, rows = _honours(request)
    lines = (
        (row.held_on, row.deputy.name, row.deputy.town.name, row.title,
         row.level.name if row.level else "", row.given_by, row.document_number)
        for row in rows
    )  # fmt: skip
    return _workbook(request, "表彰奖励", _HONOUR_COLUMNS, lines)


@require_http_methods(["GET", "POST"])
def write_honour(request: HttpRequest) -> HttpResponse:
    if not _writes(request):
        raise PermissionDenied
    form = HonourForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": form.about, "values": form.values,
                 "key": form.cleaned_data["key"]}  # fmt: skip
        if attempt(form, services.log_honour, **given) is not None:
            messages.success(request, f"已记入{form.about}的履职档案。")
            return redirect("activities:honours")
    return render(request, "activities/honour_write.html", {"form": form})


# --- notes that deputies share --------------------------------------------------------------------


@require_safe
def exchange(request: HttpRequest) -> HttpResponse:
    form = PostFilter(request.GET, user=request.user)
    if not _writes(request) and _own_deputy(request) is None:
        del form.fields["state"]
    context = {
        "form": form,
        "page": page_of(request, form.apply(selectors.posts_for(request.user))),
        "waiting": selectors.posts_to_moderate(request.user) if _writes(request) else [],
        "may_add": _own_deputy(request) is not None,
    }
    return render(request, "activities/exchange_list.html", context)


def _post(request: HttpRequest, pk: int) -> ExchangePost:
    rows = ExchangePost.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("deputy__town", "moderated_by"), pk=pk)


@require_http_methods(["GET", "POST"])
def exchange_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Others read it; the office of the writer's town lets or refuses it here."""
    post = _post(request, pk)
    own = request.user.scope.deputy_user_id == post.deputy.user_id is not None
    moderates = request.user.scope.may_write_code(post.deputy.town.code) and not own
    form = ModerationForm(request.POST or None, post=post) if moderates else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            given = {"actor": request.user, "post_pk": pk, **form.cleaned_data}
            if attempt(form, services.moderate_post, **given) is not None:
                let = form.cleaned_data["is_let"]
                messages.success(request, "已发布。" if let else "已退回作者。")
                return redirect("activities:exchange_post", pk=pk)
    may_edit = own and post.state != PostState.PUBLISHED
    context = {"post": post, "form": form, "own": own, "may_edit": may_edit}
    return render(request, "activities/exchange_post.html", context)


@require_http_methods(["GET", "POST"])
def write_post(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    own = _own_deputy(request)
    if own is None:
        raise PermissionDenied
    post = get_object_or_404(ExchangePost.objects.filter(deputy=own), pk=pk) if pk else None
    form = PostForm(request.POST or None, post=post)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("title", "body")}
        if post:
            seen = form.cleaned_data["seen"]
            given = {"actor": request.user, "post_pk": post.pk, "seen": seen, **words}
            saved = attempt(form, services.change_post, **given)
        else:
            given = {"actor": request.user, "deputy": own, "key": form.cleaned_data["key"], **words}
            saved = attempt(form, services.write_post, **given)
        if saved is not None:
            messages.success(request, "已提交，人大工作人员审核后其他代表才能看到。")
            return redirect("activities:exchange_post", pk=saved.pk)
    return render(request, "activities/exchange_write.html", {"form": form, "post": post})
