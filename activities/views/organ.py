"""Staff of towns' congress organs: the report, the posts, a post's division of work (M09, M10)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.organ import PostFilter, PostForm, SharesForm
from activities.models.support import DutyShare, StaffPost
from activities.selectors import organ as selectors
from activities.services import organ as services
from activities.views import town_pages as pages
from congress_portal.core.attempts import attempt
from congress_portal.core.audit import record
from congress_portal.core.documents.files import file_response
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.periods import Period, parse_calendar_period, quarter_of


def asked_quarter(request: HttpRequest, name: str = "quarter") -> Period:
    """The quarter of the address; the running one without it or where it is none."""
    usual = quarter_of(timezone.localdate())
    try:
        asked = parse_calendar_period(request.GET.get(name, ""))
    except DomainError:
        return usual
    return asked if asked == quarter_of(asked.first) else usual


def _listed(request: HttpRequest) -> tuple[PostFilter, Any, Period, Any]:
    pages.readers_only(request)
    period, rule = asked_quarter(request), selectors.rule_for(request.user)
    form = PostFilter(request.GET, user=request.user, period=period, rule=rule)
    return form, form.apply(selectors.posts_on(request.user, period)), period, rule


@require_safe
def post_list(request: HttpRequest) -> HttpResponse:
    form, rows, period, rule = _listed(request)
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "lines": [selectors.line_of(post, rule) for post in page.object_list],
        "report": selectors.organ_report(request.user, period, rule),
        "period": period,
        "rule": rule,
        "may_add": bool(request.user.scope.write_prefixes),
    }
    return render(request, "activities/town_posts.html", context)


_FIELDS = (
    Field("镇（街道）", 10), Field("职务", 10), Field("姓名", 8), Field("专职或兼职", 8),
    Field("人大工作（%）", 8), Field("其他工作", 36), Field("提示", 26),
)  # fmt: skip


@require_safe
def post_excel(request: HttpRequest) -> HttpResponse:
    _, rows, period, rule = _listed(request)
    lines = [selectors.line_of(post, rule) for post in rows]
    cells = (
        (
            line.post.region.name,
            line.post.kind.name,
            line.post.name or "（空缺）",
            line.post.get_time_display(),
            line.congress if line.is_told else None,
            "、".join(f"{each.work} {each.share}%" for each in line.others),
            "；".join(line.flags),
        )
        for line in lines
    )
    title = f"镇街人大力量（{period.label}）"
    content = workbook_bytes(Sheet("镇街人大力量", _FIELDS, cells, title=title))
    record(AuditAction.EXPORT, label=title, changes={"format": "xlsx"})
    return file_response(content, title, "xlsx")


@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, StaffPost, pk, "region", "kind")
    context = {
        "post": found,
        "history": selectors.history_of(found),
        "period": quarter_of(timezone.localdate()),
        "may_write": pages.may_write(request, found),
    }
    return render(request, "activities/town_post.html", context)


@require_http_methods(["GET", "POST"])
def write_post(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    pages.clerks_only(request)
    row = pages.row_of(request, StaffPost, pk, to_write=True) if pk else None
    form = PostForm(request.POST or None, user=request.user, row=row)
    title = "修改岗位" if row else "登记岗位"
    page = pages.Writing(
        title, ("镇街人大力量", reverse("activities:posts")), "岗位已保存，可以接着登记分工。",
        hint="" if row else "空缺的岗位也登记，姓名不填；报表才算得出空缺。",
    )  # fmt: skip
    return pages.write_page(request, form, services.save_post, page, _address, row=row)


def _address(saved: StaffPost) -> str:
    return reverse("activities:post", args=[saved.pk])


@require_http_methods(["GET", "POST"])
def shares(request: HttpRequest, pk: int) -> HttpResponse:
    """The division of work of one quarter; a new quarter begins with the one before."""
    found = pages.row_of(request, StaffPost, pk, "region", "kind", to_write=True)
    period = asked_quarter(request)
    year, number = period.first.year, selectors.number_of(period)
    rows = list(found.duty_shares.filter(year=year, quarter=number).order_by("-share", "pk"))
    is_copied = False
    if not rows and request.method == "GET":
        rows, is_copied = _before(found, period), True
    seen = services.shares_seen(pk, year, number)
    form = SharesForm(request.POST or None, rows=rows, seen=seen)
    if request.method == "POST" and form.is_valid():
        given = {"post_pk": pk, "year": year, "quarter": number, "shares": form.shares}
        given |= {"actor": request.user, "seen": form.cleaned_data["seen"]}
        if attempt(form, services.set_shares, **given) is not None:
            messages.success(request, f"{period.label}的分工已保存。")
            return redirect("activities:post", pk=pk)
    context = {"post": found, "form": form, "period": period, "is_copied": is_copied and rows}
    return render(request, "activities/town_shares.html", context)


def _before(post: StaffPost, period: Period) -> list[DutyShare]:
    before = period.previous()
    rows = post.duty_shares.filter(year=before.first.year, quarter=selectors.number_of(before))
    return list(rows.order_by("-share", "pk"))
