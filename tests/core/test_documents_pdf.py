"""The page as it is printed, measured in millimetres; what a paper may fetch; the same bytes."""

import io
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from weasyprint import HTML
from weasyprint.formatting_structure import boxes

from congress_portal.core.documents.blocks import (
    Annex,
    Column,
    Head,
    Heading,
    Note,
    OfficialPaper,
    Paragraph,
    Table,
    fold_title,
)
from congress_portal.core.documents.engine import allowed_file
from congress_portal.core.documents.errors import PdfError
from congress_portal.core.documents.pdf import render_html, render_many, render_pdf

MM = 72 / 25.4
HEIGHT, LEFT, RIGHT = 297 * MM, 28 * MM, 184 * MM
TOP, BOTTOM = 37 * MM, (297 - 35) * MM


def head(**kwargs):
    given = {
        "issuer": "安澜县人大常委会代表工作委员会",
        "title_pieces": ("关于", "2026年第三季度", "代表家站", "考评情况", "的通报"),
        "date_text": "2026年10月12日",
        "addressee": "各镇人大主席团、各街道人大工委",
        "number": "安人代〔2026〕12号",
    }
    return Head(**{**given, **kwargs})


def paper(*blocks, annexes=(), **kwargs):
    return OfficialPaper(head(**kwargs), blocks, annexes)


@dataclass(frozen=True)
class Glyph:
    text: str
    page: int
    x: float
    y: float
    size: float


def glyphs(pdf: bytes) -> list[Glyph]:
    """Every piece of text with the place of its baseline, points from the upper left."""
    found = []
    for number, page in enumerate(PdfReader(io.BytesIO(pdf)).pages):
        height = float(page.mediabox.height)

        def visit(text, ctm, tm, font, size, number=number, height=height):
            if text.strip():
                x = tm[4] * ctm[0] + tm[5] * ctm[2] + ctm[4]
                y = tm[4] * ctm[1] + tm[5] * ctm[3] + ctm[5]
                found.append(Glyph(text.strip(), number, x, height - y, size * abs(ctm[3])))

        page.extract_text(visitor_text=visit)
    return found


def lines_of(pdf: bytes, page: int, char: str) -> list[float]:
    """Baselines of the lines that begin with ``char`` on the page."""
    return sorted({round(g.y, 2) for g in glyphs(pdf) if g.page == page and g.text[0] == char})


@pytest.fixture(scope="module")
def grid() -> bytes:
    """A paper of one character only: the lines fill the page."""
    return render_pdf(render_html(paper(Paragraph("国" * 28 * 40))))


def test_a_full_page_has_22_lines_at_the_pitch_of_the_standard(grid):
    lines = lines_of(grid, 1, "国")

    assert len(lines) == 22
    pitches = [b - a for a, b in pairwise(lines)]
    assert pitches == pytest.approx([225 * MM / 22] * 21, abs=0.05)
    assert TOP < lines[0] < lines[-1] < BOTTOM


def test_a_line_has_28_characters(grid):
    text = PdfReader(io.BytesIO(grid)).pages[1].extract_text()

    assert {len(line) for line in text.splitlines() if "国" in line} == {28}


def test_text_stands_within_the_margins(grid):
    body = [g for g in glyphs(grid) if g.page == 1 and g.text[0] == "国"]

    assert min(g.x for g in body) == pytest.approx(LEFT, abs=0.5)
    assert {round(g.size) for g in body} == {16}


def test_the_page_is_a4(grid):
    box = PdfReader(io.BytesIO(grid)).pages[0].mediabox

    assert (box.width / MM, box.height / MM) == (pytest.approx(210), pytest.approx(297))


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(grid):
    marks = {g.page: g for g in glyphs(grid) if g.y > BOTTOM and "—" in g.text}

    assert marks[0].x > RIGHT - 14 - 60
    assert marks[1].x == pytest.approx(LEFT + 14, abs=1)
    assert {round(g.size) for g in marks.values()} == {14}
    middle_of_dash = marks[0].y - 0.36 * 14
    assert (middle_of_dash - BOTTOM) / MM == pytest.approx(7, abs=0.8)


