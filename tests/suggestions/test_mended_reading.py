"""Merged proposers are answered, published cases hide numbers, control marks harm no paper."""

import io

import docx
import pytest
from django.urls import reverse

from congress_portal.core.documents.blocks import FormPaper, Paragraph
from congress_portal.core.documents.docx import form_docx
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import State
from suggestions.models import Suggestion
from tests.factories.workflow import (
    TEXT,
    accepted,
    answered,
    handed_over,
    make_cast,
    part_of,
    reply_drafted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return make_cast()


@pytest.fixture
def merged(cast):
    """Another deputy's item, merged into one that is then handed over and answered."""
    main = accepted(cast)
    draft = services.save_draft(
        actor=cast.stranger.user,
        data={**TEXT, "title": "关于大修白鹤村公路的建议", "field": cast.field},
    )
    services.submit_suggestion(pk=draft.pk, actor=cast.stranger.user)
    services.merge_suggestion(pk=draft.pk, into_pk=main.pk, actor=cast.office, comment="同一条路")
    services.hand_over(pk=main.pk, actor=cast.office, lead=cast.units[0])
    part = part_of(main, cast.units[0])
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer())
    reply_drafted(cast, part=part)
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())
    return Suggestion.objects.get(pk=draft.pk)


def _page(client, user, item):
    client.force_login(user)
    return client.get(reverse("suggestions:detail", args=[item.pk]))


def test_merged_proposer_reads_the_reply_and_rates_it_on_the_own_page(client, cast, merged):
    page = _page(client, cast.stranger.user, merged)

    assert merged.state == State.MERGED
    assert "已经完成修补。" in page.text
    assert page.context["doors"].main.label == "评价答复"
    assert "还没有交办" not in page.text
    assert str(cast.units[0]) in page.text
    links = set(Notice.objects.filter(user=cast.stranger.user).values_list("link", flat=True))
    assert links == {f"/suggestions/{merged.pk}/"}
    assert _page(client, cast.stranger.user, merged.merged_into).status_code == 404


def test_lead_unit_reads_what_was_merged_into_its_case(client, cast, merged):
    assert _page(client, cast.officer(), merged).status_code == 200
    main = _page(client, cast.officer(), merged.merged_into)
    assert "关于大修白鹤村公路的建议" in main.text
    assert _page(client, cast.officer(2), merged).status_code == 404


def test_published_case_hides_contacts_and_numbers_from_others(client, cast):
    situation = TEXT["situation"] + "村支书电话 138 1234 5678。"
    item = answered(cast, consents_to_publication=True, situation=situation)
    services.publish_suggestion(pk=item.pk, actor=cast.office)

    other = _page(client, cast.stranger.user, item)
    own = _page(client, cast.lead.user, item)

    assert "已经完成修补。" in other.text
    assert "（号码略）" in other.text
    for secret in ("138 1234 5678", "0700-1234567", "赵科长"):
        assert secret not in other.text
        assert secret in own.text


@pytest.mark.parametrize(
    "text",
    [
        "138 1234 5678", "138-1234-5678", "１３８１２３４５６７８", "+8613812345678",
        "+86 138 1234 5678", "8613812345678", "430102 19900101 123X", "430102199001011234",
        "0731-8765 4321", "（0731）87654321", "6222 0212 3456 7890 123", "6222021234567890123",
    ],
)  # fmt: skip
def test_numbers_are_masked_however_they_are_written(text):
    assert without_numbers(f"找他，{text}，问。") == "找他，（号码略），问。"


@pytest.mark.parametrize("text", ["全长3000米，投资1234567元", "2026年3月2日", "第12号、第13号"])
def test_other_numbers_stay(text):
    assert without_numbers(text) == text


def test_a_telephone_of_seven_digits_is_masked_after_its_word():
    assert without_numbers("联系电话：8765 4321，面积87654321亩") == (
        "联系电话：（号码略），面积87654321亩"
    )


def test_control_marks_reach_no_paper(client, cast):
    item = handed_over(cast, title="关于修复白鹤村\x0b通村公路的建议\ufffe")
    assert item.title == "关于修复白鹤村通村公路的建议"
    Suggestion.objects.filter(pk=item.pk).update(title="关于修路\x0b的建议")  # an old row

    client.force_login(cast.office)
    page = client.get(reverse("suggestions:paper_form", args=[item.pk, "docx"]))

    assert page.status_code == 200
    assert docx.Document(io.BytesIO(page.content)).paragraphs


def test_word_files_drop_what_xml_forbids():
    paper = FormPaper(("标\x0c题",), "代表工委", "", "", (Paragraph("正\x0b文\x01"),))

    found = docx.Document(io.BytesIO(form_docx(paper)))

    assert [line.text for line in found.paragraphs if line.text] == ["标题", "正文"]
