"""Bars of small multiples: plain figures for an SVG template, own scale for each."""

from dataclasses import dataclass

from congress_portal.core.periods import Period

WIDTH = 12
GAP = 3
HEIGHT = 30


@dataclass(frozen=True)
class Bar:
    period: Period
    count: int
    x: int
    y: int
    height: int


def bars_of(counts: list[tuple[Period, int]]) -> list[Bar]:
    """Heights in whole units of a 30-unit field; anything above nothing is at least one high."""
    most = max((count for _, count in counts), default=0) or 1
    bars = []
    for place, (period, count) in enumerate(counts):
        height = max(round(HEIGHT * count / most), 1) if count else 0
        bars.append(Bar(period, count, place * (WIDTH + GAP), HEIGHT - height, height))
    return bars
