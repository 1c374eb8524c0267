"""Forms of the year-end review."""

import datetime as dt
import re
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from activities.models import BallotScale
from congress_portal.core.documents.wording import committee_of
from congress_portal.core.enums import Dictionary, RegionLevel
from congress_portal.core.fields import DayField, WordsField, year_near
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.stale import fingerprint
from congress_portal.evaluations.models import Nominee, ReviewTitle, ScoreSheet, YearReview
from congress_portal.evaluations.yearend.selectors import chosen_of, ranked_sheets, recommendable
from deputies.fields import DeputyNamesField

_LINE = re.compile(r"^(?P<name>.+?)[\s，,：:]*(?P<places>[0-9]{1,3})\s*[名个人位]?$")
_CONGRESSES = (RegionLevel.COUNTY, RegionLevel.TOWN)
_MOST_PLACES = 500
_MOST_TITLES = 12


class SheetField(forms.ModelChoiceField):
    def label_from_instance(self, sheet: ScoreSheet) -> str:
        return f"{sheet.scheme.name}（{sheet.period.label}，第{sheet.version}版）"


class ReviewForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    title = forms.CharField(label="名称", max_length=80, help_text="如：2026年度代表评先选优。")
    year = forms.IntegerField(label="年度")
    region = forms.ModelChoiceField(Region.objects.none(), label="哪里组织", empty_label=None)
    titles = WordsField(
        "称号和名额", rows=4, longest=1000,
        help_text="一行一个称号，后面写名额，如：优秀人大代表 10。",
    )  # fmt: skip
    sheet = SheetField(
        ScoreSheet.objects.none(), label="取名次的考评结果", required=False,
        empty_label="不取名次，只靠推荐",
        help_text="只列已发布、方案里开了「是否排名」的代表考评；对人的考评一般不排名。",
    )  # fmt: skip
    publicity_days = forms.IntegerField(
        label="公示期（工作日）", min_value=1, max_value=60, help_text="从公示的第二天起算。"
    )
    given_by = forms.CharField(label="授予单位", max_length=80)

    def __init__(self, data: Any = None, *, user: User, review: YearReview | None) -> None:
        super().__init__(data)
        places = Region.objects.filter(level__in=_CONGRESSES).editable_by(user).order_by("code")
        self.fields["region"].queryset = places
        self.fields["sheet"].queryset = ranked_sheets(user)
        self.initial = _of(review) if review else _blank(places)

    def clean_year(self) -> int:
        return year_near(self.cleaned_data["year"])

    def clean_titles(self) -> list[tuple[str, int]]:
        found: dict[str, int] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["titles"].splitlines())):
            match = _LINE.match(line)
            if not match or not int(match["places"]):
                raise forms.ValidationError(f"「{line}」看不出名额，请写成：称号 名额。")
            if int(match["places"]) > _MOST_PLACES:
                raise forms.ValidationError(f"「{line}」的名额最多 {_MOST_PLACES} 个，请核对。")
            name = match["name"].strip()
            if name.endswith(("-", "－", "—", "+")):
                raise forms.ValidationError(f"「{line}」的名额要写成正整数，如：称号 10。")
            if name in found or len(name) > 60:
                raise forms.ValidationError(f"「{name}」重复了，或超过 60 个字。")
            found[name] = int(match["places"])
        if len(found) > _MOST_TITLES:
            raise forms.ValidationError(f"称号最多 {_MOST_TITLES} 个。")
        return list(found.items())

    @property
    def given(self) -> dict[str, Any]:
        names = ("title", "year", "region", "sheet", "publicity_days", "given_by")
        values = {name: self.cleaned_data[name] for name in names}
        return {"values": values, "titles": self.cleaned_data["titles"]}


def _blank(places: Any) -> dict[str, Any]:
    today, first = timezone.localdate(), places.first()
    return {
        "key": uuid.uuid4(),
        "title": f"{today.year}年度代表评先选优",
        "year": today.year,
        "publicity_days": 5,
        "given_by": committee_of(first) if first else "",
        "titles": "优秀人大代表 10\n履职积极分子 20",
    }


def _of(review: YearReview) -> dict[str, Any]:
    titles = review.titles.order_by("serial", "pk")
    names = ("title", "year", "region", "sheet", "publicity_days", "given_by")
    return {name: getattr(review, name) for name in names} | {
        "seen": fingerprint(review),
        "titles": "\n".join(f"{row.name} {row.places}" for row in titles),
    }


class WordingForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    level = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.HONOUR_LEVEL), label="级别", required=False,
        empty_label="不写",
    )  # fmt: skip
    wording = WordsField("证书正文", rows=4, longest=150)

    def __init__(self, data: Any = None, *, title: ReviewTitle) -> None:
        super().__init__(data)
        self.fields["wording"].help_text = ReviewTitle._meta.get_field("wording").help_text
        self.initial = {
            "seen": fingerprint(title), "level": title.level_id, "wording": title.wording,
        }  # fmt: skip


class RankingForm(forms.Form):
    """How many of the ranking for each title; 0 takes nobody."""

    def __init__(self, data: Any = None, *, review: YearReview) -> None:
        super().__init__(data)
        self.titles = list(review.titles.order_by("serial", "pk"))
        for title in self.titles:
            self.fields[f"title_{title.pk}"] = forms.IntegerField(
                label=f"{title.name}：取前几名", min_value=0, max_value=500, initial=title.places,
                help_text=f"名额 {title.places} 个；不取的写 0，名次相同的一并列入。",
            )  # fmt: skip

    @property
    def numbers(self) -> dict[int, int]:
        return {row.pk: self.cleaned_data[f"title_{row.pk}"] for row in self.titles}


