"""The whole term of one deputy in figures (MISSION M112)."""

import datetime as dt
import io
import uuid

import pypdf
import pytest
from django.urls import reverse

from activities.enums import Presence
from activities.models import Attendance, Invitation
from congress_portal.core.models import Batch
from congress_portal.desk.registers.selectors.summary import term_summary, terms_of
from congress_portal.desk.registers.term_files import TermSummaries
from congress_portal.evaluations.enums import SheetState, SubjectType
from deputies.models import Deputy
from deputies.selectors import with_seats
from tests.factories.activities import ActivityFactory, DutyReportFactory, VisitFactory
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.credit import HonourFactory
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.evaluations import SchemeFactory, ScoreFactory, SheetFactory
from tests.factories.stations import ReceptionFactory
from tests.factories.suggestions import HandlingFactory, ReplyFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


@pytest.fixture
def deputy():
    return DeputyFactory(seat=True, name="赖强")


def _summary(deputy, reader=None):
    full = with_seats(Deputy.objects.all()).select_related("town__parent")
    row = full.prefetch_related("expertise").get(pk=deputy.pk)
    return term_summary(row, terms_of(row)[0], reader=reader or staff(), today=TODAY)


def _values(summary):
    return {row.name: row.values for row in summary.rows}


def test_years_run_from_the_terms_first_day_to_today(deputy):
    heads = [(head.label, head.told) for head in _summary(deputy).heads]

    assert heads == [
        ("2021年", "12月1日起"), ("2022年", ""), ("2023年", ""), ("2024年", ""),
        ("2025年", ""), ("2026年", "到10月8日"),
    ]  # fmt: skip


def test_a_seat_that_began_late_and_ended_early_counts_its_own_days_only():
    deputy = DeputyFactory()
    MandateFactory(deputy=deputy, term=TermFactory(), begins_on=dt.date(2023, 5, 4),
                   ends_on=dt.date(2024, 2, 3))  # fmt: skip
    ActivityFactory(deputies=[deputy], held_on=dt.date(2022, 3, 1))
    ActivityFactory(deputies=[deputy], held_on=dt.date(2023, 6, 1))

    found = _summary(deputy)

    assert [head.told for head in found.heads] == ["5月4日起", "到2月3日"]
    assert _values(found)["活动次数"] == ("1", "0", "1")
    assert "276 天" in found.facts[-1].value


def test_every_years_figures_and_the_whole_with_denominators(deputy):
    ActivityFactory(deputies=[deputy], held_on=dt.date(2022, 3, 1))
    ActivityFactory(deputies=[deputy], held_on=dt.date(2026, 3, 1))
    VisitFactory(deputy=deputy, held_on=dt.date(2024, 3, 1), people=7)
    DutyReportFactory(deputy=deputy, held_on=dt.date(2025, 3, 1))
    HonourFactory(deputy=deputy, held_on=dt.date(2025, 12, 30), title="优秀人大代表")
    replied = SuggestionFactory(lead=deputy, submitted_on=dt.date(2026, 1, 5))
    SuggestionFactory(lead=deputy, submitted_on=dt.date(2026, 1, 6))
    ReplyFactory(handling=HandlingFactory(suggestion=replied), replied_on=dt.date(2026, 3, 1))

    values = _values(_summary(deputy))

    assert values["活动次数"] == ("0", "1", "0", "0", "0", "1", "2")
    assert values["联系选民人次"] == ("0", "0", "0", "7", "0", "0", "7")
    assert values["领衔建议答复"] == ("—", "—", "—", "—", "—", "1/2", "50.0%（1/2）")
    assert values["述职次数"] == ("0", "0", "0", "0", "1", "0", "1")
    assert values["表彰项数"] == ("0", "0", "0", "0", "1", "0", "1")
    assert values["意见办结"][-1] == "无（0/0）"


def test_attendance_tells_who_was_called_came_and_excused(deputy):
    for presence, day in ((Presence.PRESENT, 1), (Presence.PRESENT, 2), (Presence.LEAVE, 3)):
        activity = ActivityFactory(held_on=dt.date(2026, 3, day))
        Invitation.objects.create(activity=activity, deputy=deputy)
        Attendance.objects.create(activity=activity, deputy=deputy, presence=presence)
    ActivityFactory(deputies=[deputy], held_on=dt.date(2026, 4, 1))

    values = _values(_summary(deputy))

    assert values["应邀出席"][-2:] == ("2/3", "66.7%（2/3）")
    assert (values["未到：请假"][-1], values["未到：缺席"][-1]) == ("1", "0")


