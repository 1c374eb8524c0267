"""Which deputy a name in a sheet means (DESIGN §3, namesakes)."""

import re
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache
from typing import TYPE_CHECKING

from congress_portal.core.enums import Level
from congress_portal.core.importing.directories import Regions
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.text import fold_name
from congress_portal.core.models import Region
from congress_portal.core.text import normal
from deputies.models import Deputy, Mandate

if TYPE_CHECKING:
    from congress_portal.core.importing.session import Session

NOBODY = "没有这位代表"
NAMESAKES = "同名，无法确定"

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = re.compile(r"[〇零一二三四五六七八九十百两]+")


def _arabic(match: re.Match[str]) -> str:
    text, total, digit = match[0], 0, 0
    if not set(text) & set("十百"):
        return "".join(str(_DIGITS[char]) for char in text)
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[char]
    return str(total + digit)


@lru_cache(maxsize=20_000)
def number_key(text: str) -> str:
    """A text with its Chinese numerals in digits, for comparing: 第十八届 and 第18届."""
    return _NUMERAL.sub(_arabic, normal(text))


def district_key(text: str, town: Region | None) -> str:
    """第一选区 for 云溪镇第一选区, 云溪镇第1选区 and 第一选区 alike."""
    plain = normal(text)
    if town is not None:
        plain = plain.removeprefix(normal(town.name))
    return number_key(plain)


class Deputies:
    """All deputies by name, with what narrows namesakes: towns, districts and levels."""

    def __init__(self, session: "Session") -> None:
        self._regions = session.cache(Regions)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._towns: dict[int, set[int]] = defaultdict(set)
        self._levels: dict[int, set[str]] = defaultdict(set)
        self._districts: dict[int, set[str]] = defaultdict(set)
        self._known: dict[tuple[object, ...], int | ValueFault] = {}
        self.names: dict[int, str] = {}
        for pk, name, town in Deputy.objects.values_list("pk", "name", "town"):
            self._by_name[fold_name(name)].append(pk)
            self._towns[pk].add(town)
            self.names[pk] = name
        mandates = Mandate.objects.values_list(
            "deputy", "level", "region", "district__name", "district__region"
        )
        for pk, level, region, district, place in mandates:
            self._levels[pk].add(level)
            if level == Level.TOWN and region:
                self._towns[pk].add(region)
            if district:
                self._districts[pk].add(district_key(district, self._regions.by_pk.get(place)))

    def home_codes(self, pk: int) -> list[str]:
        """Region codes of the towns that a deputy belongs to."""
        found = (self._regions.by_pk.get(town) for town in self._towns[pk])
        return [region.code for region in found if region]

    def find(
        self,
        name: str,
        *,
        attached: Collection[int] | None = None,
        station: int | None = None,
        town: Region | None = None,
        district: str = "",
        county_only: bool = False,
    ) -> int:
        """The deputy whom the name means; raises ValueFault where that is nobody or several.

        Narrowed in this order until one is left: ``attached`` to the row's station (whose key
        ``station`` is), the ``town``, the ``district``, county deputies where ``county_only``.
        A step that would leave nobody is skipped.
        """
        marker = (name, station, town.pk if town else None, district, county_only)
        if marker not in self._known:
            try:
                self._known[marker] = self._find(name, attached, town, district, county_only)
            except ValueFault as fault:
                self._known[marker] = fault
        answer = self._known[marker]
        if isinstance(answer, ValueFault):
            raise ValueFault(answer.reason, answer.advice)
        return answer

    def _find(
        self,
        name: str,
        attached: Collection[int] | None,
        town: Region | None,
        district: str,
        county_only: bool,
    ) -> int:
        left = self._by_name.get(fold_name(name), [])
        if not left:
            raise ValueFault(NOBODY, f"名册里没有“{name}”，请核对姓名，或先导入名册。")
        wanted = district_key(district, town) if district else ""
        steps = (
            (bool(attached), lambda pk: pk in (attached or ())),
            (town is not None, lambda pk: town is not None and town.pk in self._towns[pk]),
            (bool(wanted), lambda pk: wanted in self._districts[pk]),
            (county_only, lambda pk: Level.COUNTY in self._levels[pk]),
        )
        for applies, keeps in steps:
            if len(left) == 1:
                break
            if applies:
                left = [pk for pk in left if keeps(pk)] or left
        if len(left) > 1:
            raise ValueFault(NAMESAKES, f"有 {len(left)} 位代表叫“{name}”，请写明镇、选区或家站。")
        return left[0]
