"""Word and Excel beside the PDF: the same words, editable, typed and harmless."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from congress_portal.core.charts import Bar, horizontal_bars
from congress_portal.core.documents.blocks import (
    Annex,
    Column,
    Figure,
    Head,
    Heading,
    Note,
    OfficialPaper,
    Pair,
    Paragraph,
    Table,
)
from congress_portal.core.documents.docx import official_docx
from congress_portal.core.documents.pdf import render_html
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes

COLUMNS = (Column("家站", 60, "name"), Column("得分", 40, "figure"))


@pytest.fixture
def paper():
    chart = horizontal_bars([Bar("云溪镇", Decimal("88.3"))], title="得分", unit="分")
    blocks = (
        Paragraph("两句话。", lead="（一）结果。"),
        Pair(Table("分布", COLUMNS, (("九十分以上", "1"),)), Figure("各镇", chart)),
        Heading("一、基本情况"),
        Heading("（一）活动", level=2),
        Note("注：甲。"),
    )
    rows = (("第1名 云溪站",), ("簿册", "9.00"))
    annexes = (
        Annex("明细表", (Table("", COLUMNS, rows),), is_wide=True),
        Annex("说明", (Paragraph("无。"),)),
    )
    head = Head(
        "县人大", ("关于", "考评", "的通报"), "2026年1月5日", "各镇", "〔2026〕1号", "县委办"
    )
    return OfficialPaper(head, blocks, annexes)


def texts(document):
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return [p.text for p in document.paragraphs] + list(cells)


def test_word_says_the_same_as_the_page(paper):
    html = render_html(paper)
    document = docx.Document(io.BytesIO(official_docx(paper)))

    for text in texts(document):
        for word in text.replace("　", " ").split():
            assert word.rstrip("。") in html.replace("<span class=nb>", "").replace("</span>", "")
    assert "（一）结果。两句话。" in texts(document)


def test_word_has_the_margins_of_the_standard_and_a_wide_annex(paper):
    first, wide, last = docx.Document(io.BytesIO(official_docx(paper))).sections

    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    orientations = [first.orientation, wide.orientation, last.orientation]
    assert orientations == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    assert round(wide.page_width.mm) == 297


def test_word_names_chinese_fonts_for_chinese_text(paper):
    document = docx.Document(io.BytesIO(official_docx(paper)))
    runs = {run.text: run for p in document.paragraphs for run in p.runs}

    def font(text):
        return runs[text]._r.rPr.rFonts.get(qn("w:eastAsia"))

    assert font("县人大") == "方正小标宋简体" or font("县人大") == "仿宋_GB2312"
    assert font("一、基本情况") == "黑体"
    assert font("（一）活动") == "楷体_GB2312"
    assert font("两句话。") == "仿宋_GB2312"


def test_word_repeats_heads_and_spans_groups(paper):
    table = docx.Document(io.BytesIO(official_docx(paper))).tables[1]

    assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert len(table.rows[1]._tr.tc_lst) == 1
    assert [cell.text for cell in table.rows[2].cells] == ["簿册", "9.00"]


def test_word_pictures_have_a_description(paper):
    content = zipfile.ZipFile(io.BytesIO(official_docx(paper))).read("word/document.xml").decode()

    assert 'descr="各镇"' in content


def rows_of(content, sheet=0):
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[sheet].iter_rows())


def test_excel_cells_are_typed():
    moment = dt.datetime(2026, 3, 31, 16, 30, tzinfo=dt.UTC)
    row = ["张三", 3, Decimal("88.33"), dt.date(2026, 1, 5), moment, True, None]
    content = workbook_bytes(Sheet("表", [Field(f"列{n}") for n in range(7)], [row]))

    values = [cell.value for cell in rows_of(content)[1]]
    assert values[:4] == ["张三", 3, 88.33, dt.datetime(2026, 1, 5)]
    assert values[4:] == [dt.datetime(2026, 4, 1, 0, 30), "是", None]


@pytest.mark.parametrize(
    "text", ["=1+1", "+86138", "-2", "@SUM(A1)", "{=A1}", "http://a.cn", "007"]
)
def test_excel_writes_text_as_text(text):
    content = workbook_bytes(Sheet("表", [Field("列")], [[text]]))

    cell = rows_of(content)[1][0]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_excel_reads_rows_once_and_writes_the_same_bytes():
    def content():
        return workbook_bytes(Sheet("表", [Field("列")], ([n] for n in range(3)), "题目"))

    assert content() == content()
    assert [row[0].value for row in rows_of(content())] == ["题目", "列", 0, 1, 2]


def test_excel_takes_any_sheet_name():
    content = workbook_bytes(Sheet("2026/第三季度[家站]" * 4, [Field("列")], []))

    name = openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0]
    assert name == ("2026－第三季度－家站－" * 4)[:31]
