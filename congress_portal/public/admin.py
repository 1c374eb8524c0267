from django.contrib import admin, messages
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.masking import count_numbers
from congress_portal.public.models import AbuseReport, ChatGroup, DeputyCard, PublishedNews
from congress_portal.public.selectors import push_text


@admin.register(DeputyCard)
class DeputyCardAdmin(PortalAdmin):
    list_display = ("deputy", "is_hidden", "photo_consented_on", "phone_consented_on")
    list_select_related = ("deputy",)
    list_filter = ("is_hidden",)
    search_fields = ("deputy__name",)
    owner_fields = ("deputy",)
    autocomplete_fields = ("deputy",)
    fields = (
        "deputy", "is_hidden", ("photo", "photo_consented_on"), ("phone", "phone_consented_on"),
    )  # fmt: skip


@admin.register(PublishedNews)
class PublishedNewsAdmin(PortalAdmin):
    list_display = ("published_on", "news", "is_announcement", "is_withdrawn")
    list_display_links = ("published_on", "news")
    list_select_related = ("news",)
    list_filter = ("is_announcement", "is_withdrawn")
    search_fields = ("news__title",)
    owner_fields = ("news",)
    autocomplete_fields = ("news",)
    readonly_fields = ("push",)
    fields = ("news", "text", ("published_on", "is_announcement"), "is_withdrawn", "push")

    @admin.display(description="可转发到微信群的文字")
    def push(self, row: PublishedNews) -> str:
        return push_text(row) if row.pk else "保存后生成。"

    def save_model(
        self, request: HttpRequest, obj: PublishedNews, form: object, change: bool
    ) -> None:
        if not change:
            obj.entered_by = request.user
        super().save_model(request, obj, form, change)
        if found := count_numbers(obj.news.title, obj.text):
            told = f"标题和正文里有 {found} 处电话、证件号码，网上公开时已略去，请核对。"
            messages.warning(request, told)


@admin.register(ChatGroup)
class ChatGroupAdmin(PortalAdmin):
    list_display = ("name", "kind", "region", "owner", "members", "is_active")
    list_select_related = ("region",)
    list_filter = (TownFilter, "kind", "is_active")
    search_fields = ("name", "owner")
    owner_fields = ("region",)
    autocomplete_fields = ("region",)
    fields = (("region", "kind"), "name", ("owner", "members"), "is_active")


@admin.register(AbuseReport)
class AbuseReportAdmin(ReadOnly, PortalAdmin):
    """Decided on its own page; here only looked up."""

    list_display = ("reported_at", "kind", "title", "reason", "state", "region")
    list_display_links = ("reported_at", "title")
    list_select_related = ("region",)
    list_filter = ("state", "kind", "reason")
    search_fields = ("title",)
    owner_fields = ("region",)
    fields = (
        ("kind", "title"), "region", "reason", "words", "state", "answer",
        ("reported_at", "decided_at", "decided_by"),
    )  # fmt: skip
