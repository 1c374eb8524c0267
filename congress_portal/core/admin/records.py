"""Records of duty: stamps nobody types, checking in bulk."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from congress_portal.core.admin.base import PortalAdmin
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.verification import refuse, verify

STAMPS = (
    ("verification", "verified_by", "verified_at"),
    "refusal_reason",
    ("entered_by", "entered_at", "on_behalf"),
)
_STAMP_NAMES = (
    "verification",
    "verified_by",
    "verified_at",
    "refusal_reason",
    "entered_by",
    "entered_at",
    "on_behalf",
)


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label="未通过的原因",
        max_length=200,
        error_messages={"required": "请写明未通过的原因，录入人会看到。"},
    )


class RecordAdmin(PortalAdmin):
    """What the office enters itself is verified by that; the rest is checked by the actions."""

    readonly_fields: ClassVar[tuple[str, ...]] = _STAMP_NAMES
    actions = ["verify_selected", "refuse_selected", "export_selected"]

    def stamp(self, request: HttpRequest, row: Any, change: bool) -> None:
        if change:
            return
        row.entered_by, row.on_behalf = request.user, True
        row.verification = Verification.VERIFIED
        row.verified_by, row.verified_at = request.user, timezone.now()

    @admin.action(description="核实所选", permissions=["change"])
    def verify_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        done = self._check_each(request, queryset, lambda row: verify(row, actor=request.user))
        if done:
            messages.success(request, f"已核实 {done} 条，从现在起计入统计和考评。")

    @admin.action(description="退回所选（未通过）", permissions=["change"])
    def refuse_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        form = RefusalForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            told = "退回的记录不计入统计和考评，录入人会看到原因，改正后可以重新提交。"
            return self.ask(request, queryset, "refuse_selected", form, "退回所选", told)
        reason = form.cleaned_data["reason"]
        done = self._check_each(
            request, queryset, lambda row: refuse(row, actor=request.user, reason=reason)
        )
        if done:
            messages.success(request, f"已退回 {done} 条，录入人会看到原因。")
        return None

    def _check_each(self, request: HttpRequest, queryset: QuerySet[Any], check: Any) -> int:
        """Each row by itself, so that one refusal does not hold up the others."""
        done, refused = 0, {}
        for row in queryset:
            try:
                check(row)
                done += 1
            except DomainError as error:
                refused.setdefault(error.message, []).append(str(row))
        for reason, rows in refused.items():
            told = "、".join(rows[:5]) + ("等" if len(rows) > 5 else "")
            messages.error(request, f"{len(rows)} 条没有处理（{told}）：{reason}")
        return done
