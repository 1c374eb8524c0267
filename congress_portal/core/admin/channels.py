"""How notices leave the portal: each channel's state, and what could not be sent."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from congress_portal.core.admin.base import PortalAdmin
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.audit import record
from congress_portal.core.channels import channel_states, send_again
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, PortalAdmin):
    change_list_template = "core/admin/deliveries.html"
    list_display = (
        "created_at",
        "channel",
        "notice",
        "outside",
        "state",
        "attempts",
        "fault",
        "sent_at",
    )
    list_display_links = ("created_at",)
    list_select_related = ("notice",)
    list_filter = ("state", "channel")
    fields = (
        "channel",
        "notice",
        "outside",
        "state",
        "attempts",
        "fault",
        ("created_at", "due_at", "sent_at"),
    )
    export_columns = ("created_at", "channel", "state", "attempts", "fault", "sent_at")
    actions = ["try_again", "export_selected"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {**(extra_context or {}), "channels": channel_states()}
        return super().changelist_view(request, context)

    @admin.action(description="再送一次（送不出、没有地址的）", permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = send_again(queryset.editable_by(request.user))
        if count:
            record(AuditAction.UPDATE, label="消息再送一次", changes={"rows": count})
        messages.success(request, f"{count} 条排进下一次发送。只有系统管理员可以重送。")
