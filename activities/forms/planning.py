"""The office's forms: a plan, whom to call, who came."""

import uuid
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet

from activities.models import Activity, ActivityForm, Campaign, Project, Tag
from activities.services.planning import PLAN_FIELDS
from congress_portal.core.enums import TOWN_LEVELS, Dictionary, RegionLevel
from congress_portal.core.fields import DayField, HoursField, WordsField
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.stale import fingerprint
from deputies.models import Group
from stations.models import Station


def _entry(label: str, dictionary: Dictionary) -> forms.ModelChoiceField:
    rows = DictionaryEntry.objects.of(dictionary).filter(is_active=True)
    return forms.ModelChoiceField(rows, label=label, required=False, empty_label="不填")


def _several(label: str) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        None, label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


def _time(label: str) -> forms.TimeField:
    clock = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    faults = {"invalid": "请填写时间，如 09:30。"}
    return forms.TimeField(label=label, required=False, widget=clock, error_messages=faults)


def places_for(user: User) -> QuerySet[Region]:
    """Counties and towns in which the person may organise."""
    levels = (RegionLevel.COUNTY, *TOWN_LEVELS)
    return Region.objects.editable_by(user).filter(level__in=levels).order_by("code")


class PlanForm(forms.Form):
    """``values`` is what the service takes; ``region`` is the station's for its officer."""

    title = forms.CharField(label="活动名称", max_length=120)
    form = forms.ModelChoiceField(
        ActivityForm.objects.none(), label="活动形式", empty_label="请选择"
    )
    held_on = DayField("哪一天", ahead=2)
    begins_at = _time("几点开始")
    ends_at = _time("几点结束")
    place = forms.CharField(label="地点", max_length=120, required=False)
    reply_by = DayField("回执截止", required=False, help_text="不填，到活动当天为止都能回执。")
    notice = WordsField(
        "通知内容",
        required=False,
        longest=2000,
        help_text="议程、集合地点、要带的材料。代表在手机上看到的就是这段。",
    )
    contact = forms.CharField(
        label="联系人及电话", max_length=60, required=False, help_text="代表有事打这个电话。"
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label="哪里组织", empty_label=None, required=True
    )
    station = forms.ModelChoiceField(
        Station.objects.none(), label="家站", required=False, empty_label="不在家站"
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label="代表小组", required=False, empty_label="不填"
    )
    organiser = forms.CharField(
        label="组织单位",
        max_length=80,
        required=False,
        help_text="印在通知上；不填用人大机关名称。",
    )
    theme = _entry("主题", Dictionary.THEME)
    field = _entry("领域", Dictionary.FIELD)
    central_task = _entry("中心工作", Dictionary.CENTRAL_TASK)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label="代表行动", required=False, empty_label="不填"
    )
    project = forms.ModelChoiceField(
        Project.objects.none(), label="工程项目", required=False, empty_label="不填"
    )
    tags = _several("标签")
    units = _several("相关单位")
    observers = forms.CharField(
        label="列席、旁听人员",
        max_length=200,
        required=False,
        help_text="代表以外的人，用顿号分开。",
    )
    hours = HoursField(required=False, help_text="只有培训学习要填，一天最多 24 学时。")
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    first = ("title", "form", "held_on", "begins_at", "ends_at", "place", "reply_by", "notice",
             "contact", "region", "station")  # fmt: skip

    def __init__(self, data: Any = None, *, user: User, activity: Activity | None = None) -> None:
        super().__init__(data)
        self.activity = activity
        self._offer(user)
        self.initial = {"key": uuid.uuid4()}
        if activity is not None:
            self.initial = _stored(activity)

    def _offer(self, user: User) -> None:
        kept = self.activity
        fields = cast("dict[str, Any]", self.fields)
        form = Q(is_active=True) | Q(pk=kept.form_id if kept else None)
        fields["form"].queryset = ActivityForm.objects.filter(form)
        station = Station.objects.editable_by(user).active()
        fields["station"].queryset = station.order_by("number")
        fields["group"].queryset = Group.objects.visible_to(user).filter(is_active=True)
        fields["campaign"].queryset = Campaign.objects.visible_to(user)
        fields["project"].queryset = Project.objects.visible_to(user)
        fields["units"].queryset = Unit.objects.active()
        tags = Tag.objects.filter(is_active=True, axis__for_activities=True)
        fields["tags"].queryset = tags.select_related("axis").order_by("axis__order", "order")
        fields["tags"].label_from_instance = lambda tag: f"{tag.axis}：{tag}"
        places = places_for(user)
        fields["region"].queryset = places
        if kept is not None:
            del fields["region"]
        elif not user.scope.write_prefixes:
            del fields["region"]
            fields["station"].required, fields["station"].empty_label = True, None

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.first if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.first]

    @property
    def more_filled(self) -> bool:
        return any(field.value() or field.errors for field in self.more_fields)

    @property
    def region_given(self) -> Region:
        given = self.cleaned_data
        region: Region = given.get("region") or given["station"].region
        return region

    @property
    def values(self) -> dict[str, Any]:
        names = (*PLAN_FIELDS, "tags", "units")
        return {name: self.cleaned_data[name] for name in names}


def _stored(activity: Activity) -> dict[str, Any]:
    return {
        **{name: getattr(activity, name) for name in PLAN_FIELDS},
        "tags": [tag.pk for tag in activity.tags.all()],
        "units": [unit.pk for unit in activity.units.all()],
        "seen": fingerprint(activity),
    }
