"""The register of receptions (接待登记): a row is one voter with one matter.

Rows of one day and station share one reception; each row is a Voice that hangs on it. A row
without anything about a voter tells of a reception to which nobody came.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from activities.resources import RecordResource
from congress_portal.core.enums import Dictionary, Rating
from congress_portal.core.importing.bulk import insert_rows
from congress_portal.core.importing.columns import (
    Cell,
    ChoiceCell,
    Column,
    DateCell,
    MobileCell,
    NameCell,
    NamesCell,
)
from congress_portal.core.importing.directories import Units
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.report import Fate
from congress_portal.core.importing.resource import CellFault
from congress_portal.core.importing.row import Children, Row
from congress_portal.core.text import normal
from stations.models import Reception, ReceptionDuty
from stations.resources.lookup import NO_SUCH_STATION, town_of
from suggestions.enums import VoiceSource
from suggestions.models import Voice

_DUTIES = Children(ReceptionDuty, "reception_id", "deputy_id", ("serial",))
_ABOUT_A_VOTER = (
    "visitor_name", "visitor_phone", "village_name", "field", "matter", "route", "unit",
    "closed_on", "rating",
)  # fmt: skip
Occasion = tuple[int, dt.date]  # station, day


@register
class ReceptionResource(RecordResource):
    kind = "接待登记"
    order = 80
    depends = ("行政区划", "承办单位", "县代表花名册", "镇代表名册", "家站台账")
    needs = (("held_on",), ("on_duty",), ("station_number", "station_name"))
    hints = ("接待", "接访")
    scope_column = "station_number"
    identity = (
        "raised_on", "station_id", "visitor_name", "visitor_phone", "village_id", "field_id",
        "matter",
    )  # fmt: skip
    outcomes = ("route_id", "unit_id", "closed_on", "rating")
    day = "raised_on"

    held_on = Column(
        "接待日期", DateCell(), attribute="raised_on", sets=("raised_on",), needed=True,
        synonyms=("日期", "接待时间", "时间", "接访日期"),
    )  # fmt: skip
    station_number = Column(
        "家站编号", Cell(20), attribute="station__number", sets=("station_id",),
        synonyms=("编号", "站点编号", "家（站）编号"),
    )  # fmt: skip
    station_name = Column(
        "接待地点", Cell(120), sets=("station_id",),
        synonyms=("家站名称", "地点", "接待家站", "家站", "接待场所", "站点名称"),
    )  # fmt: skip
    on_duty = Column(
        "接待代表", NamesCell(), needed=True, sets=("duties",),
        synonyms=("值班代表", "接访代表", "代表", "代表姓名", "参加接待代表", "接待人"),
    )  # fmt: skip
    visitor_name = Column(
        "选民姓名", NameCell(40), attribute="visitor_name",
        synonyms=("来访人", "来访选民", "群众姓名", "来访人姓名", "反映人", "选民", "来访群众"),
    )  # fmt: skip
    visitor_phone = Column(
        "联系电话", MobileCell(), attribute="visitor_phone", personal=True,
        synonyms=("电话", "选民电话", "联系方式", "手机号码", "手机", "来访人电话"),
    )  # fmt: skip
    village_name = Column(
        "所在村（社区）", NameCell(60, "名称"), sets=("village_id",),
        synonyms=("村（社区）", "村", "社区", "选民所在村（社区）", "住址", "所在村", "村居",
                  "村社区"),
    )  # fmt: skip
    field = Column(
        "问题类别", Cell(60), attribute="field__name", sets=("field_id",),
        synonyms=("类别", "领域", "意见类别", "问题类型", "问题分类"),
    )  # fmt: skip
    matter = Column(
        "反映问题", Cell(), attribute="matter",
        synonyms=("反映情况", "反映的问题", "意见建议", "主要诉求", "诉求", "问题", "反映内容",
                  "内容"),
    )  # fmt: skip
    route = Column(
        "处理方式", Cell(60), attribute="route__name", sets=("route_id",),
        synonyms=("办理方式", "处理情况", "处理意见", "处置方式"),
    )  # fmt: skip
    unit = Column(
        "承办单位", Cell(80), attribute="unit__name", sets=("unit_id",), optional=True,
        synonyms=("办理单位", "责任单位", "转办单位"),
    )  # fmt: skip
    closed_on = Column(
        "办结日期", DateCell(), attribute="closed_on",
        synonyms=("办结时间", "办理完成日期", "完成日期", "办结"),
    )  # fmt: skip
    rating = Column(
        "选民评价", ChoiceCell(Rating, "选民评价"), attribute="rating",
        synonyms=("评价", "满意度", "群众评价", "满意情况", "选民满意度"),
    )  # fmt: skip

    class Meta:
        model = Voice

    # Resolving

    def prepare(self, rows: list[Row]) -> None:
        super().prepare(rows)
        self.units = self.session.cache(Units)

    def resolve(self, row: Row) -> None:
        values = row.values
        station = self.station(row, "station_number", "station_name")
        if station is None:
            raise CellFault("station_number", NO_SUCH_STATION)
        town = town_of(station)
        duties = self.deputies_of(row, "on_duty", station, town)
        village = self.village(row, "village_name", town or station.region)
        if values["closed_on"] and values["closed_on"] < values["held_on"]:
            raise CellFault("closed_on", "办结早于接待")
        nobody = not any(values[name] for name in _ABOUT_A_VOTER)
        if not nobody and not values["matter"]:
            raise CellFault("matter", "反映问题为空")
        row.attrs = {
            "source": VoiceSource.RECEPTION,
            "raised_on": values["held_on"],
            "station_id": station.pk,
            "region_id": station.region_id,
            "village_id": village.pk if village else None,
            "visitor_name": values["visitor_name"],
            "visitor_phone": values["visitor_phone"],
            "field_id": self.word(row, "field", Dictionary.FIELD),
            "matter": values["matter"],
            "route_id": self.word(row, "route", Dictionary.ROUTE),
            "unit_id": self._unit(row),
            "closed_on": values["closed_on"],
            "rating": values["rating"],
        }
        row.children = {"duties": duties}
        row.extra = nobody

    def _unit(self, row: Row) -> int | None:
        text = row.values["unit"]
        try:
            return self.units.find(text).pk if text else None
        except ValueFault as fault:
            raise CellFault("unit", fault.reason) from None

    def scope_codes(self, row: Row) -> Iterable[str]:
        return (self.stations.by_pk[row.attrs["station_id"]].region.code,)

    # Matching

    @staticmethod
    def _occasion(row: Row) -> Occasion:
        return row.attrs["station_id"], row.attrs["raised_on"]

    def match(self, rows: list[Row]) -> None:
        self._load_occasions(rows)
        super().match([row for row in rows if not row.extra])
        for row in rows:
            held = self._duties.get(self._occasions.get(self._occasion(row), 0))
            if row.extra:
                row.fate = Fate.SAME if held is not None else Fate.NEW
            if row.fate is Fate.NEW or held is None:
                continue
            missing = {pk: place for pk, place in row.children["duties"].items() if pk not in held}
            if missing:
                row.changes["duties"] = (dict(held), {**held, **missing})
                row.fate = Fate.CHANGED

    def _load_occasions(self, rows: list[Row]) -> None:
        """Receptions on the sheet's days: {(station, day): pk} and who was on duty."""
        days = [row.attrs["raised_on"] for row in rows]
        around = Q(held_on__range=(min(days), max(days))) if days else Q(pk__in=())
        found = Reception.objects.filter(around)
        self._occasions: dict[Occasion, int] = {
            (station, day): pk for pk, station, day in found.values_list("pk", "station", "held_on")
        }
        duties = _DUTIES.load(found.order_by().values("pk"))
        self._duties = {pk: duties.get(pk, {}) for pk in self._occasions.values()}

    def records(self, rows: list[Row]) -> "QuerySet[Any]":
        return super().records(rows).filter(source=VoiceSource.RECEPTION)

    # Saving

    def save(self, rows: list[Row]) -> None:
        speaking = [row for row in rows if row.fate in (Fate.NEW, Fate.CHANGED)]
        self._save_occasions(speaking)
        super().save([row for row in rows if not row.extra])

    def _save_occasions(self, rows: list[Row]) -> None:
        """Make the receptions that are missing and put the rows' deputies on duty."""
        missing: dict[Occasion, dict[str, Any]] = {}
        for row in rows:
            key = self._occasion(row)
            if key not in self._occasions and key not in missing:
                missing[key] = self._reception(row)
        made = insert_rows(Reception, list(missing.values()))
        for key, pk in zip(missing, made, strict=True):
            self._occasions[key] = pk
            self._duties[pk] = {}
        added: list[dict[str, Any]] = []
        for row in rows:
            pk = self._occasions[self._occasion(row)]
            held = self._duties[pk]
            new = [deputy for deputy in row.children["duties"] if deputy not in held]
            held.update({deputy: (len(held) + n,) for n, deputy in enumerate(new, 1)})
            added += _DUTIES.build(pk, {deputy: held[deputy] for deputy in new})
        insert_rows(ReceptionDuty, added)

    def _reception(self, row: Row) -> dict[str, Any]:
        station = self.stations.by_pk[row.attrs["station_id"]]
        place = row.values["station_name"]
        return {
            "station_id": station.pk,
            "held_on": row.attrs["raised_on"],
            "place": "" if normal(place) == normal(station.name) else place,
            **self.stamps(),
        }

    def build(self, row: Row) -> dict[str, Any]:
        return {**row.attrs, "reception_id": self._occasions[self._occasion(row)]}

    def show(self, attname: str, value: Any) -> str:
        if attname == "duties":
            return "、".join(self.deputies.names[pk] for pk in value)
        if attname == "rating":
            return str(Rating(value).label) if value else ""
        if attname == "unit_id":
            return self.units.all[value].name if value else ""
        return super().show(attname, value)

    # Export

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        duties = ReceptionDuty.objects.select_related("deputy").order_by("serial", "pk")
        return (
            queryset.filter(reception__isnull=False)
            .order_by("raised_on", "station__number", "pk")
            .select_related("station", "reception", "village__parent", "field", "route", "unit")
            .prefetch_related(Prefetch("reception__duties", duties, to_attr="on_duty"))
        )

    def dehydrate_station_name(self, voice: Any) -> str:
        return voice.reception.place or voice.station.name

    def dehydrate_on_duty(self, voice: Any) -> str:
        return "、".join(duty.deputy.name for duty in voice.reception.on_duty)

    def dehydrate_village_name(self, voice: Any) -> str:
        """With its town where the station belongs to no town, or to another one."""
        village = voice.village
        if village is None:
            return ""
        own = village.parent_id == voice.station.region_id or village.parent is None
        return village.name if own else f"{village.parent.name}{village.name}"
