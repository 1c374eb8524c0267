"""The library of rules: versions, download, print for the wall (制度上墙, M34)."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.rule_documents import RuleFilter, RuleForm, VersionForm
from activities.models.support import RuleDocument, RuleVersion
from activities.reports.towns import SIZES, rule_wall
from activities.selectors import rule_documents as selectors
from activities.services import rule_documents as services
from activities.views import town_pages as pages
from congress_portal.core.audit import record
from congress_portal.core.documents.files import file_response
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.enums import AuditAction
from congress_portal.core.listing import page_of


def _may_add(request: HttpRequest) -> bool:
    scope = request.user.scope
    return bool(scope.write_prefixes) or scope.officer_user_id is not None


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    form = RuleFilter(request.GET, user=request.user)
    rows = form.apply(selectors.documents_in_full(RuleDocument.objects.visible_to(request.user)))
    if not request.GET.get("old"):
        rows = rows.filter(is_active=True)
    page, today = page_of(request, rows), timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "lines": [selectors.document_line(row, today) for row in page.object_list],
        "may_add": _may_add(request),
    }
    return render(request, "activities/town_rules.html", context)


@require_safe
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    rows = selectors.documents_in_full(RuleDocument.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    today = timezone.localdate()
    context = {
        "line": selectors.document_line(found, today),
        "today": today,
        "may_write": pages.may_write(request, found),
        "sizes": SIZES,
    }
    return render(request, "activities/town_rule.html", context)


@require_http_methods(["GET", "POST"])
def write_rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    row = pages.row_of(request, RuleDocument, pk, to_write=True) if pk else None
    if row is None and not _may_add(request):
        pages.clerks_only(request)
    form = RuleForm(request.POST or None, user=request.user, row=row)
    page = pages.Writing(
        "修改制度" if row else "登记制度",
        ("制度文件", reverse("activities:rule_documents")),
        "已保存，可以接着录入正文或上传文件。",
    )
    return pages.write_page(
        request, form, services.save_rule_document, page, lambda saved: _address(saved.pk), row=row
    )


def _address(pk: int) -> str:
    return reverse("activities:rule_document", args=[pk])


@require_http_methods(["GET", "POST"])
def add_version(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.row_of(request, RuleDocument, pk, to_write=True)
    form = VersionForm(request.POST or None, request.FILES or None, user=request.user)
    page = pages.Writing(
        f"{found}：新的一版", (str(found), _address(pk)), "新版本已录入，旧版本保留。"
    )
    return pages.write_page(
        request, form, services.add_version, page, lambda saved: _address(pk), document_pk=pk
    )


def _version(request: HttpRequest, pk: int) -> RuleVersion:
    return pages.row_of(request, RuleVersion, pk, "document__region", "document__station")


@require_safe
def rule_file(request: HttpRequest, pk: int) -> FileResponse:
    return pages.send_file(_version(request, pk).file)


@require_safe
def wall(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """The version's text as a sheet for the wall."""
    version = _version(request, pk)
    if size not in SIZES or not version.text:
        raise Http404("没有正文，不能印成上墙的纸。")
    content = render_pdf(render_html(rule_wall(version, size)))
    name = f"{version.document}（第{version.version}版）-{size.upper()}"
    record(AuditAction.EXPORT, version, label=name, changes={"format": "pdf", "size": size})
    return file_response(content, name, "pdf")
