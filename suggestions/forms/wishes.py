"""Forms of the wishes' desk."""

import re
import uuid
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Region, User
from congress_portal.core.periods import quarter_of
from congress_portal.core.photos import PhotoField
from congress_portal.core.stale import fingerprint
from deputies.fields import DeputyNamesField
from deputies.models import Deputy
from stations.models import Enterprise, Station
from stations.selectors.posted import deputies_near
from suggestions.models import Wish, WishClaim


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


_DOOR = re.compile(r"[0-9０-９一二三四五六七八九十百]+\s*(?:组|栋|幢|单元|室|号(?!\s*线))")


class _PublicForm(_SeenForm):
    """What everybody reads; something like a door number asks whether it may stay."""

    text = WordsField(
        "公布的文字", rows=3, longest=300, min_length=4,
        help_text="大家都能看到：不写姓名、电话、门牌号。",
    )  # fmt: skip
    sure = forms.BooleanField(label="不是许愿人的住址，可以公布", required=False)

    def __init__(self, *args: Any, wish: Wish, **kwargs: Any) -> None:
        super().__init__(*args, wish=wish, **kwargs)
        if not _DOOR.search(str(self.data.get("text", ""))):
            del self.fields["sure"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        found = _DOOR.search(data.get("text", ""))
        if found and not data.pop("sure", False):
            self.add_error("text", f"「{found[0]}」像是门牌号，请删去；不是住址的，请在下面打勾。")
        return data


class PublishForm(_PublicForm):
    def __init__(self, *args: Any, wish: Wish, **kwargs: Any) -> None:
        super().__init__(*args, wish=wish, **kwargs)
        self.initial["text"] = wish.text or without_numbers(wish.voice.matter)[:300]


class RewordForm(_PublicForm):
    result = WordsField("怎样实现的", rows=3, longest=500, min_length=4)
    helper = forms.CharField(label="认领的单位", max_length=60)
    drops_photo = forms.BooleanField(
        label="撤下公布的照片", required=False, help_text="照片上有人脸、门牌的，勾选后删去。"
    )

    def __init__(self, *args: Any, wish: Wish, claim: WishClaim | None, **kwargs: Any) -> None:
        super().__init__(*args, wish=wish, **kwargs)
        self.initial["text"] = wish.text
        for name in ("result", "helper"):
            if claim and getattr(claim, name) and (name == "helper" or claim.fulfilled_on):
                self.initial[name] = getattr(claim, name)
            else:
                del self.fields[name]
        if not (claim and claim.photo):
            del self.fields["drops_photo"]


class TakeDownForm(_SeenForm):
    reason = WordsField("撤下的原因", rows=2, longest=200, min_length=2)


class DeclineForm(_SeenForm):
    reason = WordsField("原因", rows=2, longest=200, min_length=2)


class ClaimForm(forms.Form):
    """A deputy gives only the day."""

    promised_on = DayField("答应哪天以前实现", ahead=2)


class OtherClaimForm(ClaimForm):
    """Staff enter who took it on: a deputy, a firm of the list, or another unit by its name."""

    deputy = DeputyNamesField(
        "代表", required=False, help_text="写一位代表的姓名；代表没有用手机认领的，在这里代录。"
    )
    enterprise = forms.ModelChoiceField(
        Enterprise.objects.none(), label="企业", required=False, empty_label="不是名册里的企业"
    )
    helper = forms.CharField(label="或者单位名称", required=False, max_length=60)
    field_order = ("deputy", "enterprise", "helper", "promised_on")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms: Any = self.fields["enterprise"]
        firms.queryset = Enterprise.objects.visible_to(user).filter(is_active=True)
        people: Any = self.fields["deputy"]
        people.rows = deputies_near(user).in_office(quarter_of(timezone.localdate()))
        people.near = user.scope.write_prefixes

    def clean_deputy(self) -> Deputy | None:
        found = self.cleaned_data["deputy"]
        if len(found) > 1:
            raise forms.ValidationError("一个心愿由一位代表认领。")
        return found[0] if found else None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        given = [name for name in ("deputy", "enterprise", "helper") if data.get(name)]
        if len(given) != 1 and not self.errors:
            self.add_error("helper", "写一位代表、选一家企业，或者填一个单位名称，三样填一样。")
        return data


class GiveBackForm(forms.Form):
    reason = WordsField("为什么办不了", rows=2, longest=200, min_length=2)


class FulfilForm(forms.Form):
    fulfilled_on = held_on("哪天实现的")
    result = WordsField(
        "怎样实现的", rows=3, longest=500, min_length=4,
        help_text="许愿人和大家都能看到：不写姓名、电话。",
    )  # fmt: skip
    photo = PhotoField(help_text="照片和结果一起公布，请先征得照片里的人同意；不必上传。")
