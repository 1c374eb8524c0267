"""Visits to voters (联系走访), duty reports (述职评议) and news (信息报送)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from activities.models import DutyReport, NewsItem, Visit
from activities.resources.records import RecordResource
from congress_portal.core.enums import Dictionary
from congress_portal.core.importing.columns import Cell, Column, CountCell, DateCell, NameCell
from congress_portal.core.importing.directories import NO_SUCH_UNIT, Words
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.resource import CellFault
from congress_portal.core.importing.row import Row
from congress_portal.core.models import Region
from deputies.models import District
from deputies.resources.lookup import district_key

_USUAL_CHANNEL = "走访"


@register
class VisitResource(RecordResource):
    kind = "联系走访"
    order = 90
    depends = ("行政区划", "县代表花名册", "镇代表名册")
    needs = (("held_on",), ("name",), ("channel", "people", "village_name"))
    hints = ("走访", "联系选民", "联系群众", "民情日记", "记事")
    scope_column = "town"
    stand_ins = ("name",)
    identity = ("held_on", "deputy_id", "region_id", "village_id", "channel_id", "people", "matter")

    held_on = Column(
        "日期", DateCell(), attribute="held_on", needed=True,
        synonyms=("走访日期", "联系日期", "时间", "走访时间", "联系时间", "活动日期"),
    )  # fmt: skip
    name = Column(
        "代表姓名", NameCell(40), attribute="deputy__name", sets=("deputy_id",), needed=True,
        synonyms=("姓名", "代表", "走访代表", "联系代表"),
    )  # fmt: skip
    town = Column(
        "镇（街道）", NameCell(60, "名称"), attribute="region__name", sets=("region_id",),
        synonyms=("所在镇（街道）", "镇街", "乡镇", "乡镇（街道）", "所在镇", "镇", "街道",
                  "所属镇（街道）"),
    )  # fmt: skip
    village_name = Column(
        "村（社区）", NameCell(60, "名称"), attribute="village__name", sets=("village_id",),
        synonyms=("所在村（社区）", "走访村（社区）", "村", "社区", "村居", "走访地点",
                  "村社区", "联系村（社区）"),
    )  # fmt: skip
    channel = Column(
        "联系方式", Cell(60), attribute="channel__name", sets=("channel_id",),
        synonyms=("走访方式", "方式", "联系形式", "联系途径"),
    )  # fmt: skip
    people = Column(
        "人次", CountCell("人次"), attribute="people", needed=True,
        synonyms=("走访人次", "联系人次", "人数", "联系选民人次", "联系人数", "走访人数",
                  "选民人次"),
    )  # fmt: skip
    matter = Column(
        "反映情况", Cell(), attribute="matter",
        synonyms=("反映问题", "群众反映", "收集意见", "情况记录", "主要内容", "反映的问题",
                  "走访情况", "意见建议"),
    )  # fmt: skip

    class Meta:
        model = Visit

    def resolve(self, row: Row) -> None:
        values = row.values
        town = self._town(row)
        village = self.village(row, "village_name", town)
        if village is not None:
            town = self.regions.town_of(village) or town
        deputy = self.deputy(row, "name", values["name"], town=town)
        if town is None:
            home = self.deputies.home_codes(deputy)
            town = self.regions.by_code[home[0]]
        channel = values["channel"] or _USUAL_CHANNEL
        row.attrs = {
            "held_on": values["held_on"],
            "deputy_id": deputy,
            "region_id": town.pk,
            "village_id": village.pk if village else None,
            "channel_id": self.words.find_or_add(Dictionary.CHANNEL, channel, self.notes).pk,
            "people": values["people"],
            "matter": values["matter"],
        }

    def _town(self, row: Row) -> Region | None:
        text = row.values["town"]
        try:
            return self.regions.town(text) if text else None
        except ValueFault as fault:
            raise CellFault("town", fault.reason) from None

    def scope_codes(self, row: Row) -> Iterable[str]:
        yield self.regions.by_pk[row.attrs["region_id"]].code
        yield from self.deputies.home_codes(row.attrs["deputy_id"])

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        related = queryset.select_related("deputy", "region", "village", "channel")
        return related.order_by("held_on", "pk")


class DistrictNames:
    """Electoral districts by town and number, for reports that name one."""

    def __init__(self, session: Any) -> None:
        self._known: dict[tuple[int, str], int] = {}
        for district in District.objects.select_related("region").order_by("term__begins_on"):
            key = (district.region_id, district_key(district.name, district.region))
            self._known[key] = district.pk

    def find(self, town: Region | None, text: str) -> int | None:
        return self._known.get((town.pk, district_key(text, town))) if town else None


@register
class ReportResource(RecordResource):
    kind = "述职评议"
    order = 100
    depends = ("行政区划", "县代表花名册", "镇代表名册")
    needs = (("held_on",), ("name",), ("satisfied", "voters_present"))
    hints = ("述职",)
    scope_column = "district_name"
    stand_ins = ("name",)
    identity = ("held_on", "deputy_id", "district_name")
    outcomes = ("voters_present", "satisfied", "basically_satisfied", "unsatisfied")

    held_on = Column(
        "述职日期", DateCell(), attribute="held_on", needed=True,
        synonyms=("日期", "述职时间", "时间", "评议日期", "测评日期"),
    )  # fmt: skip
    name = Column(
        "代表姓名", NameCell(40), attribute="deputy__name", sets=("deputy_id",), needed=True,
        synonyms=("姓名", "述职代表", "代表"),
    )  # fmt: skip
    district_name = Column(
        "选区", Cell(60), attribute="district_name", sets=("district_id", "district_name"),
        synonyms=("所在选区", "选举单位", "述职选区", "选区名称", "原选区"),
    )  # fmt: skip
    voters_present = Column(
        "到会选民", CountCell("到会选民"), attribute="voters_present",
        synonyms=("到会选民数", "参会选民", "到会人数", "参加选民", "到会选民人数", "参评人数"),
    )  # fmt: skip
    satisfied = Column(
        "满意票", CountCell("满意票"), attribute="satisfied", synonyms=("满意", "满意票数")
    )
    basically_satisfied = Column(
        "基本满意票", CountCell("基本满意票"), attribute="basically_satisfied",
        synonyms=("基本满意", "基本满意票数"),
    )  # fmt: skip
    unsatisfied = Column(
        "不满意票",
        CountCell("不满意票"),
        attribute="unsatisfied",
        synonyms=("不满意", "不满意票数"),
    )

    class Meta:
        model = DutyReport

    def prepare(self, rows: list[Row]) -> None:
        super().prepare(rows)
        self.districts = self.session.cache(DistrictNames)

    def resolve(self, row: Row) -> None:
        values = row.values
        text = values["district_name"]
        town = self.regions.town_named_in(text) if text else None
        deputy = self.deputy(
            row, "name", values["name"], town=town, district=text, county_only=True
        )
        ballots = [values[n] or 0 for n in ("satisfied", "basically_satisfied", "unsatisfied")]
        present = values["voters_present"]
        if present is None:
            present = sum(ballots)
        elif sum(ballots) > present:
            last = next(
                n for n in ("unsatisfied", "basically_satisfied", "satisfied") if self.has(n)
            )
            raise CellFault(last, "票数之和多于到会选民")
        row.attrs = {
            "held_on": values["held_on"],
            "deputy_id": deputy,
            "district_id": self.districts.find(town, text) if text else None,
            "district_name": text,
            "voters_present": present,
            "satisfied": ballots[0],
            "basically_satisfied": ballots[1],
            "unsatisfied": ballots[2],
        }

    def scope_codes(self, row: Row) -> Iterable[str]:
        return self.deputies.home_codes(row.attrs["deputy_id"])

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        return queryset.select_related("deputy", "district").order_by("held_on", "pk")


@register
class NewsResource(RecordResource):
    kind = "信息报送"
    order = 110
    depends = ("行政区划",)
    needs = (("held_on",), ("sender",), ("title",))
    hints = ("信息报送", "信息", "宣传", "稿件", "刊用")
    scope_column = "sender"
    identity = ("held_on", "region_id", "title")
    outcomes = ("level_id",)

    held_on = Column(
        "日期", DateCell(), attribute="held_on", needed=True,
        synonyms=("报送日期", "报送时间", "刊用日期", "发布日期", "时间"),
    )  # fmt: skip
    sender = Column(
        "报送单位", NameCell(60, "名称"), attribute="region__name", sets=("region_id",),
        needed=True,
        synonyms=("单位", "镇（街道）", "报送镇（街道）", "供稿单位", "来稿单位", "镇街", "乡镇"),
    )  # fmt: skip
    title = Column(
        "标题", Cell(160), attribute="title", needed=True,
        synonyms=("信息标题", "信息名称", "稿件标题", "题目", "稿件名称", "内容"),
    )  # fmt: skip
    level = Column(
        "刊用级别", Cell(60), attribute="level__name", sets=("level_id",),
        synonyms=("级别", "采用级别", "刊用情况", "采用情况", "刊登级别"),
    )  # fmt: skip

    class Meta:
        model = NewsItem

    def prepare(self, rows: list[Row]) -> None:
        super().prepare(rows)
        self.words = self.session.cache(Words)

    def resolve(self, row: Row) -> None:
        values = row.values
        region = self.regions.find(values["sender"])
        region = region or self.regions.town_named_in(values["sender"])
        region = region or self.regions.county_named_in(values["sender"])
        if region is None:
            raise CellFault("sender", NO_SUCH_UNIT, "报送单位应是行政区划里的镇（街道）或县。")
        row.attrs = {
            "held_on": values["held_on"],
            "region_id": region.pk,
            "title": values["title"],
            "level_id": self.word(row, "level", Dictionary.NEWS_LEVEL),
        }

    def scope_codes(self, row: Row) -> Iterable[str]:
        return (self.regions.by_pk[row.attrs["region_id"]].code,)

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        return queryset.select_related("region", "level").order_by("held_on", "pk")
