"""Papers of the congress office to the units: the hand-over list and the supervision notice."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch, QuerySet

from congress_portal.core.documents.blocks import (
    Annex,
    Block,
    Column,
    FormPaper,
    Head,
    Heading,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.models import Region, Unit
from suggestions.enums import HANDED_OVER, Kind, LetterPart, Share
from suggestions.models import Handling, HandlingRule, Suggestion, Supervision
from suggestions.models.suggestion import months_later
from suggestions.reports.wording import (
    CaseNames,
    committee_of,
    date_words,
    names_of,
    numbered,
    office_of,
    short_date,
    wordings,
)

_LIST = (
    Column("编号", 6),
    Column("标题", 34, "name"),
    Column("类别", 9),
    Column("领衔代表", 8),
    Column("主办单位", 16, "name"),
    Column("会办单位", 17, "name"),
    Column("答复期限", 10),
)
_AWAITING = (
    Column("编号", 8),
    Column("标题", 30, "name"),
    Column("领衔代表", 11),
    Column("类别", 10),
    Column("代表意向", 13, "name"),
    Column("主办单位", 14, "name"),
    Column("会办单位", 14, "name"),
)
_UNITS = (
    Column("承办单位", 34, "name"),
    Column("主办", 8, "figure"),
    Column("会办", 8, "figure"),
    Column("编号", 50, "name"),
)


@dataclass(frozen=True)
class HandOverRow:
    number: str
    kind: str
    title: str
    field: str
    lead: str
    lead_unit: str
    assisting: tuple[str, ...]
    due_on: dt.date


@dataclass(frozen=True)
class HandOverList:
    """What one hand-over meeting (交办会) gave to the units, in the order of numbers."""

    region: Region
    day: dt.date
    rows: tuple[HandOverRow, ...]
    return_days: int


def hand_over_facts(rows: QuerySet[Suggestion], region: Region, day: dt.date) -> HandOverList:
    """``rows`` is scoped by the caller; taken are those handed over on ``day``."""
    parts = Handling.objects.in_hand().select_related("unit").order_by("serial", "pk")
    found = (
        rows.filter(region=region, handed_over_on=day, state__in=sorted(HANDED_OVER))
        .select_related("lead", "field")
        .prefetch_related(Prefetch("handlings", parts, to_attr="given"))
        .order_by("-kind", "number", "pk")
    )
    rule = HandlingRule.objects.all().of(region)
    due = months_later(day, rule.reply_months)  # as given that day; extensions come later
    return HandOverList(
        region, day, tuple(_hand_over_row(item, due) for item in found), rule.return_days
    )


def hand_over_days(rows: QuerySet[Suggestion], region: Region) -> list[dt.date]:
    """Days on which something was handed over, the newest first."""
    found = rows.filter(region=region, state__in=sorted(HANDED_OVER))
    days = found.values_list("handed_over_on", flat=True).distinct()
    return sorted((day for day in days if day), reverse=True)


def _hand_over_row(item: Suggestion, due: dt.date) -> HandOverRow:
    given: list[Handling] = item.given  # type: ignore[attr-defined]
    lead = [str(part.unit) for part in given if part.share == Share.LEAD]
    return HandOverRow(
        number=item.number,
        kind=item.kind,
        title=item.title,
        field=item.field.name if item.field else "",
        lead=item.lead.name,
        lead_unit=lead[0] if lead else "（待改派）",
        assisting=tuple(str(part.unit) for part in given if part.share == Share.ASSIST),
        due_on=due,
    )


def hand_over_paper(facts: HandOverList) -> OfficialPaper:
    """The notice of the meeting with the list and each unit's share of it."""
    office = office_of(facts.region)
    say = wordings({"人大机关": office, "退办期限": str(facts.return_days)})
    motions = sum(row.kind == Kind.MOTION for row in facts.rows)
    units = _by_unit(facts.rows)
    day = date_words(facts.day)
    counted = f"{day}交办{len(facts.rows)}件"
    if motions:
        counted += f"（其中议案{motions}件）"
    blocks: list[Block] = [Paragraph(text) for text in say.lines(LetterPart.HAND_OVER_OPENING)]
    blocks += [
        Heading("一、交办情况"),
        Paragraph(f"{counted}，涉及承办单位{len(units)}个。{_latest(facts.rows)}"),
        Heading("二、办理要求"),
        *map(Paragraph, numbered(say.lines(LetterPart.HAND_OVER_DEMANDS))),
    ]
    head = Head(
        issuer=office,
        title_pieces=("关于交办", f"{facts.region.name}{facts.day.year}年", "代表建议", "的通知"),
        date_text=day,
        addressee="各承办单位",
        number=f"〔{facts.day.year}〕　　号",
    )
    return OfficialPaper(
        head,
        tuple(blocks),
        (
            Annex("代表建议交办清单", (Table("", _LIST, _list_rows(facts.rows)),), is_wide=True),
            Annex("各承办单位交办件数", (Table("", _UNITS, units),)),
        ),
    )


def _latest(rows: Sequence[HandOverRow]) -> str:
    days = sorted({row.due_on for row in rows})
    return f"答复期限为{date_words(days[-1])}。" if days else ""


def _list_rows(rows: Sequence[HandOverRow]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            row.number,
            f"［议案］{row.title}" if row.kind == Kind.MOTION else row.title,
            row.field,
            row.lead,
            row.lead_unit,
            "、".join(row.assisting),
            short_date(row.due_on),
        )
        for row in rows
    )


