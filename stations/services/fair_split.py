"""Who inspects where, evenly: every place gets its teams, and loads differ as little as they can.

Pure arithmetic over keys; no ORM. A place that a team must not inspect is simply not among the
places open to it.
"""

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Place:
    """``town`` keeps a team's ways short where that costs nothing; ``open_to`` are team keys."""

    key: Hashable
    town: Hashable
    open_to: frozenset[int]
    has: frozenset[int] = frozenset()


@dataclass
class Split:
    """Team → places, new ones only; ``short`` are places with fewer teams than wanted."""

    places: dict[int, list[Place]] = field(default_factory=dict)
    short: list[Place] = field(default_factory=list)


def split_fairly(
    teams: Sequence[int], places: Sequence[Place], *, per_place: int, loads: Mapping[int, int]
) -> Split:
    """``loads`` are what the teams have already; what a place ``has`` stays."""
    found = Split({team: [] for team in teams})
    load = {team: loads.get(team, 0) for team in teams}
    scarce = sorted(places, key=lambda place: len(place.open_to))
    for place in scarce:
        free = [team for team in teams if team in place.open_to and team not in place.has]
        wanted = per_place - len(place.has)
        if wanted > len(free):
            found.short.append(place)
        near = {team: sum(p.town == place.town for p in found.places[team]) for team in free}
        free.sort(key=lambda team: (load[team], -near[team]))
        for team in free[: max(0, wanted)]:
            found.places[team].append(place)
            load[team] += 1
    while path := _shorter(found, load):
        _shift(found, load, path)
    return found


def _shorter(found: Split, load: dict[int, int]) -> list[tuple[int, int, Place]]:
    """Moves along which one place too many wanders to a team with two fewer; empty: it is even.

    Without such a path no other split is more even (the optimality rule of semi-matchings).
    """
    for start in sorted(load, key=lambda team: -load[team]):
        came: dict[int, tuple[int, Place]] = {}
        waiting = deque([start])
        while waiting:
            team = waiting.popleft()
            for place in found.places[team]:
                for other in load:
                    if other == start or other in came or not _may_take(found, place, other):
                        continue
                    came[other] = (team, place)
                    if load[start] - load[other] >= 2:
                        return _path(came, start, other)
                    waiting.append(other)
    return []


def _may_take(found: Split, place: Place, team: int) -> bool:
    return team in place.open_to and team not in place.has and place not in found.places[team]


def _path(came: dict[int, tuple[int, Place]], start: int, end: int) -> list[tuple[int, int, Place]]:
    moves = []
    while end != start:
        giver, place = came[end]
        moves.append((giver, end, place))
        end = giver
    return moves


def _shift(found: Split, load: dict[int, int], path: list[tuple[int, int, Place]]) -> None:
    for giver, taker, place in path:
        found.places[giver].remove(place)
        found.places[taker].append(place)
        load[giver] -= 1
        load[taker] += 1
