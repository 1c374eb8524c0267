from typing import Any

from django import forms
from django.db.models import QuerySet

from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.evaluations.duties.selectors import STATES, Standing
from congress_portal.evaluations.enums import DutySubject
from congress_portal.evaluations.models import Requirement
from deputies.models import Group, GroupMembership

_NAMES = {
    DutySubject.DEPUTY: "name",
    DutySubject.STATION: "name",
    DutySubject.GROUP: "name",
    DutySubject.TOWN: "name",
    DutySubject.MEMBER: "deputy__name",
}
_PLACES = {
    DutySubject.DEPUTY: "town",
    DutySubject.STATION: "region",
    DutySubject.GROUP: "region",
    DutySubject.TOWN: "pk",
}
UNFINISHED = "open"


class _PeriodChoice(forms.ChoiceField):
    """The requirement's own periods; the view reads which one is meant."""

    def offer(self, given: str, today: Any) -> None:
        """Filled by the form itself."""


class BoardFilter(ListFilter):
    """Narrows who is shown; ``period`` and ``state`` are read by ``wants``."""

    period = _PeriodChoice(label="期间", required=False)
    q = forms.CharField(label="名称", required=False, max_length=40)
    town = TownField()
    group = forms.ModelChoiceField(
        Group.objects.none(), label="小组", required=False, empty_label="全部"
    )
    state = forms.ChoiceField(
        label="情况",
        required=False,
        choices=[("", "全部"), (UNFINISHED, "没有完成的"), *STATES.items()],
    )

    def __init__(
        self, data: Any, *, user: Any, requirement: Requirement, periods: list[Period]
    ) -> None:
        super().__init__(data, user=user)
        self.requirement = requirement
        self.fields["period"].choices = [(each.code, each.label) for each in periods]
        if requirement.subject_kind == DutySubject.DEPUTY:
            groups = Group.objects.visible_to(user).filter(is_active=True)
            self.fields["group"].queryset = groups
        else:
            del self.fields["group"]
        if requirement.subject_kind == DutySubject.MEMBER:
            self.fields.pop("town", None)

    @property
    def narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields if name != "period")

    def by_period(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return rows

    def by_state(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        return rows

    def by_q(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        return rows.filter(**{f"{_NAMES[self._kind]}__contains": words})

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(**{_PLACES[self._kind]: town.pk})

    def by_group(self, rows: QuerySet[Any], group: Group) -> QuerySet[Any]:
        members = GroupMembership.objects.filter(group=group, ends_on__isnull=True)
        return rows.filter(pk__in=members.values("deputy"))

    def wants(self, row: Standing) -> bool:
        state = self.cleaned_data.get("state") if self.is_valid() else ""
        if state == UNFINISHED:
            return bool(row.missing)
        return not state or row.state == state

    @property
    def _kind(self) -> DutySubject:
        return DutySubject(self.requirement.subject_kind)


class NudgeForm(forms.Form):
    """Whom to remind: offered are those who still lack something and have an account."""

    subjects = forms.TypedMultipleChoiceField(
        label="提醒谁",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选要提醒的对象。",
            "invalid_choice": "名单刚有变化，请重新打开再选。",
        },
    )

    def __init__(self, data: Any, *, offered: list[Standing], chosen: list[int]) -> None:
        super().__init__(data, initial={"subjects": chosen})
        self.fields["subjects"].choices = [
            (row.who.pk, f"{row.who.label}（{row.who.place}）：还缺{row.missing_words}")
            for row in offered
        ]
