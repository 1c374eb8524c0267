"""The ledger of things done for people: list, entry, verification, Excel."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.downloads import file_response
from congress_portal.core.enums import Verification
from congress_portal.core.listing import page_of
from suggestions.forms.deeds import CheckDeedForm, DeedFilter, DeedForm
from suggestions.models import Deed, Suggestion, Voice
from suggestions.selectors import voice_desk
from suggestions.selectors.deeds import deeds_for, sums_of
from suggestions.services.deeds import change_deed, check_deed, log_deed

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADS = (
    ("办成日期", 10), ("办了什么事", 30), ("类别", 10), ("来源", 8), ("镇（街道）", 10),
    ("家站", 14), ("代表", 8), ("办理单位", 14), ("投入资金（元）", 10), ("受益人数", 8),
    ("核实", 8), ("凭据和经过", 40),
)  # fmt: skip


def _rows(request: HttpRequest) -> tuple[DeedFilter, QuerySet[Any]]:
    form = DeedFilter(request.GET, user=request.user)
    return form, form.apply(deeds_for(request.user))


@require_safe
def deeds(request: HttpRequest) -> HttpResponse:
    form, rows = _rows(request)
    asked = {name: form.data[name] for name in form.fields if form.data.get(name)}
    context = {
        "form": form,
        "page": page_of(request, rows),
        "sums": sums_of(rows),
        "asked": urlencode(asked),
        "verified": urlencode(asked | {"state": Verification.VERIFIED.value}),
        "is_part": not request.user.scope.reads_everything,
        "may_log": voice_desk.may_sort(request.user),
    }
    return render(request, "suggestions/deeds.html", context)


@require_safe
def deeds_excel(request: HttpRequest) -> HttpResponse:
    lines = (
        (
            each.finished_on, each.title, each.category.name, each.get_source_display(),
            each.region.name, str(each.station or ""), each.deputy.name if each.deputy else "",
            str(each.unit or ""), each.amount, each.beneficiaries,
            each.get_verification_display(), each.evidence,
        )
        for each in _rows(request)[1].iterator(500)
    )  # fmt: skip
    fields = [Field(name, width) for name, width in _HEADS]
    content = workbook_bytes(Sheet("办实事", fields, lines, title="为群众办实事台账"))
    return file_response(content, "为群众办实事台账.xlsx", _KIND)


@require_http_methods(["GET", "POST"])
def new_deed(request: HttpRequest) -> HttpResponse:
    """From nothing, or in one step from a closed voice (?voice=)."""
    if not voice_desk.may_sort(request.user):
        raise PermissionDenied
    voice, asked = None, request.GET.get("voice", "")
    if asked:
        pk = int(asked[:18]) if asked.isascii() and asked.isdigit() else 0
        rows = Voice.objects.editable_by(request.user).filter(closed_on__isnull=False)
        voice = get_object_or_404(rows, pk=pk)
        if (known := Deed.objects.filter(voice=voice).first()) and request.method == "GET":
            messages.info(request, "这件意见已经记入办实事台账，就是这一条。")
            return redirect("suggestions:deed", pk=known.pk)
    form = DeedForm(request.POST or None, request.FILES or None, user=request.user, voice=voice)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "values": form.values, "voice": voice}
        given |= {name: form.cleaned_data[name] for name in ("photo", "key")}
        deed = attempt(form, log_deed, **given)
        if deed is not None:
            messages.success(request, "已记入台账，等核实以后计数。")
            return redirect("suggestions:deed", pk=deed.pk)
    return render(
        request, "suggestions/deed_new.html", {"form": form, "voice": voice, "deed": None}
    )


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(deeds_for(request.user), pk=pk)
    if not Deed.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    data, files = request.POST or None, request.FILES or None
    form = DeedForm(data, files, user=request.user, voice=row.voice, deed=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deed_pk": pk, "values": form.values}
        given |= {name: form.cleaned_data[name] for name in ("photo", "seen")}
        if attempt(form, change_deed, **given) is not None:
            messages.success(request, "已修改，等重新核实。")
            return redirect("suggestions:deed", pk=pk)
    context = {"form": form, "voice": row.voice, "deed": row}
    return render(request, "suggestions/deed_new.html", context)


@require_http_methods(["GET", "POST"])
def deed(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(deeds_for(request.user), pk=pk)
    may_check = request.user.scope.may_write_code(row.region.code)
    if request.method == "POST" and not may_check:
        raise PermissionDenied
    form = CheckDeedForm(request.POST or None, deed=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deed_pk": pk, **form.cleaned_data}
        if attempt(form, check_deed, **given) is not None:
            messages.success(request, "核实的结果已登记。")
            return redirect("suggestions:deed", pk=pk)
    linked = Voice.objects.visible_to(request.user).filter(pk=row.voice_id).first()
    proposal = Suggestion.objects.visible_to(request.user).filter(pk=row.suggestion_id).first()
    context = {"deed": row, "form": form, "may_check": may_check, "voice": linked}
    context["proposal"] = proposal
    context["may_change"] = Deed.objects.editable_by(request.user).filter(pk=pk).exists()
    return render(request, "suggestions/deed.html", context)


@require_safe
def deed_photo(request: HttpRequest, pk: int) -> FileResponse:
    row = get_object_or_404(Deed.objects.visible_to(request.user).exclude(photo=""), pk=pk)
    return FileResponse(row.photo.open("rb"), content_type="image/jpeg")
