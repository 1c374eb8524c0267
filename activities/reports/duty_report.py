"""Papers of a report to the voters: the report itself, the ballot, the result (公告)."""

import re
from dataclasses import dataclass
from typing import ClassVar

from activities.models import DutyReport, ReportMeeting
from activities.selectors.reporting import outcome_of, tally_of, where_words
from activities.selectors.scales import labels_of
from congress_portal.core.documents.blocks import (
    Block,
    Cell,
    Column,
    FormPaper,
    Grid,
    Head,
    Heading,
    Line,
    Note,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.documents.wording import date_words, office_of, paragraphs
from congress_portal.core.models import Region

_HEADING = re.compile(r"^[一二三四五六七八九十]+、.{1,30}$")


@dataclass(frozen=True)
class ReportPaper(FormPaper):
    """A person's own paper: title, who and where, text as an official paper sets it."""

    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/form.css", "css/pdf/duty_report.css")


def report_paper(report: DutyReport) -> ReportPaper:
    """The words of the report; once held, questions, result and what followed."""
    region = place_of(report)
    return ReportPaper(
        title_pieces=("履行代表职务情况", "述职报告"),
        author=report.deputy.name,
        left=f"{district_words(report) or region.name}　{report.deputy.name}",
        right=date_words(report.held_on),
        blocks=(*_text(report.text), *_questions(report), *_result(report)),
    )


def place_of(report: DutyReport) -> Region:
    return report.meeting.region if report.meeting else report.deputy.town


def district_words(report: DutyReport) -> str:
    if report.district:
        return where_words(place_of(report), report.district)
    return report.district_name


def _text(text: str) -> list[Block]:
    return [
        Heading(line) if _HEADING.match(line) else Paragraph(line) for line in paragraphs(text)
    ] or [Paragraph("（没有写下述职报告。）")]


def _questions(report: DutyReport) -> list[Block]:
    rows = list(report.questions.all())
    if not rows:
        return []
    blocks: list[Block] = [Heading("附：选民提问和代表回答")]
    for number, row in enumerate(rows, start=1):
        blocks.append(Paragraph(row.question, lead=f"{number}. 问："))
        if row.answer:
            blocks.append(Paragraph(row.answer, lead="答："))
    return blocks


def _result(report: DutyReport) -> list[Block]:
    tally = tally_of(report)
    if not tally.cast:
        return []
    votes = "，".join(f"{label} {number} 张" for label, number in tally.lines)
    told = f"到会选民 {tally.present} 人，收回有效票 {tally.cast} 张：{votes}。"
    blocks: list[Block] = [Heading("附：选民评议"), Paragraph(told)]
    if report.result:
        blocks.append(Paragraph(f"评议结果：{report.result}。"))
    if report.feedback:
        blocks.append(Paragraph(report.feedback, lead="反馈意见："))
    if report.rectified_on:
        words = f"{report.rectification}（{date_words(report.rectified_on)}）"
        blocks.append(Paragraph(words, lead="整改情况："))
    return blocks


def ballot_paper(meeting: ReportMeeting, reports: list[DutyReport]) -> FormPaper:
    """One anonymous ballot for all deputies of the meeting, in the words of its scale."""
    labels = labels_of(meeting.scale)
    widths = (10, 30, *(60 // len(labels) for _ in labels))
    head = (Cell(text, kind="label") for text in ("序号", "述职代表", *labels))
    rows = (
        (
            Cell(str(number), kind="centre"),
            Cell(report.deputy.name, kind="centre"),
            *(Cell("") for _ in labels),
        )
        for number, report in enumerate(reports, start=1)
    )
    lines = (Line(tuple(head), height=12), *(Line(row, height=14) for row in rows))
    return FormPaper(
        title_pieces=(meeting.region.name, "代表向选民述职", "评议票"),
        author=office_of(meeting.region),
        left=str(meeting.district or meeting.title),
        right=date_words(meeting.held_on),
        blocks=(
            Grid(widths, tuple(lines)),
            Note("填写说明：1. 本票不记名。2. 每位代表只选一项，在相应的空格里画“○”。"
                 "3. 一位代表选两项以上的，对这位代表的评议无效；一项也不选的，算弃权。"),
        ),
    )  # fmt: skip


def announcement(meeting: ReportMeeting, reports: list[DutyReport]) -> OfficialPaper:
    """Results of those whose ballots have been counted; ``reports`` come in full."""
    counted = [report for report in reports if report.result]
    labels = labels_of(meeting.scale)
    present = meeting.voters_present or 0
    place = f"，在{meeting.place}" if meeting.place else ""
    opening = (
        f"{date_words(meeting.held_on)}{place}召开{meeting.title}，到会选民 {present} 人，"
        f"{len(counted)} 位代表向选民报告了履行代表职务的情况，接受选民评议。现将评议结果公布如下。"
    )
    office = office_of(meeting.region)
    where = where_words(meeting.region, meeting.district)
    return OfficialPaper(
        head=Head(
            issuer=office,
            title_pieces=("关于", where, "代表向选民述职", "评议结果的", "公告"),
            date_text=date_words(meeting.held_on),
        ),
        blocks=(
            Paragraph(opening),
            _results_table(counted, labels),
            *(Paragraph(words) for words in _reasons(counted)),
        ),
    )


def _results_table(reports: list[DutyReport], labels: list[str]) -> Table:
    width = 48 // len(labels)
    columns = (
        Column("述职代表", 20, "name"),
        Column("有效票", 12, "figure"),
        *(Column(label, width, "figure") for label in labels),
        Column("评议结果", 20),
    )
    rows = []
    for report in reports:
        tally = tally_of(report)
        votes = (str(number) for _, number in tally.lines)
        rows.append((report.deputy.name, str(tally.cast), *votes, report.result))
    return Table("述职评议结果（单位：张）", columns, tuple(rows))


def _reasons(reports: list[DutyReport]) -> list[str]:
    """The sum behind each result, so that a voter can work it out."""
    found = []
    for report in reports:
        if made := outcome_of(report):
            after = f"按规定{made.advice}。" if made.advice else ""
            found.append(f"{report.deputy.name}：{made.basis}，评议结果为{made.result}。{after}")
    return found
