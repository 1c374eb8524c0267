"""The appraisal sheet (办理情况征询意见表): enclosed with a reply, or printed by itself."""

from dataclasses import dataclass, replace

from congress_portal.core.documents.blocks import Annex, Cell, FormPaper, Grid, Line, Note
from congress_portal.core.enums import Rating
from suggestions.enums import LetterPart
from suggestions.models import Appraisal, Reply, Suggestion
from suggestions.reports.wording import (
    DATE_BLANK,
    CaseNames,
    Wordings,
    date_words,
    names_of,
    office_of,
    ticks,
    wordings,
)

_WIDTHS = (16, 16, 13, 14, 13, 28)  # the last holds 2026年11月23日 in one line
_CONTACTED = [("yes", "联系过"), ("no", "没有联系")]


@dataclass(frozen=True)
class SheetFacts:
    """One proposer's sheet on one reply; ratings are empty until given."""

    names: CaseNames
    office: str
    unit: str
    deputy: str
    round: int
    letter_number: str = ""
    replied_on: str = ""
    class_name: str = ""
    contacted: str = ""
    process: str = ""
    result: str = ""
    words: str = ""
    appraised_on: str = ""
    on_behalf: bool = False


def sheet_facts(sheet: Appraisal) -> SheetFacts:
    """``sheet`` must be visible to the reader."""
    contacted = {True: "yes", False: "no", None: ""}[sheet.was_contacted]
    return replace(
        blank_sheet(sheet.suggestion, sheet.reply, sheet.deputy.name),
        contacted=contacted,
        process=sheet.process,
        result=sheet.result,
        words=sheet.words,
        appraised_on=date_words(sheet.appraised_on) if sheet.appraised_on else "",
        on_behalf=sheet.on_behalf,
    )


def blank_sheet(suggestion: Suggestion, reply: Reply, deputy: str) -> SheetFacts:
    """To enclose with a letter: nothing is rated yet."""
    return SheetFacts(
        names=names_of(suggestion),
        office=office_of(suggestion.region),
        unit=str(reply.handling.unit),
        deputy=deputy,
        round=reply.round,
        letter_number=reply.letter_number,
        replied_on=date_words(reply.replied_on),
        class_name=reply.reply_class.name if reply.reply_class else "",
    )


def appraisal_paper(sheet: Appraisal) -> FormPaper:
    """The sheet of one deputy, with what was rated and words, or blank."""
    facts = sheet_facts(sheet)
    return FormPaper(
        title_pieces=(facts.names.region, f"代表{facts.names.noun}", "办理情况征询意见表"),
        author=facts.office,
        left=f"编号：第{facts.names.number}号",
        right=facts.names.session,
        blocks=(sheet_grid(facts), *_remarks(facts)),
    )


def enclosed_sheet(facts: SheetFacts) -> Annex:
    """The same sheet as the letter's annex."""
    return Annex("办理情况征询意见表", (sheet_grid(facts, 40), *_remarks(facts)))


def _remarks(facts: SheetFacts) -> list[Note]:
    say: Wordings = wordings({"人大机关": facts.office, "单位": facts.unit})
    return [Note(text) for text in say.lines(LetterPart.SHEET_REMARK)]


def sheet_grid(facts: SheetFacts, height: int = 70) -> Grid:
    """``height`` of the field for words, in millimetres."""
    ratings = [(str(value), str(label)) for value, label in Rating.choices]
    behalf = "（由工作人员代录）" if facts.on_behalf else ""
    sign = f"代表签名：{facts.deputy if facts.appraised_on else '　　　　　　'}{behalf}　　"
    return Grid(
        _WIDTHS,
        (
            Line((Cell(f"{facts.names.noun}标题", kind="label"), Cell(facts.names.title, 5)), 14),
            _trio(
                (f"{facts.names.noun}编号", f"第{facts.names.number}号"),
                ("代表", facts.deputy),
                ("轮次", f"第{facts.round}次答复"),
            ),
            Line(
                (
                    Cell("承办单位", kind="label"),
                    Cell(facts.unit, 3),
                    Cell("结果类别", kind="label"),
                    Cell(facts.class_name, kind="centre"),
                )
            ),
            Line(
                (
                    Cell("答复文号", kind="label"),
                    Cell(facts.letter_number, 3),
                    Cell("答复日期", kind="label"),
                    Cell(facts.replied_on, kind="centre"),
                )
            ),
            _ticked("答复前\n联系沟通", ticks(_CONTACTED, facts.contacted)),
            _ticked("办理态度", ticks(ratings, facts.process)),
            _ticked("办理结果", ticks(ratings, facts.result)),
            Line(
                (
                    Cell("意见和要求", kind="label"),
                    Cell(facts.words, 5, "text", tail=f"{sign}{facts.appraised_on or DATE_BLANK}"),
                ),
                height,
            ),
        ),
    )


def _ticked(label: str, choices: str) -> Line:
    return Line((Cell(label, kind="label"), Cell(choices, 5, "centre")), 14)


def _trio(*pairs: tuple[str, str]) -> Line:
    cells: list[Cell] = []
    for label, value in pairs:
        cells += [Cell(label, kind="label"), Cell(value, kind="centre")]
    return Line(tuple(cells))
