"""Which station a row means, and who is attached to it."""

from collections import defaultdict
from typing import TYPE_CHECKING

from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.models import Region
from congress_portal.core.text import normal
from stations.models import Posting, Station

if TYPE_CHECKING:
    from congress_portal.core.importing.session import Session

NO_SUCH_STATION = "没有这个家站"


class Stations:
    """Stations by number and, for sheets without numbers, by name."""

    def __init__(self, session: "Session") -> None:
        self.by_pk: dict[int, Station] = {}
        self._by_number: dict[str, Station] = {}
        self._by_name: dict[str, list[Station]] = defaultdict(list)
        self.attached: dict[int, set[int]] = defaultdict(set)
        for station in Station.objects.select_related("region", "village"):
            self.by_pk[station.pk] = station
            self._by_number[normal(station.number)] = station
            self._by_name[normal(station.name)].append(station)
        postings = Posting.objects.filter(ends_on__isnull=True)
        for station_pk, deputy in postings.values_list("station", "deputy"):
            self.attached[station_pk].add(deputy)

    def numbered(self, number: str) -> Station | None:
        return self._by_number.get(normal(number))

    def find(self, number: str, name: str = "") -> Station | None:
        """By number; only where none is given by name. ``None`` where neither is.

        Raises ValueFault.
        """
        if number:
            station = self.numbered(number)
            if station is None:
                raise ValueFault(NO_SUCH_STATION)
            return station
        if not name:
            return None
        named = self._by_name.get(normal(name), [])
        if len(named) != 1:
            raise ValueFault(NO_SUCH_STATION if not named else "同名的家站不止一个，请填编号")
        return named[0]

    @staticmethod
    def belongs_to_county(station: Station) -> bool:
        return not station.region.is_town


def town_of(station: Station | None) -> Region | None:
    """The station's town; a station of the county itself has none."""
    return station.region if station is not None and station.region.is_town else None
