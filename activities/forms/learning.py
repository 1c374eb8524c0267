"""Forms of training plans, sessions, courses and lectures."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from activities.enums import Audience, CountsAs
from activities.forms.campaigns import places_of
from activities.models import (
    Activity,
    ActivityForm,
    Course,
    QuizQuestion,
    TrainingPlan,
    TrainingSession,
)
from activities.selectors.learning import sectors_in
from congress_portal.core.enums import Dictionary, Level
from congress_portal.core.fields import DayField, HoursField, WordsField, held_on, year_near
from congress_portal.core.listing import ListFilter
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.stale import fingerprint
from congress_portal.core.uploads import PaperField
from deputies.fields import DeputyNamesField
from deputies.models import Deputy, Group
from stations.models import Station

_MOST_QUESTIONS = 20
_MOST_PEOPLE = 100_000


class KeyedForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.initial = {"key": uuid.uuid4()}

    def fill(self, row: Any, *names: str) -> None:
        """Show a stored row; relations by their key."""
        fields = {name: row._meta.get_field(name) for name in names}
        self.initial = {name: field.value_from_object(row) for name, field in fields.items()}
        self.initial["seen"] = fingerprint(row)

    @property
    def values(self) -> dict[str, Any]:
        own = {"key", "seen", "file"}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}


class PlanForm(KeyedForm):
    region = forms.ModelChoiceField(Region.objects.none(), label="哪里的计划", empty_label=None)
    year = forms.IntegerField(label="年度")
    title = forms.CharField(label="计划名称", max_length=120)
    goal = WordsField("目标和安排", required=False)

    def clean_year(self) -> int:
        return year_near(self.cleaned_data["year"])

    def __init__(self, data: Any = None, *, user: User, plan: TrainingPlan | None = None) -> None:
        super().__init__(data)
        self.fields["region"].queryset = places_of(user)
        self.initial["year"] = timezone.localdate().year
        if plan:
            self.fill(plan, "region", "year", "title", "goal")


class SessionForm(KeyedForm):
    title = forms.CharField(label="培训名称", max_length=120)
    planned_on = DayField("计划日期", ahead=2)
    hours = HoursField(required=False, help_text="一天的学时；几天的培训请每天列一次。")
    kind = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.TRAINING_KIND).active(),
        label="培训方式", required=False, empty_label="不填",
    )  # fmt: skip
    category = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.COURSE_CATEGORY).active(),
        label="学习内容", required=False, empty_label="不填",
    )  # fmt: skip
    level = forms.ChoiceField(
        label="哪一级的代表", required=False, choices=[("", "各级"), *Level.choices]
    )
    audience = forms.ChoiceField(
        label="培训对象", choices=Audience.choices, widget=forms.RadioSelect, initial=Audience.ALL
    )
    sector = forms.ChoiceField(label="界别", required=False)
    town = forms.ModelChoiceField(
        Region.objects.none(), label="镇（街道）", required=False, empty_label="不选"
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label="小组", required=False, empty_label="不选"
    )

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        plan: TrainingPlan,
        session: TrainingSession | None = None,
    ) -> None:
        super().__init__(data)
        within = {"code__startswith": plan.region.prefix}
        self.fields["town"].queryset = Region.objects.towns().filter(**within).order_by("code")
        groups = Group.objects.visible_to(user).filter(is_active=True)
        self.fields["group"].queryset = groups
        names = Deputy.objects.visible_to(user).exclude(sector="").order_by("sector")
        sectors = list(names.values_list("sector", flat=True).distinct())
        if session and session.sector and session.sector not in sectors:
            sectors.append(session.sector)
        self.fields["sector"].choices = [("", "不选"), *((each, each) for each in sectors)]
        self.initial["audience"] = Audience.ALL
        if session:
            self.fill(session, "title", "planned_on", "hours", "kind", "category", "level",
                      "audience", "sector", "town", "group")  # fmt: skip


class ActivitiesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, activity: Activity) -> str:
        return f"{activity.held_on} {activity.title}（{activity.region}）"


class LinkForm(forms.Form):
    activities = ActivitiesField(
        Activity.objects.none(), label="哪几次活动办了这个班", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, session: TrainingSession, rows: QuerySet[Activity]
    ) -> None:
        super().__init__(data)
        self.fields["activities"].queryset = rows
        self.initial = {"activities": [each.pk for each in session.activities.all()]}


class ArrangeForm(KeyedForm):
    form = forms.ModelChoiceField(ActivityForm.objects.none(), label="活动形式", empty_label=None)
    held_on = DayField("日期", ahead=2)
    begins_at = forms.TimeField(
        label="开始时间", required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )  # fmt: skip
    place = forms.CharField(label="地点", max_length=120, required=False)

    def __init__(self, data: Any = None, *, session: TrainingSession) -> None:
        super().__init__(data)
        self.fields["form"].queryset = ActivityForm.objects.filter(
            counts_as=CountsAs.TRAINING, is_active=True
        )
        self.initial["held_on"] = max(session.planned_on, timezone.localdate())


class CourseForm(KeyedForm):
    region = forms.ModelChoiceField(Region.objects.none(), label="由哪里提供", empty_label=None)
    title = forms.CharField(label="课程", max_length=120)
    category = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.COURSE_CATEGORY).active(),
        label="学习内容", empty_label=None,
    )  # fmt: skip
    sectors = forms.CharField(
        label="适合界别", max_length=200, required=False, help_text="用顿号分开；不填为都适合。"
    )
    summary = WordsField("简介", rows=2, longest=500, required=False)
    body = WordsField("课文", rows=14, longest=50_000, required=False)
    file = PaperField("课件", required=False)
    hours = HoursField(initial=1, help_text="学完记多少学时；不计算在线时间。")
    pass_mark = forms.IntegerField(
        label="测验答对几题算通过", min_value=0, max_value=_MOST_QUESTIONS, initial=0,
        help_text="没有测验填 0。",
    )  # fmt: skip
    is_active = forms.BooleanField(label="在用", required=False, initial=True)

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, course: Course | None = None
    ) -> None:
        super().__init__(data, files)
        self.fields["region"].queryset = places_of(user)
        self.initial = {**self.initial, "hours": 1, "pass_mark": 0, "is_active": True}
        if course:
            self.fill(course, "region", "title", "category", "sectors", "summary", "body",
                      "hours", "pass_mark", "is_active")  # fmt: skip

    def clean_sectors(self) -> str:
        """A sector that no deputy has would show the course to nobody."""
        text: str = self.cleaned_data["sectors"]
        known = set(Deputy.objects.exclude(sector="").values_list("sector", flat=True))
        if unknown := [each for each in sectors_in(text) if each not in known]:
            names = "、".join(sorted(known)) or "还没有登记"
            raise forms.ValidationError(
                f"花名册里没有「{'、'.join(unknown)}」，请核对。现有的代表构成：{names}。"
            )
        return text


class QuestionForm(forms.Form):
    text = forms.CharField(label="题目", max_length=300)
    choices = WordsField("选项", rows=4, longest=1000, help_text="一行一个。")
    right = forms.IntegerField(label="正确的是第几个", min_value=1, max_value=10)


QuestionFormSet = forms.formset_factory(
    QuestionForm, extra=3, max_num=_MOST_QUESTIONS, validate_max=True, can_delete=True
)


def quiz_form(data: Any, course: Course) -> Any:
    rows = QuizQuestion.objects.filter(course=course).order_by("serial", "pk")
    initial = [{"text": r.text, "choices": r.choices, "right": r.right} for r in rows]
    return QuestionFormSet(data, initial=initial, prefix="quiz")


def questions_in(formset: Any) -> list[dict[str, Any]]:
    names = ("text", "choices", "right")
    return [
        {name: form.cleaned_data[name] for name in names}
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


class StudyForm(forms.Form):
    """The quiz, where the course has one, and a few own words."""

    note = WordsField("学习心得", rows=3, longest=2000, required=False)

    def __init__(self, data: Any = None, *, course: Course) -> None:
        super().__init__(data)
        self.questions = list(course.questions.all()) if course.pass_mark else []
        asked = {
            f"q{row.pk}": forms.TypedChoiceField(
                label=row.text, coerce=int, widget=forms.RadioSelect,
                choices=[(n, words) for n, words in enumerate(row.choice_list, start=1)],
            )
            for row in self.questions
        }  # fmt: skip
        self.fields = {**asked, **self.fields}

    @property
    def answers(self) -> dict[int, int]:
        return {row.pk: self.cleaned_data[f"q{row.pk}"] for row in self.questions}


class LectureForm(KeyedForm):
    title = forms.CharField(label="讲什么", max_length=120)
    held_on = held_on()
    speakers = DeputyNamesField("主讲代表")
    audience = forms.IntegerField(
        label="听众人数", min_value=0, max_value=_MOST_PEOPLE, required=False
    )
    station = forms.ModelChoiceField(
        Station.objects.none(), label="在哪个家站", required=False, empty_label="不在家站"
    )
    place = forms.CharField(label="地点", max_length=120, required=False)
    content = WordsField("主要内容", required=False)
    result = WordsField("听众反响", required=False)
    material = PaperField("讲稿或课件", required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, own: Deputy | None = None
    ) -> None:
        super().__init__(data, files)
        self.own = own
        self.fields["station"].queryset = (
            Station.objects.visible_to(user).active().order_by("number")
        )
        if own:
            del self.fields["speakers"]
        else:
            rows = Deputy.objects.visible_to(user).select_related("town")
            self.fields["speakers"].rows = rows  # type: ignore[attr-defined]
            self.fields["speakers"].near = user.scope.write_prefixes  # type: ignore[attr-defined]

    @property
    def given(self) -> dict[str, Any]:
        own = {"seen"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in own}
        return {**values, "speakers": [self.own]} if self.own else values


class CourseFilter(ListFilter):
    q = forms.CharField(label="课程名称", required=False, max_length=40)
    category = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.COURSE_CATEGORY),
        label="学习内容", required=False, empty_label="全部",
    )  # fmt: skip

    def by_q(self, rows: QuerySet[Course], words: str) -> QuerySet[Course]:
        return rows.filter(title__contains=words)

    def by_category(self, rows: QuerySet[Course], category: DictionaryEntry) -> QuerySet[Course]:
        return rows.filter(category=category)
