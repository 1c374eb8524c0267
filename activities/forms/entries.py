"""The deputy's two forms, made to be filled on a phone in under a minute."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.enums import CountsAs, Presence
from activities.models import Activity, ActivityForm, Campaign, FixedVoter, Tag, Visit
from activities.selectors.entries import (
    activity_tags,
    campaigns_for,
    fellows_of,
    groups_of,
    last_activity,
    last_visit,
    spots_in,
    stations_of,
    villages_by_town,
    villages_first,
    visit_tags,
    voters_of,
)
from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import HoursField, held_on
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.photos import PhotoField
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy, Group


class EntryForm(forms.Form):
    """What both forms carry: a key, so that a double tap is one record, and their origin.

    ``seen`` is the stored record's fingerprint; an edit of anything newer is refused.
    """

    FOLDED: tuple[str, ...] = ()  # what is folded away below the fields that all fill

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        deputy: Deputy,
        row: Any = None,
        by_owner: bool = True,
    ) -> None:
        self.deputy, self.row, self.today = deputy, row, timezone.localdate()
        self.by_owner = by_owner
        super().__init__(data, files)
        if row is None and not by_owner:
            self.fields["paper"] = forms.CharField(
                label="纸质登记表编号",
                required=False,
                max_length=20,
                help_text="照手写的表代录时，填表上印的编号，如 2026-0012；没有用表的不填。",
            )
        self.initial = {"key": uuid.uuid4(), **self.remembered()}
        if row is not None:
            self.initial = {"seen": fingerprint(row), **self.stored(row)}

    def remembered(self) -> dict[str, Any]:
        raise NotImplementedError

    def stored(self, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        """The field with its choices; a question without choices is not put."""
        if rows.exists():
            self.fields[name].queryset = rows
        else:
            del self.fields[name]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FOLDED if name in self.fields]

    @property
    def shown(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.FOLDED]

    @property
    def paper(self) -> str:
        """The number of the paper form that is being entered, if any."""
        return str(self.cleaned_data.get("paper", ""))

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes: everything but the form's own marks."""
        own = {"key", "seen", "paper"}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}


class VillageField(forms.TypedChoiceField):
    """Own villages first, then the county's by town."""

    def __init__(self) -> None:
        super().__init__(label="哪个村（社区）", required=False, coerce=int, empty_value=None)
        self.regions: dict[int, Region] = {}

    def offer(self, first: list[Region], by_town: dict[str, list[Region]]) -> None:
        mine = [(each.pk, _with_town(each)) for each in first]
        groups = [
            (town, [(each.pk, each.name) for each in villages])
            for town, villages in by_town.items()
        ]
        start = [("我常去的", mine)] if mine else []
        self.choices = [("", "不在村（社区）"), *start, *groups]
        self.regions = {each.pk: each for villages in by_town.values() for each in villages}
        self.regions.update({each.pk: each for each in first})

    def clean(self, value: Any) -> Region | None:
        chosen = super().clean(value)
        return self.regions[chosen] if chosen else None


def _with_town(village: Region) -> str:
    return f"{village.parent.name}{village.name}" if village.parent else village.name


class SpotField(forms.ModelChoiceField):
    """A grid or cell of the villages offered first; where there are none it is not asked."""

    def __init__(self) -> None:
        super().__init__(
            Region.objects.none(), label="哪个网格（单元）", required=False, empty_label="不填"
        )

    def label_from_instance(self, spot: Region) -> str:
        return f"{spot.parent.name}{spot.name}" if spot.parent else spot.name


