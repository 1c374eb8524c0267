"""Marks of the inspection teams (现场考评打分)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from congress_portal.core.importing.columns import AmountCell, Cell, Column, NameCell, QuarterCell
from congress_portal.core.importing.content import ContentResource
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.resource import CellFault
from congress_portal.core.importing.row import Row
from congress_portal.core.periods import quarter
from stations.models import InspectionMark
from stations.resources.lookup import NO_SUCH_STATION, Stations


@register
class MarkResource(ContentResource):
    kind = "现场考评打分"
    order = 140
    depends = ("家站台账",)
    needs = (("quarter",), ("score",), ("station_number", "station_name"))
    hints = ("打分", "评分", "现场考评")
    scope_column = "station_number"
    identity = ("year", "quarter", "station_id", "team")
    outcomes = ("score", "note")

    quarter = Column("季度", QuarterCell(), needed=True, synonyms=("考评季度", "考评时间", "周期"))
    station_number = Column(
        "家站编号", Cell(20), attribute="station__number", sets=("station_id",),
        synonyms=("编号", "站点编号"),
    )  # fmt: skip
    station_name = Column(
        "家站名称", Cell(80), attribute="station__name", sets=("station_id",),
        synonyms=("名称", "站点名称", "家站", "被考评家站"),
    )  # fmt: skip
    team = Column(
        "考评组",
        NameCell(60, "名称"),
        attribute="team",
        synonyms=("考评小组", "评分组", "组别", "评分人"),
    )
    score = Column(
        "得分", AmountCell("得分", 5, 2), attribute="score", needed=True,
        synonyms=("分数", "评分", "现场得分", "打分", "考评得分"),
    )  # fmt: skip
    note = Column("说明", Cell(200), attribute="note", synonyms=("备注", "扣分说明", "扣分原因"))

    class Meta:
        model = InspectionMark

    def prepare(self, rows: list[Row]) -> None:
        self.stations = self.session.cache(Stations)
        self.locked: dict[tuple[int, int, int], set[tuple[Any, ...]]] = {}
        made = InspectionMark.objects.filter(sheet__isnull=False)
        columns = ("station_id", "year", "quarter", "team", "score", "note")
        for station, year, number, *told in made.values_list(*columns):
            self.locked.setdefault((station, year, number), set()).add(tuple(told))

    def resolve(self, row: Row) -> None:
        values = row.values
        try:
            station = self.stations.find(values["station_number"], values["station_name"])
        except ValueFault as fault:
            column = "station_number" if self.has("station_number") else "station_name"
            raise CellFault(column, fault.reason) from None
        if station is None:
            raise CellFault("station_number", NO_SUCH_STATION)
        year, number = int(values["quarter"][:4]), int(values["quarter"][-1])
        if quarter(year, number).first > self.today:
            raise CellFault("quarter", "日期在今天之后")
        locked = self.locked.get((station.pk, year, number))
        if locked and (values["team"], values["score"], values["note"]) not in locked:
            raise CellFault("quarter", "这个家站这一季度的考评已经锁定，不能再登记或者修改打分")
        row.attrs = {
            "station_id": station.pk,
            "year": year,
            "quarter": number,
            "team": values["team"],
            "score": values["score"],
            "note": values["note"],
        }

    def day_mark(self, row: Row) -> str:
        return f"{row.attrs['year']}{row.attrs['quarter']:02d}"

    def span(self, rows: list[Row]) -> Q:
        years = {row.attrs["year"] for row in rows}
        return Q(year__in=years)

    def scope_codes(self, row: Row) -> Iterable[str]:
        """Marks are the county's teams'; a town writes none, not even of its own stations."""
        if not self.session.scope.is_office:
            return ()
        return (self.stations.by_pk[row.attrs["station_id"]].region.code,)

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        return queryset.select_related("station").order_by(
            "year", "quarter", "station__number", "pk"
        )

    def dehydrate_quarter(self, mark: Any) -> str:
        return quarter(mark.year, mark.quarter).label