def _by_unit(rows: Sequence[HandOverRow]) -> tuple[tuple[str, ...], ...]:
    """Each unit's numbers, lead ones first, by the number of parts."""
    leads: dict[str, list[str]] = {}
    assists: dict[str, list[str]] = {}
    for row in rows:
        leads.setdefault(row.lead_unit, []).append(row.number)
        for unit in row.assisting:
            assists.setdefault(unit, []).append(row.number)
    units = sorted({*leads, *assists}, key=lambda name: (-len(leads.get(name, ())), name))
    return tuple(
        (
            unit,
            str(len(leads.get(unit, ()))),
            str(len(assists.get(unit, ()))),
            _numbers(leads.get(unit, ()), assists.get(unit, ())),
        )
        for unit in units
    )


def _numbers(leads: Sequence[str], assists: Sequence[str]) -> str:
    parts = []
    if leads:
        parts.append("主办" + "、".join(leads))
    if assists:
        parts.append("会办" + "、".join(assists))
    return "；".join(parts)


def awaiting_paper(rows: QuerySet[Suggestion], region: Region, day: dt.date) -> FormPaper:
    """拟交办清单: what is accepted and waits, for the meeting to write the units in.

    ``rows`` come from ``selectors.awaiting_hand_over``, scoped by the caller.
    """
    lines = tuple(
        (
            item.number,
            f"［议案］{item.title}" if item.kind == Kind.MOTION else item.title,
            item.lead.name,
            item.field.name if item.field else "",
            "、".join(unit.short_name or unit.name for unit in item.proposed_units.all()),
            "",
            "",
        )
        for item in rows.filter(region=region)
    )
    return FormPaper(
        title_pieces=(f"{region.name}代表建议", "拟交办清单"),
        author=office_of(region),
        left=f"共{len(lines)}件，供交办会研究",
        right=date_words(day),
        blocks=(Table("", _AWAITING, lines),),
    )


@dataclass(frozen=True)
class SupervisionNotice:
    """What is demanded of whom and until when; ``form`` is empty for a plain reminder."""

    names: CaseNames
    region: Region
    units: tuple[str, ...]
    handed_over_on: dt.date | None
    due_on: dt.date | None
    day: dt.date
    days_late: int
    is_answered: bool
    is_key: bool
    leading_member: str = ""
    form: str = ""
    held_on: dt.date | None = None
    place: str = ""
    chair: str = ""
    content: str = ""
    demand: str = ""
    demand_due_on: dt.date | None = None


def supervision_facts(
    item: Suggestion, day: dt.date, record: Supervision | None = None
) -> SupervisionNotice:
    """``item`` must be visible to the reader; ``record`` one of its supervisions."""
    parts = item.handlings.all().in_hand().select_related("unit").order_by("serial", "pk")
    units: list[Unit] = [part.unit for part in parts]
    reply = item.last_reply
    late = 0 if reply or item.due_on is None else max((day - item.due_on).days, 0)
    base = SupervisionNotice(
        names=names_of(item),
        region=item.region,
        units=tuple(map(str, units)),
        handed_over_on=item.handed_over_on,
        due_on=item.due_on,
        day=day,
        days_late=late,
        is_answered=reply is not None,
        is_key=item.is_key,
        leading_member=str(item.leading_member) if item.leading_member else "",
    )
    if record is None:
        return base
    return replace(
        base,
        form=record.get_form_display(),
        held_on=record.held_on,
        place=record.place,
        chair=record.chair,
        content=record.content,
        demand=record.demand,
        demand_due_on=record.demand_due_on,
    )


def supervision_paper(facts: SupervisionNotice) -> OfficialPaper:
    """The notice to the units, after a supervision or for a reply that is due."""
    office = office_of(facts.region)
    say = wordings({"人大机关": office})
    noun = f"代表{facts.names.noun}"
    kind = f"重点{noun}" if facts.is_key else noun
    blocks: list[Block] = [Heading("一、基本情况"), Paragraph(_standing(facts))]
    if facts.form:
        blocks += [Heading("二、督办情况"), Paragraph(_held(facts))]
    number = "三" if facts.form else "二"
    demands = [facts.demand] if facts.demand else []
    demands += say.lines(LetterPart.SUPERVISION_DEMANDS)
    if facts.demand_due_on:
        demands.append(f"{date_words(facts.demand_due_on)}前办结并报告办理情况。")
    blocks += [Heading(f"{number}、督办要求"), *map(Paragraph, numbered(demands))]
    head = Head(
        issuer=office,
        title_pieces=("关于督办", facts.names.congress, facts.names.quoted, kind, "的通知"),
        date_text=date_words(facts.day),
        addressee="、".join(facts.units) or "承办单位",
        number=f"〔{facts.day.year}〕　　号",
        copies_to=committee_of(facts.region) if facts.is_key else "",
    )
    return OfficialPaper(head, tuple(blocks))


def _standing(facts: SupervisionNotice) -> str:
    names = facts.names
    words = f"{names.session}{names.quoted}{names.noun}《{names.title}》"
    if facts.handed_over_on:
        words += f"于{date_words(facts.handed_over_on)}交你们办理"
    words += _limit(facts)
    if facts.is_key and facts.leading_member:
        words += f"此件列为重点督办，由{facts.leading_member}领衔督办。"
    return words


def _limit(facts: SupervisionNotice) -> str:
    if facts.is_answered:
        return "，现已答复代表。"
    if facts.due_on is None:
        return "，尚未答复代表。"
    if facts.days_late:
        return (
            f"，应于{date_words(facts.due_on)}前答复代表，至今没有答复，已逾期{facts.days_late}天。"
        )
    return f"，应于{date_words(facts.due_on)}前答复代表，目前尚未答复。"


def _held(facts: SupervisionNotice) -> str:
    when = date_words(facts.held_on) if facts.held_on else ""
    place = f"在{facts.place}" if facts.place else ""
    chair = f"由{facts.chair}主持，" if facts.chair else ""
    return f"{when}，{chair}{place}开展{facts.form}。{facts.content}"
