"""履职记实手册: the year's booklet from the records, with lines where there are none (M108)."""

import datetime as dt
import io

import docx
import pytest
from django.urls import reverse
from pypdf import PdfReader

from activities.reports.handbook import handbook
from congress_portal.core.documents.blocks import Table
from congress_portal.core.enums import Role, Verification
from congress_portal.core.models import AuditEntry
from congress_portal.desk.registers.selectors.file import duty_file
from deputies.models import Deputy
from deputies.selectors import with_seats
from tests.factories.activities import ActivityFactory, DutyReportFactory, VisitFactory
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.credit import HonourFactory
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 10)


@pytest.fixture(autouse=True)
def today(freeze):
    return freeze("2026-09-10 09:00")


@pytest.fixture
def deputy():
    return DeputyFactory(
        name="欧阳䶮", town=TownFactory(name="云溪镇"), seat=True,
        user=UserFactory(role=Role.DEPUTY),
    )  # fmt: skip


def book_of(deputy):
    row = with_seats(Deputy.objects.all()).prefetch_related("expertise").get(pk=deputy.pk)
    return handbook(duty_file(row, 2026, reader=staff(), today=DAY, verified_only=True))


def tables(book):
    return [block for block in book.blocks if isinstance(block, Table)]


def test_all_parts_stand_and_empty_ones_leave_lines(deputy):
    HonourFactory(deputy=deputy, title="优秀人大代表")

    book = book_of(deputy)

    heads = [block.text for block in book.blocks if getattr(block, "level", 0) == 1]
    assert [head[0] for head in heads] == list("一二三四五六七八九")
    blank = [table for table in tables(book)[1:] if set(table.rows) == {("", "", "")}]
    assert len(blank) == 6


def test_months_count_verified_records_by_part(deputy):
    ActivityFactory(deputies=[deputy], held_on=dt.date(2026, 7, 8))
    ActivityFactory(deputies=[deputy], verification=Verification.PENDING)
    VisitFactory(deputy=deputy, held_on=dt.date(2026, 7, 9))
    DutyReportFactory(deputy=deputy, held_on=dt.date(2026, 3, 1))

    months = {row[0]: row[1:] for row in tables(book_of(deputy))[0].rows}

    assert months["视察调研"] == ("",) * 6 + ("1",) + ("",) * 5 + ("1",)
    assert months["述职与监督"] == ("", "", "1", "", "", "", "1", "", "", "", "", "", "2")


def test_pdf_and_word_carry_the_long_name_and_the_records(client, deputy):
    ActivityFactory(title="检查农田水利", deputies=[deputy])
    client.force_login(deputy.user)

    pdf = client.get(reverse("desk:handbook", args=[deputy.pk]), {"year": "2026"})
    word = client.get(reverse("desk:handbook_docx", args=[deputy.pk]), {"year": "2026"})

    pages = PdfReader(io.BytesIO(pdf.content)).pages
    assert "欧阳䶮" in pages[0].extract_text()
    assert "检查农田水利" in "".join(page.extract_text() for page in pages[1:])
    file = docx.Document(io.BytesIO(word.content))
    words = "".join(cell.text for table in file.tables for cell in table._cells)
    assert "欧阳䶮" in words
    assert "检查农田水利" in words
    assert AuditEntry.objects.filter(action="export").count() == 2


def test_a_strangers_handbook_is_not_there(client, deputy):
    client.force_login(town_clerk(TownFactory()))

    for name in ("handbook", "handbook_docx"):
        assert client.get(reverse(f"desk:{name}", args=[deputy.pk])).status_code == 404
