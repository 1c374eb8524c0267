from typing import Any

from django import forms
from django.db.models import QuerySet

from congress_portal.core.enums import AuditAction
from congress_portal.core.listing import ListFilter
from congress_portal.core.models import AuditEntry


class SearchForm(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、名称或编号", max_length=40)


class AuditFilter(ListFilter):
    q = forms.CharField(label="操作人或对象", required=False, max_length=40)
    action = forms.ChoiceField(
        label="操作", required=False, choices=[("", "全部"), *AuditAction.choices]
    )
    day = forms.DateField(
        label="日期",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def by_q(self, rows: QuerySet[AuditEntry], words: str) -> QuerySet[AuditEntry]:
        words = words.strip()
        return rows.filter(actor_name__contains=words) | rows.filter(label__contains=words)

    def by_action(self, rows: QuerySet[AuditEntry], action: str) -> QuerySet[AuditEntry]:
        return rows.filter(action=action)

    def by_day(self, rows: QuerySet[AuditEntry], day: Any) -> QuerySet[AuditEntry]:
        return rows.filter(at__date=day)
