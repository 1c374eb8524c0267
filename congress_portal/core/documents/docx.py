"""The same paper as an editable Word file: fonts by name, margins and pitch of GB/T 9704—2012."""

import datetime as dt
import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from congress_portal.core.documents.blocks import (
    Annex,
    Block,
    Cell,
    Column,
    Figure,
    FormPaper,
    Grid,
    Heading,
    Note,
    OfficialPaper,
    Pair,
    Paragraph,
    Table,
)
from congress_portal.core.text import printable

FANG, KAI, HEI, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
_RED = RGBColor(0xD7, 0x00, 0x0F)
_PITCH = Pt(28.95)
_STAMP = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp: the same paper, the same bytes
_ISSUER_POINTS = {"l": 46, "m": 36, "s": 28, "xs": 21}
_PORTRAIT_MM, _WIDE_MM = 156, 225


def official_docx(paper: OfficialPaper) -> bytes:
    """The bytes of the .docx; Word's own fonts 仿宋_GB2312 etc. are named, not embedded."""
    document = _new_document()
    _masthead(document, paper)
    for block in paper.blocks:
        _write(document, block, _PORTRAIT_MM)
    _signature(document, paper)
    for number, annex in enumerate(paper.annexes, start=1):
        mark = f"附件{number}" if len(paper.annexes) > 1 else "附件"
        _annex(document, annex, mark)
    _colophon(document, paper)
    return _saved(document, paper)


def form_docx(paper: FormPaper) -> bytes:
    """A form as Word: title, line below it, grid."""
    document = _new_document()
    for text in paper.title_lines:
        title = _line(document, text, font=SONG, points=22, align=WD_ALIGN_PARAGRAPH.CENTER)
        title.paragraph_format.line_spacing = Pt(34)
    if paper.left or paper.right:
        line = _line(document, f"{paper.left}\t{paper.right}", points=12)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(_PORTRAIT_MM), WD_TAB_ALIGNMENT.RIGHT)
    for block in paper.blocks:
        _write(document, block, _PORTRAIT_MM)
    return _saved(document, paper)


def _new_document() -> Document:
    document = docx.Document()
    _base_style(document)
    _upright(document.sections[0])
    _page_numbers(document.sections[0])
    document.settings.odd_and_even_pages_header_footer = True
    return document


def _saved(document: Document, paper: OfficialPaper | FormPaper) -> bytes:
    properties = document.core_properties
    properties.title, properties.author = printable(paper.title), printable(paper.author)
    properties.language = "zh-CN"
    properties.created = properties.modified = _STAMP
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _base_style(document: Document) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = FANG, Pt(16)
    style.element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), FANG)
    layout = style.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, _PITCH
    layout.widow_control = True


def _upright(section: Section) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(35 - 7 - 5)


def _turned(section: Section) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(35), Mm(37)
    section.footer_distance = Mm(14)


def _page_numbers(section: Section) -> None:
    """— 1 —: odd pages right, even pages left, one character free."""
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        line = footer.paragraphs[0]
        line.alignment = align
        line.paragraph_format.right_indent = line.paragraph_format.left_indent = Pt(14)
        _run(line, "— ", "宋体", 14)
        _field(_run(line, "", "宋体", 14), "PAGE")
        _run(line, " —", "宋体", 14)


def _field(run: Run, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)


def _run(paragraph: WordParagraph, text: str, font: str, points: float) -> Run:
    run = paragraph.add_run(printable(text))
    run.font.name, run.font.size = font, Pt(points)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _line(
    document: Document,
    text: str = "",
    *,
    font: str = FANG,
    points: float = 16,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
) -> WordParagraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    if text:
        _run(paragraph, text, font, points)
    return paragraph


