"""Forms of good deeds, honours and shared notes."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from activities.enums import PostState
from activities.models import ExchangePost, GoodDeed
from congress_portal.core.enums import Dictionary, Verification
from congress_portal.core.fields import WordsField, held_on
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.periods import Period
from congress_portal.core.photos import PhotoField
from congress_portal.core.stale import fingerprint
from deputies.fields import DeputyNamesField
from deputies.models import Deputy

_MOST_PEOPLE = 10_000_000


class OneDeputyField(DeputyNamesField):
    """Exactly one deputy by name."""

    def __init__(self) -> None:
        super().__init__("哪位代表", help_text="写姓名；同名的加镇名，如 张伟（云溪镇）。")

    def clean(self, value: Any) -> Deputy:  # type: ignore[override]
        found = super().clean(value)
        if len(found) != 1:
            raise forms.ValidationError("请只写一位代表。")
        return found[0]


class OfDeputyForm(forms.Form):
    """About one deputy: one's own, or one that staff name."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    deputy = OneDeputyField()

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, own: Deputy | None = None
    ) -> None:
        super().__init__(data, files)
        self.own = own
        self.initial = {"key": uuid.uuid4()}
        if own is None:
            rows = Deputy.objects.filter(user.scope.writes("town")).select_related("town")
            self.fields["deputy"].rows = rows  # type: ignore[attr-defined]
            self.fields["deputy"].near = user.scope.write_prefixes  # type: ignore[attr-defined]
        else:
            del self.fields["deputy"]

    @property
    def about(self) -> Deputy:
        return self.own or self.cleaned_data["deputy"]

    @property
    def values(self) -> dict[str, Any]:
        apart = {"key", "seen", "deputy", "photo"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class DeedForm(OfDeputyForm):
    held_on = held_on()
    kind = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.DEED_KIND).active(), label="类别", empty_label=None
    )
    title = forms.CharField(label="做了什么", max_length=120)
    content = WordsField("事迹经过", required=False)
    amount = forms.DecimalField(
        label="出资或捐助（元）", required=False, min_value=0, max_digits=12, decimal_places=2
    )
    beneficiaries = forms.IntegerField(
        label="受益人数", required=False, min_value=0, max_value=_MOST_PEOPLE
    )
    photo = PhotoField()
    is_publishable = forms.BooleanField(
        label="本人同意对外宣传", required=False, help_text="不同意的，只进履职档案。"
    )

    def __init__(self, *args: Any, deed: GoodDeed | None = None, **kwargs: Any) -> None:
        super().__init__(*args, own=kwargs.pop("own", None) or (deed and deed.deputy), **kwargs)
        if deed:
            names = ("held_on", "title", "content", "amount", "beneficiaries", "is_publishable")
            self.initial = {name: getattr(deed, name) for name in names}
            self.initial |= {"seen": fingerprint(deed), "kind": deed.kind_id}


class HonourForm(OfDeputyForm):
    held_on = held_on("表彰日期")
    title = forms.CharField(label="称号", max_length=120)
    level = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.HONOUR_LEVEL).active(),
        label="级别", required=False, empty_label="不分级别",
    )  # fmt: skip
    given_by = forms.CharField(label="授予单位", max_length=80, required=False)
    document_number = forms.CharField(label="文号", max_length=60, required=False)


class PostForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    title = forms.CharField(label="标题", max_length=120)
    body = WordsField("正文", rows=12, longest=10_000)

    def __init__(self, data: Any = None, *, post: ExchangePost | None = None) -> None:
        super().__init__(data)
        self.initial = {"key": uuid.uuid4()}
        if post:
            self.initial = {"seen": fingerprint(post), "title": post.title, "body": post.body}


class ModerationForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    is_let = forms.TypedChoiceField(
        label="审核", choices=[("yes", "发布"), ("no", "不予发布")], widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    reason = forms.CharField(
        label="不予发布的原因", max_length=200, required=False, help_text="作者会看到。"
    )

    def __init__(self, data: Any = None, *, post: ExchangePost) -> None:
        super().__init__(data)
        self.initial = {"seen": fingerprint(post)}


# --- filters --------------------------------------------------------------------------------------


class RecordListFilter(ListFilter):
    q = forms.CharField(label="姓名或名称", required=False, max_length=40)
    period = PeriodField()
    town = TownField()

    def by_q(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        return rows.filter(Q(deputy__name__contains=words) | Q(title__contains=words))

    def by_period(self, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
        return rows.filter(held_on__range=(period.first, period.last))

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(deputy__town=town)


class DeedFilter(RecordListFilter):
    kind = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.DEED_KIND),
        label="类别", required=False, empty_label="全部",
    )  # fmt: skip
    verification = forms.ChoiceField(
        label="核实", required=False, choices=[("", "全部"), *Verification.choices]
    )

    def by_kind(self, rows: QuerySet[Any], kind: DictionaryEntry) -> QuerySet[Any]:
        return rows.filter(kind=kind)

    def by_verification(self, rows: QuerySet[Any], state: str) -> QuerySet[Any]:
        return rows.filter(verification=state)


class HonourFilter(RecordListFilter):
    level = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.HONOUR_LEVEL),
        label="级别", required=False, empty_label="全部",
    )  # fmt: skip

    def by_level(self, rows: QuerySet[Any], level: DictionaryEntry) -> QuerySet[Any]:
        return rows.filter(level=level)


class PostFilter(ListFilter):
    q = forms.CharField(label="姓名或标题", required=False, max_length=40)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *PostState.choices]
    )

    def by_q(self, rows: QuerySet[ExchangePost], words: str) -> QuerySet[ExchangePost]:
        return rows.filter(Q(deputy__name__contains=words) | Q(title__contains=words))

    def by_state(self, rows: QuerySet[ExchangePost], state: str) -> QuerySet[ExchangePost]:
        return rows.filter(state=state)
