"""The visitor's paper form (接待选民登记表), each sheet with its number of the shared series."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from congress_portal.core.documents.blocks import Cell, Grid, Line
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry
from stations.models import ReceptionNumber, Station

_WIDTHS = (14, 18, 13, 19, 16, 20)

_JOINER = "\u2060"  # no line ends within a box and its words


@dataclass(frozen=True)
class VisitorSheet:
    number: str
    grid: Grid


@dataclass(frozen=True)
class VisitorForms:
    """As many sheets as numbers; one number space with the desk's page (代录)."""

    title: str
    author: str
    station: str
    sheets: tuple[VisitorSheet, ...]
    template: ClassVar[str] = "stations/pdf/visitor_form.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/form.css", "css/pdf/visitor_form.css")


def visitor_forms(station: Station, numbers: Sequence[ReceptionNumber]) -> VisitorForms:
    """``numbers`` with their station; routes and fields are printed as they are in use."""
    routes = _names(Dictionary.ROUTE)
    fields = _names(Dictionary.FIELD)
    return VisitorForms(
        title="人大代表接待选民登记表",
        author=f"{station.region}人大",
        station=station.name,
        sheets=tuple(VisitorSheet(str(number), _grid(routes, fields)) for number in numbers),
    )


def _names(dictionary: str) -> list[str]:
    rows = DictionaryEntry.objects.of(dictionary).active()
    return list(rows.order_by("order", "pk").values_list("name", flat=True))


def _ticks(names: list[str]) -> str:
    return "　".join(_JOINER.join(f"□{name}") for name in names)


def _grid(routes: list[str], fields: list[str]) -> Grid:
    def pair(label: str, span: int = 1) -> tuple[Cell, Cell]:
        return Cell(label, kind="label"), Cell("", span)

    wide = len(_WIDTHS) - 1
    return Grid(
        _WIDTHS,
        (
            Line((*pair("接待日期"), *pair("接待代表", 3)), 12),
            Line((*pair("选民姓名"), *pair("联系电话"), *pair("村（社区）")), 12),
            Line(
                (Cell("选民意愿", kind="label"), Cell(_ticks(["要求保密", "要求反馈结果"]), wide)),
                12,
            ),
            Line((Cell("问题类别", kind="label"), Cell(_ticks(fields), wide)), 14),
            Line((Cell("反映的\n问题", kind="label"), Cell("", wide, "text")), 56),
            Line((Cell("处理方式", kind="label"), Cell(_ticks(routes), wide)), 14),
            Line((*pair("转交单位", 3), *pair("办结日期")), 12),
            Line(
                (
                    Cell("反馈情况", kind="label"),
                    Cell("", wide, "text", tail="已告知选民　　月　　日；已告知代表　　月　　日"),
                ),
                20,
            ),
            Line(
                (
                    Cell("选民评价", kind="label"),
                    Cell(_ticks(["满意", "基本满意", "不满意"]), 3),
                    *pair("登记人"),
                ),
                12,
            ),
        ),
    )
