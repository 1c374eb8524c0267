"""What the deputies of a term were made of, and two terms side by side (MISSION M04).

Everyone who held a seat in the term counts once, also who left it early and who came later. Ages
are those of the term's first month, so that two terms are compared at the same point of each.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from django.db.models import QuerySet

from congress_portal.core.enums import Dictionary
from congress_portal.core.models import Region, User
from congress_portal.desk.registers.selectors.people import (
    AGE_BANDS,
    NOT_FILLED,
    Words,
    band_of,
)
from deputies.enums import Sex
from deputies.models import Deputy, Mandate, Term

#: Who works at the base by the roster's 代表构成; «一线» means not a leading cadre (002).
GRASSROOTS = ("一线工人", "农民", "专业技术人员", "村（社区）干部")
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Group:
    """How many of a term's deputies are of a kind; ``share`` in per cent, None for nobody."""

    count: int
    share: Decimal | None


@dataclass(frozen=True)
class ComparedLine:
    label: str
    groups: tuple[Group, ...]

    @property
    def change(self) -> int | None:
        """Heads more (or fewer) in the later term; None where only one is chosen."""
        return self.groups[0].count - self.groups[1].count if len(self.groups) > 1 else None

    @property
    def change_text(self) -> str:
        return _more_or_less(self.change)

    @property
    def points_text(self) -> str:
        """«升 2.0 个百分点»."""
        if self.points is None:
            return "无可比数"
        if not self.points:
            return "持平"
        return f"{'升' if self.points > 0 else '降'} {abs(self.points)} 个百分点"

    @property
    def points(self) -> Decimal | None:
        """Percentage points more; None where a term has nobody."""
        if len(self.groups) < 2:
            return None
        later, earlier = self.groups[0].share, self.groups[1].share
        return None if later is None or earlier is None else later - earlier


@dataclass(frozen=True)
class ComparedDimension:
    """``sums_up``: each person has exactly one of the kinds, so the shares make 100 %."""

    title: str
    lines: tuple[ComparedLine, ...]
    wholes: tuple[int, ...]
    note: str = ""
    sums_up: bool = True

    @property
    def whole_change(self) -> int | None:
        return self.wholes[0] - self.wholes[1] if len(self.wholes) > 1 else None

    @property
    def whole_change_text(self) -> str:
        return _more_or_less(self.whole_change)


def _more_or_less(change: int | None) -> str:
    if not change:
        return "不变"
    return f"{'多' if change > 0 else '少'} {abs(change)} 人"


def shares(counts: Sequence[int]) -> list[Decimal | None]:
    """Per cent with one decimal that sum to exactly 100.0 (largest remainder); None for nobody."""
    whole = sum(counts)
    if not whole:
        return [None] * len(counts)
    exact = [Decimal(1000 * count) / whole for count in counts]
    floors = [int(each.to_integral_value(ROUND_FLOOR)) for each in exact]
    order = sorted(range(len(counts)), key=lambda n: (floors[n] - exact[n], n))
    for place in order[: 1000 - sum(floors)]:
        floors[place] += 1
    return [_TENTH * each for each in floors]


def terms_with_deputies(user: User) -> QuerySet[Term]:
    held = Mandate.objects.visible_to(user).values("term")
    rows = Term.objects.visible_to(user).filter(pk__in=held).select_related("region")
    return rows.order_by("-begins_on", "level", "pk")


def term_before(user: User, term: Term) -> Term | None:
    """The term of the same congress that went before, where deputies of it are on record."""
    rows = terms_with_deputies(user).filter(level=term.level, region=term.region)
    return rows.filter(begins_on__lt=term.begins_on).first()


@dataclass(frozen=True)
class _Person:
    sex: str
    age: str
    education: str
    party: str
    ethnicity: str
    sector: str
    fields: tuple[str, ...]


def _people(user: User, term: Term, town: Region | None, words: Words) -> list[_Person]:
    held = Mandate.objects.visible_to(user).filter(term=term)
    rows = Deputy.objects.visible_to(user).filter(pk__in=held.values("deputy"))
    if town:
        rows = rows.filter(town=town)
    found = rows.prefetch_related("expertise").order_by("pk")
    return [_person(row, term.begins_on, words) for row in found]


