"""Forms of the wishes' desk."""

import uuid
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Region, User
from congress_portal.core.photos import PhotoField
from congress_portal.core.stale import fingerprint
from stations.models import Enterprise, Station
from suggestions.models import Wish


class WishForm(forms.Form):
    """A wish told to station staff (代录)."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    station = forms.ModelChoiceField(Station.objects.none(), label="哪个家站", empty_label="请选择")
    matter = WordsField("什么心愿", rows=4, longest=2000, min_length=4)
    village = forms.ModelChoiceField(
        Region.objects.none(), label="所在村（社区）", required=False, empty_label="不填"
    )
    has_consent = forms.BooleanField(label="本人同意留下姓名和电话", required=False)
    visitor_name = forms.CharField(label="许愿人姓名", required=False, max_length=40)
    visitor_phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=20,
        validators=[RegexValidator(r"^[\d\- ]{5,20}$", "请填写电话号码，只用数字。")],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid.uuid4()
        stations: Any = self.fields["station"]
        stations.queryset = Station.objects.editable_by(user).active().order_by("number")
        towns = stations.queryset.order_by().values("region")
        villages: Any = self.fields["village"]
        villages.queryset = Region.objects.villages().filter(parent__in=towns).order_by("code")


class _SeenForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, wish: Wish, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = fingerprint(wish)


class PublishForm(_SeenForm):
    text = WordsField(
        "公布的文字", rows=3, longest=300, min_length=4,
        help_text="大家都能看到：不写姓名、电话、门牌号。",
    )  # fmt: skip

    def __init__(self, *args: Any, wish: Wish, **kwargs: Any) -> None:
        super().__init__(*args, wish=wish, **kwargs)
        self.initial["text"] = without_numbers(wish.voice.matter)[:300]


class DeclineForm(_SeenForm):
    reason = WordsField("原因", rows=2, longest=200, min_length=2)


class ClaimForm(forms.Form):
    """A deputy gives only the day."""

    promised_on = DayField("答应哪天以前实现", ahead=2)


class OtherClaimForm(ClaimForm):
    """Staff enter who took it on: a firm of the list, or another unit by its name."""

    enterprise = forms.ModelChoiceField(
        Enterprise.objects.none(), label="企业", required=False, empty_label="不是名册里的企业"
    )
    helper = forms.CharField(label="或者单位名称", required=False, max_length=60)
    field_order = ("enterprise", "helper", "promised_on")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms: Any = self.fields["enterprise"]
        firms.queryset = Enterprise.objects.visible_to(user).filter(is_active=True)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("enterprise")) == bool(data.get("helper")):
            self.add_error("helper", "选一家企业，或者填一个单位名称，两样填一样。")
        return data


class GiveBackForm(forms.Form):
    reason = WordsField("为什么办不了", rows=2, longest=200, min_length=2)


class FulfilForm(forms.Form):
    fulfilled_on = held_on("哪天实现的")
    result = WordsField(
        "怎样实现的", rows=3, longest=500, min_length=4,
        help_text="许愿人和大家都能看到：不写姓名、电话。",
    )  # fmt: skip
    photo = PhotoField()
