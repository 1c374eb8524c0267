"""The voter's forms: three fields, the rest only for who wishes; no account, no scripts."""

import re
import uuid
from collections import defaultdict
from typing import Any, cast

from django import forms
from django.db.models import Q

from congress_portal.core.enums import VILLAGE_LEVELS, Rating
from congress_portal.core.fields import WordsField
from congress_portal.core.models import Region
from congress_portal.core.photos import PhotoField
from congress_portal.public.asking import AskingForm
from stations.models import Station
from suggestions.enums import ToldBy
from suggestions.models import ConsentText
from suggestions.services.voices.intake import Post
from suggestions.services.voices.telling import offered

_PERSONAL = (
    "visitor_name", "visitor_phone", "visitor_email", "told_by", "wants_answer", "has_consent",
)  # fmt: skip
_PHONE = re.compile(r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|\d{7,8})$")


class PostForm(AskingForm):
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "请重新打开再填。"})
    website = forms.CharField(  # people do not see it; machines fill it
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    matter = WordsField("什么事", rows=4, longest=2000, min_length=4)
    village = forms.ModelChoiceField(
        Region.objects.none(), label="在哪个村（社区）", empty_label="请选择"
    )
    photo = PhotoField()
    visitor_name = forms.CharField(label="怎样称呼您", required=False, max_length=40)
    visitor_phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text="留了电话，以后用登记号加电话后四位就能查。",
    )
    visitor_email = forms.EmailField(label="电子邮箱", required=False, max_length=254)
    told_by = forms.ChoiceField(
        label="每有进展就通知我", required=False, widget=forms.RadioSelect,
        help_text="通知里只有登记号和链接，不写反映的事；随时可以退订。",
    )  # fmt: skip
    is_confidential = forms.BooleanField(label="请为我保密", required=False)
    wants_answer = forms.BooleanField(label="请打电话告诉我结果", required=False)
    has_consent = forms.BooleanField(label="同意上面的说明，留下姓名和电话", required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        station: Station | None,
        consent: ConsentText | None,
        asks: bool,
        is_wish: bool = False,
    ) -> None:
        super().__init__(data, files)
        self.is_wish = is_wish
        if is_wish:
            self.fields["matter"].label = "什么心愿"
        self.consent, self.question = consent, ""
        self.initial["key"] = uuid.uuid4()
        self._offer_villages(station)
        self._offer_notices()
        if consent is None:  # nothing to agree to: nothing personal is taken
            for name in _PERSONAL:
                self.fields.pop(name, None)
        if asks:
            self.ask()

    def _offer_notices(self) -> None:
        """Only the ways that the portal's channels can go."""
        ways = offered()
        cast("forms.ChoiceField", self.fields["told_by"]).choices = [("", "不用通知"), *ways]
        if not ways:
            del self.fields["told_by"]
        if ToldBy.EMAIL not in dict(ways):
            del self.fields["visitor_email"]

    def _offer_villages(self, station: Station | None) -> None:
        """The villages of the station's town; where a town has none, no village is asked for."""
        towns = Region.objects.filter(stations__is_active=True).distinct()
        if station:
            towns = towns.filter(pk=station.region_id)
        villages = Region.objects.villages().filter(parent__in=towns).select_related("parent")
        groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for each in villages.order_by("code"):
            groups[each.parent.name].append((each.pk, each.name))
        if station and not groups:
            del self.fields["village"]
            return
        for town in towns.order_by("code"):
            if town.name not in groups:
                groups[town.name].append((town.pk, f"{town.name}（不分村）"))
        field: Any = self.fields["village"]
        field.queryset = Region.objects.filter(Q(pk__in=villages) | Q(pk__in=towns))
        field.choices = [("", "请选择"), *groups.items()]
        if station:
            self.initial["village"] = station.village_id

    def clean_village(self) -> Region:
        """A town stands for itself only where it has no villages, as the list offers it."""
        village: Region = self.cleaned_data["village"]
        if village.is_town and village.children.filter(level__in=VILLAGE_LEVELS).exists():
            raise forms.ValidationError("请选所在的村（社区）。")
        return village

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("没有收下，请重新打开再填。")
        return ""

    def clean_visitor_phone(self) -> str:
        phone = re.sub(r"\s", "", self.cleaned_data["visitor_phone"])
        if phone and not _PHONE.match(phone):
            raise forms.ValidationError("请核对电话号码：手机 11 位，座机可以带区号。")
        return phone

    @property
    def post(self) -> Post:
        data = dict(self.cleaned_data)
        for name in ("key", "website", "answer", "signed"):
            data.pop(name, None)
        place = data.pop("village", None)
        village = None if place is None or place.is_town else place
        return Post(village=village, is_wish=self.is_wish, **data)


class LookUpForm(forms.Form):
    number = forms.CharField(label="登记号", max_length=40, help_text="如 JZ001-2026-0012")
    tail = forms.CharField(
        label="电话后四位",
        min_length=4,
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class SolvedForm(forms.Form):
    rating = forms.ChoiceField(label="您满意吗", choices=Rating.choices, widget=forms.RadioSelect)


class NotSolvedForm(forms.Form):
    reason = WordsField("哪里没有解决", rows=3, longest=500, min_length=4)


class ThanksForm(forms.Form):
    words = WordsField(
        "想说的话", rows=2, longest=300, required=False,
        help_text="可以不写；写了，帮您的人看得到，不公布。",
    )  # fmt: skip
