"""Forms of a sheet's steps, objections, answers, unlocks and marks."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import Region, Unit
from congress_portal.core.uploads import PaperField
from congress_portal.evaluations.enums import AppealState, Rater
from congress_portal.evaluations.forms import DigestForm
from congress_portal.evaluations.models import Score
from stations.models import Station


class StepForm(DigestForm):
    """``digest`` is that of the sheet on the page, so that nothing unseen is checked."""


class ReasonForm(StepForm):
    words = WordsField("理由", rows=3, longest=400)


class ObjectForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    line = forms.TypedChoiceField(
        label="对哪一项", coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    words = WordsField(
        "请写明", rows=5, longest=2000, help_text="哪里不对、应当怎样，有依据的请写上。"
    )
    paper = PaperField("依据（照片或文件）", required=False)

    def __init__(self, *args: Any, score: Score, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        lines = [(line.pk, line.indicator) for line in score.lines.all()]
        self.fields["line"].choices = [("", "总分"), *lines]


class AnswerForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="结论",
        choices=[("yes", "成立：改正记录后另出新版本"), ("no", "不成立：维持原结果")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = WordsField("答复", rows=4, longest=400, help_text="提出的一方会看到。")


class AppealFilter(ListFilter):
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *AppealState.choices]
    )

    def by_state(self, rows: Any, state: str) -> Any:
        return rows.filter(state=state)


class MarkFilter(ListFilter):
    q = forms.CharField(label="名称", required=False, max_length=40)
    town = TownField()
    given = forms.ChoiceField(
        label="评分", required=False, choices=[("", "全部"), ("no", "未评"), ("yes", "已评")]
    )

    def by_q(self, rows: Any, words: str) -> Any:
        return rows.filter(name__contains=words.strip())

    def by_town(self, rows: Any, town: Region) -> Any:
        names = {each.name for each in rows.model._meta.fields}
        place = next((name for name in ("town", "region") if name in names), "pk")
        return rows.filter(**{place: town})

    def by_given(self, rows: Any, given: str) -> Any:
        return rows.filter(own_marks__gt=0) if given == "yes" else rows.filter(own_marks=0)


class UnlockForm(forms.Form):
    region = forms.ModelChoiceField(
        Region.objects.none(), label="镇（街道）", required=False, empty_label="———"
    )
    station = forms.ModelChoiceField(
        Station.objects.none(), label="家站", required=False, empty_label="———"
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="承办单位", required=False, empty_label="———"
    )
    until = DayField("开放到哪一天（含当天）")
    reason = WordsField("理由", rows=3, longest=200)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.towns().visible_to(user)
        self.fields["station"].queryset = Station.objects.visible_to(user).active()
        self.fields["unit"].queryset = Unit.objects.active()
        self.fields["until"].initial = timezone.localdate() + dt.timedelta(days=2)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned[name] for name in ("region", "station", "unit") if cleaned.get(name)]
        if len(chosen) != 1:
            raise forms.ValidationError("请只选一个：镇（街道）、家站或承办单位。")
        cleaned["place"] = chosen[0]
        if day := cleaned.get("until"):
            midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
            cleaned["until"] = timezone.make_aware(midnight)
        return cleaned


class MarkForm(forms.Form):
    """One indicator as one rater; adjustments need reason and proof."""

    indicator = forms.CharField(widget=forms.HiddenInput)
    rater = forms.ChoiceField(widget=forms.HiddenInput, choices=Rater.choices)
    points = forms.DecimalField(
        label="分",
        max_digits=7,
        decimal_places=2,
        error_messages={"invalid": "请填写数字，如 8.5。"},
    )
    reason = forms.CharField(label="理由", max_length=200, required=False)
    proof = forms.CharField(label="依据", max_length=200, required=False)

    def __init__(self, *args: Any, full: Decimal, is_adjustment: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lowest = f"−{full:f}" if is_adjustment else "0"
        self.fields["points"].help_text = f"{lowest} 到 {full:f} 分"
        if is_adjustment:
            self.fields["reason"].required = True
            self.fields["proof"].required = True
            self.fields["proof"].help_text = "文件、会议、记录的名称。"
        else:
            self.fields["reason"].help_text = "不给满分的，写明理由；自评可不写。"
        self.full, self.is_adjustment = full, is_adjustment

    def clean(self) -> dict[str, Any]:
        """Who takes something off another's mark says why."""
        cleaned = super().clean() or {}
        by_other = not self.is_adjustment and cleaned.get("rater") != Rater.SELF
        is_less = cleaned.get("points", self.full) < self.full
        if by_other and is_less and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", "没有给满分，请写明理由。")
        return cleaned
