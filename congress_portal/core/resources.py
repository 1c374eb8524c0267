"""Regions and handling units, as the office's sheets have them."""

from collections.abc import Iterable
from typing import Any

from congress_portal.core.enums import VILLAGE_LEVELS, Dictionary, RegionLevel
from congress_portal.core.importing.columns import (
    Cell,
    ChoiceCell,
    Column,
    CountCell,
    NameCell,
    OfficePhoneCell,
)
from congress_portal.core.importing.directories import Regions, Units, Words
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.resource import CellFault, ImportResource
from congress_portal.core.importing.row import Row, Stored
from congress_portal.core.importing.text import cell_text, parsable
from congress_portal.core.models import Region, Unit
from congress_portal.core.text import normal

_LEVEL_WORDS = {
    "县级": "county", "区": "county", "市辖区": "county", "县级市": "county", "旗": "county",
    "乡": "town", "镇级": "town", "乡镇": "town", "乡级": "town", "民族乡": "town", "苏木": "town",
    "街道办": "subdistrict", "街道办事处": "subdistrict", "办事处": "subdistrict",
    "华侨农场": "farm", "国有农场": "farm", "林场": "farm", "开发区": "farm",
    "行政村": "village", "村级": "village", "村委会": "village", "村民委员会": "village",
    "居委会": "community", "居民委员会": "community", "居": "community", "居民区": "community",
    "地级市": "city", "设区的市": "city", "自治区": "province", "直辖市": "province",
}  # fmt: skip
# The last characters of a name, for sheets without a level column.
_LEVEL_ENDINGS = (
    ("街道", "subdistrict"), ("办事处", "subdistrict"), ("农场", "farm"), ("社区", "community"),
    ("居委会", "community"), ("镇", "town"), ("乡", "town"), ("村", "village"),
)  # fmt: skip

_LISTED_ORPHANS = 10


