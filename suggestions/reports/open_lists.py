"""The open list (公开目录): what proposers agreed to publish, with the replies that are public."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from congress_portal.core.documents.blocks import (
    Annex,
    Block,
    Column,
    Head,
    Heading,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Region
from suggestions.enums import Kind, Share
from suggestions.models import Suggestion
from suggestions.reports.wording import date_words, office_of, paragraphs, short_date

_COLUMNS = (
    Column("编号", 8),
    Column("标题", 37, "name"),
    Column("领衔代表", 11),
    Column("承办单位", 22, "name"),
    Column("办理结果", 9),
    Column("答复日期", 13),
)


@dataclass(frozen=True)
class OpenReply:
    day: dt.date
    class_name: str
    body: str


@dataclass(frozen=True)
class OpenItem:
    """Names of deputies are public; phones, contacts, signers and notes are left out."""

    number: str
    kind: str
    title: str
    lead: str
    units: tuple[str, ...]
    text: str
    replies: tuple[OpenReply, ...]


@dataclass(frozen=True)
class OpenList:
    region: Region
    year: int
    day: dt.date
    items: tuple[OpenItem, ...]


def open_facts(rows: QuerySet[Suggestion], region: Region, year: int, day: dt.date) -> OpenList:
    """``rows`` come from ``selectors.open_list``: published, with consent, public replies only."""
    found = rows.filter(region=region, year=year)
    return OpenList(region, year, day, tuple(_item(row) for row in found))


def _item(row: Suggestion) -> OpenItem:
    parts = list(row.handlings.all())
    replies = [
        OpenReply(
            reply.replied_on,
            reply.reply_class.name if reply.reply_class else "",
            without_numbers(reply.body),
        )
        for part in parts
        if part.share == Share.LEAD
        for reply in part.public_replies
    ]
    return OpenItem(
        number=row.number,
        kind=row.kind,
        title=without_numbers(row.title),
        lead=row.lead.name,
        units=tuple(str(part.unit) for part in parts),
        text=without_numbers(row.full_text),
        replies=tuple(replies),
    )


def open_paper(facts: OpenList) -> OfficialPaper:
    """The list first, then each suggestion with its public replies."""
    office = office_of(facts.region)
    answered = sum(bool(item.replies) for item in facts.items)
    if facts.items:
        lead = (
            f"按照代表法关于建议办理情况公开的规定，经提出代表同意，公开{facts.year}年代表建议"
            f"{len(facts.items)}件，其中附办理答复{answered}件。"
        )
    else:
        lead = f"{facts.year}年还没有公开的代表建议。"
    rows = tuple(_row(item) for item in facts.items)
    head = Head(
        issuer=office,
        title_pieces=(f"{facts.region.name}{facts.year}年", "代表建议", "及办理答复", "公开目录"),
        date_text=date_words(facts.day),
        number=" ",
    )
    texts = tuple(block for item in facts.items for block in _text_blocks(item))
    listed = Annex("代表建议公开目录", (Table("", _COLUMNS, rows, is_small=True),))
    annexes = (listed, Annex("代表建议和办理答复", texts)) if rows else ()
    return OfficialPaper(head, (Paragraph(lead),), annexes)


def _row(item: OpenItem) -> tuple[str, ...]:
    last = item.replies[-1] if item.replies else None
    return (
        item.number,
        f"［议案］{item.title}" if item.kind == Kind.MOTION else item.title,
        item.lead,
        "、".join(item.units),
        last.class_name if last else "—",
        short_date(last.day) if last else "—",
    )


def _text_blocks(item: OpenItem) -> list[Block]:
    blocks: list[Block] = [Heading(f"第{item.number}号　{item.title}")]
    blocks += [Paragraph(text) for text in paragraphs(item.text)]
    for reply in item.replies:
        if reply.body:
            unit = item.units[0] if item.units else ""
            blocks.append(Heading(f"{unit}{date_words(reply.day)}答复", level=2))
            blocks += [Paragraph(text) for text in paragraphs(reply.body)]
    return blocks
