"""Questionnaires: lists, and the tables of answers by district; every share has its base."""

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Prefetch, QuerySet, Sum

from congress_portal.core.models import User
from suggestions.enums import QuestionKind, VoiceSource
from suggestions.models import (
    Survey,
    SurveyAnswer,
    SurveyProblem,
    SurveyQuestion,
    Voice,
)

SMALL = 5  # fewer answers than this are not shown to the public


def surveys_for(user: User) -> QuerySet[Any]:
    """With ``answered``: how many people answered."""
    rows = Survey.objects.visible_to(user).select_related("region")
    return rows.annotate(answered=Count("responses")).order_by("-pk")


def may_run(user: User, survey: Survey) -> bool:
    return Survey.objects.editable_by(user).filter(pk=survey.pk).exists()


def survey_of(user: User, voice: Voice) -> Survey | None:
    """The questionnaire that a voice came from, where the person reads it."""
    if voice.source != VoiceSource.SURVEY:
        return None
    rows = Survey.objects.visible_to(user)
    return rows.filter(responses__answers__problem__voice=voice).first()


def problem_of(voice: Voice) -> SurveyProblem | None:
    """原因 and 对策 of a voice that an answer became; who reads the voice reads them."""
    if voice.source != VoiceSource.SURVEY:
        return None
    return SurveyProblem.objects.filter(voice=voice).select_related("unit").first()


@dataclass(frozen=True)
class Place:
    """A district's part of the sample: ``answered`` of ``planned`` people."""

    name: str
    planned: int
    answered: int
    share: str


@dataclass(frozen=True)
class OptionRow:
    """How many chose the option in each district, in all, and the share of who answered it."""

    label: str
    counts: tuple[int, ...]
    total: int
    share: str


@dataclass(frozen=True)
class QuestionTable:
    """``bases``: how many answered the question in each district; ``base``: in all."""

    question: SurveyQuestion
    bases: tuple[int, ...]
    base: int
    rows: tuple[OptionRow, ...]

    @property
    def mean(self) -> str:
        """Of a scale: the mean mark to one decimal, half-up, with its base; else nothing."""
        if self.question.kind != QuestionKind.SCALE or not self.base:
            return ""
        total = sum(mark * row.total for mark, row in enumerate(self.rows, start=1))
        mean = (Decimal(total) / self.base).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"平均 {mean} 分（{self.base} 人打分）"


@dataclass(frozen=True)
class Results:
    places: tuple[Place, ...]
    planned: int
    answered: int
    methods: tuple[tuple[str, int], ...]
    tables: tuple[QuestionTable, ...]

    def beside_places(self, counts: tuple[int, ...]) -> list[tuple[str, int]]:
        """(district's name, count): on a phone each count stands beside its district."""
        return list(zip((place.name for place in self.places), counts, strict=True))


def share_of(part: int, base: int) -> str:
    """«40.0%（4/10）», or a dash where nobody answered."""
    return f"{part / base:.1%}（{part}/{base}）" if base else "—"


def results_of(survey: Survey) -> Results:
    targets = list(survey.targets.select_related("district"))
    responses = survey.responses.all()
    by_district = Counter(responses.values_list("district", flat=True))
    methods = Counter(each.get_method_display() for each in responses.only("method"))
    places = tuple(
        Place(
            each.district.name, each.people, by_district[each.district_id],
            share_of(by_district[each.district_id], each.people),
        )
        for each in targets
    )  # fmt: skip
    planned = survey.targets.aggregate(total=Sum("people"))["total"] or 0
    tables = _tables(survey, [each.district_id for each in targets])
    return Results(places, planned, sum(by_district.values()), tuple(methods.items()), tables)


def _tables(survey: Survey, districts: list[int]) -> tuple[QuestionTable, ...]:
    counts: Counter[tuple[int, int, int]] = Counter()
    bases: Counter[tuple[int, int]] = Counter()
    answers = SurveyAnswer.objects.filter(response__survey=survey)
    for question, district, picked in answers.values_list(
        "question", "response__district", "picked"
    ):
        bases[question, district] += 1
        counts.update((question, district, option) for option in picked)
    return tuple(_table(each, districts, counts, bases) for each in survey.questions.all())


def _table(
    question: SurveyQuestion,
    districts: list[int],
    counts: Counter[tuple[int, int, int]],
    bases: Counter[tuple[int, int]],
) -> QuestionTable:
    each_base = tuple(bases[question.pk, district] for district in districts)
    base = sum(each_base)
    rows = []
    for number, label in question.choices:
        found = tuple(counts[question.pk, district, number] for district in districts)
        rows.append(OptionRow(label, found, sum(found), share_of(sum(found), base)))
    return QuestionTable(question, each_base, base, tuple(rows))


def sheets_of(survey: Survey) -> QuerySet[Any]:
    """The sheets with their answers, the latest first."""
    answers = SurveyAnswer.objects.select_related("question").order_by("question__serial")
    rows = survey.responses.select_related("district", "entered_by").order_by("-pk")
    return rows.prefetch_related(Prefetch("answers", answers, "said"))


def said_on(sheet: Any) -> list[tuple[str, str]]:
    """(question, answer) of a row of ``sheets_of``, in the questionnaire's order."""
    return [(f"{each.question.serial} 题", _said(each)) for each in sheet.said]


def _said(answer: SurveyAnswer) -> str:
    labels = dict(answer.question.choices)
    return answer.words or "、".join(labels[number] for number in answer.picked)


def words_of(survey: Survey) -> QuerySet[Any]:
    """Answers in words, each with the problem it became."""
    rows = SurveyAnswer.objects.filter(
        response__survey=survey, question__kind=QuestionKind.WORDS
    ).exclude(words="")
    return rows.select_related(
        "question", "response__district", "problem__voice", "problem__unit"
    ).order_by("question__serial", "pk")


@dataclass(frozen=True)
class PublicTable:
    """A question as everybody reads it: label and share, or that fewer than five chose it."""

    text: str
    base: int
    rows: tuple[tuple[str, str], ...]


def public_tables(survey: Survey) -> list[PublicTable]:
    """Over all districts; small numbers are hidden, and none can be worked out from the rest."""
    found = []
    for table in results_of(survey).tables:
        if not table.rows:
            continue
        if table.base < SMALL:
            found.append(PublicTable(table.question.text, 0, ()))
            continue
        hidden = _hidden([row.total for row in table.rows])
        rows = tuple(
            (row.label, "少，不单列" if place in hidden else row.share)
            for place, row in enumerate(table.rows)
        )
        found.append(PublicTable(table.question.text, table.base, rows))
    return found


def _hidden(totals: list[int]) -> set[int]:
    """The small ones; one alone takes the next smallest with it."""
    small = {place for place, total in enumerate(totals) if 0 < total < SMALL}
    rest = [place for place, total in enumerate(totals) if total >= SMALL]
    if len(small) == 1 and rest:
        small.add(min(rest, key=lambda place: totals[place]))
    return small