def test_page_numbers_have_a_dash_at_each_side(grid):
    texts = [page.extract_text() for page in PdfReader(io.BytesIO(grid)).pages]

    assert [bool(re.search(rf"—\s*{n}\s*—", text)) for n, text in enumerate(texts, 1)] == [
        True
    ] * len(texts)


def test_issuer_is_red_and_35_mm_below_the_top_of_the_text_area(grid):
    mark = next(g for g in glyphs(grid) if g.text.startswith("安澜县"))
    upper_edge = mark.y - 0.86 * mark.size

    assert mark.page == 0
    assert (upper_edge - TOP) / MM == pytest.approx(35, abs=1)
    assert "0.843137 0 0.058824 rg" in PdfReader(io.BytesIO(grid)).pages[
        0
    ].get_contents().get_data().decode("latin-1")


def test_title_is_22_points_and_centred(grid):
    first, second = (g for g in glyphs(grid) if round(g.size) == 22)

    assert (first.text, second.text) == ("关于2026年第三季度", "代表家站考评情况的通报")
    centre = second.x + 11 * 22 / 2
    assert centre == pytest.approx((LEFT + RIGHT) / 2, abs=3)


def test_justified_lines_end_at_the_right_margin():
    text = "人民代表大会，制度是根本；「人大代表」（含驻会）、常委会组成人员。" * 6
    html = f'<html><body><p style="font-size: 16px; text-align: justify; width: 440px">{text}'
    page = HTML(string=html).render().pages[0]._page_box

    lines = [box for box in page.descendants() if isinstance(box, boxes.LineBox)]
    ends = [line.children[0].position_x + line.children[0].width for line in lines]
    spread = lines[0].children[0].style["letter_spacing"]
    right = lines[0].position_x + 440
    assert len(lines) > 5
    assert [end - spread / 2 for end in ends[:-1]] == pytest.approx(
        [right] * (len(lines) - 1), abs=1.5
    )
    assert ends[-1] < right - 16  # the last line of a paragraph is left alone


def test_wide_annexes_lie_on_landscape_pages():
    table = Table("", (Column("家站", 60, "name"), Column("得分", 40, "figure")), (("一站", "9"),))
    pdf = render_pdf(
        render_html(paper(Paragraph("正文。"), annexes=(Annex("明细表", (table,), is_wide=True),)))
    )

    sizes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    assert [box.width > box.height for box in sizes] == [False, True]


def test_heads_of_tables_are_repeated_on_every_page():
    rows = tuple((f"第{n}站", "1.00") for n in range(120))
    table = Table("", (Column("家站名称", 60, "name"), Column("得分", 40, "figure")), rows)
    pdf = render_pdf(render_html(paper(table)))

    texts = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(texts) > 2
    assert ["家站名称" in text for text in texts if "站" in text.replace("家站名称", "")] == [
        True
    ] * len(texts)


def test_groups_of_rows_do_not_end_a_page_with_their_head():
    rows = tuple(
        row for n in range(40) for row in ((f"组{n:02d}头",), ("甲", "1"), ("乙", "2"), ("丙", "3"))
    )
    table = Table("", (Column("名", 60, "name"), Column("数", 40, "figure")), rows)
    pdf = render_pdf(render_html(paper(table)))

    for page in PdfReader(io.BytesIO(pdf)).pages:
        _, *groups = re.split(r"组\d\d头", page.extract_text())
        assert all("甲" in group for group in groups)


def test_colophon_stands_at_the_foot_of_the_last_page():
    annex = Annex("说明", (Note("无。"),))
    pdf = render_pdf(render_html(paper(Paragraph("正文。"), annexes=(annex,), copies_to="县委办")))

    printed = next(g for g in glyphs(pdf) if "印发" in g.text)
    copies = next(g for g in glyphs(pdf) if "抄送" in g.text)
    assert printed.page == len(PdfReader(io.BytesIO(pdf)).pages) - 1
    assert BOTTOM - 9 * MM < printed.y < BOTTOM
    assert printed.y - copies.y == pytest.approx(9 * MM, abs=2)


