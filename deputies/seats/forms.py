"""Forms of by-elections and exit cases."""

from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.models import Region
from congress_portal.core.stale import fingerprint
from congress_portal.core.uploads import PaperField
from deputies.enums import ExitAction, Gate, Ground, Sex
from deputies.fields import DeputyNamesField
from deputies.models import ByElection, Candidate, Deputy, District, ExitCase, Mandate, Term
from deputies.seats.selectors import has_failed
from deputies.seats.workflow import EXIT, RECALL_REQUESTERS

_MOST = 9_999_999


class SeenForm(forms.Form):
    """Carries what it was made from, so that two people do not undo each other."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, files: Any = None, *, row: Any) -> None:
        super().__init__(data, files)
        self.row = row
        self.initial = {"seen": fingerprint(row), **self.initial}

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class DistrictField(forms.ModelChoiceField):
    """Districts of several congresses in one list: the place and the congress stand with each."""

    def label_from_instance(self, district: District) -> str:
        return f"{district.region.name}{district.name}（{district.term}）"


class StartForm(forms.Form):
    """For a seat that somebody gave up, or for a district with too few deputies."""

    term = forms.ModelChoiceField(Term.objects.none(), label="哪里的人大", empty_label=None)
    district = DistrictField(
        District.objects.none(), label="选区", required=False, empty_label="（不分选区）"
    )
    reason = forms.CharField(label="缺额原因", max_length=200)
    planned_on = DayField("计划哪天选举", required=False)

    def __init__(self, data: Any = None, *, terms: Any, vacated: Mandate | None) -> None:
        super().__init__(data)
        self.fields["term"].queryset = terms
        districts = District.objects.filter(term__in=terms).select_related("region", "term__region")
        self.fields["district"].queryset = districts.order_by("term", "region__code", "pk")
        if vacated:
            del self.fields["term"], self.fields["district"]
            told = f"{vacated.deputy}{vacated.get_end_kind_display() or '不再担任代表'}"
            self.initial["reason"] = told


class NominateForm(SeenForm):
    """A deputy of another level by name, or a new person with the particulars of a roster."""

    use_required_attribute = False  # a known deputy needs no particulars
    deputy = DeputyNamesField(
        "已在册的代表",
        required=False,
        help_text="已是别级代表的填姓名；不是的不填，填下面各项。",
    )
    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    sex = forms.ChoiceField(
        label="性别", choices=[("", "请选择"), *Sex.choices],
        error_messages={"required": "请填写性别。"},
    )  # fmt: skip
    ethnicity = forms.CharField(label="民族", max_length=20, required=False)
    birth_month = forms.DateField(
        label="出生年月", required=False, help_text="填当月第一天，如 1980-05-01。",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "请填写日期，如 1980-05-01。"},
    )  # fmt: skip
    education = forms.CharField(label="文化程度", max_length=20, required=False)
    party = forms.CharField(label="政治面貌", max_length=20, required=False)
    employer = forms.CharField(label="工作单位及职务", max_length=120, required=False)
    sector = forms.CharField(label="代表构成", max_length=30, required=False)
    town = forms.ModelChoiceField(
        Region.objects.none(), label="所在镇（街道）", empty_label="请选择",
        error_messages={"required": "请填写所在镇（街道）。"},
    )  # fmt: skip
    proposed_by = forms.CharField(
        label="谁提名推荐", max_length=120, help_text="政党、人民团体，或者选民十人以上联名。"
    )

    def __init__(self, data: Any = None, files: Any = None, *, row: ByElection) -> None:
        super().__init__(data, files, row=row)
        prefix = row.term.region.prefix if row.term.region else ""
        towns = Region.objects.filter(level__in=TOWN_LEVELS, code__startswith=prefix[:6])
        self.fields["town"].queryset = towns.order_by("code")
        if row.district:
            self.initial["town"] = row.district.region_id
        if data and data.get("deputy", "").strip():
            for name in ("name", "sex", "town"):
                self.fields[name].required = False
        self.fields["deputy"].rows = Deputy.objects.filter(town__code__startswith=prefix[:6])
        self.fields["deputy"].near = (prefix,)

    def clean_birth_month(self) -> Any:
        """Of age for a seat: 18 years (选举法 §4)."""
        born, today = self.cleaned_data["birth_month"], timezone.localdate()
        if born and not 1900 < born.year <= today.year - 18:
            raise forms.ValidationError("请核对出生年月：年满十八周岁才有被选举权。")
        return born

    def clean_deputy(self) -> Deputy | None:
        found = list(self.cleaned_data["deputy"])
        if len(found) > 1:
            raise forms.ValidationError("一次登记一位候选人。")
        return found[0] if found else None


class CheckForm(forms.Form):
    gate = forms.ChoiceField(label="哪一关", choices=Gate.choices)
    passed = forms.TypedChoiceField(
        label="审核结果", choices=[("1", "通过"), ("0", "不通过")],
        coerce=lambda text: text == "1", widget=forms.RadioSelect,
        error_messages={"required": "请选通过还是不通过。"},
    )  # fmt: skip
    office = forms.CharField(
        label="审核单位", max_length=60, help_text="如 县委组织部、县纪委监委。"
    )
    opinion = WordsField("审核意见", rows=3, longest=400)
    checked_on = held_on("哪天审核的")
    document = PaperField("审核文件", required=False)

    def __init__(self, data: Any = None, files: Any = None, *, candidate: Candidate) -> None:
        super().__init__(data, files)
        done = {check.gate: check for check in candidate.checks.all()}
        self.fields["gate"].choices = [
            (gate.value, f"{gate.label}（已登记，改写）" if gate in done else gate.label)
            for gate in Gate
        ]
        self.initial["gate"] = next((gate for gate in Gate if gate not in done), Gate.POLITICS)


class ResultForm(SeenForm):
    """Voters, votes cast, and a field of votes for each candidate."""

    held_on = held_on("选举日")
    registered = forms.IntegerField(label="登记选民数", min_value=1, max_value=_MOST)
    voted = forms.IntegerField(label="参加投票人数", min_value=0, max_value=_MOST)
    result = forms.CharField(label="结果说明", max_length=400, required=False)
    document = PaperField("选举结果文件", required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, row: ByElection, candidates: list[Candidate]
    ) -> None:
        super().__init__(data, files, row=row)
        self.candidates = candidates
        for each in candidates:
            failed = "（有一关没有通过，不能当选）" if has_failed(each) else ""
            self.fields[f"votes_{each.pk}"] = forms.IntegerField(
                label=f"{each.name}得票{failed}", min_value=0, max_value=_MOST
            )
        names = ["seen", "held_on", "registered", "voted"]
        self.order_fields([*names, *(f"votes_{each.pk}" for each in candidates)])

    @property
    def values(self) -> dict[str, Any]:
        given = {k: v for k, v in self.cleaned_data.items() if not k.startswith("votes_")}
        votes = {each.pk: self.cleaned_data[f"votes_{each.pk}"] for each in self.candidates}
        return {**given, "votes": votes}


class CancelForm(SeenForm):
    reason = forms.CharField(label="原因", max_length=200)


class OpenCaseForm(forms.Form):
    source = forms.CharField(
        label="线索从哪里来", max_length=60, help_text="如 预警表、选民来信、纪检机关通报。"
    )
    clue = WordsField("线索内容", longest=2000)
    found_on = held_on("哪天发现的")


class ExitStepForm(SeenForm):
    """Words and day for every step; what the law asks for stands with the steps that end."""

    held_on = held_on("哪一天")
    words = WordsField("情况", longest=2000)
    document = PaperField("文件", required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, row: ExitCase, action: ExitAction
    ) -> None:
        super().__init__(data, files, row=row)
        if action == ExitAction.TERMINATE:
            self.fields["ground"] = forms.ChoiceField(
                label="法定情形", choices=[("", "请选择"), *Ground.choices]
            )
        if action == ExitAction.RECALL:
            least = RECALL_REQUESTERS[row.mandate.level]
            self.fields["requesters"] = forms.IntegerField(
                label="联名选民数", min_value=1, max_value=_MOST, help_text=f"至少 {least} 人。"
            )
        if EXIT[action].to == "ended":
            self.fields["effect_on"] = DayField("代表职务到哪一天为止", ahead=1)
            self.initial["effect_on"] = timezone.localdate()
