"""Forms of checks, of a standard's next version, of what a place is held to and has to mend."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.fields import DayField
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.periods import Period, quarter_of
from congress_portal.core.photos import PhotoField
from stations.bookkeeping import book_views
from stations.enums import CheckState
from stations.models import Standard, StandardItem, StationCheck, TownCheck
from stations.selectors.standards import Gap
from stations.services.checks import items_to_tick, stamp_of
from stations.services.standards import ItemDraft

_SPARE = 3
_DAYS_TO_MEND = 30


@dataclass(frozen=True)
class ItemFields:
    item: StandardItem
    check: StationCheck | TownCheck | None
    state: forms.BoundField
    note: forms.BoundField
    photo: forms.BoundField


class CheckForm(forms.Form):
    """Three fields an item: state, words, photo; all items are answered at once."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
    on = DayField("检查日期", past=True, initial=timezone.localdate)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        standard: Standard,
        checks: dict[int, Any],
    ) -> None:
        super().__init__(data, files)
        self.items = items_to_tick(standard)
        self.checks = checks
        self.initial["seen"] = stamp_of(checks.values())
        for item in self.items:
            check = checks.get(item.pk)
            self.fields[f"state_{item.pk}"] = forms.ChoiceField(
                label=item.name,
                choices=CheckState.choices,
                widget=forms.RadioSelect,
                initial=check.state if check else None,
            )
            self.fields[f"note_{item.pk}"] = forms.CharField(
                label=f"{item.name}的说明",
                required=False,
                max_length=200,
                initial=check.note if check else "",
            )
            photo = PhotoField()
            photo.label = f"{item.name}的照片"
            self.fields[f"photo_{item.pk}"] = photo

    @property
    def rows(self) -> list[ItemFields]:
        return [
            ItemFields(
                item,
                self.checks.get(item.pk),
                self[f"state_{item.pk}"],
                self[f"note_{item.pk}"],
                self[f"photo_{item.pk}"],
            )
            for item in self.items
        ]

    @property
    def given(self) -> dict[str, Any]:
        """What the services take besides actor, place and standard."""
        data = self.cleaned_data
        return {
            "found": {i.pk: (data[f"state_{i.pk}"], data[f"note_{i.pk}"]) for i in self.items},
            "photos": {i.pk: data[f"photo_{i.pk}"] for i in self.items},
            "on": data["on"],
            "seen": data["seen"],
        }


class ItemForm(forms.Form):
    """A line of the editor; a line without a name falls away."""

    section = forms.CharField(label="分组", required=False, max_length=40)
    name = forms.CharField(label="项目", required=False, max_length=60)
    demand = forms.CharField(label="要求", required=False, max_length=200)
    rule = forms.ChoiceField(label="怎样检查", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        books = sorted(book_views().values(), key=lambda view: view.name)
        self.fields["rule"].choices = [
            ("", "人工检查"),
            *((view.code, f"从记录算：{view.name}（{view.span.label}）") for view in books),
        ]


class StandardForm(forms.Form):
    """The next version of a standard: what it rests on, from when, its items in order."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    source = forms.CharField(label="依据", required=False, max_length=200)
    in_force_on = DayField("施行日期", initial=timezone.localdate)

    def __init__(self, data: Any = None, *, standard: Standard) -> None:
        super().__init__(data)
        self.initial.update({"seen": standard.version, "source": standard.source})
        old = [
            {"section": i.section, "name": i.name, "demand": i.demand, "rule": i.rule}
            for i in standard.items.order_by("number", "pk")
        ]
        factory = forms.formset_factory(ItemForm, extra=_SPARE, max_num=60, validate_max=True)
        self.lines = factory(data, initial=old, prefix="items")

    def is_valid(self) -> bool:
        return super().is_valid() and self.lines.is_valid()

    @property
    def given(self) -> dict[str, Any]:
        drafts = [
            ItemDraft(**data)
            for form in self.lines.forms
            if (data := form.cleaned_data) and data.get("name", "").strip()
        ]
        return {**self.cleaned_data, "items": drafts}


class ChoiceForm(forms.Form):
    standard = forms.ModelChoiceField(
        Standard.objects.none(), label="按哪个标准", required=False, empty_label="按家站类型确定"
    )

    def __init__(
        self, data: Any = None, *, choices: QuerySet[Standard], chosen: Standard | None
    ) -> None:
        super().__init__(data)
        self.fields["standard"].queryset = choices
        self.initial["standard"] = chosen


class MendForm(forms.Form):
    """Which gaps have to be put right by when; all are ticked at first."""

    items = forms.MultipleChoiceField(label="缺项", widget=forms.CheckboxSelectMultiple)
    due_on = DayField("整改期限")

    def __init__(self, data: Any = None, *, gaps: list[Gap]) -> None:
        super().__init__(data)
        lines = [gap.line for gap in gaps]
        self.fields["items"].choices = [
            (str(line.item.pk), f"{line.item.name}（{line.words}）") for line in lines
        ]
        self.initial["items"] = [str(line.item.pk) for line in lines]
        self.initial["due_on"] = timezone.localdate() + timedelta(days=_DAYS_TO_MEND)

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"items": [int(pk) for pk in data["items"]], "due_on": data["due_on"]}


class BookFilter(ListFilter):
    """Of a book's entries: the year where nothing is asked for."""

    period = PeriodField()

    @property
    def span(self) -> Period | None:
        """None: a period that cannot be read, which shows its fault and no entries."""
        if not self.is_valid():
            return None
        today = timezone.localdate()
        wanted: Period | None = self.cleaned_data["period"]
        return wanted or Period(today.replace(year=2000, month=1, day=1), today, "all")


class BoardFilter(ListFilter):
    """A quarter that has begun; the running one where nothing is asked for."""

    period = PeriodField("季度")
    town = TownField()

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data, user=user)
        offered = [
            (code, label if code else "本季度")
            for code, label in self.fields["period"].widget.choices
            if not code or "Q" in code
        ]
        self.fields["period"].widget.choices = offered
        self.fields.pop("town", None)

    def clean_period(self) -> Period | None:
        wanted: Period | None = self.cleaned_data["period"]
        if wanted is None:
            return None
        if "Q" not in wanted.code:
            raise forms.ValidationError("请选一个季度。")
        if wanted.first > timezone.localdate():
            raise forms.ValidationError("这个季度还没有到。")
        return None if wanted == quarter_of(timezone.localdate()) else wanted
