from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError

from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.forms import PortalModelForm
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.errors import DomainError
from congress_portal.evaluations.models import CountingText, ReportDraft, SavedView
from congress_portal.evaluations.statistics.wording import check_text


class CountingTextForm(PortalModelForm):
    def clean_text(self) -> Any:
        text = self.cleaned_data["text"]
        try:
            check_text(text)
        except DomainError as error:
            raise ValidationError(error.message) from error
        return text


@admin.register(CountingText)
class CountingTextAdmin(PortalAdmin):
    form = CountingTextForm
    list_display = ("name", "text", "is_active", "order")
    search_fields = ("name", "text")
    fields = ("name", "text", ("order", "is_active"))


@admin.register(SavedView)
class SavedViewAdmin(ReadOnly, PortalAdmin):
    list_display = ("name", "owner", "is_shared", "saved_at")
    list_select_related = ("owner",)
    search_fields = ("name",)


@admin.register(ReportDraft)
class ReportDraftAdmin(ReadOnly, PortalAdmin):
    list_display = ("title", "region", "period_code", "written_by", "changed_at")
    list_select_related = ("region", "written_by")
    search_fields = ("title",)
