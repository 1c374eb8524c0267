"""Forms of a team's sheet and of what a place says against it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.photos import PhotoField
from stations.models import InspectionSheet, Objection, SheetLine
from stations.services.sheets import Entry


class PointsField(forms.DecimalField):
    """Points with at most two places; nothing typed is none taken off."""

    def __init__(self, label: str, most: Decimal, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "step": "any", "min": "0", "max": str(most)}
        super().__init__(
            label=label,
            min_value=Decimal(0),
            max_value=most,
            max_digits=5,
            decimal_places=2,
            widget=forms.NumberInput(attrs=attrs),
            **kwargs,
        )


@dataclass(frozen=True)
class LineFields:
    line: SheetLine
    deduction: forms.BoundField
    reason: forms.BoundField
    photo: forms.BoundField


class SheetForm(forms.Form):
    """Three fields a line: deduction, reason, photo. ``key`` is made anew by the phone."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    inspected_on = DayField("考评日期", past=True, required=False)
    note = WordsField("总体评价", rows=3, longest=2000, required=False)
    all_clear = forms.BooleanField(
        label="各项都看过，都没有扣分", required=False, help_text="有扣分的不用勾。"
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, sheet: InspectionSheet, submit: bool = False
    ) -> None:
        super().__init__(data, files)
        self.submit = submit
        self.lines = list(sheet.lines.select_related("item").order_by("item__number", "pk"))
        self.initial = {
            "client_key": uuid.uuid4(),
            "edition": sheet.edition,
            "inspected_on": sheet.inspected_on or timezone.localdate(),
            "note": sheet.note,
        }
        for line in self.lines:
            self._add(line)

    def _add(self, line: SheetLine) -> None:
        self.fields[f"deduction_{line.pk}"] = PointsField(
            f"扣分（{line.name}）", line.points, required=False
        )
        self.fields[f"reason_{line.pk}"] = forms.CharField(
            label=f"扣分原因（{line.name}）", max_length=200, required=False
        )
        self.fields[f"photo_{line.pk}"] = PhotoField()
        self.fields[f"photo_{line.pk}"].label = f"照片（{line.name}）"
        self.fields[f"photo_{line.pk}"].help_text = ""  # said once, above
        if line.deduction:
            self.initial[f"deduction_{line.pk}"] = line.deduction.normalize()
        self.initial[f"reason_{line.pk}"] = line.reason

    def rows(self) -> Iterator[LineFields]:
        for line in self.lines:
            names = (f"{name}_{line.pk}" for name in ("deduction", "reason", "photo"))
            yield LineFields(line, *(self[name] for name in names))

    def clean(self) -> dict[str, Any]:
        """A deduction without a reason, and the other way round, is named here, at its field.

        A sheet that takes nothing off is submitted only by who says so: it may be unfinished.
        """
        data = super().clean() or {}
        for line in self.lines:
            lost, why = data.get(f"deduction_{line.pk}"), data.get(f"reason_{line.pk}", "").strip()
            if lost and not why:
                self.add_error(f"reason_{line.pk}", "扣了分，请写明原因。")
            elif why and not lost and f"deduction_{line.pk}" not in self.errors:
                told = "写了原因没有填扣分。不扣分的，请把话写进总体评价。"
                self.add_error(f"deduction_{line.pk}", told)
        is_clear = not any(data.get(f"deduction_{line.pk}") for line in self.lines)
        if self.submit and is_clear and not self.errors and not data.get("all_clear"):
            self.add_error("all_clear", "各项都没有扣分的，请勾选后再提交。")
        if self.submit and not data.get("inspected_on") and "inspected_on" not in self.errors:
            self.add_error("inspected_on", "请填写考评日期再提交。")
        return data

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "client_key": data["client_key"],
            "seen_edition": data["edition"],
            "inspected_on": data["inspected_on"],
            "note": data["note"],
            "entries": {line.pk: self._entry(line) for line in self.lines},
        }

    def _entry(self, line: SheetLine) -> Entry:
        data = self.cleaned_data
        return Entry(
            data[f"deduction_{line.pk}"] or Decimal(0),
            data[f"reason_{line.pk}"],
            data[f"photo_{line.pk}"],
        )

    def all_faults(self) -> list[str]:
        """For the phone's script: each fault with its field's name."""
        return [
            f"{self.fields[name].label}：{fault}" if name in self.fields else str(fault)
            for name, faults in self.errors.items()
            for fault in faults
        ]


class ReturnForm(forms.Form):
    words = WordsField("退回的原因", rows=3, longest=400)


class ObjectionForm(forms.Form):
    line_pk = forms.TypedChoiceField(
        label="对哪一项", coerce=int, empty_value=None, required=False, choices=()
    )
    words = WordsField("异议和理由", longest=400)

    def __init__(self, data: Any = None, *, sheet: InspectionSheet) -> None:
        super().__init__(data)
        self.fields["line_pk"].choices = [("", "整张打分表"), *line_choices(sheet)]


class AnswerForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="结果",
        choices=[("yes", "异议成立，改分"), ("no", "异议不成立")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    line_pk = forms.TypedChoiceField(
        label="改哪一项", coerce=int, empty_value=None, required=False, choices=()
    )
    new_deduction = forms.DecimalField(
        label="改后扣几分", min_value=Decimal(0), max_digits=5, decimal_places=2, required=False,
        help_text="异议成立的填写；不再扣分填 0。",
    )  # fmt: skip
    answer = WordsField("答复", rows=3, longest=400)

    def __init__(self, data: Any = None, *, objection: Objection) -> None:
        super().__init__(data)
        if objection.line_id:
            del self.fields["line_pk"]
        else:
            self.fields["line_pk"].choices = [("", "请选择"), *line_choices(objection.sheet)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("upheld") and data.get("new_deduction") is None:
            if "new_deduction" not in self.errors:
                self.add_error("new_deduction", "异议成立的，请填写改后扣几分。")
        elif data.get("upheld") is False:
            data["new_deduction"] = data["line_pk"] = None
        return data


def line_choices(sheet: InspectionSheet) -> list[tuple[int, str]]:
    rows = sheet.lines.order_by("item__number", "pk")
    return [
        (
            line.pk,
            f"{line.name}（扣 {line.deduction.normalize():f} 分）" if line.deduction else line.name,
        )
        for line in rows
    ]
