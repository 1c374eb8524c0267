"""Papers of a report to the voters: the report itself, the ballot, the result (公告)."""

import re
from dataclasses import dataclass
from typing import ClassVar

from activities.models import DutyReport, ReportMeeting
from activities.selectors.reporting import outcome_of, tally_of
from activities.selectors.scales import labels_of
from congress_portal.core.documents.blocks import (
    Block,
    Column,
    FormPaper,
    Head,
    Heading,
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
        left=f"{region.name}　{district_words(report)}　{report.deputy.name}",
        right=date_words(report.held_on),
        blocks=(*_text(report.text), *_questions(report), *_result(report)),
    )


def place_of(report: DutyReport) -> Region:
    return report.meeting.region if report.meeting else report.deputy.town


def district_words(report: DutyReport) -> str:
    return str(report.district or report.district_name or "")


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
    width = 60 // len(labels)
    columns = (
        Column("序号", 10),
        Column("述职代表", 30),
        *(Column(label, width) for label in labels),
    )
    rows = tuple(
        (str(number), report.deputy.name, *("" for _ in labels))
        for number, report in enumerate(reports, start=1)
    )
    return FormPaper(
        title_pieces=(meeting.region.name, "代表向选民述职", "评议票"),
        author=office_of(meeting.region),
        left=str(meeting.district or meeting.title),
        right=date_words(meeting.held_on),
        blocks=(
            Table("", columns, rows),
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
    where = f"{meeting.region.name}{meeting.district or ''}"
    closing = "选民对公布的结果有异议的，可以向本机关反映。"
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
            Paragraph(closing),
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
