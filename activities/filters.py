"""Filters of the lists of activities and visits."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from activities.enums import ActivityState, CountsAs, Presence
from activities.models import Activity, ActivityForm, Campaign, FixedVoter, Tag, Visit
from activities.selectors.campaigns import activities_of
from activities.selectors.coverage import visits_to
from activities.selectors.habits import outside_own_village
from congress_portal.core.enums import VILLAGE_LEVELS, Dictionary, RegionLevel, Verification
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.periods import Period
from deputies.models import Deputy
from stations.models import ServiceTag, Station


def _hidden(label: str, rows: QuerySet[Any]) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(rows, label=label, required=False, widget=forms.HiddenInput)


class RecordFilter(ListFilter):
    period = PeriodField()
    town = TownField()
    verification = forms.ChoiceField(
        label="核实", required=False, choices=[("", "全部"), *Verification.choices]
    )
    deputy = _hidden("代表", Deputy.objects.none())
    region = _hidden("区划", Region.objects.all())
    initiative = forms.ChoiceField(
        label="谁发起",
        required=False,
        choices=[("own", "自主开展"), ("organised", "组织安排")],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = Deputy.objects.visible_to(self.user)

    def by_period(self, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
        return rows.in_period(period)

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(region=town)

    def by_region(self, rows: QuerySet[Any], region: Region) -> QuerySet[Any]:
        return rows.filter(region=region)

    def by_initiative(self, rows: QuerySet[Any], whose: str) -> QuerySet[Any]:
        return rows.filter(self_initiated=whose == "own")

    def by_verification(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        return rows.filter(verification=state)


class ActivityFilter(RecordFilter):
    """What is only planned or called off does not wait to be verified."""

    q = forms.CharField(label="活动名称", required=False, max_length=60)
    form = forms.ModelChoiceField(
        ActivityForm.objects.all(), label="形式", required=False, empty_label="全部"
    )
    counts_as = forms.ChoiceField(
        label="口径", required=False, choices=CountsAs.choices, widget=forms.HiddenInput
    )
    station = _hidden("家站", Station.objects.none())
    campaign = _hidden("行动", Campaign.objects.all())
    field = _hidden("领域", DictionaryEntry.objects.of(Dictionary.FIELD))
    central_task = _hidden("中心工作", DictionaryEntry.objects.of(Dictionary.CENTRAL_TASK))
    tag = _hidden("标签", Tag.objects.all())
    also_tag = _hidden("标签", Tag.objects.all())
    service = _hidden("“＋”服务的家站", ServiceTag.objects.all())

    field_order = ("q", "period", "town", "form", "verification")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = Station.objects.visible_to(self.user)

    def by_q(self, rows: QuerySet[Activity], words: str) -> QuerySet[Activity]:
        return rows.filter(title__contains=words.strip())

    def by_form(self, rows: QuerySet[Activity], form: ActivityForm) -> QuerySet[Activity]:
        return rows.filter(form=form)

    def by_counts_as(self, rows: QuerySet[Activity], counts_as: str) -> QuerySet[Activity]:
        return rows.filter(form__counts_as=counts_as)

    def by_station(self, rows: QuerySet[Activity], station: Station) -> QuerySet[Activity]:
        return rows.filter(station=station)

    def by_campaign(self, rows: QuerySet[Activity], campaign: Campaign) -> QuerySet[Activity]:
        return rows.filter(pk__in=activities_of(campaign).values("pk"))

    def by_field(self, rows: QuerySet[Activity], field: DictionaryEntry) -> QuerySet[Activity]:
        return rows.filter(field=field)

    def by_central_task(
        self, rows: QuerySet[Activity], task: DictionaryEntry
    ) -> QuerySet[Activity]:
        return rows.filter(central_task=task)

    def by_tag(self, rows: QuerySet[Activity], tag: Tag) -> QuerySet[Activity]:
        return rows.filter(tags=tag)

    def by_service(self, rows: QuerySet[Activity], tag: ServiceTag) -> QuerySet[Activity]:
        return rows.filter(station__in=tag.stations.active().values("pk"))

    def by_verification(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        rows = super().by_verification(rows, state)
        return rows.filter(state=ActivityState.HELD) if state == Verification.PENDING else rows

    by_also_tag = by_tag  # a second join: both tags must be there

    def by_deputy(self, rows: QuerySet[Activity], deputy: Deputy) -> QuerySet[Activity]:
        return rows.filter(attendances__deputy=deputy, attendances__presence=Presence.PRESENT)


class VisitFilter(RecordFilter):
    """``region`` may be any place: a visit to a cell reaches its grid and village, too."""

    channel = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.CHANNEL),
        label="联系方式",
        required=False,
        empty_label="全部",
    )
    tag = _hidden("标签", Tag.objects.all())
    voter = _hidden("固定选民", FixedVoter.objects.none())
    outside = forms.BooleanField(label="本村以外", required=False, widget=forms.HiddenInput)

    field_order = ("period", "town", "channel", "verification")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voter"].queryset = FixedVoter.objects.visible_to(self.user)

    def by_deputy(self, rows: QuerySet[Visit], deputy: Deputy) -> QuerySet[Visit]:
        return rows.filter(deputy=deputy)

    def by_region(self, rows: QuerySet[Visit], region: Region) -> QuerySet[Visit]:
        if region.level in (*VILLAGE_LEVELS, RegionLevel.GRID, RegionLevel.CELL):
            return visits_to(rows, region)
        return rows.filter(region=region)

    def by_channel(self, rows: QuerySet[Visit], channel: DictionaryEntry) -> QuerySet[Visit]:
        return rows.filter(channel=channel)

    def by_tag(self, rows: QuerySet[Visit], tag: Tag) -> QuerySet[Visit]:
        return rows.filter(tags=tag)

    def by_voter(self, rows: QuerySet[Visit], voter: FixedVoter) -> QuerySet[Visit]:
        return rows.filter(fixed_voters=voter)

    def by_outside(self, rows: QuerySet[Visit], _: bool) -> QuerySet[Visit]:
        return rows.filter(outside_own_village(), village__isnull=False)
