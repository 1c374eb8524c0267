"""Lists of stations and of what they are known for, as Excel."""

from collections.abc import Iterable, Iterator
from typing import Any

from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from stations.enums import OfficerKind
from stations.models import Station
from stations.selectors.network import FeatureLine, offices_vacant

_STATION = (
    Field("编号", 8), Field("名称", 22), Field("类型", 12), Field("镇（街道）", 10),
    Field("村（社区）", 10), Field("地址", 22), Field("开放时间", 18), Field("面积（㎡）", 8),
    Field("站长", 8), Field("联络员", 8), Field("空缺", 12), Field("进站代表（人）", 10),
    Field("“＋”服务", 16), Field("示范", 6), Field("在用", 6),
)  # fmt: skip


def station_workbook(rows: Iterable[Station]) -> bytes:
    """``rows`` of ``stations_listed``. Without telephones: those are in the ledger's export."""
    return workbook_bytes(Sheet("代表家站", _STATION, map(_station, rows), title="代表家站名单"))


def _station(row: Any) -> tuple[Any, ...]:
    officers = row.officers.all()
    heads = [one.name for one in officers if one.kind == OfficerKind.HEAD]
    liaisons = [one.name for one in officers if one.kind == OfficerKind.LIAISON]
    return (
        row.number, row.name, row.type.name, row.region.name,
        row.village.name if row.village else "", row.address, row.opening_hours, row.area,
        "、".join(heads), "、".join(liaisons),
        "、".join(f"缺{office}" for office in offices_vacant(row)) if row.is_active else "",
        row.attached, "、".join(f"＋{tag.name}" for tag in row.tags.all()),
        "是" if row.is_model else "", "是" if row.is_active else "停用",
    )  # fmt: skip


_FEATURE = (
    Field("镇（街道）", 10), Field("家站", 22), Field("特色", 22), Field("产业", 12),
    Field("领头代表", 8), Field("公司（合作社）", 18), Field("数据项", 12), Field("数值", 10),
    Field("单位", 6), Field("截止日期", 10), Field("数据来源", 18),
)  # fmt: skip


def feature_workbook(lines: Iterable[FeatureLine]) -> bytes:
    """A row a figure; a feature without figures keeps its row."""
    sheet = Sheet("特色", _FEATURE, _features(lines), title="特色代表家站报告")
    return workbook_bytes(sheet)


def _features(lines: Iterable[FeatureLine]) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        one = line.profile
        head = (
            one.station.region.name, one.station.name, one.title, one.industry,
            one.lead.name if one.lead else "", one.company,
        )  # fmt: skip
        for figure in line.figures:
            yield (
                *head, figure.kind.name, figure.value, figure.kind.unit, figure.as_of,
                figure.source,
            )  # fmt: skip
        if not line.figures:
            yield (*head, "", None, "", None, "")