class RecommendForm(forms.Form):
    title = forms.ModelChoiceField(
        ReviewTitle.objects.none(), label="称号", empty_label=None, widget=forms.RadioSelect
    )
    deputy = DeputyNamesField("代表", help_text="写一位代表的姓名；同名的加镇名。")
    reason = WordsField("推荐理由", rows=4, longest=400, help_text="写履职的事实，不写空话。")

    def __init__(self, data: Any = None, *, user: User, review: YearReview) -> None:
        super().__init__(data)
        self.fields["title"].queryset = review.titles.order_by("serial", "pk")
        self.fields["deputy"].rows = recommendable(user, review)
        self.fields["deputy"].near = user.scope.write_prefixes

    def clean_deputy(self) -> Any:
        found = self.cleaned_data["deputy"]
        if len(found) != 1:
            raise forms.ValidationError("一次推荐一位代表。")
        return found[0]

    @property
    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "title_pk": data["title"].pk, "deputy": data["deputy"], "reason": data["reason"],
        }  # fmt: skip


class SettleForm(forms.Form):
    voters = forms.ChoiceField(
        label="怎样评定",
        choices=[
            ("committee", "由常委会组成人员投票"),
            ("deputies", "由本级全体代表投票"),
            ("none", "不投票，由会议研究确定"),
        ],
        widget=forms.RadioSelect,
    )
    scale = forms.ModelChoiceField(
        BallotScale.objects.none(), label="票式", required=False, empty_label="———",
        help_text="要投票的选；票式里「计入满意率」的选项算赞成。",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        rows = BallotScale.objects.filter(is_active=True, options__is_good=True).distinct()
        plain = rows.filter(rules=None)  # the others grade: «不称职» is nothing to say of a nominee
        self.fields["scale"].queryset = (plain if plain.exists() else rows).order_by("pk")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("voters") not in (None, "none") and not cleaned.get("scale"):
            self.add_error("scale", "要投票的，请选票式。")
        return cleaned


class GiveBackForm(forms.Form):
    words = WordsField("退回的理由", rows=3, longest=400)


class WithdrawForm(forms.Form):
    words = WordsField("撤下的理由", rows=3, longest=400)


class NomineeField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, row: Nominee) -> str:
        return row.deputy.choice_label


class PubliciseForm(forms.Form):
    """A list to tick for each title; ``best`` are ticked beforehand."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    basis = WordsField(
        "确定的依据", rows=2, longest=400, required=False,
        help_text="没有投票的，或所选和得票多少不一致的，要写，如：经主任会议研究确定。",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, review: YearReview, best: list[int]) -> None:
        super().__init__(data)
        self.initial = {"seen": fingerprint(review), "basis": review.basis}
        self.names: list[str] = []
        for title in review.titles.order_by("serial", "pk"):
            rows = title.nominees.filter(struck_reason="").select_related("deputy__town")
            name = f"title_{title.pk}"
            self.names.append(name)
            self.fields[name] = NomineeField(
                rows.order_by("pk"), label=f"拟表彰：{title.name}", required=False, initial=best,
                widget=forms.CheckboxSelectMultiple, help_text=f"最多 {title.places} 位。",
            )  # fmt: skip
        self.order_fields([*self.names, "basis"])

    @property
    def given(self) -> dict[str, Any]:
        chosen = [row.pk for name in self.names for row in self.cleaned_data[name]]
        data = self.cleaned_data
        return {"chosen": chosen, "basis": data["basis"], "seen": data["seen"]}


class ObjectForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    nominee = forms.ModelChoiceField(
        Nominee.objects.none(), label="对谁", required=False, empty_label="对整个名单"
    )
    words = WordsField("意见", rows=5, longest=2000, help_text="写明事实和依据。")
    raised_by = forms.CharField(
        label="提出人", max_length=40, help_text="来信来访的写姓名或单位；只有办理的人员看到。"
    )
    received_on = DayField("收到日期", past=True, initial=timezone.localdate)

    def __init__(self, data: Any = None, *, review: YearReview, is_office: bool) -> None:
        super().__init__(data)
        self.fields["nominee"].queryset = chosen_of(review)
        self.initial = {"key": uuid.uuid4()}
        if not is_office:
            del self.fields["raised_by"], self.fields["received_on"]

    @property
    def given(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        nominee = data.pop("nominee")
        return {**data, "nominee_pk": nominee.pk if nominee else None}


class AnswerForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="结论",
        choices=[("yes", "成立：对谁的意见，谁从名单里取消"), ("no", "不成立：名单不变")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = WordsField("答复", rows=4, longest=400)


class IssueForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    awarded_on = DayField("表彰日期", past=True, help_text="公示期满以后的一天，如大会闭幕之日。")
    document_number = forms.CharField(label="文号", max_length=60, required=False)

    def __init__(self, data: Any = None, *, review: YearReview) -> None:
        super().__init__(data)
        today = timezone.localdate()
        until = review.public_until or today
        self.initial = {
            "seen": fingerprint(review),
            "awarded_on": max(today, until + dt.timedelta(days=1)),
            "document_number": review.document_number,
        }


class BatchForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
