"""The terms, districts and persons that rosters speak about."""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from congress_portal.core.enums import Level
from congress_portal.core.importing.text import fold_name
from congress_portal.core.models import Region
from congress_portal.core.text import normal
from deputies.models import Deputy, District, Mandate, Term
from deputies.resources.lookup import district_key, number_key

if TYPE_CHECKING:
    from congress_portal.core.importing.session import Session

CURRENT = "本届"
_TERM = re.compile(r"第[〇零一二三四五六七八九十百\d]+届")
_NUMBER = re.compile(r"\d+")
_YEARS = 5  # 选举法 and 代表法: a term of five years
_FIRST_CYCLE = 2022


def term_name_in(heading: str) -> str:
    """``第十八届`` where a title names it, else ""."""
    match = _TERM.search(normal(heading))
    return match[0] if match else ""


class Terms:
    """Terms by congress; one that is missing is made with assumed dates."""

    def __init__(self, session: "Session") -> None:
        self._terms = list(Term.objects.order_by("begins_on", "pk"))

    def find_or_add(self, level: str, region: Region | None, name: str, notes: list[str]) -> Term:
        """The named term; without a name the current one of that congress, or the latest.

        A term that was made under no name takes the name once a title tells it.
        """
        of_congress = [
            term for term in self._terms
            if term.level == level and term.region_id == (region.pk if region else None)
        ]  # fmt: skip
        if not name:
            today = timezone.localdate()
            now = [term for term in of_congress if term.begins_on <= today <= term.ends_on]
            if found := (now or of_congress):
                return found[-1]
            return self._add(level, region, CURRENT, of_congress, notes)
        for term in of_congress:
            if number_key(term.name) == number_key(name):
                return term
        for term in of_congress:
            if term.name == CURRENT and term.dates_assumed:
                term.name = name
                term.save(update_fields=["name"])
                return term
        return self._add(level, region, name, of_congress, notes)

    def _add(
        self, level: str, region: Region | None, name: str, others: list[Term], notes: list[str]
    ) -> Term:
        first = self._first_year(name, others)
        term = Term.objects.create(
            level=level,
            region=region,
            name=name,
            begins_on=dt.date(first, 1, 1),
            ends_on=dt.date(first + _YEARS - 1, 12, 31),
            dates_assumed=True,
        )
        self._terms.append(term)
        where = region.name if region else f"{Level(level).label}人大"
        notes.append(
            f"新建届次「{where}{name}」，任期按 {term.begins_on} 至 {term.ends_on} 推定，请核对。"
        )
        return term

    def _first_year(self, name: str, others: list[Term]) -> int:
        """Five years before or after a neighbouring term, else of the current cycle."""
        own = _NUMBER.search(number_key(name))
        for term in others:
            other = _NUMBER.search(number_key(term.name))
            if own and other:
                return term.begins_on.year + _YEARS * (int(own[0]) - int(other[0]))
        elapsed = timezone.localdate().year - _FIRST_CYCLE
        return _FIRST_CYCLE + elapsed // _YEARS * _YEARS


class Districts:
    """Electoral districts by term and place, under any writing of their number."""

    def __init__(self, session: "Session") -> None:
        self._known: dict[tuple[int, int, str], int] = {}
        self._names: dict[int, str] = {}
        for district in District.objects.select_related("region"):
            self._remember(district, district.region)

    def _remember(self, district: District, region: Region) -> None:
        key = (district.term_id, region.pk, district_key(district.name, region))
        self._known[key] = district.pk
        self._names[district.pk] = district.name

    def name_of(self, pk: int | None) -> str:
        return self._names.get(pk, "") if pk else ""

    def find(self, term: Term, region: Region, name: str) -> int | None:
        return self._known.get((term.pk, region.pk, district_key(name, region)))

    def add(self, wanted: list[tuple[Term, Region, str]]) -> None:
        """Make the missing ones of these in one go."""
        missing = {}
        for term, region, name in wanted:
            key = (term.pk, region.pk, district_key(name, region))
            if key not in self._known:
                missing.setdefault(key, (District(term=term, region=region, name=name), region))
        District.objects.bulk_create([district for district, _ in missing.values()])
        for district, region in missing.values():
            self._remember(district, region)


@dataclass(slots=True)
class Person:
    """A deputy as stored; ``values`` by attname."""

    pk: int | None
    values: dict[str, Any]
    levels: set[str] = field(default_factory=set)


PERSON_FIELDS = (
    "name", "sex", "ethnicity", "birth_month", "education", "party", "employer", "sector",
    "town_id", "village_id", "phone", "notes", "identity_hash",
)  # fmt: skip


class Persons:
    """Everyone stored, by identity number and, for those without one, by name and town."""

    def __init__(self, session: "Session") -> None:
        self.by_hash: dict[str, Person] = {}
        self.by_pk: dict[int, Person] = {}
        self._by_name: dict[tuple[str, int], list[Person]] = {}
        for values in Deputy.objects.order_by("pk").values("pk", *PERSON_FIELDS):
            self.add(Person(values.pop("pk"), values))
        for pk, level in Mandate.objects.values_list("deputy", "level"):
            self.by_pk[pk].levels.add(level)

    def add(self, person: Person) -> None:
        if person.pk:
            self.by_pk[person.pk] = person
        if person.values["identity_hash"]:
            self.by_hash[person.values["identity_hash"]] = person
        key = (fold_name(person.values["name"]), person.values["town_id"])
        self._by_name.setdefault(key, []).append(person)

    def named(self, name: str, town: int) -> list[Person]:
        """Everyone of this name in a town."""
        return self._by_name.get((fold_name(name), town), [])

    def find(
        self, identity_hash: str | None, name: str, town: int, birth: dt.date | None
    ) -> Person | None:
        """By the identity number; without one by name, town and, where both are known, birth."""
        if identity_hash and identity_hash in self.by_hash:
            return self.by_hash[identity_hash]
        for person in self.named(name, town):
            numbers_differ = identity_hash and person.values["identity_hash"]
            born = person.values["birth_month"]
            if not numbers_differ and (birth is None or born is None or birth == born):
                return person
        return None
