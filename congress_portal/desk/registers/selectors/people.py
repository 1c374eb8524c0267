"""Deputies by level, head and seat, and what they are (MISSION M02, M138)."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from congress_portal.core.enums import Dictionary, Level
from congress_portal.core.figures import Rate
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.periods import Period
from congress_portal.core.text import normal
from deputies.enums import Sex
from deputies.models import Deputy, Mandate
from stations.models import Posting

NOT_FILLED = "未填写"
_HAN = "汉族"
_COMMUNISTS = ("中共党员", "中共预备党员")
UPPER = (Level.PROVINCE, Level.CITY, Level.COUNTY)


@dataclass(frozen=True)
class AgeBand:
    """Full years of age; ``youngest`` None: no birth month is known."""

    code: str
    label: str
    youngest: int | None
    oldest: int = 200


AGE_BANDS = (
    AgeBand("35", "35岁以下", 0, 35),
    AgeBand("45", "36—45岁", 36, 45),
    AgeBand("55", "46—55岁", 46, 55),
    AgeBand("60", "56—60岁", 56, 60),
    AgeBand("61", "61岁以上", 61),
    AgeBand("none", NOT_FILLED, None),
)


def _years_before(day: dt.date, years: int) -> dt.date:
    """The first of that month (birth months are stored as first days)."""
    return dt.date(max(day.year - years, 1), day.month, 1)


def born_between(band: AgeBand, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last birth month of those who have the band's age this month."""
    youngest = _years_before(today, band.youngest or 0)
    oldest = _years_before(today, band.oldest + 1)
    after = dt.date(oldest.year + oldest.month // 12, oldest.month % 12 + 1, 1)
    return after, youngest


class Words:
    """The dictionaries' words with their synonyms: 汉 is 汉族, 本科 is 大学本科."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._entries: dict[str, list[tuple[int, str]]] = {}
        rows = DictionaryEntry.objects.filter(
            dictionary__in=[
                Dictionary.ETHNICITY, Dictionary.EDUCATION, Dictionary.PARTY, Dictionary.SECTOR,
                Dictionary.EXPERTISE,
            ]
        )  # fmt: skip
        for entry in rows:
            words = [entry.name, *filter(None, entry.synonyms.split("、"))]
            for word in words:
                self._names.setdefault((entry.dictionary, normal(word)), entry.name)
            text = normal(" ".join(words))
            self._entries.setdefault(entry.dictionary, []).append((entry.pk, text))

    def canonical(self, dictionary: str, written: str) -> str:
        """The dictionary's word for what was written; the writing itself where there is none."""
        if not written:
            return NOT_FILLED
        return self._names.get((dictionary, normal(written)), written)

    def is_minority(self, written: str) -> bool:
        return bool(written) and self.canonical(Dictionary.ETHNICITY, written) != _HAN

    def matching(self, dictionary: str, words: str) -> list[int]:
        """Keys of the entries whose name or synonyms contain the words."""
        wanted = normal(words)
        return [pk for pk, text in self._entries.get(dictionary, []) if wanted and wanted in text]


@dataclass(frozen=True)
class LevelLine:
    label: str
    heads: int
    seats: int
    url: str


@dataclass(frozen=True)
class Number:
    value: int
    url: str


@dataclass(frozen=True)
class TownLine:
    """``own`` is None where the place has no congress of its own (街道)."""

    town: Region
    own: Number | None
    upper: Number
    by_level: tuple[Number, ...]


@dataclass(frozen=True)
class Strength:
    levels: tuple[LevelLine, ...]
    heads: int
    seats: int
    several: tuple[LevelLine, ...]
    towns: tuple[TownLine, ...]
    own: int
    upper: int


def persons_url(**filters: object) -> str:
    return reverse("desk:persons") + "?" + urlencode({k: v for k, v in filters.items() if v})


def strength(user: User, today: dt.date) -> Strength:
    """Heads and seats in force today, of what the user may read; a person counts one head."""
    rows = Mandate.objects.visible_to(user).in_force(Period(today, today, ""))
    held = list(rows.values_list("deputy", "level", "region", "deputy__town"))
    people: dict[int, set[str]] = {}
    for deputy, level, _, _ in held:
        people.setdefault(deputy, set()).add(level)
    levels = tuple(_level_line(level, held) for level in Level)
    sizes = Counter(len(found) for found in people.values())
    several = tuple(
        LevelLine(f"身兼{n}级", sizes[n], sizes[n] * n, persons_url(seats=n)) for n in sorted(sizes)
    )
    towns = _town_lines(user, held, today)
    own = {deputy for deputy, level, _, _ in held if level == Level.TOWN}
    upper = {deputy for deputy, level, _, _ in held if level in UPPER}
    return Strength(levels, len(people), len(held), several, towns, len(own), len(upper))


_Held = list[tuple[int, str, int | None, int]]


def _level_line(level: Level, held: _Held) -> LevelLine:
    found = [deputy for deputy, one, _, _ in held if one == level]
    return LevelLine(level.label, len(set(found)), len(found), persons_url(level=level.value))


def _town_lines(user: User, held: _Held, today: dt.date) -> tuple[TownLine, ...]:
    """Upper deputies belong to the town where they live and to those where they are posted."""
    own: dict[int | None, set[int]] = {}
    upper: dict[int, dict[str, set[int]]] = {}
    levels: dict[int, set[str]] = {}
    for deputy, level, region, home in held:
        if level == Level.TOWN:
            own.setdefault(region, set()).add(deputy)
        else:
            levels.setdefault(deputy, set()).add(level)
            upper.setdefault(home, {}).setdefault(level, set()).add(deputy)
    postings = Posting.objects.visible_to(user).on(today)
    for deputy, region in postings.values_list("deputy", "station__region"):
        for level in levels.get(deputy, ()):
            upper.setdefault(region, {}).setdefault(level, set()).add(deputy)
    lines = []
    for town in Region.objects.towns().in_scope_of_reader(user):
        here = upper.get(town.pk, {})
        found = {level: here.get(level, set()) for level in UPPER}
        lines.append(_town_line(town, own.get(town.pk, set()), found))
    return tuple(lines)


def _town_line(town: Region, own: set[int], upper: dict[Level, set[int]]) -> TownLine:
    at = {"town": town.pk}
    has_congress = own or town.level != "subdistrict"
    return TownLine(
        town,
        Number(len(own), persons_url(place="own", **at)) if has_congress else None,
        Number(len(set().union(*upper.values())), persons_url(place="upper", **at)),
        tuple(
            Number(len(found), persons_url(place="upper", level=level.value, **at))
            for level, found in upper.items()
        ),
    )


@dataclass(frozen=True)
class Line:
    label: str
    rate: Rate
    url: str


@dataclass(frozen=True)
class Dimension:
    title: str
    lines: tuple[Line, ...]


_WRITTEN = (("sector", "代表构成"), ("party", "政治面貌"), ("education", "文化程度"),
            ("ethnicity", "民族"))  # fmt: skip


def composition(user: User, level: str, town: Region | None, today: dt.date) -> list[Dimension]:
    """What the deputies of a level are, each figure of the same whole; two queries."""
    holding = Mandate.objects.in_force(Period(today, today, "")).filter(level=level)
    rows = Deputy.objects.visible_to(user).filter(pk__in=holding.values("deputy"))
    at: dict[str, object] = {"level": level}
    if town:
        rows, at = rows.filter(town=town), {**at, "town": town.pk}
    fields = ("sex", "birth_month", *(name for name, _ in _WRITTEN))
    people = list(rows.values(*fields).order_by())
    words, whole = Words(), len(people)

    def line(label: str, part: int, **facts: str) -> Line:
        return Line(label, Rate(part, whole), persons_url(**at, **facts))

    women = sum(p["sex"] == Sex.FEMALE for p in people)
    minority = sum(words.is_minority(p["ethnicity"]) for p in people)
    parties = Counter(words.canonical("party", p["party"]) for p in people)
    main = Dimension(
        "要点",
        (
            line("妇女代表", women, sex=Sex.FEMALE.value),
            line("少数民族代表", minority, minority="yes"),
            *(line(name, parties[name], party=name) for name in _COMMUNISTS if parties[name]),
        ),
    )
    found = [main]
    for field, title in _WRITTEN:
        counts = Counter(words.canonical(field, p[field]) for p in people)
        found.append(Dimension(title, tuple(_lines(counts, field, line))))
    ages = Counter(band_of(p["birth_month"], today).code for p in people)
    bands = tuple(line(b.label, ages[b.code], age=b.code) for b in AGE_BANDS if ages[b.code])
    return [*found, Dimension("年龄", bands)] if whole else []


def _lines(counts: Counter[str], field: str, line: Callable[..., Line]) -> Iterable[Line]:
    for name, part in counts.most_common():
        yield line(name, part, **{field: name})


def band_of(born: dt.date | None, today: dt.date) -> AgeBand:
    if born is None:
        return AGE_BANDS[-1]
    for band in AGE_BANDS[:-1]:
        first, last = born_between(band, today)
        if first <= born <= last:
            return band
    return AGE_BANDS[-1]
