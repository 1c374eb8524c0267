"""Forms of the library of rules."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.forms.town_rows import RowForm, town_field
from activities.forms.town_work import places_kept
from activities.models.support import RuleDocument, RuleVersion
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import Region
from stations.models import Station


class RuleForm(RowForm):
    class Meta:
        model = RuleDocument
        fields = ("title", "topic", "region", "station", "is_public", "is_active")
        formfield_callback = town_field

    def narrow(self, row: RuleDocument | None) -> None:
        self.choose("region", places_kept(self.user))
        stations = Station.objects.editable_by(self.user).order_by("number")
        self.choose("station", stations, "全县、全镇通用")


class VersionForm(RowForm):
    class Meta:
        model = RuleVersion
        fields = ("issuer", "effective_on", "text", "file")
        formfield_callback = town_field

    def narrow(self, row: RuleVersion | None) -> None:
        self.initial.setdefault("effective_on", timezone.localdate())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("text") and not cleaned.get("file") and "file" not in self.errors:
            self.add_error("text", "请填写正文，或者上传文件。")
        return cleaned


class RuleFilter(ListFilter):
    q = forms.CharField(label="名称或类别", required=False, max_length=60)
    town = TownField()
    old = forms.BooleanField(label="也看停用的", required=False)

    def by_q(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        return rows.filter(Q(title__contains=words.strip()) | Q(topic__contains=words.strip()))

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(Q(region=town) | Q(station__region=town))

    def by_old(self, rows: QuerySet[Any], only: bool) -> QuerySet[Any]:
        """The view takes it; the rows stay."""
        return rows
