"""Fixed voters of the deputies (联系选民名单, M65)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from activities.models import FixedVoter
from congress_portal.core.importing.columns import (
    Cell,
    Column,
    DateCell,
    FlagCell,
    NameCell,
    OfficePhoneCell,
)
from congress_portal.core.importing.directories import Regions
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.resource import CellFault, ImportResource
from congress_portal.core.importing.row import Row, Stored
from congress_portal.core.importing.text import fold_name
from congress_portal.core.models import Region
from deputies.models import Deputy, Mandate
from deputies.resources import Deputies

_STORED = (
    "name", "deputy_id", "village_id", "phone", "is_household", "note", "begins_on",
)  # fmt: skip


@register
class FixedVoterResource(ImportResource):
    """One row a voter; who is on the list is found by deputy, name and village."""

    kind = "联系选民名单"
    order = 95
    depends = ("行政区划", "县代表花名册", "镇代表名册")
    needs = (("deputy_name",), ("name",))
    hints = ("联系选民名单", "固定选民", "固定联系选民", "联系户")
    scope_column = "deputy_name"
    stand_ins = ("deputy_name",)

    deputy_name = Column(
        "代表姓名", NameCell(40), attribute="deputy__name", sets=("deputy_id",), needed=True,
        synonyms=("代表", "联系代表", "所属代表"),
    )  # fmt: skip
    town = Column(
        "镇（街道）", NameCell(60, "名称"), attribute="deputy__town__name", sets=(),
        synonyms=("所在镇（街道）", "镇街", "乡镇", "乡镇（街道）"),
    )  # fmt: skip
    name = Column(
        "选民姓名", NameCell(40), attribute="name", needed=True, personal=True,
        synonyms=("选民", "固定选民", "联系选民", "固定联系选民", "户主", "户主姓名"),
    )  # fmt: skip
    phone = Column(
        "联系电话", OfficePhoneCell(20), attribute="phone", personal=True,
        synonyms=("电话", "手机号码", "联系方式", "选民电话"),
    )  # fmt: skip
    village = Column(
        "村（社区）", NameCell(60, "名称"), attribute="village__name", sets=("village_id",),
        synonyms=("所在村（社区）", "村", "社区", "村居", "住址", "村社区"),
    )  # fmt: skip
    household = Column(
        "按户联系", FlagCell("是", "否"), attribute="is_household", sets=("is_household",),
        synonyms=("是否按户", "按户"),
    )  # fmt: skip
    begins_on = Column(
        "开始日期", DateCell(), attribute="begins_on",
        synonyms=("起始日期", "联系开始日期", "何时开始联系"),
    )  # fmt: skip
    note = Column("备注", Cell(200), attribute="note", synonyms=("说明",))

    class Meta:
        model = FixedVoter

    def prepare(self, rows: list[Row]) -> None:
        self.regions = self.session.cache(Regions)
        self.deputies = self.session.cache(Deputies)
        self._first_days = dict[int, Any]()
        for mandate in Mandate.objects.select_related("term"):
            day = mandate.begins_on or mandate.term.begins_on
            known = self._first_days.get(mandate.deputy_id, day)
            self._first_days[mandate.deputy_id] = min(known, day)

    def resolve(self, row: Row) -> None:
        values = row.values
        town = self._town(row)
        deputy = self._found("deputy_name", self.deputies.find, values["deputy_name"], town=town)
        if town is None:
            codes = self.deputies.home_codes(deputy)
            town = self.regions.by_code[codes[0]] if codes else None
        village = None
        if values["village"]:
            village = self._found("village", self.regions.village, values["village"], town)
        day, first = values["begins_on"], self._first_days.get(deputy)
        if day and first and day < first:
            raise CellFault("begins_on", "早于代表任职的第一天", f"任职从{first}起。")
        row.key = (deputy, fold_name(values["name"]), village.pk if village else None)
        row.attrs = {
            "deputy_id": deputy,
            "name": values["name"],
            "village_id": village.pk if village else None,
            "phone": values["phone"],
            "is_household": bool(values["household"]),
            "note": values["note"],
            "begins_on": day,
        }

    def _town(self, row: Row) -> Region | None:
        text = row.values["town"]
        return self._found("town", self.regions.town, text) if text else None

    def _found(self, column: str, find: Any, *words: Any, **where: Any) -> Any:
        try:
            return find(*words, **where)
        except ValueFault as fault:
            raise CellFault(column, fault.reason, fault.advice) from None

    def scope_codes(self, row: Row) -> Iterable[str]:
        return self.deputies.home_codes(row.attrs["deputy_id"])

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        """Who is still on the list; one who was taken off and comes again is a new row."""
        wanted = {row.attrs["deputy_id"] for row in rows}
        found = FixedVoter.objects.filter(deputy__in=wanted, ends_on=None).order_by("-pk")
        return {
            (values["deputy_id"], fold_name(values["name"]), values["village_id"]): Stored(
                pk, values, {}
            )
            for pk, values in ((each.pop("pk"), each) for each in found.values("pk", *_STORED))
        }

    def same(self, attname: str, old: Any, new: Any) -> bool:
        """An empty day in the sheet leaves the stored one."""
        return (attname == "begins_on" and new is None) or super().same(attname, old, new)

    def build(self, row: Row) -> dict[str, Any]:
        return {**row.attrs, "begins_on": row.attrs["begins_on"] or self.today}

    def show(self, attname: str, value: Any) -> str:
        if attname == "village_id":
            return self.regions.by_pk[value].name if value else ""
        if attname == "deputy_id":
            return self.deputies.names[value]
        return super().show(attname, value)

    # Export

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        deputies = Deputy.objects.select_related("town")
        rows = queryset.filter(ends_on=None).select_related("village")
        return rows.prefetch_related(Prefetch("deputy", deputies)).order_by("deputy", "pk")