class CodeCell(Cell):
    """A division code: 12 digits, of a grid 15, of a cell 18; short codes are filled with 0."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        code = parsable(cell_text(value))
        if not code:
            return ""
        if not code.isdigit() or not code.isascii():
            raise ValueFault("区划代码不是数字")
        if len(code) in (2, 4, 6, 9):
            code = code.ljust(12, "0")
        if len(code) not in (12, 15, 18):
            raise ValueFault("区划代码位数不对", "区划代码是 12 位数字（省2 市2 县2 镇3 村3）。")
        return code


@register
class RegionResource(ImportResource):
    kind = "行政区划"
    order = 10
    needs = (("code",), ("name",))
    hints = ("区划", "村居", "行政区")
    scope_column = "code"

    code = Column(
        "区划代码", CodeCell(), attribute="code", needed=True,
        synonyms=("代码", "区划编码", "行政区划代码", "统计用区划代码", "编码", "12位区划代码"),
    )  # fmt: skip
    name = Column(
        "名称", NameCell(60, "名称"), attribute="name", needed=True,
        synonyms=("区划名称", "单位名称", "行政区划名称", "地名", "地区名称", "村(社区)名称"),
    )  # fmt: skip
    level = Column(
        "级别", ChoiceCell(RegionLevel, "级别", _LEVEL_WORDS), attribute="level",
        synonyms=("区划级别", "层级", "类别", "类型", "行政级别"),
    )  # fmt: skip
    registered_population = Column(
        "户籍人口", CountCell("户籍人口"), attribute="registered_population",
        synonyms=("户籍人口数", "户籍人数", "户籍总人口"),
    )  # fmt: skip
    resident_population = Column(
        "常住人口", CountCell("常住人口"), attribute="resident_population",
        synonyms=("常住人口数", "常住人数"),
    )  # fmt: skip
    households = Column(
        "户数", CountCell("户数"), attribute="households", synonyms=("总户数", "家庭户数"),
        optional=True,
    )  # fmt: skip
    enterprises = Column(
        "企业数", CountCell("企业数"), attribute="enterprises", synonyms=("企业个数", "企业"),
        optional=True,
    )  # fmt: skip

    class Meta:
        model = Region

    def resolve(self, row: Row) -> None:
        values = row.values
        level = values["level"] or self._guess_level(values["code"], values["name"])
        length = RegionLevel(level).prefix_length
        code = values["code"]
        if len(code) < length or set(code[length:]) - {"0"}:
            raise CellFault("level" if self.has("level") else "code", "级别与区划代码不符")
        row.key = code
        row.attrs = {
            "code": code,
            "name": values["name"],
            "level": level,
            "registered_population": values["registered_population"],
            "resident_population": values["resident_population"],
            "households": values["households"],
            "enterprises": values["enterprises"],
        }

    def _guess_level(self, code: str, name: str) -> str:
        by_ending = next((level for tail, level in _LEVEL_ENDINGS if name.endswith(tail)), "")
        if len(code) == 18 or len(code) == 15:
            return RegionLevel.CELL if len(code) == 18 else RegionLevel.GRID
        if code[9:] != "000":
            return by_ending if by_ending in ("village", "community") else RegionLevel.VILLAGE
        if code[6:9] != "000":
            return by_ending if by_ending in ("subdistrict", "farm") else RegionLevel.TOWN
        if code[4:6] != "00":
            return RegionLevel.COUNTY
        return RegionLevel.CITY if code[2:4] != "00" else RegionLevel.PROVINCE

    def scope_codes(self, row: Row) -> Iterable[str]:
        return (row.attrs["code"],)

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        names = list(rows[0].attrs)
        return {
            found["code"]: Stored(found.pop("pk"), found)
            for found in self.model.objects.values("pk", *names)
        }

    def after_save(self, rows: list[Row]) -> None:
        """Hang each place on the nearest place above it that is known; parents are not made up."""
        self.session.forget(Regions, Units)
        regions = list(Region.objects.all())
        by_prefix = {(len(region.prefix), region.prefix): region for region in regions}
        moved = []
        for region in regions:
            own = len(region.prefix)
            above = (by_prefix.get((n, region.prefix[:n])) for n in (15, 12, 9, 6, 4, 2) if n < own)
            parent = next((place for place in above if place is not None), None)
            if region.parent_id != (parent.pk if parent else None):
                region.parent = parent
                moved.append(region)
        Region.objects.bulk_update(moved, ["parent"], batch_size=200)
        self._tell_orphans(rows, {region.code for region in regions})

    def _tell_orphans(self, rows: list[Row], known: set[str]) -> None:
        """Villages whose town is not there are taken, and told."""
        orphans = [
            row.attrs["name"]
            for row in rows
            if row.attrs["level"] in VILLAGE_LEVELS and row.key[:9] + "000" not in known  # type: ignore[index]
        ]
        if orphans:
            more = f"等 {len(orphans)} 个" if len(orphans) > _LISTED_ORPHANS else ""
            names = "、".join(orphans[:_LISTED_ORPHANS])
            self.note(f"行政区划里没有{names}{more}所在的镇（街道），请核对区划代码或补上。")


@register
class UnitResource(ImportResource):
    kind = "承办单位"
    order = 20
    depends = ("行政区划",)
    needs = (("name",), ("short_name", "unit_kind", "contact_name", "contact_phone"))
    hints = ("承办单位", "单位名录", "部门名录", "责任单位")
    scope_column = "name"
    office_only = True

    name = Column(
        "单位全称", NameCell(80, "名称"), attribute="name", needed=True,
        synonyms=("单位名称", "全称", "承办单位", "承办单位名称", "部门名称", "单位", "部门",
                  "责任单位"),
    )  # fmt: skip
    short_name = Column(
        "简称", NameCell(40, "名称"), attribute="short_name",
        synonyms=("单位简称", "部门简称", "规范简称"),
    )  # fmt: skip
    unit_kind = Column(
        "类别", Cell(60), attribute="kind__name", sets=("kind_id",),
        synonyms=("单位类别", "单位性质", "性质", "类型", "单位类型"),
    )  # fmt: skip
    contact_name = Column(
        "联系人", NameCell(40), attribute="contact_name",
        synonyms=("联络员", "联络人", "负责人", "经办人", "联系人姓名"),
    )  # fmt: skip
    contact_phone = Column(
        "联系电话", OfficePhoneCell(40), attribute="contact_phone",
        synonyms=("电话", "联系方式", "办公电话", "电话号码", "手机号码", "手机"),
    )  # fmt: skip

    class Meta:
        model = Unit

    def resolve(self, row: Row) -> None:
        values = row.values
        word = values["unit_kind"]
        words = self.session.cache(Words)
        kind = words.find_or_add(Dictionary.UNIT_KIND, word, self.notes) if word else None
        row.key = normal(values["name"])
        row.attrs = {
            "name": values["name"],
            "short_name": values["short_name"],
            "kind_id": kind.pk if kind else None,
            "contact_name": values["contact_name"],
            "contact_phone": values["contact_phone"],
        }
        self._check_short_name(row)

    def prepare(self, rows: list[Row]) -> None:
        units = self.session.cache(Units).all.values()
        self._holders = {normal(u.short_name): normal(u.name) for u in units if u.short_name}
        speaking = {normal(row.values["name"]) for row in rows}
        # A unit that the sheet renames gives its old short name free.
        self._holders = {k: name for k, name in self._holders.items() if name not in speaking}

    def _check_short_name(self, row: Row) -> None:
        short = normal(row.attrs["short_name"])
        if short and self._holders.setdefault(short, row.key) != row.key:
            raise CellFault("short_name", "简称已用于另一个单位")

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        names = ("name", "short_name", "kind_id", "contact_name", "contact_phone")
        return {
            normal(found["name"]): Stored(found.pop("pk"), found)
            for found in self.model.objects.values("pk", *names)
        }

    def build(self, row: Row) -> dict[str, Any]:
        county = self.session.cache(Regions).county_of(None)
        return {**row.attrs, "region_id": county.pk if county else None}

    def after_save(self, rows: list[Row]) -> None:
        self.session.forget(Units)

    def show(self, attname: str, value: Any) -> str:
        if attname == "kind_id":
            return self.session.cache(Words).name_of(value)
        return super().show(attname, value)
