"""Who sits on which day: as many seats filled as can be, then the fairest sharing of them.

No database. A day at a station has seats; some are for a level («其中至少一名县代表»). It is an
assignment of seats to deputies, each at most once a day: first every day is filled as far as any
choice of deputies could fill it (augmenting paths), then duties move along chains of deputies
from who has two or more beyond somebody to that somebody, until no chain is left. So nobody who
could have stood in has two duties less than who sits there, and the sum of the squares of the
loads is the least possible.
"""

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seat:
    """A chair at a station on a day. ``level`` is what its deputy must be of; "" is anyone."""

    key: int
    place: int
    held_on: dt.date
    level: str = ""


@dataclass(frozen=True)
class Candidate:
    """A deputy as the planner sees them.

    ``load`` counts duties of the span that stand already, ``before`` those of the time before,
    which only decide between equals; ``busy`` are days that are taken or on which they cannot.
    """

    key: int
    load: int = 0
    before: int = 0
    busy: frozenset[dt.date] = frozenset()


Eligible = Callable[[Candidate, Seat], bool]


@dataclass
class Plan:
    """``holder`` maps seats to deputies; a seat that is not there stays empty."""

    holder: dict[int, int] = field(default_factory=dict)
    load: dict[int, int] = field(default_factory=dict)


def plan(
    seats: Sequence[Seat], candidates: Mapping[int, Sequence[Candidate]], eligible: Eligible
) -> Plan:
    """Fill the seats from their places' candidates.

    ``candidates`` maps a place to its deputies; ``eligible`` knows postings, mandates and levels.
    The same input gives the same plan.
    """
    return _Planner(seats, candidates, eligible).run()


class _Planner:
    def __init__(
        self,
        seats: Sequence[Seat],
        candidates: Mapping[int, Sequence[Candidate]],
        eligible: Eligible,
    ) -> None:
        self.seats = {seat.key: seat for seat in seats}
        self.people = {each.key: each for rows in candidates.values() for each in rows}
        self.able = {
            seat.key: [
                each.key
                for each in candidates.get(seat.place, ())
                if seat.held_on not in each.busy and eligible(each, seat)
            ]
            for seat in seats
        }
        self.holder: dict[int, int] = {}
        self.held: dict[int, dict[dt.date, int]] = {key: {} for key in self.people}
        self.load = {key: each.load for key, each in self.people.items()}
        self.last: dict[int, dt.date] = {}

    def run(self) -> Plan:
        for seat in self._in_order():
            self._fill(seat)
        self._balance()
        return Plan(dict(self.holder), dict(self.load))

    def _in_order(self) -> list[Seat]:
        """By day; where few can sit, first."""
        return sorted(self.seats.values(), key=lambda s: (s.held_on, len(self.able[s.key]), s.key))

    def _fill(self, seat: Seat) -> None:
        """Give the seat to the least loaded who is free, else make somebody of the day move."""
        free = [key for key in self.able[seat.key] if seat.held_on not in self.held[key]]
        if free:
            chosen = min(free, key=self._turn)
            self._sit(seat.key, chosen)
            self.last[chosen] = seat.held_on
            return
        came_from: dict[int, tuple[int, int]] = {}
        waiting, seen = deque([seat.key]), {seat.key}
        while waiting:
            here = waiting.popleft()
            for key in self.able[here]:
                other = self.held[key].get(seat.held_on)
                if other is None:
                    self._move_along(here, key, came_from)
                    return
                if other not in seen:
                    seen.add(other)
                    came_from[other] = (here, key)
                    waiting.append(other)

    def _turn(self, key: int) -> tuple[int, int, dt.date, int]:
        """Whose turn it is: fewest duties, fewest before, longest ago."""
        return self.load[key], self.people[key].before, self.last.get(key, dt.date.min), key

    def _balance(self) -> None:
        """Until nobody can hand a duty to one who has two or more less."""
        while any(self._round()):
            pass

    def _round(self) -> Iterator[bool]:
        """The most loaded first; whom a search in vain went by need not search again."""
        in_vain: set[int] = set()
        for key in sorted(self.people, key=lambda each: (-self.load[each], each)):
            if key in in_vain:
                continue
            asked = self._hand_on(key)
            yield asked is None
            in_vain |= asked or set()

    def _hand_on(self, giver: int) -> set[int] | None:
        """Along the shortest chain: the giver's seat goes to one, whose seat goes to another …

        None when a duty was handed on, else everybody whom a chain could reach.
        """
        enough = self.load[giver] - 2
        start = sorted(self.held[giver].values())
        came_from: dict[int, tuple[int, int]] = {}
        waiting, seen, asked = deque(start), set(start), {giver}
        while waiting:
            here = waiting.popleft()
            day = self.seats[here].held_on
            for key in self.able[here]:
                other = self.held[key].get(day)
                if other is not None:
                    self._visit(other, here, key, seen, came_from, waiting)
                elif key not in asked:
                    if self.load[key] <= enough:
                        self._move_along(here, key, came_from)
                        return None
                    asked.add(key)
                    for held in self.held[key].values():
                        self._visit(held, here, key, seen, came_from, waiting)
        return asked

    @staticmethod
    def _visit(
        seat: int,
        here: int,
        key: int,
        seen: set[int],
        came_from: dict[int, tuple[int, int]],
        waiting: deque[int],
    ) -> None:
        if seat not in seen:
            seen.add(seat)
            came_from[seat] = (here, key)
            waiting.append(seat)

    def _move_along(self, end: int, key: int, came_from: dict[int, tuple[int, int]]) -> None:
        """``key`` takes the seat ``end``; its holder takes the one that the chain came by."""
        moves = [(end, key)]
        while end in came_from:
            end, taker = came_from[end]
            moves.append((end, taker))
        for seat, _ in moves:
            self._rise(seat)
        for seat, taker in moves:
            self._sit(seat, taker)

    def _sit(self, seat: int, key: int) -> None:
        self.holder[seat] = key
        self.held[key][self.seats[seat].held_on] = seat
        self.load[key] += 1

    def _rise(self, seat: int) -> None:
        key = self.holder.pop(seat, None)
        if key is not None:
            del self.held[key][self.seats[seat].held_on]
            self.load[key] -= 1
