"""Charts as SVG for screen and paper: one red, greys, figures written at the marks.

Text stays text (searchable, read aloud), labels stand at the marks instead of in a legend, so
a photocopy reads the same. A table with the same figures belongs beside every chart.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    import altair

RED = "#9e1b1e"
GREY = "#8a8a8a"
PALE = "#d9d9d9"
INK = "#111111"
#: The paper's family first (see documents.fonts), then what screens have.
FONT = "portal-hei-0, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
_LINE = 12  # px, of small heads
_CACHE_SECONDS = 7 * 24 * 3600
_ROLE_WORDS = re.compile(r' aria-roledescription="[^"]*"| pointer-events="none"')
_SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)" viewBox="([^"]*)">')


@dataclass(frozen=True)
class Bar:
    """A named value; ``note`` is written after the figure; marked bars are red, others grey."""

    name: str
    value: Decimal | None
    note: str = ""
    is_marked: bool = True


@dataclass(frozen=True)
class Series:
    """One panel of small multiples: a value per step, None where there is none."""

    name: str
    values: tuple[Decimal | int | None, ...]


def horizontal_bars(
    bars: Sequence[Bar],
    *,
    title: str,
    unit: str = "",
    width: int = 420,
    top: Decimal | None = None,
    places: int = 2,
    step: int = 18,
) -> SafeString:
    """Bars from zero to ``top`` (default: the largest value) with the figure at each bar's end."""

    def build(alt: ModuleType) -> "altair.LayerChart":
        values = [
            {
                "名称": bar.name,
                unit or "数值": float(bar.value or 0),
                "标注": f"{_figure(bar.value, places)}{bar.note}",
                "颜色": RED if bar.is_marked else GREY,
            }
            for bar in bars
        ]
        highest = float(top or max((bar.value or 0 for bar in bars), default=0) or 1)
        base = alt.Chart(alt.InlineData(values=values)).encode(
            y=alt.Y("名称:N", sort=None, axis=_name_axis(alt)),
            x=alt.X(f"{unit or '数值'}:Q", axis=None, scale=alt.Scale(domain=[0, highest])),
        )
        marks = base.mark_bar(height=step - 7).encode(color=alt.Color("颜色:N", scale=None))
        figures = base.mark_text(align="left", dx=4, fontSize=12, fill=INK).encode(text="标注:N")
        return (marks + figures).properties(width=width, height=alt.Step(step))

    return _draw(build, title, ("bars", tuple(bars), unit, width, top, places, step))


def small_multiples(
    series: Sequence[Series],
    steps: Sequence[str],
    *,
    title: str,
    unit: str = "",
    columns: int = 4,
    width: int = 120,
    height: int = 54,
    places: int = 0,
) -> SafeString:
    """A panel of columns for each series on one common scale; the last step is red and labelled."""

    def build(alt: ModuleType) -> "altair.FacetChart":
        values: list[dict[str, Any]] = [
            {
                "名称": one.name,
                "期": step,
                unit or "数值": float(value),
                "标注": _figure(value, places),
                "颜色": RED if step == steps[-1] else GREY,
            }
            for one in series
            for step, value in zip(steps, one.values, strict=True)
            if value is not None
        ]
        names = [one.name for one in series]
        highest = max((row[unit or "数值"] for row in values), default=1) or 1
        scale = alt.Scale(domain=[0, highest * 1.25])
        base = alt.Chart().encode(
            x=alt.X("期:O", sort=list(steps), axis=_step_axis(alt)),
            y=alt.Y(f"{unit or '数值'}:Q", axis=None, scale=scale),
        )
        marks = base.mark_bar().encode(color=alt.Color("颜色:N", scale=None))
        figures = base.mark_text(dy=-6, fontSize=11, fill=INK).encode(text="标注:N")
        header = alt.Header(title=None, labelFontSize=13, labelFont=FONT, labelPadding=2)
        return (
            alt.layer(marks, figures, data=alt.InlineData(values=values))
            .properties(width=width, height=height)
            .facet(facet=alt.Facet("名称:N", sort=names, header=header), columns=columns)
        )

    key = ("panels", tuple(series), tuple(steps), unit, columns, width, height, places)
    return _draw(build, title, key)


