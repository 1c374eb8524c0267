"""The results of a questionnaire as a workbook and as a paper."""

from django.utils import timezone

from congress_portal.core.documents.blocks import (
    Block,
    Cell,
    Column,
    FormPaper,
    Grid,
    Head,
    Heading,
    Line,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.documents.wording import date_words, office_of
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from suggestions.enums import QuestionKind
from suggestions.models import Survey, SurveyQuestion
from suggestions.selectors.surveys import QuestionTable, results_of, words_of

_MOST_BESIDE = 6  # districts


def survey_workbook(survey: Survey) -> bytes:
    """Three sheets: the sample, the tables by district, the answers in words."""
    found = results_of(survey)
    names = [place.name for place in found.places]
    sample = [Field("选区", 24), Field("计划人数", 10), Field("已答", 10), Field("完成", 16)]
    lines = [(p.name, p.planned, p.answered, p.share) for p in found.places]
    heads = [Field("题目", 36), Field("选项", 20), *(Field(n, 14) for n in names)]
    heads += [Field("合计", 10), Field("占比", 18)]
    counts: list[tuple[object, ...]] = []
    for table in found.tables:
        title = str(table.question)
        counts += [(title, row.label, *row.counts, row.total, row.share) for row in table.rows]
        counts.append((title, "答这题的人数", *table.bases, table.base, table.mean))
    words = (
        (str(each.question), each.response.district.name, each.words)
        for each in words_of(survey).iterator(500)
    )
    return workbook_bytes(
        Sheet("样本", sample, lines, title=survey.title),
        Sheet("各题", heads, counts),
        Sheet("文字回答", [Field("题目", 36), Field("选区", 20), Field("回答", 60)], words),
    )


def _tables(table: QuestionTable, names: list[str]) -> list[Block]:
    """The districts beside the whole while they fit on a sheet, else the whole alone."""
    if len(names) > _MOST_BESIDE:
        columns = (Column("选项", 50, "name"), Column("占答这题的人", 50))
        return [Table(str(table.question), columns, tuple((r.label, r.share) for r in table.rows))]
    width = 44 // len(names)
    heads = (Column("选项", 28, "name"), *(Column(name, width) for name in names))
    rows = [(r.label, *map(str, r.counts), r.share) for r in table.rows]
    rows.append(("答这题的人数", *map(str, table.bases), str(table.base)))
    return [Table(str(table.question), (*heads, Column("合计", 28)), tuple(rows))]


_BLANK_MM = 40  # room for an answer in words
_SHEET = (16, 84)
_A_LINE = 3  # districts


def survey_sheet(survey: Survey) -> FormPaper:
    """The blank questionnaire, to be filled in by pen: nobody's name or number is asked for."""
    until = date_words(survey.closes_on)
    told = f"{survey.purpose}\n不用写姓名和电话。单选、打分在一个□里打√，多选可以打几个√。"
    places = [f"□{target.district}" for target in survey.targets.order_by("pk")]
    rows = [places[n : n + _A_LINE] for n in range(0, len(places), _A_LINE)]
    districts = "\n".join("　".join(row) for row in rows)
    lines = [
        Line((Cell("说明", kind="label"), Cell(told, kind="text"))),
        Line((Cell("所在选区", kind="label"), Cell(districts, kind="text"))),
        *(_asked(question) for question in survey.questions.order_by("serial")),
    ]
    return FormPaper(
        title_pieces=(survey.title,),
        author=office_of(survey.region),
        left=f"请在{until}以前交回",
        right="编号：　　　　",
        blocks=(Grid(_SHEET, tuple(lines)),),
    )


def _asked(question: SurveyQuestion) -> Line:
    options = "　".join(f"□{label}" for _, label in question.choices)
    scale = "（1 分最低，5 分最高）" if question.kind == QuestionKind.SCALE else ""
    label = f"第{question.serial}题\n{question.get_kind_display()}"
    text = "\n".join(filter(None, (f"{question.text}{scale}", options)))
    is_words = question.kind == QuestionKind.WORDS
    if is_words:
        return Line((Cell(label, kind="label"), Cell(text)), _BLANK_MM)
    return Line((Cell(label, kind="label"), Cell(text, kind="text")))


def survey_paper(survey: Survey) -> OfficialPaper:
    """Sample and method first, then each question with its base."""
    found = results_of(survey)
    methods = "、".join(f"{name} {count} 份" for name, count in found.methods)
    blocks: list[Block] = [
        Paragraph(survey.purpose),
        Paragraph(
            f"计划调查 {found.planned} 人，收回答卷 {found.answered} 份"
            + (f"，其中{methods}。" if methods else "。")
        ),
        Heading("一、样本"),
        Table(
            "",
            (Column("选区", 40, "name"), Column("计划人数", 20), Column("完成", 40)),
            tuple((p.name, str(p.planned), p.share) for p in found.places),
        ),
        Heading("二、各题结果"),
    ]
    names = [place.name for place in found.places]
    for table in found.tables:
        if table.rows:
            blocks += _tables(table, names)
            if table.mean:
                blocks.append(Paragraph(f"{table.mean}。"))
        else:
            blocks.append(Paragraph(f"{table.question}：有 {table.base} 人作了文字回答。"))
    head = Head(
        issuer=office_of(survey.region), title_pieces=(survey.title, "的结果"),
        date_text=date_words(timezone.localdate()), number=" ",
    )  # fmt: skip
    return OfficialPaper(head, tuple(blocks))
