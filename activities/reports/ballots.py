"""The blank paper of a ballot and the table of its result."""

import datetime as dt

from activities.models import Ballot
from activities.selectors.ballots import GOOD_NAME, ItemResult, results, turnout
from congress_portal.core.documents.blocks import Block, Column, FormPaper, Note, Table
from congress_portal.core.documents.wording import committee_of, date_words

_TICK = "□"


def blank_paper(ballot: Ballot) -> FormPaper:
    """One sheet to print; without name, number or mark, so that no sheet is told from another."""
    options = list(ballot.scale.options.order_by("order", "pk"))
    width = max(8, min(14, 56 // max(1, len(options))))
    columns = (
        Column("序号", 7),
        Column("测评的对象或内容", 93 - width * len(options), "name"),
        *(Column(option.label, width) for option in options),
    )
    rows = tuple(
        (str(number), item.name, *(_TICK for _ in options))
        for number, item in enumerate(ballot.items.order_by("serial", "pk"), 1)
    )
    marked = "本票无记名。" if ballot.is_anonymous else "请在右下角签名。"
    told = "每一行只选一项，在选中的□里打“√”；多选的作废票，不选的作弃权。"
    notes = [Note(f"填写说明：1. {marked}2. {told}")]
    if ballot.note:
        notes.append(Note(ballot.note))
    sign = () if ballot.is_anonymous else (Note("签名：　　　　　　　　　　"),)
    author = committee_of(ballot.region)
    pieces = (ballot.title, "" if ballot.title.endswith("票") else "票")
    return FormPaper(pieces, author, author, "", (Table("", columns, rows), *notes, *sign))


def result_paper(ballot: Ballot, day: dt.date) -> FormPaper:
    """测评结果表: votes, shares with their denominators, result, and why it is that result."""
    lines = results(ballot)
    options = [option for option, _, _ in lines[0].votes] if lines else []
    width = max(8, min(11, 40 // max(1, len(options))))
    grades = (Column("结果", 12),) if any(line.result for line in lines) else ()
    rest = 100 - width * len(options) - 9 - 21 - 12 * len(grades)
    columns = (
        Column("测评的对象或内容", rest, "name"),
        *(Column(f"{option.label}（票）", width, "figure") for option in options),
        Column("弃权（票）", 9, "figure"),
        Column(lines[0].good_name if lines else GOOD_NAME, 21),
        *grades,
    )
    rows = tuple(_row(line)[: len(columns)] for line in lines)
    found = turnout(ballot)
    how = "无记名" if ballot.is_anonymous else "记名"
    summed = (
        f"{how}投票。发出 {found.issued} 张，收回 {found.rate}，其中电子票 {found.cast} 张、"
        f"纸质票 {found.paper} 张、废票 {found.spoiled} 张。"
        "百分比以每一项的有效票为分母，弃权不计入。"
    )
    whys = tuple(
        Note(f"{line.item.name}：{line.result}（{line.outcome.basis}）{_advice(line)}")
        for line in lines
        if line.outcome
    )
    held = ballot.activity.held_on if ballot.activity else day
    author = committee_of(ballot.region)
    blocks: tuple[Block, ...] = (
        Note(summed),
        Table("", columns, rows),
        *whys,
        Note("监票人：　　　　　　计票人：　　　　　　"),
    )
    return FormPaper((ballot.title, "结果表"), author, author, date_words(held), blocks)


def _row(line: ItemResult) -> tuple[str, ...]:
    votes = (str(number) for _, number, _ in line.votes)
    return (line.item.name, *votes, str(line.abstained), str(line.good), line.result)


def _advice(line: ItemResult) -> str:
    advice = line.outcome.advice if line.outcome else ""
    return f"，{advice}。" if advice else "。"
