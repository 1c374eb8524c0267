"""Letters to employers and the ledger of what was given (履职保障台账, M121)."""

import io
import zipfile

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import SupportKind
from activities.forms.support import LettersForm, SupportFilter, SupportForm
from activities.models import SupportItem
from activities.reports.letters import employer_paper, letter_of
from activities.selectors.plans import plan_page
from activities.services.support import addressees, give_support, issue_letters
from activities.views.planning import organised
from activities.workflow import Action
from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.files import file_response, send_paper
from congress_portal.core.documents.pdf import render_html, render_many
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.enums import AuditAction
from congress_portal.core.listing import page_of


@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """出席活动通知函 for everyone called: numbered once, printed as often as needed."""
    found = organised(request, pk)
    page = plan_page(request.user, found, timezone.localdate())
    if not page.may(Action.LETTER):
        raise PermissionDenied
    form = LettersForm(
        request.POST or None, rows=page.rows, issued=page.letters, drafts=addressees(page.rows)
    )
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "activity_pk": pk, "addressed": form.addressed}
        made = attempt(form, issue_letters, **given)
        if made is not None:
            told = f"已编号 {len(made)} 份通知函，可以打印；已记入履职保障台账。"
            if made:
                messages.success(request, told)
            else:
                messages.error(request, "没有编号：请先勾选要发函的代表，写上单位。")
            return redirect("activities:letters", pk=pk)
    context = {"form": form, "page": page, "activity": found}
    return render(request, "activities/call_letters.html", context)


def _letters(request: HttpRequest) -> QuerySet[SupportItem]:
    rows = SupportItem.objects.visible_to(request.user).filter(kind=SupportKind.LETTER)
    return rows.select_related("deputy", "activity__region", "activity__form")


@require_safe
def letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    item = get_object_or_404(_letters(request), pk=pk)
    return send_paper(employer_paper(letter_of(item)), kind, item, extra=item.deputy.name)


@require_safe
def all_letters(request: HttpRequest, pk: int) -> HttpResponse:
    """Every numbered letter of the activity as PDFs in one file."""
    found = organised(request, pk)
    items = list(_letters(request).filter(activity=found).order_by("serial", "pk"))
    if not items:
        raise Http404("还没有编号的通知函。")
    pages = [render_html(employer_paper(letter_of(item))) for item in items]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        prints = render_many(pages, workers=2 if len(pages) > _AT_ONCE else 1)
        for item, content in zip(items, prints, strict=True):
            bundle.writestr(f"{item.serial:03d}-{item.deputy.name}.pdf", content)
    name = f"{found.title}-通知函"
    record(AuditAction.EXPORT, found, label=name, changes={"format": "zip", "copies": len(items)})
    return file_response(out.getvalue(), name, "zip")


_AT_ONCE = 12  # more letters are worth a second process


def _ledger(request: HttpRequest) -> tuple[SupportFilter, QuerySet[SupportItem]]:
    form = SupportFilter(request.GET, user=request.user)
    rows = form.apply(SupportItem.objects.visible_to(request.user))
    return form, rows.select_related("deputy__town", "activity", "entered_by")


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    form, rows = _ledger(request)
    context = {
        "form": form,
        "page": page_of(request, rows),
        "total": rows.aggregate(total=Sum("amount"))["total"],
        "may_add": bool(request.user.scope.write_prefixes),
        "opens_people": bool(request.user.scope.read_prefixes),
    }
    return render(request, "activities/support.html", context)


_FIELDS = (
    Field("日期", 8),
    Field("代表", 8),
    Field("镇（街道）", 9),
    Field("种类", 10),
    Field("编号", 14),
    Field("内容", 24),
    Field("金额（元）", 8),
    Field("为哪次活动", 22),
)


@require_safe
def ledger_excel(request: HttpRequest) -> HttpResponse:
    form, rows = _ledger(request)
    lines = (
        (
            row.held_on,
            row.deputy.name,
            row.deputy.town.name,
            row.get_kind_display(),
            row.number,
            row.detail,
            row.amount,
            row.activity.title if row.activity else "",
        )
        for row in rows
    )
    title = "履职保障台账"
    content = workbook_bytes(Sheet(title, _FIELDS, lines, title=title))
    filters = {name: str(value) for name, value in form.data.items() if value}
    record(AuditAction.EXPORT, label=title, changes={"format": "xlsx", "filters": filters})
    return file_response(content, title, "xlsx")


@require_http_methods(["GET", "POST"])
def new_support(request: HttpRequest) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    form = SupportForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, **form.cleaned_data}
        if attempt(form, give_support, **given) is not None:
            messages.success(request, "已记入履职保障台账。")
            return redirect("activities:support")
    return render(request, "activities/support_write.html", {"form": form})