def test_pdf_is_tagged_titled_and_bookmarked():
    pdf = render_pdf(render_html(paper(Heading("一、基本情况"), Paragraph("甲。"))))
    reader = PdfReader(io.BytesIO(pdf))
    catalog = reader.trailer["/Root"]

    assert isinstance(catalog["/MarkInfo"], DictionaryObject)
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "zh-CN"
    assert reader.metadata.title == "关于2026年第三季度代表家站考评情况的通报"
    assert reader.metadata.author == "安澜县人大常委会代表工作委员会"
    assert [mark["/Title"] for mark in reader.outline] == [
        "关于2026年第三季度代表家站考评情况的通报",
        "一、基本情况",
    ]


def test_all_fonts_are_embedded(grid):
    fonts = PdfReader(io.BytesIO(grid)).pages[0]["/Resources"]["/Font"]

    for font in fonts.values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_same_html_gives_the_same_bytes(grid):
    html = render_html(paper(Paragraph("国" * 28 * 40)))

    assert render_pdf(html) == grid


@pytest.mark.parametrize("workers", [1, 2])
def test_a_batch_gives_the_same_papers(grid, workers):
    html = render_html(paper(Paragraph("国" * 28 * 40)))
    rare = render_html(paper(Paragraph("李𠮷&赵㐀")))

    made = list(render_many([html, rare, html], workers=workers))
    texts = [[p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages] for pdf in (*made, grid)]

    assert made[0] == made[2]
    assert texts[0] == texts[3]
    assert "李𠮷&赵㐀" in texts[1][0]


def test_stored_text_is_escaped_and_never_compiled():
    html = render_html(paper(Paragraph("<b>{{ 7 }}</b>{% now 'Y' %}共3个")))

    assert "&lt;b&gt;{{ <span class=nb>7</span> }}&lt;/b&gt;{% now &#x27;Y&#x27; %}" in html
    assert "共<span class=nb>3个</span>" in html


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "/static/../congress_portal/settings.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/media/secret.pdf",
        "http://example.org/picture.png",
        "https://testserver.example.org/static/css/portal.css",
        "ftp://testserver/static/css/portal.css",
        "/static/css/missing.css",
    ],
)
def test_foreign_addresses_stop_the_paper(address):
    html = f'<html lang="zh-CN"><title>t</title><body>甲<img src="{address}"></body></html>'

    with pytest.raises(PdfError, match="本系统以外的资源"):
        render_pdf(html)


def test_own_static_files_and_data_are_served(settings):
    pixel = (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
        "hgGAWjR9awAAAABJRU5ErkJggg=="
    )
    html = f'<html lang="zh-CN"><title>t</title><body>甲<img src="{pixel}" alt="点"></body></html>'

    assert render_pdf(html).startswith(b"%PDF-1.7")
    found = allowed_file(f"{settings.SITE_URL}/static/css/pdf/base.css")
    assert found == Path(settings.BASE_DIR) / "static/css/pdf/base.css"


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        (("关于", "考评", "的通报"), ("关于考评的通报",)),
        (
            ("关于", "2026年第三季度", "代表家站", "考评情况", "的通报"),
            ("关于2026年第三季度", "代表家站考评情况的通报"),
        ),
        (("一" * 25,), ("一" * 25,)),
    ],
)
def test_titles_are_broken_between_units_of_meaning(pieces, lines):
    assert fold_title(pieces) == lines


@pytest.mark.parametrize(
    ("issuer", "size", "indent"),
    [
        ("县人大", "l", 8),
        ("安澜县人大常委会办公室", "m", 4),
        ("安澜县人大常委会代表工作委员会", "s", 0),
        ("某某土家族苗族自治县人大常委会代表工作委员会", "xs", 0),
    ],
)
def test_issuer_fits_one_line_and_is_centred_over_the_date(issuer, size, indent):
    made = head(issuer=issuer)

    assert (made.issuer_size, made.sign_indent) == (size, indent)


@dataclass(frozen=True)
class Loose:
    """A paper of another app: its own template and no styles."""

    title: str = "清单"
    author: str = "办公室"
    template: ClassVar[str] = "pdf/base.html"
    stylesheets: ClassVar[tuple[str, ...]] = ()


def test_any_dataclass_with_a_template_is_a_paper():
    html = render_html(Loose())

    assert "<title>清单</title>" in html
    assert '<link rel="stylesheet" href="/static/css/pdf/base.css">' in html