def _masthead(document: Document, paper: OfficialPaper) -> None:
    head, centre = paper.head, WD_ALIGN_PARAGRAPH.CENTER
    points = _ISSUER_POINTS[head.issuer_size]
    room = Emu(Mm(35))
    if head.mark:
        _line(document, head.mark, font=HEI, align=WD_ALIGN_PARAGRAPH.RIGHT)
        room = Emu(room - _PITCH)
    mark = _line(document, head.issuer, font=SONG, points=points, align=centre)
    mark.paragraph_format.space_before, mark.paragraph_format.line_spacing = room, Pt(points + 2)
    mark.runs[0].font.color.rgb = _RED
    for _ in range(2):
        _line(document)
    number = _line(document, head.number or " ", align=centre)
    _border(number, "bottom", "D7000F", 16, space=11)
    for _ in range(2):
        _line(document)
    for text in head.title_lines:
        title = _line(document, text, font=SONG, points=22, align=centre)
        title.paragraph_format.line_spacing = Pt(34)
    _line(document)
    if head.addressee:
        _line(document, f"{head.addressee}：")


def _border(paragraph: WordParagraph, side: str, color: str, size: int, space: int = 1) -> None:
    borders = OxmlElement("w:pBdr")
    edge = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", size), ("space", space), ("color", color)):
        edge.set(qn(f"w:{key}"), str(value))
    borders.append(edge)
    paragraph._p.get_or_add_pPr().append(borders)


def _write(document: Document, block: Block, width: int) -> None:
    match block:
        case Heading(text=text, level=level):
            paragraph = _line(document, text, font=HEI if level == 1 else KAI)
            paragraph.paragraph_format.first_line_indent = Pt(32)
            paragraph.paragraph_format.keep_with_next = True
        case Paragraph(text=text, lead=lead):
            paragraph = _line(document, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
            paragraph.paragraph_format.first_line_indent = Pt(32)
            if lead:
                _run(paragraph, lead, KAI, 16)
            _run(paragraph, text, FANG, 16)
        case Note(text=text):
            _line(document, text, points=10.5).paragraph_format.line_spacing = Pt(15)
        case Table():
            _table(document, block, width)
        case Figure():
            _figure(document, block)
        case Pair(table=table, figure=figure):
            _table(document, table, width)
            _figure(document, figure)
        case Grid():
            _grid(document, block, width)


def _caption(document: Document, text: str) -> None:
    if text:
        caption = _line(document, text, font=HEI, points=12, align=WD_ALIGN_PARAGRAPH.CENTER)
        caption.paragraph_format.keep_with_next = True


def _figure(document: Document, figure: Figure) -> None:
    # Reason for the inline import: vl-convert carries 60 MB that only charts need.
    import vl_convert  # noqa: PLC0415

    _caption(document, figure.caption)
    picture = _line(document, align=WD_ALIGN_PARAGRAPH.CENTER)
    picture.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    png = vl_convert.svg_to_png(str(figure.svg), scale=3)
    shape = picture.add_run().add_picture(io.BytesIO(png))
    if shape.width > Mm(_PORTRAIT_MM):
        shape.height = Emu(shape.height * Mm(_PORTRAIT_MM) // shape.width)
        shape.width = Mm(_PORTRAIT_MM)
    shape._inline.docPr.set("descr", figure.caption)


def _table(document: Document, table: Table, width: int) -> None:
    _caption(document, table.caption)
    points = 9 if table.is_small else 10.5
    count, body = len(table.columns), table.body
    grid = document.add_table(rows=len(body) + 1, cols=count, style="Table Grid")
    grid.autofit = False
    cells = grid._cells  # read once: rows and their cells are worked out anew at each access
    for cell, column in zip(cells, table.columns, strict=False):
        _cell(cell, column.title, HEI, points, "text")
    _repeat_head(grid)
    for number, row in enumerate(body, start=1):
        line = cells[number * count : (number + 1) * count]
        if len(row) == 1:
            _span(line)
        for cell, (text, align) in zip(line, row, strict=False):
            _cell(cell, text, HEI if align == "span" else FANG, points, align)
    _column_widths(grid, table.columns, width)


def _span(line: Sequence[_Cell]) -> None:
    """One cell over the whole row."""
    first, *rest = line
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), str(len(line)))
    first._tc.get_or_add_tcPr().append(span)
    for cell in rest:
        cell._tc.getparent().remove(cell._tc)