def _person(row: Deputy, day: dt.date, words: Words) -> _Person:
    return _Person(
        row.get_sex_display() or NOT_FILLED,
        band_of(row.birth_month, day).label,
        words.canonical(Dictionary.EDUCATION, row.education),
        words.canonical(Dictionary.PARTY, row.party),
        words.canonical(Dictionary.ETHNICITY, row.ethnicity),
        words.canonical(Dictionary.SECTOR, row.sector),
        tuple(entry.name for entry in row.expertise.all()),
    )


def compare(user: User, terms: Sequence[Term], town: Region | None) -> list[ComparedDimension]:
    """The later term first, then the earlier; two queries a term beside the dictionaries."""
    words = Words()
    people = [_people(user, term, town, words) for term in terms]
    sexes = [Sex.MALE.label, Sex.FEMALE.label]
    bands = [band.label for band in AGE_BANDS]
    return [
        _dimension("性别", [[one.sex for one in each] for each in people], sexes),
        _dimension(
            "年龄", [[one.age for one in each] for each in people], bands,
            note="按本届开始那个月的周岁。",
        ),
        _dimension("文化程度", [[one.education for one in each] for each in people]),
        _dimension("政治面貌", [[one.party for one in each] for each in people]),
        _dimension("民族", [[one.ethnicity for one in each] for each in people]),
        _dimension("代表构成", [[one.sector for one in each] for each in people]),
        _dimension(
            "基层代表", [[_base(one) for one in each] for each in people],
            ["基层代表", "其他代表"],
            note=f"代表构成为{'、'.join(GRASSROOTS)}的，计入基层代表。",
        ),
        _fields(people),
    ]  # fmt: skip


def _base(one: _Person) -> str:
    if one.sector == NOT_FILLED:
        return NOT_FILLED
    return "基层代表" if one.sector in GRASSROOTS else "其他代表"


def _dimension(
    title: str, people: Sequence[Sequence[str]], first: Sequence[str] = (), *, note: str = ""
) -> ComparedDimension:
    """Kinds in the given order, others by size over both terms; the unknown ones last."""
    counts = [Counter(each) for each in people]
    both = sum(counts, Counter[str]())
    rest = sorted(set(both) - set(first), key=lambda name: (name == NOT_FILLED, -both[name], name))
    names = [*(name for name in first if both[name]), *rest]
    parts = [shares([each[name] for name in names]) for each in counts]
    lines = tuple(
        ComparedLine(
            name,
            tuple(Group(each[name], part[row]) for each, part in zip(counts, parts, strict=True)),
        )
        for row, name in enumerate(names)
    )
    return ComparedDimension(title, lines, tuple(len(each) for each in people), note)


def _fields(people: Sequence[Sequence[_Person]]) -> ComparedDimension:
    """专长 of the roster: one may have several, so the shares do not make 100 %."""
    wholes = tuple(len(each) for each in people)
    counts = [Counter(name for one in each for name in one.fields or (NOT_FILLED,))
              for each in people]  # fmt: skip
    both = sum(counts, Counter[str]())
    names = sorted(both, key=lambda name: (name == NOT_FILLED, -both[name], name))
    lines = tuple(
        ComparedLine(
            name,
            tuple(Group(each[name], _share(each[name], whole))
                  for each, whole in zip(counts, wholes, strict=True)),
        )
        for name in names
    )  # fmt: skip
    note = "一人可以有几项专长，所以各项占比相加不是 100%。"
    return ComparedDimension("领域（专长）", lines, wholes, note, sums_up=False)


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(_TENTH) if whole else None


def highlights(dimensions: Sequence[ComparedDimension]) -> list[tuple[str, tuple[Decimal, ...]]]:
    """What is asked about first: each share in per cent, the later term first."""
    found = []
    for title, label, wanted in _ASKED_FIRST:
        lines = [
            line
            for dimension in dimensions
            if dimension.title == title
            for line in dimension.lines
            if wanted(line.label)
        ]
        terms = len(dimensions[0].wholes)
        sums = (sum((line.groups[n].share or Decimal(0) for line in lines), Decimal(0))
                for n in range(terms))  # fmt: skip
        found.append((label, tuple(sums)))
    return found


_ASKED_FIRST: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("性别", "妇女代表", lambda name: name == Sex.FEMALE.label),
    ("基层代表", "基层代表", lambda name: name == "基层代表"),
    ("民族", "少数民族代表", lambda name: name not in ("汉族", NOT_FILLED)),
    ("年龄", "45岁以下", lambda name: name in ("35岁以下", "36—45岁")),
)
