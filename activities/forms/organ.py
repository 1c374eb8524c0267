"""Forms of a town's organ: posts, and the division of work of a quarter."""

from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.forms.campaigns import places_of
from activities.forms.town_rows import RowForm, town_field
from activities.models.support import DutyShare, StaffPost, StaffPostKind
from activities.selectors.organ import CHOICES, with_state
from activities.services.organ import WorkShare
from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.listing import ListFilter, TownField, recent_quarters
from congress_portal.core.models import Region

_LINES = 10


class PostForm(RowForm):
    class Meta:
        model = StaffPost
        fields = ("region", "kind", "name", "time", "begins_on", "ends_on", "note")
        formfield_callback = town_field

    def narrow(self, row: StaffPost | None) -> None:
        self.choose("region", places_of(self.user).filter(level__in=TOWN_LEVELS))
        kept = Q(is_active=True) | Q(pk=row.kind_id if row else None)
        self.choose("kind", StaffPostKind.objects.filter(kept))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and not cleaned.get("time"):
            self.add_error("time", "请选专职还是兼职。")
        if cleaned.get("time") and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "空缺的岗位不选专职、兼职；有人的请填姓名。")
        return cleaned


class SharesForm(forms.Form):
    """Up to ten lines, a piece of work with its share each; an empty line is nothing."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=400)

    def __init__(self, data: Any = None, *, rows: list[DutyShare], seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        shown: list[DutyShare | None] = [*rows, *[None] * _LINES][: max(_LINES, len(rows))]
        self.count = len(shown)
        for number, row in enumerate(shown):
            where = f"第 {number + 1} 项"
            self.fields[f"work_{number}"] = forms.CharField(
                label=f"{where}工作", max_length=60, required=False, initial=row and row.work
            )
            self.fields[f"share_{number}"] = forms.IntegerField(
                label=f"{where}占用时间（%）", min_value=0, max_value=100, required=False,
                initial=row.share if row else None,
            )  # fmt: skip
            self.fields[f"congress_{number}"] = forms.BooleanField(
                label=f"{where}是人大工作", required=False, initial=bool(row and row.is_congress)
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        names = ("work", "share", "congress")
        return [
            tuple(self[f"{name}_{number}"] for name in names)  # type: ignore[misc]
            for number in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in range(self.count):
            work, share = cleaned.get(f"work_{number}"), cleaned.get(f"share_{number}")
            if work and share is None and f"share_{number}" not in self.errors:
                self.add_error(f"share_{number}", "请填写占用时间。")
            if share is not None and not work and f"work_{number}" not in self.errors:
                self.add_error(f"work_{number}", "请写明是哪项工作。")
        return cleaned

    @property
    def shares(self) -> list[WorkShare]:
        given = self.cleaned_data
        return [
            WorkShare(work.strip(), given[f"share_{number}"], given[f"congress_{number}"])
            for number in range(self.count)
            if (work := given[f"work_{number}"])
        ]


class PostFilter(ListFilter):
    quarter = forms.ChoiceField(label="季度", required=False)
    town = TownField()
    kind = forms.ModelChoiceField(
        StaffPostKind.objects.all(), label="职务", required=False, empty_label="全部"
    )
    state = forms.ChoiceField(label="情况", required=False, choices=[("", "全部"), *CHOICES])

    def __init__(self, data: Any, *, user: Any, period: Any, rule: Any) -> None:
        super().__init__(data, user=user)
        self.period, self.rule = period, rule
        offered = {each.code: each.label for each in recent_quarters(timezone.localdate())}
        offered.setdefault(period.code, period.label)
        cast("forms.ChoiceField", self.fields["quarter"]).choices = list(offered.items())

    def by_quarter(self, rows: QuerySet[StaffPost], code: str) -> QuerySet[StaffPost]:
        """The view takes the quarter; the rows are of it already."""
        return rows

    def by_town(self, rows: QuerySet[StaffPost], town: Region) -> QuerySet[StaffPost]:
        return rows.filter(region=town)

    def by_kind(self, rows: QuerySet[StaffPost], kind: StaffPostKind) -> QuerySet[StaffPost]:
        return rows.filter(kind=kind)

    def by_state(self, rows: QuerySet[StaffPost], state: str) -> QuerySet[StaffPost]:
        return with_state(rows, state, self.period, self.rule)
