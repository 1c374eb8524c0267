"""Forms of findings: several at once, then one short form for each step."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.enums import FindingKind, FindingPhase, Recheck
from activities.forms.calling import SeenForm
from activities.models import Activity, Finding
from activities.selectors import findings as selectors
from activities.services.findings import MOST_AT_ONCE
from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import DayField, WordsField, yes_no
from congress_portal.core.listing import ListFilter
from congress_portal.core.models import DictionaryEntry, Unit
from deputies.fields import DeputyChoiceField
from deputies.models import Deputy


class KeyForm(forms.Form):
    """The number of a blank form, so that sending it twice adds nothing."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


def people_of(activity: Activity) -> QuerySet[Deputy]:
    """Deputies who were at the activity or are called to it."""
    rule = Q(attendances__activity=activity) | Q(invitations__activity=activity)
    rows = Deputy.objects.filter(rule).select_related("town")
    return rows.distinct().order_by("pinyin", "pk")


def units_for(*chosen: Unit | None) -> QuerySet[Unit]:
    """Units in use, and the one that the record names."""
    kept = [unit.pk for unit in chosen if unit]
    return Unit.objects.filter(Q(is_active=True) | Q(pk__in=kept)).order_by("name")


def _fields() -> QuerySet[DictionaryEntry]:
    return DictionaryEntry.objects.of(Dictionary.FIELD).active()


class FindingForm(forms.Form):
    text = WordsField("内容", rows=2, longest=2000)
    kind = forms.ChoiceField(label="种类", choices=FindingKind.choices, initial=FindingKind.PROBLEM)
    phase = forms.ChoiceField(
        label="阶段", choices=FindingPhase.choices, initial=FindingPhase.DURING
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="责任单位", required=False, empty_label="还没有定"
    )
    due_on = DayField("整改时限", required=False)
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.none(), label="领域", required=False, empty_label="不分领域"
    )
    raised_by = DeputyChoiceField(
        Deputy.objects.none(), label="提出代表", required=False, empty_label="共同提出"
    )

    def __init__(self, *args: Any, activity: Activity, unit: Unit | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["unit"].queryset = units_for(unit)
        self.fields["field"].queryset = _fields()
        self.fields["raised_by"].queryset = people_of(activity)
        self.activity = activity

    def clean_due_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["due_on"]
        if day and day < self.activity.held_on:
            raise forms.ValidationError("整改时限不能早于活动的日期。")
        return day


_FindingFormSet = forms.formset_factory(
    FindingForm, extra=3, max_num=MOST_AT_ONCE, validate_max=True
)


def findings_form(data: Any, activity: Activity, asked: Any) -> Any:
    """Three blank rows; phase and unit from the link that led here (``asked``: its query)."""
    phase, unit = asked.get("phase", ""), asked.get("unit", "")
    given = {"phase": phase if phase in FindingPhase.values else FindingPhase.DURING}
    if unit.isascii() and unit.isdigit():
        given["unit"] = unit
    form_kwargs = {"activity": activity, "initial": given}
    return _FindingFormSet(data, prefix="finding", form_kwargs=form_kwargs)


def findings_in(formset: Any) -> list[dict[str, Any]]:
    """The rows that were filled in."""
    return [form.cleaned_data for form in formset.forms if form.cleaned_data.get("text")]


class ChangeFindingForm(FindingForm):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, row: Finding, **kw: Any) -> None:
        super().__init__(data, activity=row.activity, unit=row.unit, **kw)
        names = ("text", "kind", "phase", "unit", "due_on", "field", "raised_by")
        initial = {name: getattr(row, name) for name in names}
        self.initial = {"seen": SeenForm(row=row).initial["seen"], **initial}

    @property
    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {"values": given}


class _StepForm(SeenForm):
    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class RespondForm(_StepForm):
    response = WordsField("回应", longest=3000)

    def __init__(self, data: Any = None, *, row: Finding, **kw: Any) -> None:
        super().__init__(data, row=row, **kw)
        self.initial["response"] = row.response


class AdoptForm(_StepForm):
    is_adopted = yes_no("采纳了吗")


class MendForm(_StepForm):
    mended = WordsField("整改情况", longest=3000, help_text="做了什么，做到了哪一步，还差什么。")


class RecheckForm(_StepForm):
    recheck = forms.ChoiceField(label="复查结果", choices=Recheck.choices, widget=forms.RadioSelect)
    recheck_note = forms.CharField(
        label="复查意见", max_length=400, required=False, help_text="没有整改到位的，写明还差什么。"
    )


class CloseForm(_StepForm):
    reason = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        help_text="没有经过复查就办结的，必须写明原因。",
    )


class ReopenForm(_StepForm):
    reason = forms.CharField(label="为什么重新办理", max_length=200)


class HandInForm(KeyForm):
    text = WordsField(
        "群众反映的问题", rows=4, longest=1000, help_text="一条写一个问题，可以多次提交。"
    )


_STATES = (
    ("open", "未办结"),
    ("late", "■ 已逾期"),
    ("recheck", "待复查"),
    ("closed", "✓ 已办结"),
)


class FindingFilter(ListFilter):
    state = forms.ChoiceField(label="进展", required=False, choices=[("", "全部"), *_STATES])
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部"), *FindingKind.choices]
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(), label="责任单位", required=False, empty_label="全部"
    )
    activity = forms.ModelChoiceField(
        Activity.objects.none(), label="活动", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Finding.objects.visible_to(self.user)
        self.fields["activity"].queryset = Activity.objects.filter(pk__in=named.values("activity"))
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=named.values("unit"))

    def by_state(self, rows: QuerySet[Finding], state: str) -> QuerySet[Finding]:
        if state == "late":
            return selectors.late(rows, timezone.localdate())
        if state == "recheck":
            return selectors.waiting_for_recheck(rows)
        return rows.filter(closed_on__isnull=state == "open")

    def by_kind(self, rows: QuerySet[Finding], kind: str) -> QuerySet[Finding]:
        return rows.filter(kind=kind)

    def by_unit(self, rows: QuerySet[Finding], unit: Unit) -> QuerySet[Finding]:
        return rows.filter(unit=unit)

    def by_activity(self, rows: QuerySet[Finding], activity: Activity) -> QuerySet[Finding]:
        return rows.filter(activity=activity)
