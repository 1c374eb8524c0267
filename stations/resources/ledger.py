"""The ledger of stations (家站台账)."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from congress_portal.core.importing.columns import (
    AmountCell,
    Cell,
    Column,
    CountCell,
    FlagCell,
    LooseDateCell,
    NameCell,
    NamesCell,
    OfficePhoneCell,
)
from congress_portal.core.importing.directories import Regions
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.resource import CellFault, ImportResource
from congress_portal.core.importing.row import Children, Row, Stored
from congress_portal.core.models import Region
from congress_portal.core.text import normal
from deputies.resources import Deputies
from stations.enums import CheckState, OfficerKind, StandardKind
from stations.models import (
    Posting,
    StandardItem,
    Station,
    StationCheck,
    StationOfficer,
    StationType,
)
from stations.resources.lookup import Stations

_LIST = re.compile(r"[、，,；;]")
_TEN_ITEMS = {
    "has_organisation": "有组织", "has_place": "有场所", "has_sign": "有牌子",
    "has_equipment": "有设施", "has_rules": "有制度", "has_funds": "有经费",
    "has_people": "有人员", "has_activities": "有活动", "has_records": "有记录",
    "has_files": "有档案",
}  # fmt: skip


def _ended_today() -> dict[str, Any]:
    return {"ends_on": timezone.localdate()}


class StationTypes:
    """Types by name and synonym; unknown ones are created and noted."""

    def __init__(self, session: Any) -> None:
        self._known: dict[str, StationType] = {}
        self.names: dict[int, str] = {}
        for kind in StationType.objects.order_by("pk"):
            self._add(kind)

    def _add(self, kind: StationType) -> None:
        self.names[kind.pk] = kind.name
        for word in _LIST.split(kind.synonyms):
            if word.strip():
                self._known.setdefault(normal(word), kind)
        self._known[normal(kind.name)] = kind

    def find_or_add(self, text: str, notes: list[str]) -> StationType:
        if normal(text) not in self._known:
            self._add(StationType.objects.create(name=text[:40], order=1000 + len(self.names)))
            notes.append(f"家站类型新增「{text}」。")
        return self._known[normal(text)]

    def guess(self, name: str) -> StationType | None:
        """The type whose name a station's name ends with, the longest first."""
        fits = [word for word in self._known if normal(name).endswith(word)]
        return self._known[max(fits, key=len)] if fits else None