def _grid(document: Document, form: Grid, width: int) -> None:
    """A form: each line's cells span columns of one table."""
    count = len(form.widths)
    grid = document.add_table(rows=len(form.lines), cols=count, style="Table Grid")
    grid.autofit = False
    for number, hundredths in enumerate(form.widths):
        grid.columns[number].width = Mm(width * hundredths / sum(form.widths))
    for row, line in zip(grid.rows, form.lines, strict=True):
        row.height, row.height_rule = Mm(line.height), WD_ROW_HEIGHT_RULE.AT_LEAST
        cells, at = row.cells, 0
        for cell in line.cells:
            _span(cells[at : at + cell.span])
            _field_cell(cells[at], cell)
            at += cell.span


def _field_cell(place: _Cell, cell: Cell) -> None:
    is_text = cell.kind == "text"
    vertical = WD_CELL_VERTICAL_ALIGNMENT
    unfilled = vertical.BOTTOM if not cell.text else vertical.TOP
    place.vertical_alignment = unfilled if is_text else vertical.CENTER
    centred = cell.kind in ("label", "centre")
    font = HEI if cell.kind == "label" else FANG
    for number, text in enumerate(cell.lines or [""]):
        paragraph = place.paragraphs[0] if not number else place.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.line_spacing = Pt(20)
        if is_text:
            paragraph.paragraph_format.first_line_indent = Pt(24)
        _run(paragraph, text, font, 12)
    if cell.tail:
        tail = place.add_paragraph()
        tail.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        tail.paragraph_format.line_spacing = Pt(20)
        _run(tail, cell.tail, FANG, 12)


def _column_widths(grid: WordTable, columns: Sequence[Column], width: int) -> None:
    total = sum(column.width for column in columns)
    for number, column in enumerate(columns):
        grid.columns[number].width = Mm(width * column.width / total)


def _repeat_head(grid: WordTable) -> None:
    flag = OxmlElement("w:tblHeader")
    flag.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(flag)


def _cell(cell: _Cell, text: str, font: str, points: float, align: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = {
        "figure": WD_ALIGN_PARAGRAPH.RIGHT,
        "text": WD_ALIGN_PARAGRAPH.CENTER,
    }.get(align, WD_ALIGN_PARAGRAPH.LEFT)
    paragraph.paragraph_format.line_spacing = Pt(points + 4)
    _run(paragraph, text, font, points)


def _signature(document: Document, paper: OfficialPaper) -> None:
    count = len(paper.annexes)
    if count:
        _line(document)
    for number, annex in enumerate(paper.annexes, start=1):
        mark = "附件：" if number == 1 else "　　　"
        text = f"{mark}{f'{number}. ' if count > 1 else ''}{annex.title}"
        _line(document, text).paragraph_format.first_line_indent = Pt(32)
    for text in ("", "", paper.head.issuer, paper.head.date_text):
        line = _line(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
        indent = paper.head.sign_indent / 2 if text == paper.head.issuer else 4
        line.paragraph_format.right_indent = Pt(16 * indent)
    if paper.head.note:
        _line(document, f"（{paper.head.note}）").paragraph_format.first_line_indent = Pt(32)


def _annex(document: Document, annex: Annex, mark: str) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    (_turned if annex.is_wide else _upright)(section)
    _line(document, mark, font=HEI)
    _line(document, annex.title, font=SONG, points=18, align=WD_ALIGN_PARAGRAPH.CENTER)
    for block in annex.blocks:
        _write(document, block, _WIDE_MM if annex.is_wide else _PORTRAIT_MM)


def _colophon(document: Document, paper: OfficialPaper) -> None:
    _line(document)
    if paper.head.copies_to:
        copies = _line(document, f"　抄送：{paper.head.copies_to}。", points=14)
        _border(copies, "top", "000000", 8)
    printed = _line(document, f"　{paper.head.issuer}　　{paper.head.date_text}印发", points=14)
    _border(printed, "top", "000000", 6)
