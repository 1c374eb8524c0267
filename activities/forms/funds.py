"""Forms of funds: budgets and expenses."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from activities.forms.campaigns import places_of
from activities.forms.town_rows import RowForm, town_field
from activities.models import Activity
from activities.models.support import Budget, Expense, ExpenseKind
from congress_portal.core.fields import year_near
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from deputies.models import Group
from stations.models import Station

_OFFERED = 100  # of the year's activities, the newest first


class BudgetForm(RowForm):
    class Meta:
        model = Budget
        fields = ("title", "year", "region", "station", "group", "amount", "source")
        formfield_callback = town_field

    def narrow(self, row: Budget | None) -> None:
        self.choose("region", places_of(self.user))
        stations = Station.objects.editable_by(self.user).order_by("number")
        self.choose("station", stations, "不是家站的经费")
        self.choose("group", Group.objects.editable_by(self.user), "不是小组的经费")
        self.initial.setdefault("year", timezone.localdate().year)

    def clean_year(self) -> int:
        return year_near(self.cleaned_data["year"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("station") and cleaned.get("group"):
            self.add_error("group", "家站、小组最多填一个。")
        amount = cleaned.get("amount")
        if amount is not None and amount <= 0:
            self.add_error("amount", "预算应大于零。")
        return cleaned


class ExpenseForm(RowForm):
    class Meta:
        model = Expense
        fields = ("spent_on", "kind", "amount", "purpose", "activity", "voucher", "paper")
        formfield_callback = town_field

    def __init__(self, *args: Any, budget: Budget, **kwargs: Any) -> None:
        self.budget = budget
        super().__init__(*args, **kwargs)

    def narrow(self, row: Expense | None) -> None:
        self.fields["amount"].help_text = "退回、冲减的写负数，如 -10，并在用途里写明。"
        kept = Q(is_active=True) | Q(pk=row.kind_id if row else None)
        self.choose("kind", ExpenseKind.objects.filter(kept))
        self.fields["kind"].label_from_instance = _kind_words  # type: ignore[attr-defined]
        rows = Activity.objects.visible_to(self.user).filter(held_on__year=self.budget.year)
        newest = list(rows.order_by("-held_on", "-pk").values_list("pk", flat=True)[:_OFFERED])
        if row and row.activity_id:
            newest.append(row.activity_id)
        chosen = Activity.objects.filter(pk__in=newest).order_by("-held_on", "-pk")
        self.choose("activity", chosen, "不是为某次活动")
        self.fields["activity"].label_from_instance = _dated  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("金额不能为零。")
        return amount


def _kind_words(kind: ExpenseKind) -> str:
    return kind.name if kind.is_proper else f"{kind.name}（不属于代表活动经费）"


def _dated(activity: Activity) -> str:
    return f"{activity.held_on:%Y-%m-%d} {activity.title}"


class BudgetFilter(ListFilter):
    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    town = TownField()
    state = forms.ChoiceField(
        label="结余", required=False, choices=[("", "全部"), ("over", "超支的")]
    )

    def by_year(self, rows: QuerySet[Any], year: int) -> QuerySet[Any]:
        return rows.filter(year=year)

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(region=town)

    def by_state(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        return rows.filter(spent__gt=F("amount"))


class ExpenseFilter(ListFilter):
    period = PeriodField()
    town = TownField()
    kind = forms.ModelChoiceField(
        ExpenseKind.objects.all(), label="类别", required=False, empty_label="全部"
    )

    proper = forms.BooleanField(
        label="属于代表活动经费的", required=False, widget=forms.HiddenInput
    )

    def by_proper(self, rows: QuerySet[Any], only: bool) -> QuerySet[Any]:
        return rows.filter(kind__is_proper=True) if only else rows

    def by_period(self, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
        return rows.filter(spent_on__range=(period.first, period.last))

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(budget__region=town)

    def by_kind(self, rows: QuerySet[Any], kind: ExpenseKind) -> QuerySet[Any]:
        return rows.filter(kind=kind)