def heat_table(
    rows: Sequence[Series],
    columns: Sequence[str],
    *,
    title: str,
    width: int = 560,
    step: int = 22,
    top: Decimal = Decimal(100),
    places: int = 1,
) -> SafeString:
    """Cells tinted by their share of ``top``, the figure in each; an empty cell shows a dash."""

    heads = dict(zip(columns, _heads(columns, width), strict=True))

    def build(alt: ModuleType) -> "altair.LayerChart":
        values = [
            {
                "名称": row.name,
                "列": heads[column],
                "标注": _figure(value, places),
                "底色": _tint(value, top),
                "字色": INK if value is None or value < top * Decimal("0.7") else "#ffffff",
            }
            for row in rows
            for column, value in zip(columns, row.values, strict=True)
        ]
        axis = alt.Axis(
            orient="top",
            title=None,
            ticks=False,
            domain=False,
            labelAngle=0,
            labelFontSize=11,
            labelLineHeight=_LINE,
            labelPadding=4 + _LINE * max(map(_breaks, heads.values()), default=0),
            labelExpr="split(datum.label, '|')",
        )
        base = alt.Chart(alt.InlineData(values=values)).encode(
            x=alt.X("列:O", sort=[heads[column] for column in columns], axis=axis),
            y=alt.Y("名称:N", sort=None, axis=_name_axis(alt)),
        )
        cells = base.mark_rect(stroke="#ffffff").encode(color=alt.Color("底色:N", scale=None))
        figures = base.mark_text(fontSize=11).encode(
            text="标注:N", color=alt.Color("字色:N", scale=None)
        )
        return (cells + figures).properties(width=width, height=alt.Step(step))

    key = ("heat", tuple(rows), tuple(columns), width, step, top, places)
    return _draw(build, title, key)


def sparkline(values: Sequence[Decimal | int | None], *, title: str) -> SafeString:
    """A line of 96 × 20 px with a dot at the last value; gaps stay gaps."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    width = Decimal(92) / max(len(values) - 1, 1)
    points = [
        None if value is None else (2 + n * width, 18 - _share(value, low, high) * 16)
        for n, value in enumerate(values)
    ]
    lines = "".join(
        f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{GREY}"/>'
        for a, b in pairwise(points)
        if a and b
    )
    last = points[-1] if points else None
    dot = f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2" fill="{RED}"/>' if last else ""
    return mark_safe(  # noqa: S308 - numbers only, the title is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sparkline" width="96" height="20"'
        f' viewBox="0 0 96 20" role="img" aria-label="{escape(title)}">{lines}{dot}</svg>'
    )


def _share(value: Decimal | int, low: Decimal | int, high: Decimal | int) -> Decimal:
    return Decimal(value - low) / Decimal(high - low) if high != low else Decimal("0.5")


def _figure(value: Decimal | int | None, places: int) -> str:
    return "—" if value is None else f"{value:.{places}f}"


def _heads(columns: Sequence[str], width: int) -> list[str]:
    """Heads of columns in lines parted by «|»; shorter ones begin with empty lines."""
    fit = max(2, width // max(len(columns), 1) // _LINE)
    folded = [_in_lines(column, fit) for column in columns]
    most = max(map(_breaks, folded), default=0)
    return ["|" * (most - _breaks(text)) + text for text in folded]


def _breaks(text: str) -> int:
    return text.count("|")


def _in_lines(text: str, fit: int) -> str:
    """Lines of at most ``fit`` characters, as even as can be."""
    count = -(-len(text) // fit) or 1
    size = -(-len(text) // count) or 1
    return "|".join(text[n : n + size] for n in range(0, len(text), size))


def _tint(value: Decimal | int | None, top: Decimal) -> str:
    """From white to the red of the house in proportion to value ÷ top."""
    share = 0.0 if value is None else max(0.0, min(1.0, float(value / top)))
    channels = (int(RED[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - channel) * share):02x}" for channel in channels)


def _name_axis(alt: ModuleType) -> "altair.Axis":
    return alt.Axis(
        title=None, ticks=False, domain=False, labelPadding=6, labelFontSize=12, labelLimit=260
    )


def _step_axis(alt: ModuleType) -> "altair.Axis":
    return alt.Axis(
        title=None, ticks=False, labelAngle=0, labelFontSize=10, labelPadding=3, domainColor=GREY
    )


def _draw(build: Callable, title: str, data: tuple) -> SafeString:
    """The SVG of a chart, kept by its data: drawing takes 0.4 s, the first time 2 s."""
    key = f"chart:{hashlib.sha256(repr((title, data)).encode()).hexdigest()}"
    svg = cache.get(key)
    if svg is None:
        # Reason for the inline imports: they cost 0.5 s, and most requests draw nothing.
        import altair  # noqa: PLC0415
        import vl_convert  # noqa: PLC0415

        chart = build(altair).configure(font=FONT, background="transparent")
        plain = chart.configure_view(stroke=None).configure_facet(spacing=14)
        svg = _tidy(vl_convert.vegalite_to_svg(plain.to_dict()), title)
        cache.set(key, svg, _CACHE_SECONDS)
    return mark_safe(svg)  # noqa: S308 - Vega escapes the texts, the title is escaped


def _tidy(svg: str, title: str) -> str:
    """One picture with a Chinese name, instead of English words for every mark."""
    found = _SIZE.search(svg)
    if not found:
        raise ValueError("Vega wrote an SVG of another shape")
    width, height, box = found.groups()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="{width}"'
        f' height="{height}" viewBox="{box}" role="img" aria-label="{escape(title)}">'
    )
    return _ROLE_WORDS.sub("", head + svg[found.end() :])
