"""Figures as they are read: a rate never without its two numbers (DESIGN §5)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Rate:
    """``part`` of ``whole``; where there is nothing to count there is no percentage."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """Per cent, rounded half-up to one decimal; None for an empty whole."""
        if not self.whole:
            return None
        share = Decimal(100 * self.part) / Decimal(self.whole)
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)

    def __str__(self) -> str:
        if self.percent is None:
            return "无（0/0）"
        return f"{self.percent}%（{self.part}/{self.whole}）"

    def change_from(self, earlier: "Rate") -> str:
        """In percentage points against an earlier rate: «升 8.3 个百分点»."""
        if self.percent is None or earlier.percent is None:
            return "无可比数"
        points = self.percent - earlier.percent
        if not points:
            return "持平"
        return f"{'升' if points > 0 else '降'} {abs(points)} 个百分点"
