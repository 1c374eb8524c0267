"""Points under a station: what happens at a point counts at the station as well (M17)."""

from collections import defaultdict

from stations.models import Station


class Points:
    """The whole tree of stations in use, read once."""

    def __init__(self) -> None:
        self._below: dict[int, list[int]] = defaultdict(list)
        rows = Station.objects.active().exclude(parent=None).order_by("pk")
        for parent, point in rows.values_list("parent", "pk"):
            self._below[parent].append(point)

    def with_station(self, pk: int) -> list[int]:
        """Keys of the station and of all points under it, level by level."""
        found = [pk]
        for key in found:
            found += [point for point in self._below.get(key, ()) if point not in found]
        return found