@register
class StationResource(ImportResource):
    kind = "家站台账"
    order = 50
    depends = ("行政区划", "县代表花名册", "镇代表名册")
    needs = (("number",), ("name",), ("station_type", "posted", "area", "liaison", "books_kept"))
    hints = ("台账", "家站", "联络站")
    scope_column = "region_name"
    stand_ins = ("name",)
    child_sets = {
        "postings": Children(
            Posting, "station_id", "deputy_id", ("serial",),
            when={"ends_on__isnull": True}, end=_ended_today,
        ),
        "officers": Children(
            StationOfficer, "station_id", "name", ("phone",),
            when={"ends_on__isnull": True, "kind": OfficerKind.LIAISON},
            constants={"kind": OfficerKind.LIAISON}, end=_ended_today,
        ),
        "checks": Children(
            StationCheck, "station_id", "item_id", ("state",),
            reset={"since": None, "checked_on": None},
        ),
    }  # fmt: skip

    number = Column(
        "编号", Cell(20), attribute="number", needed=True,
        synonyms=("家站编号", "站点编号", "编码", "家站编码", "站号"),
    )  # fmt: skip
    name = Column(
        "名称", NameCell(80, "名称"), attribute="name", needed=True,
        synonyms=("家站名称", "站点名称", "站名", "家（站）名称", "代表家站名称"),
    )  # fmt: skip
    station_type = Column(
        "类型", Cell(40), attribute="type__name", sets=("type_id",),
        synonyms=("家站类型", "类别", "站点类型", "家站类别"),
    )  # fmt: skip
    region_name = Column(
        "所属镇（街道）", NameCell(60, "名称"), attribute="region__name", sets=("region_id",),
        synonyms=("所属镇", "所在镇（街道）", "镇（街道）", "镇街", "乡镇", "乡镇（街道）",
                  "所属乡镇", "所在镇", "所属区域", "所属镇街", "所在乡镇", "所属单位", "街道"),
    )  # fmt: skip
    village_name = Column(
        "所在村（社区）", NameCell(60, "名称"), attribute="village__name", sets=("village_id",),
        synonyms=("村（社区）", "所属村（社区）", "所在村", "村", "社区", "村居", "村社区"),
    )  # fmt: skip
    area = Column(
        "面积（㎡）", AmountCell("面积", 8, 1), attribute="area",
        synonyms=("面积", "建筑面积", "使用面积", "场地面积", "面积（平方米）", "建筑面积（㎡）"),
    )  # fmt: skip
    established_on = Column(
        "建成时间", LooseDateCell(), attribute="established_on",
        synonyms=("建站时间", "成立时间", "建成日期", "建成年月", "挂牌时间", "建立时间",
                  "启用时间"),
    )  # fmt: skip
    rooms = Column(
        "功能分区",
        Cell(200),
        attribute="rooms",
        synonyms=("功能室", "功能区", "功能区域", "功能布局"),
    )
    liaison = Column(
        "联络员", NameCell(40), sets=("officers",),
        synonyms=("联络人", "站点联络员", "联系人", "负责人", "管理员", "家站联络员"),
    )  # fmt: skip
    phone = Column(
        "联系电话", OfficePhoneCell(20), sets=("officers",), personal=True,
        synonyms=("电话", "联系方式", "联络员电话", "手机号码", "手机"),
    )  # fmt: skip
    posted = Column(
        "进站代表", NamesCell(), sets=("postings",),
        synonyms=("进站代表名单", "入站代表", "驻站代表", "代表名单", "代表",
                  "编组代表", "进家入站代表"),
    )  # fmt: skip
    feature = Column(
        "特色",
        Cell(200),
        attribute="feature",
        synonyms=("特色做法", "特色工作", "亮点", "特色亮点"),
    )
    has_organisation = Column("有组织", FlagCell("√", "×"), sets=("checks",), synonyms=("组织",))
    has_place = Column("有场所", FlagCell("√", "×"), sets=("checks",), synonyms=("场所",))
    has_sign = Column("有牌子", FlagCell("√", "×"), sets=("checks",), synonyms=("牌子",))
    has_equipment = Column("有设施", FlagCell("√", "×"), sets=("checks",), synonyms=("设施",))
    has_rules = Column("有制度", FlagCell("√", "×"), sets=("checks",), synonyms=("制度",))
    has_funds = Column("有经费", FlagCell("√", "×"), sets=("checks",), synonyms=("经费",))
    has_people = Column("有人员", FlagCell("√", "×"), sets=("checks",), synonyms=("人员",))
    has_activities = Column("有活动", FlagCell("√", "×"), sets=("checks",), synonyms=("活动",))
    has_records = Column("有记录", FlagCell("√", "×"), sets=("checks",), synonyms=("记录",))
    has_files = Column("有档案", FlagCell("√", "×"), sets=("checks",), synonyms=("档案",))
    books_required = Column(
        "应建簿册数", CountCell("应建簿册数", 32_000), attribute="books_required",
        synonyms=("应建簿册", "应建台账数", "应有簿册数"),
    )  # fmt: skip
    books_kept = Column(
        "实建簿册数", CountCell("实建簿册数", 32_000), attribute="books_kept",
        synonyms=("实建簿册", "实建台账数", "已建簿册数", "实有簿册数"),
    )  # fmt: skip

    class Meta:
        model = Station

    def prepare(self, rows: list[Row]) -> None:
        self.regions = self.session.cache(Regions)
        self.deputies = self.session.cache(Deputies)
        self.stations = self.session.cache(Stations)
        self.types = self.session.cache(StationTypes)
        items = StandardItem.objects.filter(
            standard__kind=StandardKind.FACILITIES,
            standard__is_active=True,
            standard__is_optional=False,
        )
        self.items = {normal(item.name): item.pk for item in items.order_by("-pk")}

    def resolve(self, row: Row) -> None:
        values = row.values
        region = self._region(row)
        village = self._village(row, region)
        row.key = normal(values["number"])
        row.attrs = {
            "number": values["number"],
            "name": values["name"],
            "type_id": self._type(row).pk,
            "region_id": region.pk,
            "village_id": village.pk if village else None,
            "area": values["area"],
            "established_on": values["established_on"],
            "rooms": values["rooms"],
            "feature": values["feature"],
            "books_required": values["books_required"] or 0,
            "books_kept": values["books_kept"] or 0,
        }
        row.children = {
            "postings": self._postings(row, region),
            "officers": {values["liaison"]: (values["phone"],)} if values["liaison"] else {},
            "checks": self._checks(row),
        }

    def _region(self, row: Row) -> Region:
        text = row.values["region_name"]
        if text:
            try:
                return self.regions.place(text)
            except ValueFault as fault:
                raise CellFault("region_name", fault.reason) from None
        region = self.regions.town_named_in(row.values["name"])
        region = region or self.regions.county_named_in(row.values["name"])
        if region is None:
            raise CellFault("region_name", "所属镇（街道）为空")
        return region

    def _village(self, row: Row, region: Region) -> Region | None:
        text = row.values["village_name"]
        try:
            return self.regions.village(text, region) if text else None
        except ValueFault as fault:
            raise CellFault("village_name", fault.reason, fault.advice) from None

    def _type(self, row: Row) -> StationType:
        text = row.values["station_type"]
        found = None if text else self.types.guess(row.values["name"])
        if found is None and not text:
            raise CellFault("station_type", "类型为空")
        return found or self.types.find_or_add(text, self.notes)

    def _postings(self, row: Row, region: Region) -> dict[int, tuple[int]]:
        station = self.stations.numbered(row.values["number"])
        town = region if region.is_town else None
        found: dict[int, tuple[int]] = {}
        for serial, name in enumerate(row.values["posted"], 1):
            try:
                pk = self.deputies.find(
                    name,
                    attached=self.stations.attached[station.pk] if station else None,
                    station=station.pk if station else None,
                    town=town,
                    county_only=town is None,
                )
            except ValueFault as fault:
                raise CellFault("posted", fault.reason, fault.advice) from None
            found.setdefault(pk, (serial,))
        return found

    def _checks(self, row: Row) -> dict[int, tuple[str]]:
        """One row per item whose column the sheet has."""
        return {
            self.items[normal(item)]: (CheckState.YES if row.values[name] else CheckState.NO,)
            for name, item in _TEN_ITEMS.items()
            if self.has(name) and normal(item) in self.items
        }

    def scope_codes(self, row: Row) -> Iterable[str]:
        return (self.regions.by_pk[row.attrs["region_id"]].code,)

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        children = {name: spec.load(None) for name, spec in self.child_sets.items()}
        spoken = {item for row in rows for item in row.children["checks"]}
        answer = {}
        names = list(rows[0].attrs)
        for values in Station.objects.values("pk", *names):
            pk = values.pop("pk")
            sets = {name: held.get(pk, {}) for name, held in children.items()}
            # Items that the sheet has no column for, and «部分», which a sheet cannot say, stay.
            sets["checks"] = {k: v for k, v in sets["checks"].items() if k in spoken}
            answer[normal(values["number"])] = Stored(pk, values, sets)
        return answer

    def after_save(self, rows: list[Row]) -> None:
        self.session.forget(Stations)

    def show(self, attname: str, value: Any) -> str:
        if attname in ("region_id", "village_id"):
            return self.regions.by_pk[value].name if value else ""
        if attname == "type_id":
            return self.types.names.get(value, "")
        if attname == "postings":
            return "、".join(self.deputies.names[pk] for pk in value)
        if attname == "officers":
            return "、".join(" ".join((name, *rest)) for name, rest in value.items())
        if attname == "checks":
            return f"{sum(state == CheckState.YES for (state,) in value.values())} 项"
        return super().show(attname, value)

    # Export

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        postings = Posting.objects.filter(ends_on__isnull=True).select_related("deputy")
        officers = StationOfficer.objects.filter(ends_on__isnull=True, kind=OfficerKind.LIAISON)
        return (
            queryset.order_by("number")
            .select_related("type", "region", "village")
            .prefetch_related(
                Prefetch("postings", postings.order_by("serial", "pk"), to_attr="present_postings"),
                Prefetch("officers", officers.order_by("pk"), to_attr="present_officers"),
                Prefetch("checks", StationCheck.objects.select_related("item"), to_attr="items"),
            )
        )

    def dehydrate_posted(self, station: Any) -> str:
        return "、".join(posting.deputy.name for posting in station.present_postings)

    def dehydrate_liaison(self, station: Any) -> str:
        return station.present_officers[0].name if station.present_officers else ""

    def dehydrate_phone(self, station: Any) -> str:
        return station.present_officers[0].phone if station.present_officers else ""

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        if field.sets == ("checks",):
            states = {check.item.name: check.state for check in instance.items}
            return field.cell.render(states.get(field.header) == CheckState.YES)
        return super().export_field(field, instance, **kwargs)
