"""The two rosters: 县代表花名册 and 镇代表名册 (a sheet a town)."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from congress_portal.core.enums import Level
from congress_portal.core.importing.columns import (
    Cell,
    ChoiceCell,
    Column,
    CountCell,
    IdentityCell,
    MobileCell,
    MonthCell,
    NameCell,
)
from congress_portal.core.importing.registry import register
from congress_portal.core.models import Region
from deputies.enums import BeginKind, Sex
from deputies.models import Mandate
from deputies.resources.roster_base import RosterResource


@register
class CountyRosterResource(RosterResource):
    kind = "县代表花名册"
    order = 30
    level = Level.COUNTY

    serial = Column(
        "序号", CountCell("序号"), attribute="serial", synonyms=("编号", "序", "代表证号")
    )
    name = Column(
        "姓名", NameCell(40), attribute="deputy__name", needed=True,
        synonyms=("代表姓名", "名字", "代表名字"),
    )  # fmt: skip
    sex = Column(
        "性别", ChoiceCell(Sex, "性别", {"男性": "male", "女性": "female"}),
        attribute="deputy__sex",
    )  # fmt: skip
    ethnicity = Column("民族", Cell(20), attribute="deputy__ethnicity", synonyms=("族别",))
    birth = Column(
        "出生年月", MonthCell(), attribute="deputy__birth_month", sets=("birth_month",),
        synonyms=("出生日期", "出生时间", "出生", "生日", "出生年月日"),
    )  # fmt: skip
    education = Column(
        "文化程度", Cell(20), attribute="deputy__education",
        synonyms=("学历", "最高学历", "文化水平", "受教育程度", "学历学位"),
    )  # fmt: skip
    party = Column(
        "政治面貌", Cell(20), attribute="deputy__party", synonyms=("党派", "党派团体", "政治身份")
    )
    employer = Column(
        "工作单位及职务", Cell(120), attribute="deputy__employer", joins=True,
        synonyms=("单位及职务", "单位职务", "工作单位", "职务", "现任职务", "单位",
                  "工作单位和职务", "单位和职务", "职业", "工作单位及职业"),
    )  # fmt: skip
    sector = Column(
        "代表构成", Cell(30), attribute="deputy__sector",
        synonyms=("构成", "代表结构", "代表类别", "身份类别", "界别", "代表身份", "职业构成"),
    )  # fmt: skip
    district = Column(
        "所在选区", Cell(60), attribute="district__name", sets=("district_id",),
        synonyms=("选区", "选举单位", "选区名称", "所属选区", "当选选区", "选区（选举单位）"),
    )  # fmt: skip
    delegation = Column(
        "代表团",
        Cell(60),
        attribute="delegation",
        synonyms=("所在代表团", "所属代表团", "代表团名称"),
    )
    town = Column(
        "所在镇（街道）", NameCell(60, "名称"), attribute="deputy__town__name", sets=("town_id",),
        synonyms=("所在镇", "镇（街道）", "镇街", "乡镇", "乡镇（街道）", "所在乡镇", "街道", "镇",
                  "所属镇（街道）", "所在镇街", "所属镇街", "乡镇街道"),
    )  # fmt: skip
    village_name = Column(
        "所在村（社区）", NameCell(60, "名称"), attribute="deputy__village__name",
        sets=("village_id",),
        synonyms=("村（社区）", "村", "社区", "村居", "所在村", "所在社区", "村（居）",
                  "所在村居", "村社区"),
    )  # fmt: skip
    phone = Column(
        "手机号码", MobileCell(), attribute="deputy__phone", personal=True,
        synonyms=("联系电话", "电话", "联系方式", "手机", "手机号", "电话号码",
                  "移动电话", "联系号码"),
    )  # fmt: skip
    identity_number = Column(
        "身份证号码", IdentityCell(), attribute="deputy__identity_number", personal=True,
        sets=("identity_hash",),
        synonyms=("身份证号", "身份证", "公民身份号码", "身份号码", "证件号码", "居民身份证号码"),
    )  # fmt: skip
    remarks = Column(
        "备注", Cell(200), attribute="deputy__notes", sets=("notes", "is_reelected", "begin_kind"),
        synonyms=("说明", "备考", "附注"),
    )  # fmt: skip

    class Meta:
        model = Mandate

    def _congress(self, town: Region) -> Region | None:
        return self.regions.county_of(town)


@register
class TownRosterResource(RosterResource):
    """A sheet a town; the town stands in the title, the sheet's name or the file's."""

    kind = "镇代表名册"
    order = 31
    level = Level.TOWN
    depends = ("行政区划", "县代表花名册")

    serial = CountyRosterResource.fields["serial"]
    name = CountyRosterResource.fields["name"]
    sex = CountyRosterResource.fields["sex"]
    ethnicity = CountyRosterResource.fields["ethnicity"]
    birth = CountyRosterResource.fields["birth"]
    education = CountyRosterResource.fields["education"].renamed("学历")
    party = CountyRosterResource.fields["party"]
    employer = CountyRosterResource.fields["employer"].renamed("单位及职务")
    sector = CountyRosterResource.fields["sector"].made_optional()
    district = CountyRosterResource.fields["district"].renamed("选区")
    delegation = CountyRosterResource.fields["delegation"].made_optional()
    town = CountyRosterResource.fields["town"]
    village_name = CountyRosterResource.fields["village_name"].renamed("村（社区）")
    phone = CountyRosterResource.fields["phone"].renamed("联系方式")
    identity_number = CountyRosterResource.fields["identity_number"].renamed("身份证号")
    remarks = CountyRosterResource.fields["remarks"].made_optional()

    class Meta:
        model = Mandate

    def _congress(self, town: Region) -> Region | None:
        return town

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        county = Mandate.objects.filter(deputy=OuterRef("deputy"), level=Level.COUNTY)
        return super().filter_export(queryset, **kwargs).annotate(in_county=Exists(county))

    def dehydrate_remarks(self, mandate: Any) -> str:
        """The person's notes where they are this roster's own, else what they say of the seat."""
        if not mandate.in_county:
            return str(mandate.deputy.notes)
        told = ("连任" if mandate.is_reelected else "",
                "补选" if mandate.begin_kind == BeginKind.BY_ELECTION else "")  # fmt: skip
        return "；".join(filter(None, told))

    def _preferred_town(self, named: Region | None) -> Region | None:
        """The sheet's title says whose congress it is; a district may lie across the border."""
        return self.heading_town or named
