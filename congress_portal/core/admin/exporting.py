"""«导出所选»: the chosen rows in the columns of the import, with a reason for personal data."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from congress_portal.core.admin.forms import masks_of
from congress_portal.core.admin.personal import ReasonForm
from congress_portal.core.audit import record
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.importing.registry import kinds
from congress_portal.core.importing.session import Session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NothingToExportError(DomainError):
    """None of the chosen rows belongs on any of the sheets."""


def export_sheets(
    rows_by_kind: dict[str, QuerySet[Any]], request: HttpRequest
) -> tuple[list[Sheet], int]:
    """One sheet for each kind that has rows, and how many rows there are in all."""
    sheets, total = [], 0
    for name, rows in rows_by_kind.items():
        resource = kinds()[name](Session(request.user))
        dataset = resource.export(queryset=rows)
        if len(dataset):
            fields = [Field(header or "") for header in dataset.headers]
            sheets.append(Sheet(name, fields, list(dataset)))
            total += len(dataset)
    return sheets, total


def plain_sheet(model_admin: admin.ModelAdmin, rows: QuerySet[Any], request: HttpRequest) -> Sheet:
    """The columns of the list itself, for what has no sheet of its own in the import."""
    names = model_admin.export_columns
    model = rows.model
    titles = [str(model._meta.get_field(name).verbose_name) for name in names]
    return Sheet(
        str(model._meta.verbose_name), [Field(title) for title in titles], _lines(rows, names)
    )


def _lines(rows: QuerySet[Any], names: Sequence[str]) -> Iterator[list[Any]]:
    for row in rows.iterator(500):
        yield [_shown(row, name) for name in names]


def _shown(row: Any, name: str) -> Any:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def _filters(request: HttpRequest) -> dict[str, str]:
    """What the list was narrowed to, in the words of the address."""
    return {name: ",".join(request.GET.getlist(name)) for name in request.GET if name != "p"}


class ExportMixin:
    """``export_kinds``: the sheets of the import that these rows fill (DESIGN §3);
    ``export_columns``: instead of them, plain columns of the model."""

    export_kinds: ClassVar[tuple[str, ...]] = ()
    export_columns: ClassVar[tuple[str, ...]] = ()
    exports_personal: ClassVar[bool] = False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if not (self.export_kinds or self.export_columns):
            actions.pop("export_selected", None)
        return actions

    @property
    def export_needs_reason(self) -> bool:
        return self.exports_personal or (bool(self.export_kinds) and bool(masks_of(self.model)))

    @admin.action(description="导出所选", permissions=["view"])
    def export_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """An Excel file; where it holds personal data a reason is asked for first."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if self.export_needs_reason and not form.is_valid():
            told = (
                "导出的文件含有个人信息（身份证号码、手机号码等），请写明用途；用途会记入操作记录。"
            )
            return self.ask(request, queryset, "export_selected", form, "导出所选", told)
        reason = form.cleaned_data["reason"] if self.export_needs_reason else ""
        sheets, total = self._sheets(request, queryset)
        changes = {"rows": total, "filters": _filters(request)}
        label = f"导出{self.opts.verbose_name_plural}"
        content = workbook_bytes(*sheets)
        record(AuditAction.EXPORT, changes=changes, label=label, reason=reason)
        stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
        return HttpResponse(
            content,
            content_type=XLSX,
            headers={
                "Content-Disposition": content_disposition_header(
                    True, f"{self.opts.verbose_name_plural}-{stamp}.xlsx"
                )
                or "attachment"
            },
        )

    def _sheets(self, request: HttpRequest, rows: QuerySet[Any]) -> tuple[list[Sheet], int]:
        if not self.export_kinds:
            rows = rows.select_related(*self.list_select_related or ())
            return [plain_sheet(self, rows, request)], rows.count()
        by_kind = {kind: self.export_rows(kind, rows, request) for kind in self.export_kinds}
        sheets, total = export_sheets(by_kind, request)
        if not sheets:
            raise NothingToExportError("所选的记录没有可以导出的内容。")
        return sheets, total

    def export_rows(self, kind: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """The rows that fill a sheet of this kind; a hook where they are another model's."""
        return rows.prefetch_related(None)

    def ask(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        action: str,
        form: Any,
        title: str,
        told: str,
    ) -> TemplateResponse:
        """The page between choosing an action and doing it: what will happen, and the reason."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "told": told,
            "form": form,
            "opts": self.opts,
            "action": action,
            "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "across": request.POST.get("select_across", "0"),
            "rows": queryset[:20],
            "count": queryset.count(),
        }
        return TemplateResponse(request, "core/admin/ask.html", context)
