"""No blank boxes: which face draws what, and what happens where a font or a glyph is missing."""

import io

import pytest
from pypdf import PdfReader

from congress_portal.core import checks
from congress_portal.core.documents import faces, fonts, subsets
from congress_portal.core.documents.errors import PdfError
from congress_portal.core.documents.pdf import render_pdf


@pytest.fixture
def small_font():
    """The bytes of a font with four characters, cut from an installed one."""
    face = next(face for face in faces.installed_faces() if face.postscript.startswith("NotoSans"))
    return subsets.subset_file(face, {ord(c) for c in "人民代表"}).read_bytes()


@pytest.fixture
def machine(small_font, tmp_path, settings, monkeypatch):
    """A machine whose only fonts are those put into the returned directory."""
    settings.VAR_DIR = tmp_path / "var"
    shelf = tmp_path / "fonts"
    shelf.mkdir()
    monkeypatch.setattr(faces, "font_directories", lambda: [shelf])
    faces.forget_installed_faces()
    fonts.forget_fonts()
    yield shelf
    faces.forget_installed_faces()
    fonts.forget_fonts()


def page(text):
    return f'<html lang="zh-CN"><head><title>t</title></head><body><p>{text}</p></body></html>'


@pytest.mark.parametrize("character", ["㛃", "䶮", "𠮷", "喆", "堃", "〔", "㎡", "①", "×", "—"])
def test_base_set_holds_characters_of_names_and_office_papers(character):
    assert ord(character) in fonts.base_characters()


def test_base_set_holds_gb_2312():
    everyday = "人民代表大会常务委员会履职接待选民"

    assert {ord(c) for c in everyday} <= fonts.base_characters()
    assert 7000 < len(fonts.base_characters()) < 9000


def test_every_role_has_a_stack_of_chinese_faces():
    for role in fonts.OPEN_FACES:
        assert any(face.is_chinese for face in fonts.stack(role))


def test_rare_names_are_drawn_and_can_be_searched():
    text = "欧阳㛃、王䶮、李𠮷、赵㐀"
    pdf = render_pdf(page(text))

    assert text in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_character_beyond_the_base_set_costs_one_more_small_font():
    usual, rare = fonts.font_set("代表"), fonts.font_set("代表㐀")

    added = {f.path for f in rare.files} - {f.path for f in usual.files}
    assert all(path.stat().st_size < 20_000 for path in added)


def test_a_character_that_no_font_has_is_named():
    with pytest.raises(PdfError, match=r"没有「\U0002ebe0」（U\+2EBE0）"):  # extension F
        render_pdf(page("代表\U0002ebe0"))


def test_the_face_of_page_numbers_holds_little_else():
    usual = fonts.font_set("代表").files

    sizes = {file.family: file.path.stat().st_size for file in usual}
    assert sizes["portal-digits-0"] < 100_000 < sizes["portal-body-0"]


def test_blanks_and_joiners_need_no_glyph():
    assert fonts.font_set("代\u3000表\u200d\u00ad\n\ufe0f") == fonts.font_set("代表")


def test_without_any_chinese_font_there_is_an_error_instead_of_a_file(machine):
    with pytest.raises(PdfError, match="没有安装中文字体"):
        render_pdf(page("代表"))


def test_a_broken_font_file_is_passed_over(machine):
    (machine / "broken.otf").write_bytes(b"OTTO" + bytes(40))
    faces.forget_installed_faces()

    assert faces.installed_faces() == ()


def test_a_new_font_is_seen_although_the_index_is_kept(machine, small_font):
    before = faces.installed_faces()
    (machine / "new.otf").write_bytes(small_font)
    faces.forget_installed_faces()

    first = faces.installed_faces()
    faces.forget_installed_faces()
    assert (before, len(first)) == ((), 1)
    assert faces.installed_faces() == first
    assert first[0].is_chinese


def test_any_chinese_font_is_better_than_none(machine, small_font):
    (machine / "new.otf").write_bytes(small_font)
    faces.forget_installed_faces()

    assert {fonts.stack(role)[0].path for role in fonts.OPEN_FACES} == {str(machine / "new.otf")}


def test_the_offices_own_fonts_come_first(settings):
    settings.DOCUMENT_FONTS = ["kai=Noto Sans CJK SC", "LXGW WenKai"]

    assert fonts.stack("kai")[0].postscript == "NotoSansCJKsc-Regular"


def test_a_font_of_the_settings_that_is_not_installed_is_named(settings):
    settings.DOCUMENT_FONTS = ["方正小标宋简体", "仿宋_GB2312"]

    assert fonts.missing_faces()[:2] == ["方正小标宋简体", "仿宋_GB2312"]


def test_subsets_are_the_same_bytes_and_have_even_metrics(tmp_path, settings):
    face = fonts.stack("hei")[0]
    characters = {ord(c) for c in "代表0123"}
    first = subsets.subset_file(face, characters).read_bytes()
    settings.VAR_DIR = tmp_path
    second = subsets.subset_file(face, characters)

    assert second.read_bytes() == first
    with subsets.TTFont(second) as font:
        em = font["head"].unitsPerEm
        assert (font["hhea"].ascent, font["hhea"].descent) == (round(0.88 * em), -round(0.12 * em))
        assert set(font.getBestCmap()) >= characters


def test_fonttools_cuts_where_harfbuzz_is_missing(tmp_path, settings, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(subsets, "harfbuzz_subset", lambda: None)

    path = subsets.subset_file(fonts.stack("body")[0], {ord("代"), ord("表")})

    with subsets.TTFont(path) as font:
        assert {ord("代"), ord("表")} <= set(font.getBestCmap())


def test_check_names_what_is_missing(settings, monkeypatch):
    settings.DOCUMENT_FONTS = ["方正小标宋简体"]
    monkeypatch.setattr(subsets, "harfbuzz_subset", lambda: None)

    found = {fault.id: fault.msg for fault in checks.document_faults()}

    assert "方正小标宋简体" in found["core.W002"]
    assert "libharfbuzz-subset" in found["core.W003"]


def test_check_says_that_papers_need_a_chinese_font(machine):
    assert checks.document_faults()[0].id == "core.W001"


@pytest.mark.parametrize("mark", ["🙂", "\U00013000", "👨‍👩‍👧", "\ue000"])
def test_a_mark_that_no_font_has_stops_no_paper(mark):
    assert fonts.font_set(f"路灯不亮{mark}").files
    assert fonts.tight_font_set(f"路灯不亮{mark}").files
