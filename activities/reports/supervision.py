"""Official lists of supervision: 询问与答复一览, 反馈意见清单."""

import datetime as dt
from collections.abc import Sequence

from activities.enums import FindingPhase
from activities.models import Activity, Finding, Question
from activities.selectors.findings import Progress
from activities.selectors.questions import inquiry
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
from congress_portal.core.documents.wording import committee_of, date_words, short_date

_OPEN = "（还没有答复）"
_FOLLOW = (
    Column("序号", 6),
    Column("答应办理的事项", 44, "name"),
    Column("应询单位", 20, "name"),
    Column("时限", 15),
    Column("办结", 15),
)
_FEEDBACK = (
    Column("序号", 5),
    Column("反映的问题（意见）", 26, "name"),
    Column("阶段", 8),
    Column("提出代表", 8),
    Column("责任单位", 13, "name"),
    Column("回应", 24, "name"),
    Column("采纳", 6),
    Column("整改", 10),
)


def inquiry_paper(activity: Activity, questions: Sequence[Question]) -> OfficialPaper:
    """Each question with its answer, then the list of what was promised."""
    numbers = inquiry(questions)
    day = date_words(activity.held_on)
    opening = (
        f"{day}，{committee_of(activity.region)}组织“{activity.title}”，共提出询问{len(questions)}个，"
        f"答复率{numbers.answered}。现将询问与答复整理如下。"
    )
    blocks: list[Block] = [Paragraph(opening)]
    for number, row in enumerate(questions, 1):
        blocks.append(Heading(f"{number}. {row.text}", level=2))
        asker = f"{row.asker.name}代表询问。" if row.asker else ""
        who = "".join(filter(None, (str(row.unit or ""), row.answered_by)))
        lead = f"{who}答复：" if who else "答复："
        blocks.append(Paragraph(f"{asker}{lead}{row.answer or _OPEN}"))
        if row.follow_up:
            blocks.append(Paragraph(f"后续办理：{row.follow_up}{_until(row)}"))
    promised = [row for row in questions if row.due_on or row.done_on]
    rows = tuple(
        (
            str(number),
            row.follow_up or row.text,
            str(row.unit or "—"),
            short_date(row.due_on),
            short_date(row.done_on),
        )
        for number, row in enumerate(promised, 1)
    )
    annexes = (Annex("后续办理清单", (Table("", _FOLLOW, rows),)),) if rows else ()
    what = "与答复一览" if activity.title.endswith("询问") else "询问与答复一览"
    return OfficialPaper(_head(activity, activity.held_on, what), tuple(blocks), annexes)


def _until(row: Question) -> str:
    if row.done_on:
        return f"（{date_words(row.done_on)}办结）"
    return f"（{date_words(row.due_on)}前办结）" if row.due_on else ""


def feedback_paper(
    activity: Activity, findings: Sequence[Finding], progress: Progress, day: dt.date
) -> OfficialPaper:
    """反馈意见清单 of a 民情反映会, with the adopted share (M73)."""
    held = date_words(activity.held_on)
    before = sum(row.phase == FindingPhase.BEFORE for row in findings)
    opening = (
        f"{held}，{committee_of(activity.region)}召开“{activity.title}”，共收集意见{len(findings)}条"
        f"（其中会前收集{before}条），采纳率{progress.adopted}，整改到位率{progress.mended}。"
        "现将意见及办理情况反馈如下。"
    )
    rows = tuple(_feedback_row(number, row) for number, row in enumerate(findings, 1))
    units = sorted({str(row.unit) for row in findings if row.unit})
    head = _head(
        activity, day, "反馈意见清单", "、".join(units) if len(units) <= 6 else "各有关单位"
    )
    table = Table("", _FEEDBACK, rows, is_small=True)
    return OfficialPaper(
        head, (Paragraph(opening),), (Annex("反馈意见清单", (table,), is_wide=True),)
    )


def _feedback_row(number: int, row: Finding) -> tuple[str, ...]:
    adopted = {True: "采纳", False: "未采纳", None: "—"}[row.is_adopted]
    return (
        str(number),
        row.text,
        row.get_phase_display(),
        row.raised_by.name if row.raised_by else "—",
        str(row.unit or "—"),
        row.response or "—",
        adopted,
        row.get_recheck_display() or ("已报整改" if row.mended_on else "—"),
    )


def _head(activity: Activity, day: dt.date, what: str, addressee: str = "") -> Head:
    return Head(
        issuer=committee_of(activity.region),
        title_pieces=(activity.title, what),
        date_text=date_words(day),
        addressee=addressee,
        number=f"〔{day.year}〕　　号",
    )
