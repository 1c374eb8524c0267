"""What the registers of duty share: imported records are verified (DESIGN §4)."""

from typing import Any

from django.utils import timezone

from congress_portal.core.enums import Dictionary, Verification
from congress_portal.core.importing.content import ContentResource
from congress_portal.core.importing.directories import Regions, Words
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.resource import CellFault
from congress_portal.core.importing.row import Row
from congress_portal.core.models import Region
from deputies.resources import Deputies
from stations.models import Station
from stations.resources import Stations


class RecordResource(ContentResource):
    """Look-ups by the columns' names, each fault named by its column."""

    def prepare(self, rows: list[Row]) -> None:
        self.regions = self.session.cache(Regions)
        self.words = self.session.cache(Words)
        self.deputies = self.session.cache(Deputies)
        self.stations = self.session.cache(Stations)
        self.imported_at = timezone.now()

    def stamps(self) -> dict[str, Any]:
        by = self.session.user.pk if self.session.user else None
        return {
            "verification": Verification.VERIFIED,
            "verified_by_id": by,
            "verified_at": self.imported_at,
            "entered_by_id": by,
        }

    def build(self, row: Row) -> dict[str, Any]:
        return {**row.attrs, **self.stamps()}

    def word(self, row: Row, column: str, dictionary: Dictionary) -> int | None:
        text = row.values[column]
        return self.words.find_or_add(dictionary, text, self.notes).pk if text else None

    def station(self, row: Row, number: str, name: str) -> Station | None:
        """By number, else by name; the fault is named by the column that was written in."""
        try:
            return self.stations.find(row.values[number], row.values[name])
        except ValueFault as fault:
            column = number if row.values[number] else name
            raise CellFault(column, fault.reason, fault.advice) from None

    def village(self, row: Row, column: str, town: Region | None) -> Region | None:
        text = row.values[column]
        try:
            return self.regions.village(text, town) if text else None
        except ValueFault as fault:
            raise CellFault(column, fault.reason, fault.advice) from None

    def deputy(self, row: Row, column: str, name: str, **where: Any) -> int:
        try:
            return self.deputies.find(name, **where)
        except ValueFault as fault:
            raise CellFault(column, fault.reason, fault.advice) from None

    def deputies_of(
        self, row: Row, column: str, station: Station | None, town: Region | None
    ) -> dict[int, tuple[int]]:
        """{deputy: (place in the list,)}; narrowed by the station, the town, the level."""
        county = station is not None and Stations.belongs_to_county(station)
        attached = self.stations.attached[station.pk] if station else None
        found: dict[int, tuple[int]] = {}
        for name in row.values[column]:
            pk = self.deputy(
                row, column, name, attached=attached, station=station.pk if station else None,
                town=town, county_only=county,
            )  # fmt: skip
            found.setdefault(pk, (len(found) + 1,))
        return found

    def show(self, attname: str, value: Any) -> str:
        if attname.endswith(("region_id", "village_id")):
            return self.regions.by_pk[value].name if value else ""
        if attname in ("theme_id", "field_id", "channel_id", "level_id", "route_id"):
            return self.words.name_of(value)
        return super().show(attname, value)
