"""The register of activities (活动登记)."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from activities.enums import ActivityState, Presence
from activities.models import Activity, ActivityForm, Attendance
from activities.resources.records import RecordResource
from congress_portal.core.enums import Dictionary
from congress_portal.core.importing.columns import (
    AmountCell,
    Cell,
    Column,
    CountCell,
    DateCell,
    NamesCell,
)
from congress_portal.core.importing.directories import Units
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.resource import CellFault
from congress_portal.core.importing.row import Children, Row
from congress_portal.core.models import Region, Unit
from congress_portal.core.text import normal
from stations.models import Station
from stations.resources.lookup import town_of

_LIST = re.compile(r"[、，,；;]")


class Forms:
    """Forms of activity by name and synonym; the list is closed."""

    def __init__(self, session: Any) -> None:
        self._known: dict[str, int] = {}
        for form in ActivityForm.objects.order_by("-order", "-pk"):
            for word in _LIST.split(form.synonyms):
                if word.strip():
                    self._known.setdefault(normal(word), form.pk)
        for form in ActivityForm.objects.all():
            self._known[normal(form.name)] = form.pk

    def find(self, text: str) -> int:
        """Raises ValueFault."""
        if normal(text) not in self._known:
            raise ValueFault("没有这个活动形式", "可在“活动形式”里新增，或改成已有的形式。")
        return self._known[normal(text)]


@register
class ActivityResource(RecordResource):
    kind = "活动登记"
    order = 70
    depends = ("行政区划", "承办单位", "县代表花名册", "镇代表名册", "家站台账")
    needs = (("held_on",), ("title", "form"), ("participants", "form"))
    hints = ("活动登记", "活动台账", "活动")
    scope_column = "station_number"
    stand_ins = ("station_number", "station_name", "organiser", "title")
    identity = (
        "held_on", "title", "form_id", "theme_id", "field_id", "station_id", "region_id",
        "organiser",
    )  # fmt: skip
    identity_children = ("attendances",)
    outcomes = ("hours", "opinions_reported")
    child_sets = {
        "attendances": Children(
            Attendance, "activity_id", "deputy_id", ("serial",), when={"presence": Presence.PRESENT}
        ),
    }

    held_on = Column(
        "活动日期", DateCell(), attribute="held_on", needed=True,
        synonyms=("日期", "活动时间", "时间", "开展日期", "开展时间", "举办时间"),
    )  # fmt: skip
    title = Column(
        "活动名称", Cell(120), attribute="title", needed=True,
        synonyms=("活动主题内容", "活动内容", "名称", "活动标题", "活动项目", "内容"),
    )  # fmt: skip
    form = Column(
        "活动形式", Cell(40), attribute="form__name", sets=("form_id",), needed=True,
        synonyms=("形式", "活动类型", "活动类别", "活动方式", "类型"),
    )  # fmt: skip
    theme = Column(
        "主题", Cell(60), attribute="theme__name", sets=("theme_id",),
        synonyms=("活动主题", "主题活动", "所属主题"),
    )  # fmt: skip
    field = Column(
        "领域", Cell(60), attribute="field__name", sets=("field_id",),
        synonyms=("活动领域", "涉及领域", "所属领域"),
    )  # fmt: skip
    station_number = Column(
        "家站编号", Cell(20), attribute="station__number", sets=("station_id",),
        synonyms=("编号", "站点编号", "家（站）编号"),
    )  # fmt: skip
    station_name = Column(
        "家站名称", Cell(80), attribute="station__name", sets=("station_id",),
        synonyms=("家站", "站点名称", "活动家站", "所在家站"),
    )  # fmt: skip
    organiser = Column(
        "组织单位", Cell(80), attribute="organiser", sets=("organiser", "region_id"),
        synonyms=("组织者", "主办单位", "承办单位", "组织部门", "牵头单位"),
    )  # fmt: skip
    participants = Column(
        "参加代表", NamesCell(), sets=("attendances",),
        synonyms=("参与代表", "参加人员", "参加代表名单", "参会代表", "到会代表", "参加代表姓名",
                  "代表"),
    )  # fmt: skip
    hours = Column(
        "学时", AmountCell("学时", 5, 1), attribute="hours", synonyms=("培训学时", "课时", "学时数")
    )
    opinions_reported = Column(
        "收集意见数", CountCell("收集意见数"), attribute="opinions_reported",
        synonyms=("收集意见", "意见数", "收集意见建议数", "征集意见数"),
    )  # fmt: skip

    class Meta:
        model = Activity

    def prepare(self, rows: list[Row]) -> None:
        super().prepare(rows)
        self.forms = self.session.cache(Forms)
        self.units = self.session.cache(Units)

    def resolve(self, row: Row) -> None:
        values = row.values
        try:
            form = self.forms.find(values["form"])
        except ValueFault as fault:
            raise CellFault("form", fault.reason, fault.advice) from None
        station = self.station(row, "station_number", "station_name")
        region, unit = self._organiser(row, station)
        town = town_of(station) or (region if region and region.is_town else None)
        attendances = self.deputies_of(row, "participants", station, town)
        region = region or self._home_of(next(iter(attendances), None))
        if region is None:
            raise CellFault(
                "organiser", "看不出是哪里组织的", "请填写家站编号，或把组织单位写成镇名、县名。"
            )
        row.attrs = {
            "held_on": values["held_on"],
            "title": values["title"],
            "form_id": form,
            "theme_id": self.word(row, "theme", Dictionary.THEME),
            "field_id": self.word(row, "field", Dictionary.FIELD),
            "station_id": station.pk if station else None,
            "region_id": region.pk,
            "organiser": values["organiser"],
            "hours": values["hours"],
            "opinions_reported": values["opinions_reported"],
        }
        row.children = {"attendances": attendances}
        row.extra = unit

    def _organiser(self, row: Row, station: Station | None) -> tuple[Region | None, Unit | None]:
        """The place that organises (a town, the county, a unit's county), else the station's."""
        text = row.values["organiser"]
        named = self.regions.find(text) or self.regions.town_named_in(text) if text else None
        if named is not None:
            return named, None
        own = station.region if station else None
        try:
            unit = self.units.find(text) if text else None
        except ValueFault:
            unit = None  # an organiser need not be a handling unit
        if unit is not None:
            return own or self.regions.county_of(None), unit
        return own or (self.regions.county_named_in(text) if text else None), None

    def _home_of(self, deputy: int | None) -> Region | None:
        codes = self.deputies.home_codes(deputy) if deputy else []
        return self.regions.by_code[codes[0]] if codes else self.regions.county_of(None)

    def build(self, row: Row) -> dict[str, Any]:
        unit = row.extra.pk if row.extra else None
        return {**super().build(row), "organiser_unit_id": unit}

    def scope_codes(self, row: Row) -> Iterable[str]:
        yield self.regions.by_pk[row.attrs["region_id"]].code
        if row.attrs["station_id"]:
            yield self.stations.by_pk[row.attrs["station_id"]].region.code

    # Export

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        """What was held: a plan in the register would come back as an activity that counts."""
        present = Attendance.objects.filter(presence=Presence.PRESENT).select_related("deputy")
        return (
            queryset.filter(state=ActivityState.HELD)
            .order_by("held_on", "pk")
            .select_related("form", "theme", "field", "station")
            .prefetch_related(
                Prefetch("attendances", present.order_by("serial", "pk"), to_attr="present")
            )
        )

    def dehydrate_participants(self, activity: Any) -> str:
        return "、".join(attendance.deputy.name for attendance in activity.present)

    def dehydrate_organiser(self, activity: Any) -> str:
        return activity.organiser
