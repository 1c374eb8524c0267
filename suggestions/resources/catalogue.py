"""The catalogue of suggestions (建议目录)."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet

from activities.resources import RecordResource
from congress_portal.core.enums import Dictionary, Level, Rating
from congress_portal.core.importing.columns import (
    Cell,
    ChoiceCell,
    Column,
    DateCell,
    FlagCell,
    NameCell,
    NamesCell,
)
from congress_portal.core.importing.directories import Units
from congress_portal.core.importing.errors import ValueFault
from congress_portal.core.importing.registry import register
from congress_portal.core.importing.report import Fate
from congress_portal.core.importing.resource import CellFault, ImportResource
from congress_portal.core.importing.row import Children, Row, Stored
from congress_portal.core.importing.text import parsable
from congress_portal.core.models import Region
from congress_portal.core.text import normal
from deputies.models import Term
from suggestions.enums import Share
from suggestions.models import CoSigner, Handling, Reply, Suggestion, TransitionLog
from suggestions.resources.sources import link_sources
from suggestions.services.imported import IMPORTED, settle_imported

_NUMBERED = re.compile(r"^(20\d\d)年?(?:第|[-—/]|字)?第?(\d+)号?$")
_YEAR = re.compile(r"(20\d\d)年")


# What the workflow alone decides once a case is in it, and the column that a sheet has for it.
_LIVE = {
    "lead_id": "lead",
    "cosignatures": "cosigners",
    "submitted_on": "submitted_on",
    "handed_over_on": "handed_over_on",
    "handlings": "lead_unit",
    "extended_to": "extended_to",
    "reply": "replied_on",
}


def _plain(children: dict[Any, tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    """Without the place in the row, the last value of each child."""
    return {key: values[:-1] for key, values in children.items()}


def number_key(number: str) -> str:
    """001, 1 and 第1号 are one number."""
    plain = normal(number).removeprefix("第").removesuffix("号").removesuffix("件")
    return plain.lstrip("0") or plain


@register
class SuggestionResource(RecordResource):
    kind = "建议目录"
    order = 120
    depends = ("行政区划", "承办单位", "县代表花名册", "镇代表名册", "家站台账", "接待登记")
    needs = (("number",), ("title",), ("lead",))
    hints = ("建议", "议案")
    scope_column = "lead"
    stand_ins = ("number",)
    child_sets = {
        "cosignatures": Children(CoSigner, "suggestion_id", "deputy_id", ("serial",)),
        "handlings": Children(
            Handling,
            "suggestion_id",
            "unit_id",
            ("share", "serial"),
            when={"ended_on__isnull": True},
        ),
    }

    number = Column(
        "编号", Cell(20), attribute="number", needed=True,
        synonyms=("建议编号", "建议号", "案号", "序号", "件号"),
    )  # fmt: skip
    title = Column(
        "标题", Cell(200), attribute="title", needed=True,
        synonyms=("建议标题", "题目", "案由", "建议名称", "建议题目", "名称"),
    )  # fmt: skip
    field = Column(
        "类别", Cell(60), attribute="field__name", sets=("field_id",),
        synonyms=("建议类别", "领域", "分类", "类型"),
    )  # fmt: skip
    lead = Column(
        "领衔代表", NameCell(40), attribute="lead__name", sets=("lead_id", "region_id"),
        needed=True, blank_reason="没有领衔代表",
        synonyms=("提出人", "提建议人", "领衔人", "建议人", "第一提案人", "代表姓名", "提出代表",
                  "领衔"),
    )  # fmt: skip
    cosigners = Column(
        "附议代表", NamesCell(), sets=("cosignatures",),
        synonyms=("附议人", "联名代表", "附名代表", "附议", "联名人"),
    )  # fmt: skip
    content = Column(
        "建议内容",
        Cell(),
        attribute="content",
        synonyms=("内容", "主要内容", "具体内容", "建议正文"),
    )
    submitted_on = Column(
        "提出日期", DateCell(), attribute="submitted_on", needed=True,
        synonyms=("提出时间", "提交日期", "建议日期", "收到日期", "日期"),
    )  # fmt: skip
    handed_over_on = Column(
        "交办日期",
        DateCell(),
        attribute="handed_over_on",
        synonyms=("交办时间", "转办日期", "交办"),
    )
    lead_unit = Column(
        "主办单位", Cell(80), sets=("handlings",),
        synonyms=("承办单位", "主办", "办理单位", "主办部门", "主办（承办）单位"),
    )  # fmt: skip
    assisting_units = Column(
        "会办单位", NamesCell("名称"), sets=("handlings",),
        synonyms=("协办单位", "会办", "协办", "会办（协办）单位"),
    )  # fmt: skip
    extended_to = Column(
        "延期至", DateCell(may_be_ahead=True), attribute="extended_to",
        synonyms=("延期到", "延期日期", "延期办理至", "延期答复至"),
    )  # fmt: skip
    replied_on = Column(
        "答复日期",
        DateCell(),
        sets=("reply",),
        synonyms=("答复时间", "复文日期", "办复日期", "书面答复日期"),
    )
    reply_class = Column(
        "办理结果", Cell(60), sets=("reply",),
        synonyms=("答复类别", "办理类别", "办理情况分类", "结果", "答复分类", "办理结果类别"),
    )  # fmt: skip
    rating = Column(
        "代表评价", ChoiceCell(Rating, "代表评价"), sets=("reply",),
        synonyms=("评价", "满意度", "代表满意度", "代表意见", "代表反馈"),
    )  # fmt: skip
    is_key = Column(
        "重点督办",
        FlagCell("是", ""),
        attribute="is_key",
        synonyms=("是否重点督办", "重点", "重点建议"),
    )
    source_text = Column(
        "来源", Cell(200), attribute="source_text", synonyms=("建议来源", "线索来源", "意见来源")
    )

    class Meta:
        model = Suggestion

    # Numbers, not contents, say which row is which.
    match = ImportResource.match

    def prepare(self, rows: list[Row]) -> None:
        super().prepare(rows)
        self.units = self.session.cache(Units)
        titled = _YEAR.search(self.heading)
        self.titled_year = int(titled[1]) if titled else None
        self.terms = list(Term.objects.filter(level=Level.COUNTY).order_by("begins_on"))

    def resolve(self, row: Row) -> None:
        values = row.values
        lead = self.deputy(row, "lead", values["lead"], county_only=True)
        cosigners: dict[int, tuple[int]] = {}
        for name in values["cosigners"]:
            pk = self.deputy(row, "cosigners", name, county_only=True)
            if pk != lead:
                cosigners.setdefault(pk, (len(cosigners) + 1,))
        region = self._congress(row, lead)
        year, number = self._number(row)
        row.key = (region.pk, year, number_key(number))
        row.children = {
            "cosignatures": cosigners,
            "handlings": self._handlings(row),
            "reply": self._reply(row),
        }
        self._check_dates(row)
        row.attrs = {
            "year": year,
            "number": number,
            "title": values["title"],
            "field_id": self.word(row, "field", Dictionary.FIELD),
            "region_id": region.pk,
            "lead_id": lead,
            "content": values["content"],
            "submitted_on": values["submitted_on"],
            "handed_over_on": values["handed_over_on"],
            "extended_to": values["extended_to"],
            "is_key": values["is_key"],
            "source_text": values["source_text"],
        }

    def _congress(self, row: Row, lead: int) -> Region:
        codes = self.deputies.home_codes(lead)
        home = self.regions.by_code[codes[0]] if codes else None
        county = self.regions.county_of(home)
        if county is None:
            raise CellFault("lead", "看不出是向哪个县提出的", "请先导入行政区划。")
        return county

    def _number(self, row: Row) -> tuple[int, str]:
        """Year and number: of the number itself (2026-001), the title, or the day of submission."""
        number = row.values["number"]
        if match := _NUMBERED.match(parsable(number)):
            return int(match[1]), match[2]
        return self.titled_year or row.values["submitted_on"].year, number

    def _handlings(self, row: Row) -> dict[int, tuple[str, int]]:
        values = row.values
        found: dict[int, tuple[str, int]] = {}
        if values["lead_unit"]:
            found[self._unit(row, "lead_unit", values["lead_unit"])] = (Share.LEAD, 0)
        for serial, name in enumerate(values["assisting_units"], 1):
            pk = self._unit(row, "assisting_units", name)
            if found.get(pk, ("",))[0] == Share.LEAD:
                raise CellFault("assisting_units", "主办单位不能同时会办")
            found.setdefault(pk, (Share.ASSIST, serial))
        return found

    def _unit(self, row: Row, column: str, name: str) -> int:
        try:
            return self.units.find(name).pk
        except ValueFault as fault:
            raise CellFault(
                column, fault.reason, "请先在承办单位里登记，或改用全称、简称。"
            ) from None

    def _reply(self, row: Row) -> dict[int, tuple[Any, ...]]:
        """{1: (day, class, rating)}, or nothing where the row has no reply yet."""
        values = row.values
        word = values["reply_class"]
        entry = self.words.find(Dictionary.REPLY_CLASS, word) if word else None
        if word and entry is None:
            raise CellFault("reply_class", "没有这个办理结果", "办理结果是 A、B、C、D 类。")
        if not values["replied_on"]:
            if word or values["rating"]:
                raise CellFault("replied_on", "答复日期为空")
            return {}
        if not values["lead_unit"]:
            raise CellFault("lead_unit", "主办单位为空")
        return {1: (values["replied_on"], entry.pk if entry else None, values["rating"])}

    def _check_dates(self, row: Row) -> None:
        values = row.values
        handed = values["handed_over_on"]
        if handed and handed < values["submitted_on"]:
            raise CellFault("handed_over_on", "交办早于提出")
        if values["extended_to"] and handed and values["extended_to"] < handed:
            raise CellFault("extended_to", "延期早于交办")
        if values["replied_on"] and values["replied_on"] < (handed or values["submitted_on"]):
            raise CellFault("replied_on", "答复早于交办" if handed else "答复早于提出")

    def scope_codes(self, row: Row) -> Iterable[str]:
        return (self.regions.by_pk[row.attrs["region_id"]].code,)

    # Matching and saving

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        years = {row.attrs["year"] for row in rows}
        found = Suggestion.objects.filter(year__in=years)
        keys = found.order_by().values("pk")
        children = {name: spec.load(keys) for name, spec in self.child_sets.items()}
        steps = TransitionLog.objects.exclude(action=IMPORTED).filter(suggestion__in=keys)
        self.acted = set(steps.values_list("suggestion", flat=True))
        replies = self._stored_replies(keys)
        answer = {}
        names = list(rows[0].attrs)
        for values in found.values("pk", *names):
            pk = values.pop("pk")
            sets = {name: held.get(pk, {}) for name, held in children.items()}
            sets["reply"] = replies.get(pk, {})
            key = (values["region_id"], values["year"], number_key(values["number"]))
            answer[key] = Stored(pk, values, sets)
        return answer

    @staticmethod
    def _stored_replies(keys: "QuerySet[Any]") -> dict[int, dict[int, tuple[Any, ...]]]:
        """The lead unit's latest reply of each suggestion."""
        found = Reply.objects.of_lead_units().filter(handling__suggestion__in=keys)
        fields = ("handling__suggestion", "replied_on", "reply_class", "rating")
        return {
            pk: {1: (day, reply_class, rating)}
            for pk, day, reply_class, rating in found.order_by("round").values_list(*fields)
        }

    def _compare(self, row: Row, found: Stored) -> None:
        super()._compare(row, found)
        if "reply" in row.changes and not row.children["reply"]:
            del row.changes["reply"]  # a file cannot take back a reply that was given
            row.fate = Fate.CHANGED if row.changes else Fate.SAME
        if row.pk in self.acted:
            self._protect(row)

    def _protect(self, row: Row) -> None:
        """A case worked on in the portal goes on there; a sheet may only mend its words."""
        for name in ("handlings", "cosignatures"):
            if name in row.changes and _plain(row.changes[name][0]) == _plain(row.changes[name][1]):
                del row.changes[name]  # only the order differs
        row.fate = Fate.CHANGED if row.changes else Fate.SAME
        touched = [column for name, column in _LIVE.items() if name in row.changes]
        if touched:
            self.fault(
                row, touched[0], "这件建议已在平台上办理，不能由表格改动", "请在建议的页面上办理。"
            )

    def build(self, row: Row) -> dict[str, Any]:
        day = row.attrs["submitted_on"]
        term = next(
            (
                term for term in self.terms
                if term.region_id == row.attrs["region_id"]
                and term.begins_on <= day <= term.ends_on
            ),
            None,
        )  # fmt: skip
        return {**row.attrs, "term_id": term.pk if term else None}

    def save(self, rows: list[Row]) -> None:
        super().save(rows)
        link_sources(rows, self.stations, self.notes)
        touched = [row.pk for row in rows if row.pk and row.fate in (Fate.NEW, Fate.CHANGED)]
        settle_imported(touched)

    def _sync(self, spec: Children, row: Row, old: dict[Any, Any], new: dict[Any, Any]) -> None:
        if spec.model is Handling:
            # One lead at a time: step down first, so that two units can change places.
            Handling.objects.in_hand().filter(suggestion=row.pk).update(share=Share.ASSIST)
            old = {unit: (Share.ASSIST, serial) for unit, (_, serial) in old.items()}
        super()._sync(spec, row, old, new)

    def after_save(self, rows: list[Row]) -> None:
        told = [
            row
            for row in rows
            if row.children["reply"]
            and (row.fate is Fate.NEW or {"reply", "handlings"} & set(row.changes))
        ]
        leads = Handling.objects.filter(
            suggestion__in=[row.pk for row in told], share=Share.LEAD
        ).values_list("suggestion", "pk")
        lead_of = dict(leads)
        latest = {
            reply.handling_id: reply
            for reply in Reply.objects.filter(handling__in=lead_of.values()).order_by("round")
        }
        new, changed = [], []
        for row in told:
            day, reply_class, rating = row.children["reply"][1]
            reply = latest.get(lead_of[row.pk]) or Reply(handling_id=lead_of[row.pk])
            reply.replied_on, reply.reply_class_id, reply.rating = day, reply_class, rating
            (changed if reply.pk else new).append(reply)
        Reply.objects.bulk_create(new, batch_size=200)
        Reply.objects.bulk_update(changed, ["replied_on", "reply_class", "rating"], batch_size=200)

    def show(self, attname: str, value: Any) -> str:
        if attname == "lead_id":
            return self.deputies.names.get(value, "")
        if attname == "cosignatures":
            return "、".join(self.deputies.names[pk] for pk in value)
        if attname == "handlings":
            return "、".join(self.units.all[pk].name for pk in value)
        if attname == "reply":
            return "；".join(
                f"{day} {self.words.name_of(kind)} {Rating(rating).label if rating else ''}".strip()
                for day, kind, rating in value.values()
            )
        return super().show(attname, value)

    # Export

    def filter_export(self, queryset: "QuerySet[Any]", **kwargs: Any) -> "QuerySet[Any]":
        return (
            queryset.exclude(number="")
            .order_by("year", "number")
            .select_related("field", "lead")
            .prefetch_related(
                Prefetch(
                    "cosignatures",
                    CoSigner.objects.select_related("deputy").order_by("serial", "pk"),
                    to_attr="cosigned",
                ),
                Prefetch(
                    "handlings",
                    Handling.objects.in_hand().select_related("unit").order_by("serial", "pk"),
                    to_attr="shares",
                ),
                Prefetch(
                    "shares__replies",
                    Reply.objects.select_related("reply_class").order_by("round"),
                    to_attr="rounds",
                ),
            )
        )

    def dehydrate_number(self, suggestion: Any) -> str:
        """With its year where the day of submission does not tell it."""
        if suggestion.submitted_on.year == suggestion.year:
            return str(suggestion.number)
        return f"{suggestion.year}-{suggestion.number}"

    def dehydrate_cosigners(self, suggestion: Any) -> str:
        return "、".join(item.deputy.name for item in suggestion.cosigned)

    @staticmethod
    def _lead_of(suggestion: Any) -> Any:
        return next((item for item in suggestion.shares if item.share == Share.LEAD), None)

    def dehydrate_lead_unit(self, suggestion: Any) -> str:
        lead = self._lead_of(suggestion)
        return lead.unit.name if lead else ""

    def dehydrate_assisting_units(self, suggestion: Any) -> str:
        return "、".join(i.unit.name for i in suggestion.shares if i.share == Share.ASSIST)

    def _last_reply(self, suggestion: Any) -> Any:
        lead = self._lead_of(suggestion)
        return lead.rounds[-1] if lead and lead.rounds else None

    def dehydrate_replied_on(self, suggestion: Any) -> Any:
        reply = self._last_reply(suggestion)
        return reply.replied_on if reply else ""

    def dehydrate_reply_class(self, suggestion: Any) -> str:
        reply = self._last_reply(suggestion)
        return reply.reply_class.name if reply and reply.reply_class else ""

    def dehydrate_rating(self, suggestion: Any) -> str:
        reply = self._last_reply(suggestion)
        return str(reply.get_rating_display()) if reply else ""
