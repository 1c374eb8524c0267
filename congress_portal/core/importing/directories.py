"""Places, units and words as the office names them, looked up in memory."""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from congress_portal.core.enums import TOWN_LEVELS, VILLAGE_LEVELS, Dictionary, RegionLevel
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.text import clean, normal

if TYPE_CHECKING:
    from congress_portal.core.importing.session import Session

NO_SUCH_TOWN = "不存在的镇"
NO_SUCH_VILLAGE = "没有这个村（社区）"
NO_SUCH_UNIT = "没有这个单位"

_TOWN_TAIL = re.compile(r"(?:人民政府|人大|党委|街道办事处|街道办|办事处|街道|镇|乡|农场)$")
_VILLAGE_TAIL = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|社区居委会|社区|村)$")
_LIST = re.compile(r"[、，,；;]")


class Regions:
    """The region tree by name; towns and villages are found by any usual writing."""

    def __init__(self, session: "Session") -> None:
        self.by_code: dict[str, Region] = {}
        self.by_pk: dict[int, Region] = {}
        self.counties: list[Region] = []
        self.towns: list[Region] = []
        self._names: dict[str, list[Region]] = defaultdict(list)
        self._short_towns: dict[str, list[Region]] = defaultdict(list)
        self._villages: dict[int, dict[str, list[Region]]] = {}
        self._any_village: dict[str, list[Region]] = defaultdict(list)
        for region in Region.objects.order_by("code"):
            self._add(region)

    def _add(self, region: Region) -> None:
        self.by_code[region.code] = region
        self.by_pk[region.pk] = region
        name = normal(region.name)
        if region.level in VILLAGE_LEVELS:
            town = self.by_code.get(region.code[:9] + "000")
            self._any_village[name].append(region)
            if town:
                self._villages.setdefault(town.pk, defaultdict(list))[name].append(region)
            return
        if region.level in (RegionLevel.GRID, RegionLevel.CELL):
            return
        self._names[name].append(region)
        if region.level in TOWN_LEVELS:
            self.towns.append(region)
            self._short_towns[_TOWN_TAIL.sub("", name)].append(region)
        elif region.level == RegionLevel.COUNTY:
            self.counties.append(region)

    def county_of(self, region: Region | None) -> Region | None:
        """The county that a place lies in; the only county where no place is given."""
        if region is not None:
            return self.by_code.get(region.code[:6] + "000000")
        return self.counties[0] if len(self.counties) == 1 else None

    def town_of(self, region: Region | None) -> Region | None:
        return self.by_code.get(region.code[:9] + "000") if region else None

    def find(self, text: str) -> Region | None:
        """A town or county by its name, with or without what it lies in."""
        name = normal(text)
        if not name:
            return None
        found = self._names.get(name) or self._short_towns.get(_TOWN_TAIL.sub("", name))
        if not found:
            inner = self._without_county(name)
            found = self._names.get(inner) if inner else None
        return found[0] if found and len(found) == 1 else None

    def place(self, text: str) -> Region:
        """A town, or the county itself. Raises ValueFault."""
        found = self.find(text)
        if found is None:
            raise ValueFault(NO_SUCH_TOWN)
        return found

    def town(self, text: str) -> Region:
        found = self.place(text)
        if found.level not in TOWN_LEVELS:
            raise ValueFault(NO_SUCH_TOWN)
        return found

    def town_named_in(self, text: str) -> Region | None:
        """The town whose name stands in a title or at the head of a district's name."""
        plain = normal(text)
        found = [town for town in self.towns if normal(town.name) in plain]
        if not found:
            return None
        longest = max(len(town.name) for town in found)
        best = [town for town in found if len(town.name) == longest]
        return best[0] if len(best) == 1 else None

    def county_named_in(self, text: str) -> Region | None:
        plain = normal(text)
        found = [county for county in self.counties if normal(county.name) in plain]
        return found[0] if len(found) == 1 else None

    def village(self, text: str, town: Region | None) -> Region:
        """``柳林村`` of a town, or ``云溪镇柳林村`` of whatever town. Raises ValueFault."""
        name = self._without_county(normal(text)) or normal(text)
        if town is not None and town.level in TOWN_LEVELS:
            found = self._in_town(name, town)
            if found:
                return found
        for other in self.towns:
            head = normal(other.name)
            if name.startswith(head) and len(name) > len(head):
                found = self._in_town(name[len(head) :], other)
                if found:
                    return found
        if town is None or town.level not in TOWN_LEVELS:
            everywhere = self._any_village.get(name, [])
            if town is not None:
                everywhere = [v for v in everywhere if v.code.startswith(town.prefix)]
            if len(everywhere) == 1:
                return everywhere[0]
            if everywhere:
                raise ValueFault(
                    "不止一个镇有这个村（社区）", "请写成“镇名＋村名”，例如“云溪镇柳林村”。"
                )
        raise ValueFault(NO_SUCH_VILLAGE)

    def _in_town(self, name: str, town: Region) -> Region | None:
        villages = self._villages.get(town.pk, {})
        found = villages.get(name)
        if not found:
            bare = _VILLAGE_TAIL.sub("", name)
            found = [v for key, several in villages.items() for v in several
                     if bare and _VILLAGE_TAIL.sub("", key) == bare]  # fmt: skip
        return found[0] if len(found) == 1 else None

    def _without_county(self, name: str) -> str:
        for county in self.counties:
            head = normal(county.name)
            if name.startswith(head) and len(name) > len(head):
                return name[len(head) :]
        return ""


