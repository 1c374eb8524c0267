"""Forms of the questionnaires: written as lines, answered by number on paper, made problems."""

import re
import uuid
from typing import Any

from django import forms
from django.db.models import Q

from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.models import Region, Unit, User
from congress_portal.core.stale import fingerprint
from deputies.models import District
from suggestions.enums import QuestionKind, SurveyMethod
from suggestions.models import Survey, SurveyAnswer, SurveyQuestion
from suggestions.services.surveys import Filled

_KINDS = {each.label: each.value for each in QuestionKind}
_MOST_QUESTIONS, _MOST_PEOPLE, SHEETS = 40, 5000, 10
_METHODS = [(each.value, each.label) for each in SurveyMethod if each != SurveyMethod.WEB]


class SurveyForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label="问卷名称", max_length=120)
    purpose = forms.CharField(label="为什么调查", max_length=300, help_text="答卷的人看得到。")
    region = forms.ModelChoiceField(Region.objects.none(), label="县、镇或街道", empty_label=None)
    closes_on = DayField("截止日期", ahead=1)
    questions = WordsField(
        "题目", rows=8, longest=8000,
        help_text="一行一题：题型：题目｜选项｜选项。如 单选：您见过代表吗｜见过｜没见过。"
        "题型有单选、多选、打分（1–5 分）、问答；打分和问答不写选项。",
    )  # fmt: skip
    targets = WordsField(
        "各选区调查多少人", rows=5, longest=2000, help_text="一行一个：选区名称 人数。"
    )

    def __init__(self, *args: Any, user: User, survey: Survey | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid.uuid4()
        if survey:
            self.initial.update(_written(survey))
        region: Any = self.fields["region"]
        towns = Region.objects.towns().order_by().values("pk")
        rows = Region.objects.filter(Q(parent__isnull=True) | Q(pk__in=towns)).order_by("code")
        own = [each.pk for each in rows if user.scope.may_write_code(each.code)]
        region.queryset = rows.filter(pk__in=own)

    def clean_questions(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines()]
        found = [_question(line) for line in lines if line]
        if len(found) > _MOST_QUESTIONS:
            raise forms.ValidationError(f"题目太多，最多 {_MOST_QUESTIONS} 题。")
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        region = data.get("region")
        if region is not None and "targets" in data:
            try:
                data["targets"] = _targets(data["targets"], region)
            except forms.ValidationError as error:
                self.add_error("targets", error)
        return data


def _written(survey: Survey) -> dict[str, Any]:
    """A draft as the lines it was written in."""
    questions = (
        "｜".join([f"{each.get_kind_display()}：{each.text}", *each.options.split("\n")])
        for each in survey.questions.all()
    )
    targets = (
        f"{each.district.name} {each.people}" for each in survey.targets.select_related("district")
    )
    return {
        "seen": fingerprint(survey), "title": survey.title, "purpose": survey.purpose,
        "region": survey.region_id, "closes_on": survey.closes_on,
        "questions": "\n".join(line.rstrip("｜") for line in questions),
        "targets": "\n".join(targets),
    }  # fmt: skip


def _question(line: str) -> dict[str, str]:
    match = re.match(r"^(\S{2})[：:]\s*(.+)$", line)
    if match is None or match[1] not in _KINDS:
        raise forms.ValidationError(f"看不懂「{line[:30]}」：先写题型和冒号，如 单选：。")
    kind = _KINDS[match[1]]
    text, *options = [part.strip() for part in re.split(r"[｜|]", match[2]) if part.strip()] or [""]
    if not text or len(text) > 200:
        raise forms.ValidationError(f"「{line[:30]}」的题目要写，最多 200 字。")
    picks = kind in (QuestionKind.SINGLE, QuestionKind.SEVERAL)
    if picks and len(options) < 2:
        raise forms.ValidationError(f"「{text[:30]}」至少要两个选项，用｜分开。")
    if not picks and options:
        raise forms.ValidationError(f"「{text[:30]}」是打分或问答，不写选项。")
    return {"kind": kind, "text": text, "options": "\n".join(options)}


def _targets(text: str, region: Region) -> list[tuple[District, int]]:
    found: dict[int, tuple[District, int]] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = re.match(r"^(.+?)[\s，,：:]+(\d{1,4})\s*人?$", line)
        if match is None or not 0 < int(match[2]) <= _MOST_PEOPLE:
            raise forms.ValidationError(f"看不懂「{line[:30]}」：写选区名称、空格、人数。")
        rows = District.objects.filter(name=match[1], region__code__startswith=region.prefix)
        district = rows.order_by("-term_id", "pk").first()
        if district is None:
            raise forms.ValidationError(f"没有找到选区「{match[1][:30]}」。")
        if district.pk in found:
            raise forms.ValidationError(f"选区「{district.name}」写了两次。")
        found[district.pk] = (district, int(match[2]))
    return list(found.values())


class SheetsForm(forms.Form):
    """Ten paper sheets on one page: a district and, per question, the numbers of the options."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    method = forms.ChoiceField(label="方式", choices=_METHODS)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid.uuid4()
        self.questions = list(survey.questions.all())
        districts = [each.district for each in survey.targets.select_related("district")]
        self.districts = {str(each.pk): each for each in districts}
        choices = [("", "—"), *((pk, each.name) for pk, each in self.districts.items())]
        for row in range(SHEETS):
            name = f"第 {row + 1} 份的选区"
            field = forms.ChoiceField(label=name, choices=choices, required=False)
            self.fields[f"d{row}"] = field
            for question in self.questions:
                self.fields[f"q{row}_{question.pk}"] = _number_field(question, row)

    @property
    def rows(self) -> list[list[Any]]:
        names = [f"q{{}}_{each.pk}" for each in self.questions]
        return [
            [self[f"d{row}"], *(self[name.format(row)] for name in names)] for row in range(SHEETS)
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        self.sheets = []
        for row in range(SHEETS):
            given = {q.pk: data.get(f"q{row}_{q.pk}", "") for q in self.questions}
            district = self.districts.get(data.get(f"d{row}", ""))
            if district is None and any(given.values()):
                self.add_error(f"d{row}", "请选选区。")
            if district is not None and not any(given.values()):
                self.add_error(f"d{row}", "一题也没有答；没有这一份的，选区不选。")
            elif district is not None:
                self.sheets.append(self._sheet(row, district, given))
        if not self.sheets and not self.errors:
            raise forms.ValidationError("一份也没有填。")
        return data

    def _sheet(self, row: int, district: District, given: dict[int, str]) -> Filled:
        picked: dict[int, list[int]] = {}
        words: dict[int, str] = {}
        for question in self.questions:
            text = given[question.pk].strip()
            if question.kind == QuestionKind.WORDS:
                words[question.pk] = text
                continue
            numbers = [int(n) for n in re.findall(r"[0-9]{1,2}", text)]
            known = {number for number, _ in question.choices}
            several = question.kind == QuestionKind.SEVERAL
            if not set(numbers) <= known or (len(numbers) > 1 and not several):
                name = f"q{row}_{question.pk}"
                self.add_error(name, "请写选项的序号，多选用逗号分开。")
            picked[question.pk] = numbers
        return Filled(district, picked, words)


def _number_field(question: SurveyQuestion, row: int) -> forms.CharField:
    label = f"第 {row + 1} 份第 {question.serial} 题"
    if question.kind == QuestionKind.WORDS:
        return forms.CharField(label=label, max_length=1000, required=False)
    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 5})
    return forms.RegexField(
        r"^[0-9，,、 ]*$", label=label, max_length=40, required=False, widget=widget,
        error_messages={"invalid": "请写选项的序号，多选用逗号分开。"},
    )  # fmt: skip


class DiscardForm(forms.Form):
    reason = WordsField("删去的原因", rows=2, longest=200, min_length=2)


class ProblemForm(forms.Form):
    matter = WordsField("问题", rows=3, longest=2000)
    cause = forms.CharField(label="原因", max_length=300, required=False)
    measure = forms.CharField(label="对策措施", max_length=300)
    unit = forms.ModelChoiceField(Unit.objects.all(), label="责任单位", empty_label="请选择")
    due_on = DayField("办理时限", coming=True)

    def __init__(self, *args: Any, answer: SurveyAnswer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["matter"] = answer.words
