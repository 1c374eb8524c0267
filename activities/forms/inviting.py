"""Whom to call: filters, ticks, names by hand; and the board of who was never called."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from activities.models import Activity, ActivityForm
from activities.selectors.planning import callable_by, first_term, never_called
from congress_portal.core.enums import Dictionary, Level
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import DictionaryEntry, Region, User
from deputies.fields import DeputyNamesField
from deputies.models import Deputy, DeputyQuerySet, Group
from stations.models import Posting, Station


class CallFilter(ListFilter):
    """Narrows the deputies who may be called to one activity."""

    q = forms.CharField(label="姓名或拼音首字母", required=False, max_length=40)
    town = TownField()
    group = forms.ModelChoiceField(None, label="小组", required=False, empty_label="全部")
    station = forms.ModelChoiceField(None, label="家站", required=False, empty_label="全部")
    level = forms.ChoiceField(label="层级", required=False, choices=[("", "全部"), *Level.choices])
    expertise = forms.ModelChoiceField(None, label="专长", required=False, empty_label="全部")
    sector = forms.ChoiceField(label="代表构成", required=False)
    history = forms.ChoiceField(
        label="以往",
        required=False,
        choices=[
            ("", "不限"),
            ("never", "从没被邀请过这类活动"),
            ("first", "首次当选"),
            ("both", "首次当选且从没被邀请过"),
        ],
    )

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activity = activity
        fields = cast("dict[str, Any]", self.fields)
        fields["group"].queryset = Group.objects.visible_to(self.user).filter(is_active=True)
        stations = Station.objects.visible_to(self.user).active()
        fields["station"].queryset = stations.order_by("number")
        fields["expertise"].queryset = DictionaryEntry.objects.of(Dictionary.EXPERTISE)
        sectors = Deputy.objects.order_by("sector").values_list("sector", flat=True).distinct()
        words = [each for each in sectors if each]
        fields["sector"].choices = [("", "全部"), *((each, each) for each in words)]

    def by_q(self, rows: DeputyQuerySet, words: str) -> DeputyQuerySet:
        return rows.search(words)

    def by_town(self, rows: DeputyQuerySet, town: Region) -> DeputyQuerySet:
        return rows.filter(town=town)

    def by_group(self, rows: DeputyQuerySet, group: Group) -> DeputyQuerySet:
        members = group.memberships.all().on(self.activity.held_on)
        return rows.filter(pk__in=members.values("deputy"))

    def by_station(self, rows: DeputyQuerySet, station: Station) -> DeputyQuerySet:
        posted = Posting.objects.on(self.activity.held_on).filter(station=station)
        return rows.filter(pk__in=posted.values("deputy"))

    def by_level(self, rows: DeputyQuerySet, level: str) -> DeputyQuerySet:
        return rows.of_level(level)

    def by_expertise(self, rows: DeputyQuerySet, word: DictionaryEntry) -> DeputyQuerySet:
        return rows.filter(expertise=word)

    def by_sector(self, rows: DeputyQuerySet, sector: str) -> DeputyQuerySet:
        return rows.filter(sector=sector)

    def by_history(self, rows: Any, what: str) -> Any:
        if what in ("never", "both"):
            rows = never_called(rows, [self.activity.form_id])
        if what in ("first", "both"):
            rows = first_term(rows, self.activity.held_on)
        return rows


def near_of(user: User, activity: Activity | None = None) -> tuple[str, ...]:
    """Where a name without a town is looked for first: the activity's place, then the user's."""
    place = (activity.region.prefix,) if activity else ()
    return (*place, *user.scope.write_prefixes)


class CallForm(forms.Form):
    """Ticked rows of the list, names by hand, or all that the filter left."""

    deputies = forms.ModelMultipleChoiceField(
        Deputy.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="代表"
    )
    names = DeputyNamesField("直接写姓名", required=False)

    def __init__(self, data: Any = None, *, user: User, activity: Activity) -> None:
        super().__init__(data)
        rows = callable_by(user, activity.held_on)
        fields = cast("dict[str, Any]", self.fields)
        fields["deputies"].queryset = fields["names"].rows = rows
        fields["names"].near = near_of(user, activity)

    @property
    def chosen(self) -> list[Deputy]:
        return [*self.cleaned_data["deputies"], *self.cleaned_data["names"]]

    @property
    def ticked(self) -> set[str]:
        return set(self.data.getlist("deputies")) if self.is_bound else set()


class RotationFilter(ListFilter):
    """The board of 列席: which form, whose deputies, who was never called."""

    form = forms.ModelChoiceField(None, label="会议形式", required=False, empty_label=None)
    town = TownField()
    sector = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    who = forms.ChoiceField(
        label="看谁",
        required=False,
        choices=[("", "全部代表"), ("never", "从没被邀请过的"), ("grassroots", "基层代表")],
    )

    def __init__(self, data: Any, *, user: User, meetings: QuerySet[ActivityForm]) -> None:
        super().__init__(data, user=user)
        cast("Any", self.fields["form"]).queryset = meetings

    @property
    def meeting(self) -> ActivityForm | None:
        chosen = self.cleaned_data.get("form") if self.is_valid() else None
        rows = cast("Any", self.fields["form"]).queryset
        found: ActivityForm | None = chosen or rows.first()
        return found

    def by_form(self, rows: Any, form: ActivityForm) -> Any:
        return rows

    def by_who(self, rows: Any, who: str) -> Any:
        return rows

    def by_town(self, rows: Any, town: Region) -> Any:
        return rows.filter(town=town)

    def by_sector(self, rows: Any, sector: str) -> Any:
        return rows.filter(sector=sector)