def test_only_published_scores_are_shown(deputy):
    for name, total, state in (("履职考评", 88, "published"), ("草稿考评", 12, "draft")):
        sheet = SheetFactory(scheme=SchemeFactory(subject_type=SubjectType.DEPUTY, name=name))
        ScoreFactory(sheet=sheet, deputy=deputy, total=total)
        if state == SheetState.PUBLISHED:
            sheet.state, sheet.published_at = state, dt.datetime(2026, 10, 9, tzinfo=dt.UTC)
            sheet.save()

    section = _summary(deputy).parts[-1]

    assert [(entry.text, entry.detail) for entry in section.entries] == [
        ("履职考评（2026年第三季度）", "88.00 分")
    ]


def test_the_page_opens_each_year_and_says_how_each_figure_is_made(client, deputy):
    client.force_login(staff())
    page = client.get(reverse("desk:term_summary", args=[deputy.pk])).content.decode()

    assert f'href="/registers/deputies/{deputy.pk}/file/?year=2024"' in page
    assert "应邀参加的活动里到会的" in page
    assert "依法由选举决定" in page


def test_the_paper_has_two_or_three_pages_and_the_pages_figures(client, deputy):
    ReceptionFactory(deputies=[deputy], held_on=dt.date(2026, 3, 5))
    client.force_login(staff())

    reply = client.get(reverse("desk:term_summary_pdf", args=[deputy.pk]))
    paper = pypdf.PdfReader(io.BytesIO(reply.content))
    text = "".join(page.extract_text() for page in paper.pages)

    assert len(paper.pages) in (2, 3)
    assert "赖强代表安澜县第十八届履职总结" in "".join(text.split())


def test_the_deputy_reads_the_own_summary_and_a_stranger_none(client):
    deputy = DeputyFactory(seat=True, user=UserFactory(role="deputy"))
    names = ("term_summary", "term_summary_pdf")
    client.force_login(deputy.user)
    assert client.get(reverse("desk:term_summary", args=[deputy.pk])).status_code == 200

    for user in (UserFactory(), town_clerk(TownFactory()),
                 DeputyFactory(user=UserFactory(role="deputy")).user):  # fmt: skip
        client.force_login(user)
        for name in names:
            assert client.get(reverse(f"desk:{name}", args=[deputy.pk])).status_code == 404


@pytest.mark.parametrize("term", ["99999", "x"])
def test_a_term_without_a_seat_is_not_there(client, deputy, term):
    client.force_login(staff())

    page = client.get(reverse("desk:term_summary", args=[deputy.pk]), {"term": term})

    assert page.status_code == 404


def test_somebody_without_a_mandate_has_no_summary(client):
    client.force_login(staff())

    page = client.get(reverse("desk:term_summary", args=[DeputyFactory().pk]))

    assert page.status_code == 404


def test_all_summaries_are_ordered_once_and_made_in_the_background(client, deputy):
    DeputyFactory(seat=True)
    DeputyFactory()
    office = staff()
    client.force_login(office)
    term = deputy.mandates.get().term
    data = {"term": term.pk, "key": uuid.uuid4()}

    for _ in range(2):
        client.post(reverse("desk:term_summaries"), data)

    batch = Batch.objects.get()
    assert batch.items.count() == 2
    item = batch.items.get(key=str(deputy.pk))
    assert TermSummaries().make(batch, item).startswith(b"%PDF")
    assert TermSummaries().may_take(batch, office)
    assert not TermSummaries().may_take(batch, town_clerk(TownFactory()))


def test_the_batch_is_not_for_deputies(client):
    client.force_login(DeputyFactory(seat=True, user=UserFactory(role="deputy")).user)

    assert client.get(reverse("desk:term_summaries")).status_code == 404


@pytest.mark.parametrize("records", [1, 3])
def test_queries_do_not_grow_with_records(client, deputy, records, django_assert_num_queries):
    for number in range(records):
        day = dt.date(2026, 3, 1 + number)
        ActivityFactory(deputies=[deputy], held_on=day)
        DutyReportFactory(deputy=deputy, held_on=day)
        HonourFactory(deputy=deputy, held_on=day)
    client.force_login(staff())
    client.get(reverse("desk:term_summary", args=[deputy.pk]))

    with django_assert_num_queries(67):
        client.get(reverse("desk:term_summary", args=[deputy.pk]))
