"""Scoring schemes (考评办法): a row is an indicator, the rows of one name are a scheme.

A scheme by which scores were published is never changed: differing rows make its next version.
An indicator that a file no longer names stays and is noted; taking it out is the office's act.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from congress_portal.core.errors import DomainError
from congress_portal.core.importing.columns import (
    AmountCell,
    Cell,
    ChoiceCell,
    Column,
    FlagCell,
    NameCell,
)
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.report import Fate
from congress_portal.core.importing.resource import BATCH, CellFault, ImportResource
from congress_portal.core.importing.row import Row
from congress_portal.core.metrics import UnknownMetricError
from congress_portal.core.text import normal
from congress_portal.evaluations.enums import Method, SheetState, SubjectType, WhenEmpty
from congress_portal.evaluations.marks import check_indicator, parse_raters, parse_weights
from congress_portal.evaluations.models import Grade, Indicator, Scheme, ScoreSheet
from congress_portal.evaluations.registry import metric_for

_SUBJECT_WORDS = {
    "人大代表": "deputy", "代表家站": "station", "站点": "station", "联络站": "station",
    "单位": "unit", "承办部门": "unit", "部门": "unit", "小组": "group", "镇街": "town",
    "乡镇": "town", "镇（街道）人大": "town",
}  # fmt: skip
_SCHEME_FIELDS = ("subject_type", "ranks")


def _values(row: Model, left_out: Collection[str]) -> dict[str, Any]:
    """The row's own columns, for a copy of it."""
    columns = type(row)._meta.concrete_fields
    return {f.attname: getattr(row, f.attname) for f in columns if f.name not in left_out}


