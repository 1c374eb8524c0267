"""A book on paper: A4, its entries of a period in a table; and as a list for Excel."""

from django.utils import timezone

from congress_portal.core.documents.blocks import Column, FormPaper, Note, Table
from congress_portal.core.documents.wording import date_words, office_of
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.models import Region
from stations.models import Station
from stations.selectors.books import BookPage

_DAY_WIDTH = 18  # a whole day on one line


def book_paper(page: BookPage, span: str) -> FormPaper:
    """What the reader sees, from the oldest entry to the newest, as books are written."""
    rows = [entry.cells for entry in page][::-1]
    columns = (Column("序号", 7), *_columns(page))
    body = tuple((str(number), *cells) for number, cells in enumerate(rows, start=1))
    empty = (("这一期没有记录。",),)
    notes = [f"本簿由平台从核实的记录生成，不手工填写；{date_words(timezone.localdate())}印。"]
    if page.book.remark:
        notes.insert(0, page.book.remark)
    if page.hidden:
        notes.append(f"另有 {page.hidden} 条您不能查看的记录没有列出。")
    return FormPaper(
        title_pieces=(page.book.title,),
        author=office_of(_region(page)),
        left=page.place.name,
        right=f"{span}　共 {len(rows)} 条",
        blocks=(Table("", columns, body or empty, is_small=True), *(Note(text) for text in notes)),
    )


def _region(page: BookPage) -> Region:
    return page.place.region if isinstance(page.place, Station) else page.place


def _columns(page: BookPage) -> list[Column]:
    """The view's widths in what the column of numbers leaves."""
    widths = [head.width * 93 // 100 for head in page.heads]
    widths[-1] += 93 - sum(widths)
    for place, head in enumerate(page.heads):
        lack = _DAY_WIDTH - widths[place] if head.title.endswith("日期") else 0
        if lack > 0:
            widths[place] += lack
            widths[widths.index(max(widths))] -= lack
    return [
        Column(head.title, width, "text" if width < 20 else "name")
        for head, width in zip(page.heads, widths, strict=True)
    ]


def book_workbook(page: BookPage, span: str) -> bytes:
    fields = [Field(head.title, max(6.0, head.width / 2)) for head in page.heads]
    rows = [entry.cells for entry in page][::-1]
    title = f"{page.place.name}{page.book.title}（{span}）"
    return workbook_bytes(Sheet(page.book.title, fields, rows, title=title))
