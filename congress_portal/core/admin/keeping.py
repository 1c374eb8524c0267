"""What the portal itself keeps: the audit trail and the imports. Nobody writes these by hand."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from congress_portal.core.admin.base import PortalAdmin, PortalInline
from congress_portal.core.admin.trail import changes_of, model_label
from congress_portal.core.models import AuditEntry, ImportRun, ImportSheet


class ReadOnly:
    """Shown, never changed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, PortalAdmin):
    list_display = ("sequence", "at", "actor_name", "action", "kind", "label", "address")
    list_display_links = ("sequence", "at")
    list_filter = ("action",)
    search_fields = ("actor_name", "label", "=address")
    fields = (
        "sequence",
        "at",
        "actor_name",
        "address",
        "action",
        "kind",
        "label",
        "reason",
        "changes_told",
        "digest",
    )
    readonly_fields = ("kind", "changes_told")
    export_columns = ("sequence", "at", "actor_name", "address", "action", "label", "reason")

    @admin.display(description="对象种类")
    def kind(self, entry: AuditEntry) -> str:
        return model_label(entry)

    @admin.display(description="变化")
    def changes_told(self, entry: AuditEntry) -> str:
        return render_to_string("core/admin/_changes.html", {"changes": list(changes_of(entry))})


class ImportSheetInline(ReadOnly, PortalInline):
    model = ImportSheet
    fields = ("name", "kind", "rows", "created", "updated", "unchanged", "refused_rows")
    readonly_fields = ("refused_rows",)
    verbose_name_plural = "工作表"

    @admin.display(description="退回")
    def refused_rows(self, sheet: ImportSheet) -> int:
        return len(sheet.refused)


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly, PortalAdmin):
    list_display = ("file_name", "actor", "started_at", "state", "message")
    list_select_related = ("actor",)
    list_filter = ("state",)
    search_fields = ("file_name", "actor__name")
    inlines = (ImportSheetInline,)
    fields = (
        ("file_name", "size"),
        "sha256",
        "actor",
        ("started_at", "finished_at"),
        "state",
        "partial",
        "message",
        "page",
    )
    readonly_fields: ClassVar[tuple[str, ...]] = ("page",)
    export_columns = ("file_name", "actor", "started_at", "finished_at", "state", "message")

    @admin.display(description="导入结果页")
    def page(self, run: ImportRun) -> str:
        return format_html('<a href="{}">打开</a>', reverse("imports:run", args=[run.pk]))
