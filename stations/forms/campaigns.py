"""Forms of a campaign: its calendar, its teams, who inspects where."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import RegionLevel, Role
from congress_portal.core.fields import DayField
from congress_portal.core.listing import recent_quarters
from congress_portal.core.models import Region, RoleAssignment, User
from congress_portal.core.periods import quarter
from stations.enums import CampaignKind, InspectionCampaignState, StandardKind, StandardSubject
from stations.models import InspectionCampaign, Standard, Station, StationType, Team

_INSPECTORS = (Role.LEADER, Role.STAFF, Role.INSPECTOR)  # leaders of the committee lead teams


class CampaignForm(forms.Form):
    kind = forms.ChoiceField(
        label="种类",
        choices=CampaignKind.choices,
        widget=forms.RadioSelect,
        initial=CampaignKind.QUARTER,
    )
    region = forms.ModelChoiceField(Region.objects.none(), label="哪个县", empty_label=None)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    quarter = forms.TypedChoiceField(
        label="季度",
        choices=[("", "年终检查不填"), *((n, f"第{'一二三四'[n - 1]}季度") for n in range(1, 5))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    title = forms.CharField(
        label="名称", max_length=80, required=False, help_text="不填按期间命名。"
    )
    standard = forms.ModelChoiceField(
        Standard.objects.none(),
        label="考评标准",
        empty_label=None,
        help_text="标准用于家站的考评家站，用于镇（街道）的考评镇（街道）。",
    )
    opens_on = DayField("考评开始", initial=timezone.localdate)
    closes_on = DayField("打分截止")
    objection_days = forms.IntegerField(
        label="异议期（工作日）", min_value=1, max_value=30, initial=5,
        help_text="从公开评分的次日算起。",
    )  # fmt: skip
    rectify_by = DayField("整改期限")
    teams_per_place = forms.IntegerField(
        label="每处几个组考评", min_value=1, max_value=9, initial=1,
        help_text="两个以上的，并列显示各组评分的差距。",
    )  # fmt: skip

    mark_full = forms.IntegerField(
        label="折算满分", min_value=1, max_value=100, initial=10,
        help_text="锁定时按这个满分折算，记入现场考评打分；季度考评办法里这一项满分几分就填几分。",
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, user: User, campaign: InspectionCampaign | None = None
    ) -> None:
        super().__init__(data)
        counties = Region.objects.filter(level=RegionLevel.COUNTY).order_by("code")
        prefixes = user.scope.write_prefixes
        mine = [row.pk for row in counties if any(row.code.startswith(p) for p in prefixes)]
        self.fields["region"].queryset = counties.filter(pk__in=mine)
        standards = Standard.objects.all().in_use().filter(kind=StandardKind.INSPECTION)
        self.fields["standard"].queryset = standards
        last = recent_quarters(timezone.localdate(), 1)[0]
        self.initial.update(year=last.first.year, quarter=(last.last.month + 2) // 3)
        if campaign is not None:
            self._keep(campaign)

    def _keep(self, campaign: InspectionCampaign) -> None:
        """What is running keeps its standard and county."""
        for name in self.fields:
            self.initial[name] = getattr(campaign, f"{name}_id", getattr(campaign, name))
        fixed = ["region"]
        if campaign.state != InspectionCampaignState.DRAFT:
            fixed += ["kind", "year", "quarter", "standard"]
            self.fields["standard"].queryset = Standard.objects.filter(pk=campaign.standard_id)
        for name in fixed:
            self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        year, opens = data.get("year"), data.get("opens_on")
        if year and opens and not year <= opens.year <= year + 1:
            self.add_error("year", "考评的年度要和考评开始的日期相合（当年，或者次年初）。")
        if data.get("kind") == CampaignKind.QUARTER and not data.get("quarter"):
            self.add_error("quarter", "请选季度。")
        elif data.get("kind") == CampaignKind.QUARTER and year and opens and not self.errors:
            about = quarter(year, data["quarter"])
            if not about.first <= opens <= about.last + _AFTERWARDS:
                told = f"{about.label}的考评，在这一季度里或者结束后三个月内开始，请核对。"
                self.add_error("opens_on", told)
        first, last = data.get("opens_on"), data.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", "打分截止不能早于考评开始。")
        if last and data.get("rectify_by") and data["rectify_by"] < last:
            self.add_error("rectify_by", "整改期限不能早于打分截止。")
        return data


_AFTERWARDS = dt.timedelta(days=92)


class TeamForm(forms.Form):
    name = forms.CharField(label="组别", max_length=60, help_text="如：第一考评组。")


class MemberForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.none(), label="成员", empty_label="请选择",
        help_text="常委会领导、常委会工作人员和考评组成员的账号。",
    )  # fmt: skip
    home = forms.ModelChoiceField(
        Region.objects.none(), label="来自哪个镇（街道）", required=False,
        empty_label="县里的同志", help_text="来自的镇（街道）不由这个组考评。",
    )  # fmt: skip
    is_leader = forms.BooleanField(label="组长", required=False)

    def __init__(self, data: Any = None, *, campaign: InspectionCampaign) -> None:
        super().__init__(data)
        self.fields["user"].queryset = inspectors(campaign)
        towns = Region.objects.all().within(campaign.region).towns()
        self.fields["home"].queryset = towns.order_by("code")


def inspectors(campaign: InspectionCampaign) -> Any:
    """Accounts that may sit in a team and do not yet in this campaign."""
    rows = RoleAssignment.objects.in_force(timezone.localdate()).filter(role__in=_INSPECTORS)
    taken = campaign.teams.values("members__user").exclude(members__user=None)
    people = User.objects.filter(is_active=True, pk__in=rows.values("user"))
    return people.exclude(pk__in=taken).order_by("name", "username")


class AssignForm(forms.Form):
    """One more place for a team; which kind of place depends on the campaign's standard."""

    place = forms.ModelChoiceField(Station.objects.none(), label="考评哪里", empty_label="请选择")
    visit_on = DayField("安排日期", required=False)

    def __init__(self, data: Any = None, *, team: Team) -> None:
        super().__init__(data)
        within = Region.objects.all().within(team.campaign.region)
        if team.campaign.standard.subject == StandardSubject.TOWN:
            rows: Any = within.towns().order_by("code")
        else:
            stations = Station.objects.all().active().filter(region__in=within)
            rows = stations.order_by("region__code", "number")
        self.fields["place"].queryset = rows

    @property
    def values(self) -> dict[str, Any]:
        place = self.cleaned_data["place"]
        kind = "station" if isinstance(place, Station) else "region"
        return {kind: place, "visit_on": self.cleaned_data["visit_on"]}


class ProposeForm(forms.Form):
    towns = forms.ModelMultipleChoiceField(
        Region.objects.none(), label="哪些镇（街道）", required=False,
        widget=forms.CheckboxSelectMultiple, help_text="都不选为全县。",
    )  # fmt: skip
    types = forms.ModelMultipleChoiceField(
        StationType.objects.all(), label="哪些家站", required=False,
        widget=forms.CheckboxSelectMultiple, help_text="都不选为各类家站。",
    )  # fmt: skip
    afresh = forms.BooleanField(label="已有的分工作废，全部重新分配", required=False)

    def __init__(self, data: Any = None, *, campaign: InspectionCampaign) -> None:
        super().__init__(data)
        towns = Region.objects.all().within(campaign.region).towns()
        self.fields["towns"].queryset = towns.order_by("code")
        if campaign.standard.subject == StandardSubject.TOWN:
            del self.fields["types"]
        if campaign.state != InspectionCampaignState.DRAFT:
            del self.fields["afresh"]


class StepForm(forms.Form):
    """A step that asks nothing but what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=20)
