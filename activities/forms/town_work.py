"""Forms of a town's year: plans, items, sessions, papers, party committee's meetings."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.forms.campaigns import places_of
from activities.forms.town_rows import RowForm, town_field
from activities.models.support import PartyMeeting, PlanItem, SessionPaper, TownSession, WorkPlan
from activities.support_enums import ItemState
from congress_portal.core.enums import TOWN_LEVELS, Level, RegionLevel
from congress_portal.core.fields import DayField, year_near
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from congress_portal.core.stale import fingerprint
from deputies.models import Term
from stations.models import Station


def places_kept(user: User) -> QuerySet[Region]:
    """Where the person writes, and the towns of the stations that the person keeps."""
    kept = Station.objects.editable_by(user).values("region")
    rule = Q(pk__in=places_of(user).values("pk")) | Q(pk__in=kept)
    levels = (RegionLevel.COUNTY, *TOWN_LEVELS)
    return Region.objects.filter(rule, level__in=levels).order_by("code")


class PlanForm(RowForm):
    class Meta:
        model = WorkPlan
        fields = ("title", "year", "region", "station", "adopted_on", "published_on", "summary")
        formfield_callback = town_field

    def narrow(self, row: WorkPlan | None) -> None:
        self.choose("region", places_kept(self.user))
        stations = Station.objects.editable_by(self.user).order_by("number")
        self.choose("station", stations, "没有，是县、镇（街道）的计划")
        self.initial.setdefault("year", timezone.localdate().year)

    def clean_year(self) -> int:
        return year_near(self.cleaned_data["year"])


class ItemForm(RowForm):
    class Meta:
        model = PlanItem
        fields = ("content", "owner", "due_on")
        formfield_callback = town_field


class SettleForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    state = forms.ChoiceField(label="现在", choices=ItemState.choices, widget=forms.RadioSelect)
    done_on = DayField("完成日期", past=True, required=False, help_text="完成的要填。")
    result = forms.CharField(
        label="完成情况", max_length=200, required=False, help_text="取消的写明原因。"
    )

    def __init__(self, data: Any = None, *, item: PlanItem) -> None:
        is_open = item.state == ItemState.OPEN
        initial = {
            "seen": fingerprint(item),
            "state": ItemState.DONE if is_open else item.state,
            "done_on": timezone.localdate() if is_open else item.done_on,
            "result": item.result,
        }
        super().__init__(data, initial=initial)


class SessionForm(RowForm):
    class Meta:
        model = TownSession
        fields = (
            "region", "term", "number", "begins_on", "ends_on", "due", "present", "agenda",
            "decisions",
        )  # fmt: skip
        formfield_callback = town_field

    def narrow(self, row: TownSession | None) -> None:
        towns = places_of(self.user).filter(level=RegionLevel.TOWN)
        self.choose("region", towns)
        terms = Term.objects.filter(level=Level.TOWN).filter(
            Q(region__in=towns.values("pk")) | Q(region__isnull=True)
        )
        self.choose("term", terms.select_related("region"), "没有登记届次")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("begins_on"), cleaned.get("ends_on")
        if begins and begins > timezone.localdate():
            self.add_error("begins_on", "开过的会才登记，日期不能晚于今天。")
        if begins and ends and ends < begins:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        due, present = cleaned.get("due"), cleaned.get("present")
        if due == 0:
            self.add_error("due", "应到代表至少 1 名。")
        if due and present is not None and present > due:
            self.add_error("present", f"实到 {present} 名多于应到 {due} 名。")
        return cleaned


class SessionPaperForm(RowForm):
    class Meta:
        model = SessionPaper
        fields = ("title", "file")
        formfield_callback = town_field


class PartyMeetingForm(RowForm):
    class Meta:
        model = PartyMeeting
        fields = ("region", "held_on", "topic", "decisions", "chair")
        formfield_callback = town_field

    def narrow(self, row: PartyMeeting | None) -> None:
        self.choose("region", places_of(self.user))


class PlanFilter(ListFilter):
    year = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    town = TownField()
    state = forms.ChoiceField(
        label="完成",
        required=False,
        choices=[("", "全部"), ("late", "有逾期事项"), ("stations", "家站的"), ("own", "县镇的")],
    )

    def by_year(self, rows: QuerySet[Any], year: int) -> QuerySet[Any]:
        return rows.filter(year=year)

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(region=town)

    def by_state(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        if state == "late":
            return rows.filter(late__gt=0)
        return rows.filter(station__isnull=state == "own")


class SessionFilter(ListFilter):
    period = PeriodField()
    town = TownField()

    def by_period(self, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
        return rows.filter(begins_on__range=(period.first, period.last))

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(region=town)


class MeetingFilter(SessionFilter):
    def by_period(self, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
        return rows.filter(held_on__range=(period.first, period.last))