class Units:
    """Handling units by full name, short name, and with or without the county in front."""

    def __init__(self, session: "Session") -> None:
        self.all: dict[int, Unit] = {}
        self._exact: dict[str, int] = {}
        self._loose: dict[str, set[int]] = defaultdict(set)
        self._heads = [normal(county.name) for county in session.cache(Regions).counties]
        for unit in Unit.objects.all():
            self.add(unit)

    def add(self, unit: Unit) -> None:
        self.all[unit.pk] = unit
        self._exact[normal(unit.name)] = unit.pk
        if unit.short_name:
            self._exact.setdefault(normal(unit.short_name), unit.pk)
        for name in (unit.name, unit.short_name):
            if name:
                self._loose[self._bare(normal(name))].add(unit.pk)

    def _bare(self, name: str) -> str:
        for head in self._heads:
            name = name.removeprefix(head).removeprefix(head[:-1])
        return name.lstrip("县市区旗") or name

    def named(self, text: str) -> Unit | None:
        """By the full name only: what says whether two rows are one unit."""
        pk = self._exact.get(normal(text))
        return (
            self.all[pk] if pk is not None and normal(self.all[pk].name) == normal(text) else None
        )

    def find(self, text: str) -> Unit:
        """Raises ValueFault."""
        name = normal(text)
        pk = self._exact.get(name)
        if pk is None:
            loose = self._loose.get(self._bare(name), set())
            pk = next(iter(loose)) if len(loose) == 1 else None
        if pk is None:
            raise ValueFault(NO_SUCH_UNIT)
        return self.all[pk]


class Words:
    """The office's dictionaries; a word is known by its name and its synonyms."""

    def __init__(self, session: "Session") -> None:
        self._words: dict[tuple[str, str], DictionaryEntry] = {}
        self._names: dict[int, str] = {}
        for entry in DictionaryEntry.objects.order_by("pk"):
            self._add(entry)

    def _add(self, entry: DictionaryEntry) -> None:
        for synonym in _LIST.split(entry.synonyms):
            if synonym.strip():
                self._words.setdefault((entry.dictionary, normal(synonym)), entry)
        self._words[entry.dictionary, normal(entry.name)] = entry
        self._names[entry.pk] = entry.name

    def name_of(self, pk: int | None) -> str:
        return self._names.get(pk, "") if pk else ""

    def find(self, dictionary: Dictionary, text: str) -> DictionaryEntry | None:
        return self._words.get((dictionary, normal(text)))

    def find_or_add(self, dictionary: Dictionary, text: str, notes: list[str]) -> DictionaryEntry:
        """A word that the dictionary lacks is added to it and noted."""
        found = self.find(dictionary, text)
        if found is None:
            found = DictionaryEntry.objects.create(dictionary=dictionary, name=clean(text)[:60])
            self._add(found)
            notes.append(f"字典「{dictionary.label}」新增「{found.name}」。")
        return found

    def canonical(self, dictionary: Dictionary, text: str) -> str:
        """The form in which two writings of one word are equal: 汉 and 汉族."""
        found = self.find(dictionary, text)
        return normal(found.name) if found else normal(text)