@register
class IndicatorResource(ImportResource):
    kind = "考评办法"
    order = 130
    needs = (("scheme",), ("name",), ("metric",), ("method",))
    hints = ("考评办法", "评分办法", "考核办法", "评分细则")
    scope_column = "scheme"
    office_only = True

    scheme = Column(
        "方案", NameCell(60, "名称"), attribute="scheme__name", needed=True,
        synonyms=("方案名称", "考评方案", "考评办法"),
    )  # fmt: skip
    subject_type = Column(
        "对象", ChoiceCell(SubjectType, "对象", _SUBJECT_WORDS), attribute="scheme__subject_type",
        needed=True, synonyms=("考评对象", "考核对象"),
    )  # fmt: skip
    name = Column(
        "指标名称", NameCell(60, "名称"), attribute="name", needed=True,
        synonyms=("指标", "考评指标", "考评项目", "项目"),
    )  # fmt: skip
    metric = Column(
        "计数口径", Cell(40), attribute="metric", needed=True, synonyms=("口径", "统计口径", "分子")
    )
    denominator = Column("比率分母", Cell(40), attribute="denominator", synonyms=("分母",))
    method = Column(
        "计分方式", ChoiceCell(Method, "计分方式"), attribute="method", needed=True,
        synonyms=("计分方法", "评分方式", "得分方式"),
    )  # fmt: skip
    full = Column(
        "满分", AmountCell("满分", 7, 2), attribute="full", needed=True, synonyms=("分值",)
    )
    target = Column(
        "目标值", AmountCell("目标值", 9, 2), attribute="target", synonyms=("目标", "目标数")
    )
    first = Column(
        "首次分或每项扣分", AmountCell("首次分或每项扣分", 7, 2), attribute="first",
        synonyms=("首次分", "每项扣分", "首次分/每项扣分"),
    )  # fmt: skip
    further = Column(
        "再次加分", AmountCell("再次加分", 7, 2), attribute="further", synonyms=("每次加分",)
    )
    when_empty = Column(
        "无数据时",
        ChoiceCell(WhenEmpty, "无数据时"),
        attribute="when_empty",
        synonyms=("无数据处理",),
    )
    raters = Column("评分人和权重", Cell(60), attribute="raters", synonyms=("评分人",))
    source = Column("按季折算的方案", Cell(60), attribute="source", synonyms=("季度方案",))
    weights = Column("各季权重", Cell(40), attribute="weights", synonyms=("季度权重",))
    ranks = Column("是否排名", FlagCell("是", "否"), attribute="scheme__ranks", synonyms=("排名",))

    class Meta:
        model = Indicator

    # Resolving

    def prepare(self, rows: list[Row]) -> None:
        self._told: dict[str, tuple[Any, ...]] = {}
        self._serials: dict[str, int] = defaultdict(int)

    def resolve(self, row: Row) -> None:
        values = row.values
        scheme = normal(values["scheme"])
        told = tuple(values[name] for name in _SCHEME_FIELDS)
        first = self._told.setdefault(scheme, told)
        for name, value, other in zip(_SCHEME_FIELDS, told, first, strict=True):
            if value != other:
                raise CellFault(name, "与同一方案的前面几行不一致")
        self._serials[scheme] += 1
        self._check_method(row)
        row.key = (scheme, normal(values["name"]))
        row.attrs = {
            "serial": self._serials[scheme],
            "name": values["name"],
            "metric": self._metric(row, "metric"),
            "denominator": self._metric(row, "denominator") if values["denominator"] else "",
            "method": values["method"],
            "full": values["full"],
            "target": values["target"],
            "first": values["first"],
            "further": values["further"],
            "when_empty": values["when_empty"] or WhenEmpty.ZERO,
            "raters": values["raters"] or "",
            "source": values["source"] or "",
            "weights": values["weights"] or "",
        }
        self._check_own(row)

    def _metric(self, row: Row, column: str) -> str:
        try:
            return metric_for(row.values["subject_type"], row.values[column]).name
        except UnknownMetricError as error:
            raise CellFault(
                column, f"没有这个{self.columns()[column].header}", error.message
            ) from None

    def _check_method(self, row: Row) -> None:
        values, method = row.values, row.values["method"]
        if values["full"] <= Decimal(0):
            raise CellFault("full", "满分要大于零")
        if method == Method.TARGET and not values["target"]:
            raise CellFault("target", "按目标计分要填目标值")
        if method == Method.RATIO and not values["denominator"]:
            raise CellFault("denominator", "按比率计分要填比率分母")
        if method in (Method.FIRST_THEN_EACH, Method.DEDUCTION) and values["first"] is None:
            raise CellFault("first", "首次加次、扣分要填首次分或每项扣分")

    def _check_own(self, row: Row) -> None:
        """Raters and weights are understood; marks and quarters have their own way of counting."""
        metric = metric_for(row.values["subject_type"], row.attrs["metric"])
        checks: dict[str, Callable[[], object]] = {
            "raters": lambda: parse_raters(row.attrs["raters"]),
            "weights": lambda: parse_weights(row.attrs["weights"]),
            "method": lambda: check_indicator(metric.code, row.attrs["method"]),
        }
        for name, check in checks.items():
            try:
                check()
            except DomainError as error:
                raise CellFault(name, error.message) from None
        if row.attrs["method"] == Method.QUARTERS and not row.attrs["source"]:
            raise CellFault("source", "按季折算要填方案")

    # Matching

    def match(self, rows: list[Row]) -> None:
        self._schemes = {normal(s.name): s for s in Scheme.objects.filter(is_active=True)}
        stored: dict[Any, Indicator] = {
            (normal(i.scheme.name), normal(i.name)): i
            for i in Indicator.objects.filter(scheme__is_active=True).select_related("scheme")
        }
        seen: dict[Any, Row] = {}
        for row in rows:
            twin = seen.setdefault(row.key, row)
            if twin is not row:
                self.fault(row, "name", f"与第{twin.number}行重复")
                continue
            self._compare_indicator(row, stored.get(row.key))
        spoken = {row.key[0] for row in rows}  # type: ignore[index]
        left = [i.name for key, i in stored.items() if key[0] in spoken and key not in seen]
        if left:
            self.note(f"方案里另有文件中没有的指标，未删除：{'、'.join(left)}。")

    def _compare_indicator(self, row: Row, found: Indicator | None) -> None:
        scheme = self._schemes.get(row.key[0])  # type: ignore[index]
        if found is None or scheme is None:
            row.fate = Fate.NEW
            return
        row.pk = found.pk
        untouched = self._untouched()
        for name, new in row.attrs.items():
            if name not in untouched and not self.same(name, getattr(found, name), new):
                row.changes[name] = (getattr(found, name), new)
        for name in _SCHEME_FIELDS:
            old, new = getattr(scheme, name), row.values[name]
            if name not in untouched and old != new:
                row.changes[name] = (old, new)
        row.fate = Fate.CHANGED if row.changes else Fate.SAME

    # Saving

    def save(self, rows: list[Row]) -> None:
        by_scheme: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_scheme[row.key[0]].append(row)  # type: ignore[index]
        for key, its_rows in by_scheme.items():
            moving = [row for row in its_rows if row.fate is not Fate.SAME]
            if moving:
                self._save_scheme(self._schemes.get(key), moving)

    def _save_scheme(self, scheme: Scheme | None, rows: list[Row]) -> None:
        told = {name: rows[0].values[name] for name in _SCHEME_FIELDS if self.has(name)}
        if scheme is None:
            latest = Scheme.objects.filter(name=rows[0].values["scheme"]).order_by("version").last()
            version = latest.version + 1 if latest else 1
            scheme = Scheme.objects.create(name=rows[0].values["scheme"], version=version, **told)
        elif ScoreSheet.objects.filter(scheme=scheme, state=SheetState.PUBLISHED).exists():
            scheme = self._next_version(scheme, rows)
        for name, value in told.items():
            setattr(scheme, name, value)
        scheme.save()
        new = [row for row in rows if row.fate is Fate.NEW]
        made = Indicator.objects.bulk_create(
            [Indicator(scheme=scheme, **row.attrs) for row in new], batch_size=BATCH
        )
        for row, indicator in zip(new, made, strict=True):
            row.pk = indicator.pk
        changed = [row for row in rows if row.fate is Fate.CHANGED]
        fields = sorted({n for row in changed for n in row.changes if n in row.attrs})
        if fields:
            self._bulk_update(changed, fields)

    def _next_version(self, scheme: Scheme, rows: list[Row]) -> Scheme:
        """A copy of a scheme that has published scores; the rows then change the copy."""
        old = {indicator.pk: indicator for indicator in scheme.indicators.all()}
        scheme.is_active = False
        scheme.save(update_fields=["is_active"])
        own = ("id", "version", "is_active", "created_at")
        copy = Scheme.objects.create(version=scheme.version + 1, **_values(scheme, own))
        made = Indicator.objects.bulk_create(
            Indicator(scheme=copy, **_values(each, ("id", "scheme"))) for each in old.values()
        )
        Grade.objects.bulk_create(
            Grade(scheme=copy, **_values(each, ("id", "scheme"))) for each in scheme.grades.all()
        )
        twin = {pk: indicator.pk for pk, indicator in zip(old, made, strict=True)}
        for row in rows:
            row.pk = twin.get(row.pk) if row.pk else None
        self.note(f"「{scheme.name}」已有发布的考评结果，改动另存为第 {copy.version} 版。")
        return copy

    def show(self, attname: str, value: Any) -> str:
        for choices in (Method, WhenEmpty, SubjectType):
            if value in choices.values:
                return str(choices(value).label)
        return super().show(attname, value)

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        active = queryset.filter(scheme__is_active=True).select_related("scheme")
        return active.order_by("scheme__pk", "serial", "pk")
