from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.errors import DomainError
from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.listing import ListFilter, PeriodField
from congress_portal.core.models import Region, User
from congress_portal.evaluations.models import ReportDraft, SavedView
from congress_portal.evaluations.statistics.figures import STEPS, Choice, periods_until
from congress_portal.evaluations.statistics.subjects import (
    LABELS,
    TOWN,
    UNIT,
    kinds_for,
    metric_of,
    metrics_for,
)
from congress_portal.evaluations.statistics.wording import check_text

_USUAL = {"figure": "town.activities", "step": "quarter", "count": "4"}
_COUNTS = [(str(n), f"{n}期") for n in (1, 2, 3, 4, 6, 8, 12)]


class StatisticsForm(ListFilter):
    """What the page shows; everything has a usual answer, so an empty address has a table."""

    figure = forms.ChoiceField(label="对象和口径")
    base = forms.ChoiceField(label="分母", required=False)
    step = forms.ChoiceField(label="按", choices=list(STEPS.items()))
    count = forms.ChoiceField(label="比较", choices=_COUNTS)
    until = DayField("截至", required=False)
    town = forms.ModelChoiceField(
        Region.objects.none(), label="镇（街道）", required=False, empty_label="全部"
    )

    def __init__(self, data: Any, *, user: User) -> None:
        given = data.copy()
        for name, value in _USUAL.items():
            given.setdefault(name, value)
        super().__init__(given, user=user)
        groups = [
            (LABELS[kind], [(f"{kind}.{one.code}", one.name) for one in metrics_for(kind)])
            for kind in kinds_for(user)
        ]
        self.fields["figure"].choices = groups
        self.fields["base"].choices = [("", "不算比率"), *groups]

    @property
    def narrowed(self) -> bool:
        return False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("figure", "").partition(".")[0]
        base = cleaned.get("base", "").partition(".")[0]
        if base and kind and base != kind:
            self.add_error("base", "分母要和口径是同一种对象的。")
        if kind == UNIT and cleaned.get("town"):
            self.add_error("town", "承办单位面向全县，不能按镇（街道）看。")
        return cleaned

    def choice(self) -> Choice:
        """Only of a valid form."""
        asked = self.cleaned_data
        kind, _, code = asked["figure"].partition(".")
        base = asked["base"].partition(".")[2]
        day = asked["until"] or timezone.localdate()
        return Choice(
            kind=kind,
            metric=metric_of(kind, code),
            base=metric_of(kind, base) if base else None,
            periods=periods_until(day, asked["step"], int(asked["count"])),
            town=asked.get("town"),
        )


class SaveForm(forms.Form):
    name = forms.CharField(label="名称", max_length=40)
    query = forms.CharField(max_length=SavedView._meta.get_field("query").max_length)
    is_shared = forms.BooleanField(label="给其他人用", required=False)


class TextPeriodForm(forms.Form):
    period = PeriodField()

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["period"].offer(data.get("period", ""), timezone.localdate())


class ReportForm(forms.ModelForm):
    """The skeleton of a report; words may hold figures in braces like a 统计文字."""

    period_code = forms.CharField(label="期间", widget=forms.Select())
    figures = forms.MultipleChoiceField(
        label="数据", required=False, widget=forms.CheckboxSelectMultiple
    )
    practice = WordsField("主要做法", rows=6, longest=10000, required=False)
    problems = WordsField("存在问题", rows=5, longest=10000, required=False)
    advice = WordsField("建议", rows=5, longest=10000, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = ReportDraft
        fields = (
            "title", "region", "period_code", "practice", "figures", "has_towns", "has_chart",
            "problems", "advice",
        )  # fmt: skip

    def __init__(self, *args: Any, user: User, periods: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.instance.period_code
        offered = [(each.code, each.label) for each in periods]
        if code and code not in dict(offered):
            offered.append((code, code))
        self.offered = dict(offered)
        self.fields["period_code"].widget.choices = offered
        self.fields["figures"].choices = [(one.code, one.name) for one in metrics_for(TOWN)]
        levels = [*TOWN_LEVELS, RegionLevel.COUNTY]
        places = Region.objects.in_scope_of_reader(user).filter(level__in=levels)
        self.fields["region"].queryset = places.order_by("code")
        self.fields["seen"].initial = self.stamp

    @property
    def stamp(self) -> str:
        return self.instance.changed_at.isoformat() if self.instance.pk else ""

    def clean_period_code(self) -> str:
        code = self.cleaned_data["period_code"]
        if code not in self.offered:
            raise forms.ValidationError("请在列出的期间里选。")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("practice", "problems", "advice"):
            try:
                check_text(cleaned.get(name, ""))
            except DomainError as error:
                self.add_error(name, error.message)
        return cleaned