class VotersField(forms.ModelMultipleChoiceField):
    """The deputy's fixed voters as tick boxes; named in full to the deputy alone."""

    def __init__(self) -> None:
        super().__init__(
            FixedVoter.objects.none(),
            label="联系到的固定选民",
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.in_full = False

    def label_from_instance(self, voter: FixedVoter) -> str:
        return voter.shown_as(in_full=self.in_full)


class TagsField(forms.ModelMultipleChoiceField):
    def __init__(self) -> None:
        super().__init__(
            Tag.objects.none(), label="标签", required=False, widget=forms.CheckboxSelectMultiple
        )

    def label_from_instance(self, tag: Tag) -> str:
        return tag.name


class AxisTagsField(TagsField):
    """Tags of several series, each named with its own."""

    def label_from_instance(self, tag: Tag) -> str:
        return f"{tag.axis}：{tag}"


class VisitForm(EntryForm):
    """Four fields to fill, three of them remembered; the rest is folded away."""

    FOLDED = ("spot", "tags", "fixed_voters", "organised", "photo")

    held_on = held_on()
    village = VillageField()
    channel = forms.ModelChoiceField(
        DictionaryEntry.objects.none(),
        label="怎样联系",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    people = forms.IntegerField(
        label="联系了多少人次",
        min_value=1,
        max_value=9999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    matter = forms.CharField(
        label="反映了什么",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    spot = SpotField()
    tags = TagsField()
    fixed_voters = VotersField()
    organised = forms.BooleanField(label="是组织安排的，不是我自己去的", required=False)
    photo = PhotoField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = DictionaryEntry.objects.of(Dictionary.CHANNEL)
        kept = Q(pk=self.row.channel_id) if self.row else Q(pk=None)
        self.fields["channel"].queryset = entries.filter(Q(is_active=True) | kept)
        first = villages_first(self.deputy, self.today)
        self.fields["village"].offer(first, villages_by_town(self.deputy))
        self.fields["fixed_voters"].in_full = self.by_owner
        self._offer("spot", spots_in([*first, *self._stored_village()]))
        self._offer("tags", visit_tags(self.row))
        self._offer("fixed_voters", voters_of(self.deputy, self.today, self.row))

    def _stored_village(self) -> list[Region]:
        return [self.row.village] if self.row and self.row.village else []

    @property
    def values(self) -> dict[str, Any]:
        values = super().values
        values["self_initiated"] = not values.pop("organised")
        return values

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        village, spot = cleaned.get("village"), cleaned.get("spot")
        if village and spot and not spot.code.startswith(village.prefix):
            self.add_error("spot", f"这个网格不在{village}，请改网格或改村（社区）。")
        return cleaned

    def remembered(self) -> dict[str, Any]:
        """The place of the last visit, and its channel if the deputy chose that one here: what
        was imported or entered by others says nothing of how this one went."""
        last = last_visit(self.deputy)
        own = self.deputy.user_id
        chose = own is not None and last is not None and last.entered_by_id == own
        return {
            "held_on": self.today,
            "village": last.village_id if last else self.deputy.village_id,
            "channel": last.channel_id if last and chose else None,
        }

    def stored(self, row: Visit) -> dict[str, Any]:
        return {
            "held_on": row.held_on,
            "village": row.village_id,
            "channel": row.channel_id,
            "people": row.people,
            "matter": row.matter,
            "spot": row.spot_id,
            "tags": list(row.tags.all()),
            "fixed_voters": list(row.fixed_voters.all()),
            "organised": not row.self_initiated,
        }


class ActivityEntryForm(EntryForm):
    """The form, the day and the place; what the boards sort by is folded away."""

    FOLDED = ("fellows", "group", "campaign", "field", "tags")

    title = forms.CharField(label="什么活动", max_length=120)
    held_on = held_on()
    form = forms.ModelChoiceField(
        ActivityForm.objects.none(), label="活动形式", empty_label="请选择"
    )
    hours = HoursField(required=False, help_text="只有培训学习要填，一天最多 24 学时。")
    station = forms.ModelChoiceField(
        None, label="在哪个家站", required=False, empty_label="不在家站"
    )
    place = forms.CharField(label="地点", required=False, max_length=120)
    fellows = forms.ModelMultipleChoiceField(
        Deputy.objects.none(),
        label="一起参加的代表",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="同小组、同家站的代表。勾上之后，他们不用再登记。",
    )
    content = forms.CharField(
        label="做了什么",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    self_initiated = forms.BooleanField(label="是我自己开展的，不是组织安排的", required=False)
    photo = PhotoField()
    group = forms.ModelChoiceField(
        Group.objects.none(), label="代表小组的活动", required=False, empty_label="不是小组活动"
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label="代表行动", required=False, empty_label="不属于哪个行动"
    )
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.none(), label="领域", required=False, empty_label="不填"
    )
    tags = AxisTagsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept_form = Q(pk=self.row.form_id) if self.row else Q(pk=None)
        self.fields["form"].queryset = ActivityForm.objects.filter(Q(is_active=True) | kept_form)
        stations = stations_of(self.deputy, self.today)
        fellows = fellows_of(self.deputy, self.today)
        if self.row:
            stations = stations.model.objects.filter(
                Q(pk__in=stations.values("pk")) | Q(pk=self.row.station_id)
            )
            fellows = (
                Deputy.objects.filter(
                    Q(pk__in=fellows.values("pk")) | Q(attendances__activity=self.row)
                )
                .exclude(pk=self.deputy.pk)
                .distinct()
            )
        self.fields["station"].queryset = stations
        self.fields["fellows"].queryset = fellows
        words = DictionaryEntry.objects.of(Dictionary.FIELD)
        kept_word = Q(pk=self.row.field_id if self.row else None)
        self._offer("field", words.filter(Q(is_active=True) | kept_word))
        self._offer("group", groups_of(self.deputy, self.today, self.row))
        self._offer("campaign", campaigns_for(self.deputy, self.today, self.row))
        self._offer("tags", activity_tags(self.row))

    def remembered(self) -> dict[str, Any]:
        last = last_activity(self.deputy)
        return {
            "held_on": self.today,
            "form": last.form_id if last else None,
            "station": last.station_id if last else None,
            "place": last.place if last else "",
        }

    def stored(self, row: Activity) -> dict[str, Any]:
        present = row.attendances.filter(presence=Presence.PRESENT)
        names = ("title", "held_on", "hours", "place", "content", "self_initiated")
        return {
            **{name: getattr(row, name) for name in names},
            "form": row.form_id,
            "station": row.station_id,
            "group": row.group_id,
            "campaign": row.campaign_id,
            "field": row.field_id,
            "tags": list(row.tags.all()),
            "fellows": [each.deputy_id for each in present],
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        form = cleaned.get("form")
        is_training = form and form.counts_as == CountsAs.TRAINING
        if is_training and cleaned.get("hours") is None and not self.has_error("hours"):
            self.add_error("hours", "培训学习请填写学时。")
        return cleaned
