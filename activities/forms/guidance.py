"""Forms of leaders' areas and of meetings on experience."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.forms.campaigns import places_of
from activities.forms.town_rows import RowForm, town_field
from activities.models import Activity
from activities.models.support import AreaPairing, AreaVisit, Exchange
from activities.selectors.guidance import with_state
from activities.services.guidance import exchange_seen
from congress_portal.core.enums import TOWN_LEVELS, Role
from congress_portal.core.fields import WordsField
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import Region, RoleAssignment, User
from congress_portal.core.periods import Period
from stations.models import Material, Station

_MOST_VISITS = 52  # a year


class PairingForm(RowForm):
    class Meta:
        model = AreaPairing
        fields = (
            "leader", "post", "user", "region", "station", "visits_a_year", "begins_on", "ends_on",
        )  # fmt: skip
        formfield_callback = town_field

    def narrow(self, row: AreaPairing | None) -> None:
        self.choose("region", places_of(self.user).filter(level__in=TOWN_LEVELS))
        stations = Station.objects.editable_by(self.user).order_by("number")
        self.choose("station", stations, "联系整个镇（街道）")
        holders = RoleAssignment.objects.in_force(timezone.localdate()).filter(
            role__in=(Role.LEADER, Role.STAFF)
        )
        kept = row.user_id if row else None
        people = User.objects.filter(Q(pk__in=holders.values("user")) | Q(pk=kept))
        self.choose("user", people.order_by("name", "pk"), "没有账号")
        today = timezone.localdate()
        self.initial.setdefault("begins_on", dt.date(today.year, 1, 1))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("begins_on"), cleaned.get("ends_on")
        if (cleaned.get("visits_a_year") or 0) > _MOST_VISITS:
            self.add_error("visits_a_year", f"每年最多 {_MOST_VISITS} 次，请核对。")
        if begins and ends and ends < begins:
            self.add_error("ends_on", "截止日期不能早于起始日期。")
        return cleaned


class VisitForm(RowForm):
    class Meta:
        model = AreaVisit
        fields = ("held_on", "content", "problems", "help_given")
        formfield_callback = town_field

    def narrow(self, row: AreaVisit | None) -> None:
        self.initial.setdefault("held_on", timezone.localdate())


class AreaFilter(ListFilter):
    town = TownField()
    state = forms.ChoiceField(
        label="今年联系",
        required=False,
        choices=[("", "全部"), ("unvisited", "一次没去的"), ("lacking", "次数不够的")],
    )

    def __init__(self, data: Any, *, user: User, period: Period) -> None:
        super().__init__(data, user=user)
        self.period = period

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(region=town)

    def by_state(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        return with_state(rows, state, self.period)


class ExperienceForm(forms.Form):
    """What an activity was as a meeting on experience."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    host = forms.ModelChoiceField(
        Station.objects.none(), label="观摩的家站", required=False, empty_label="没有观摩家站"
    )
    visitors = forms.ModelMultipleChoiceField(
        Station.objects.none(), label="参加的家站", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    materials = forms.ModelMultipleChoiceField(
        Material.objects.none(), label="交流的经验材料", required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="材料先在家站页面登记，这里选用；会列在材料所在家站的页面上。",
    )  # fmt: skip
    lessons = WordsField("学到的做法、下步打算", rows=4, required=False)

    def __init__(self, data: Any = None, *, exchange: Exchange | None) -> None:
        initial: dict[str, Any] = {}
        if exchange:
            initial = {
                "seen": exchange_seen(exchange),
                "host": exchange.host,
                "visitors": list(exchange.visitors.all()),
                "materials": list(exchange.materials.all()),
                "lessons": exchange.lessons,
            }
        super().__init__(data, initial=initial)
        stations = Station.objects.active().order_by("number")
        for name in ("host", "visitors"):
            self.fields[name].queryset = stations  # type: ignore[attr-defined]
        materials = Material.objects.select_related("station").order_by("-written_on", "-pk")
        self.fields["materials"].queryset = materials  # type: ignore[attr-defined]
        self.fields["materials"].label_from_instance = _material  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        return {name: v for name, v in self.cleaned_data.items() if name != "seen"}


def _material(row: Material) -> str:
    return f"{row.title}（{row.station}）"


class ChooseActivityForm(forms.Form):
    activity = forms.ModelChoiceField(
        Activity.objects.none(), label="哪次活动", empty_label="请选择"
    )

    def __init__(self, data: Any = None, *, rows: QuerySet[Activity]) -> None:
        super().__init__(data)
        self.fields["activity"].queryset = rows  # type: ignore[attr-defined]
        self.fields["activity"].label_from_instance = _dated  # type: ignore[attr-defined]


def _dated(activity: Activity) -> str:
    return f"{activity.held_on:%Y-%m-%d} {activity.title}"
