"""来源 of a suggestion: ``JZ012 2026-03-15 接待张三`` names the voice that it grew from."""

import datetime as dt
import re
import unicodedata
from collections import defaultdict

from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.row import Row
from congress_portal.core.importing.text import fold_name
from congress_portal.core.importing.values import whole_date
from stations.resources import Stations
from suggestions.models import Voice

_SOURCE = re.compile(
    r"(?P<station>[A-Za-z0-9][A-Za-z0-9-]*)\s*[,，、]?\s*"
    r"(?P<day>\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?)\s*(?:接待|接访)(?:选民|群众)?\s*"
    r"(?P<name>[^\s；;，,、]+)"
)
Heard = tuple[int, dt.date, str]  # station, day, visitor


def _heard_in(text: str, stations: Stations) -> list[Heard]:
    found = []
    for match in _SOURCE.finditer(unicodedata.normalize("NFKC", text)):
        station = stations.numbered(match["station"])
        try:
            day = whole_date(match["day"])
        except ValueFault:
            continue
        if station is not None and day is not None:
            found.append((station.pk, day, fold_name(match["name"])))
    return found


def link_sources(rows: list[Row], stations: Stations, notes: list[str]) -> None:
    """Link the voices that the rows name as their sources; what is not found is noted."""
    told = {row.pk: _heard_in(row.attrs["source_text"], stations) for row in rows if row.pk}
    days = [day for heard in told.values() for _, day, _ in heard]
    if not days:
        return
    voices: dict[Heard, list[Voice]] = defaultdict(list)
    for voice in (
        Voice.objects.filter(station__isnull=False, raised_on__range=(min(days), max(days)))
        .only("pk", "station", "raised_on", "visitor_name", "suggestion")
        .order_by("pk")
    ):
        voices[voice.station_id, voice.raised_on, fold_name(voice.visitor_name)].append(voice)
    linked = []
    for row in rows:
        for heard in told.get(row.pk, []):
            voice = next((v for v in voices[heard] if v.suggestion_id in (None, row.pk)), None)
            if voice is None:
                notes.append(
                    f"第{row.number}行：没有找到来源“{row.attrs['source_text']}”所说的接待。"
                )
            elif voice.suggestion_id is None:
                voice.suggestion_id = row.pk
                linked.append(voice)
    Voice.objects.bulk_update(linked, ["suggestion"], batch_size=200)
