import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse
from pypdf import PdfReader

from activities.models import NotebookEntry
from activities.reports.notebook import booklet
from activities.services import notebook as services
from congress_portal.core.enums import AuditAction, Role, Verification
from congress_portal.core.models import AuditEntry
from congress_portal.core.stale import StaleRecordError, fingerprint
from tests.factories.activities import VisitFactory
from tests.factories.contact import FixedVoterFactory, NotebookEntryFactory
from tests.factories.core import TownFactory, UserFactory, VillageFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 8, 15)


@pytest.fixture(autouse=True)
def today(freeze):
    freeze("2026-08-15 10:00")


@pytest.fixture
def deputy():
    return DeputyFactory(name="张伟", user=UserFactory(role=Role.DEPUTY))


def note(deputy, **fields):
    given = {"actor": deputy.user, "deputy": deputy, "text": "答应去看水渠", "noted_on": DAY}
    return services.write_note(**given | fields)


def test_one_field_is_enough_and_a_double_tap_is_one_page(client, deputy):
    client.force_login(deputy.user)
    page = client.get(reverse("activities:notebook"))
    form = page.context["form"]
    data = {
        "key": form["key"].value(),
        "noted_on": f"{form['noted_on'].value():%Y-%m-%d}",
        "text": "答应去看水渠",
    }

    for _ in range(2):
        response = client.post(reverse("activities:notebook"), data)

    assert response.url == reverse("activities:notebook")
    found = NotebookEntry.objects.get()
    assert (found.text, found.noted_on, found.voter) == ("答应去看水渠", DAY, None)


def test_an_empty_page_is_refused_at_its_field(client, deputy):
    client.force_login(deputy.user)

    page = client.post(reverse("activities:notebook"), {"text": "", "noted_on": "2026-08-15"})

    assert page.context["form"].errors == {"text": ["请填写。"]}
    assert not NotebookEntry.objects.exists()


def test_a_follow_up_before_the_day_keeps_the_text(client, deputy):
    client.force_login(deputy.user)
    data = {"text": "去看水渠", "noted_on": "2026-08-15", "follow_up_on": "2026-08-14"}

    page = client.post(reverse("activities:notebook"), data).text

    assert "不能早于记事的日期" in page
    assert "去看水渠</textarea>" in page


def test_somebody_elses_voter_is_refused(deputy):
    with pytest.raises(services.NotebookError, match="自己的固定联系选民"):
        note(deputy, voter=FixedVoterFactory())


def test_staff_cannot_write_in_it(deputy):
    with pytest.raises(services.NotebookError):
        services.write_note(actor=town_clerk(deputy.town), deputy=deputy, text="代写", noted_on=DAY)


def test_a_tick_takes_it_off_the_list_and_can_be_taken_back(client, deputy):
    entry = note(deputy, follow_up_on=DAY)
    client.force_login(deputy.user)
    address = reverse("activities:tick_note", args=[entry.pk])

    due = []
    for done in ("1", "1", "0"):
        client.post(address, {"done": done})
        due.append(len(client.get(reverse("activities:notebook")).context["due"]))

    assert due == [0, 0, 1]


def test_a_stale_edit_is_refused(deputy):
    entry = note(deputy)
    seen = fingerprint(entry)
    services.change_note(
        actor=deputy.user, note_pk=entry.pk, seen=seen, text="改过一次", noted_on=DAY
    )

    with pytest.raises(StaleRecordError):
        services.change_note(
            actor=deputy.user, note_pk=entry.pk, seen=seen, text="又改", noted_on=DAY
        )


def test_a_page_is_torn_out_only_as_it_was_seen(client, deputy):
    entry = note(deputy)
    client.force_login(deputy.user)
    address = reverse("activities:tear_out", args=[entry.pk])

    client.post(address, {"seen": "别的"})
    kept = NotebookEntry.objects.count()
    client.post(address, {"seen": fingerprint(entry)})

    assert (kept, NotebookEntry.objects.count()) == (1, 0)


def test_no_page_stands_in_the_trail(deputy):
    entry = note(deputy, is_private=True, text="只给自己看的话")
    services.tear_out(actor=deputy.user, note_pk=entry.pk, seen=fingerprint(entry))

    told = "".join(f"{row.changes}{row.label}" for row in AuditEntry.objects.all())

    assert "只给自己看的话" not in told
    assert "已隐去" in told


def test_staff_read_what_is_not_private(client, deputy):
    note(deputy, text="公开的一页")
    note(deputy, text="私下的一页", is_private=True, follow_up_on=DAY)
    client.force_login(town_clerk(deputy.town))

    page = client.get(reverse("activities:notebook_of", args=[deputy.pk])).text

    assert ("公开的一页" in page, "私下的一页" in page) == (True, False)


def test_the_system_administrator_reads_no_private_page(deputy):
    note(deputy, is_private=True)

    seen = [
        NotebookEntry.objects.visible_to(user).count()
        for user in (staff(), UserFactory(role=Role.ADMIN), deputy.user)
    ]

    assert seen == [0, 0, 1]


@pytest.mark.parametrize("name", ["notebook_of", "notebook_pdf"])
def test_a_strangers_notebook_is_not_found(client, deputy, name):
    client.force_login(town_clerk(TownFactory()))

    assert client.get(reverse(f"activities:{name}", args=[deputy.pk])).status_code == 404


@pytest.mark.parametrize("name", ["change_note", "tick_note", "tear_out"])
def test_a_page_of_another_is_not_found_even_for_staff(client, deputy, name):
    entry = note(deputy)
    client.force_login(town_clerk(deputy.town))

    assert client.post(reverse(f"activities:{name}", args=[entry.pk])).status_code == 404


def test_private_pages_are_only_in_the_own_print_and_only_if_wished(deputy):
    note(deputy, text="公开")
    note(deputy, text="私下", is_private=True)
    clerk = town_clerk(deputy.town)

    texts = [
        [
            entry.text
            for month in booklet(
                deputy, 2026, reader=reader, today=DAY, with_private=private
            ).months
            for entry in month.entries
        ]
        for reader, private in ((deputy.user, True), (deputy.user, False), (clerk, True))
    ]

    assert texts == [["公开", "私下"], ["公开"], ["公开"]]


def test_booklet_goes_by_month_and_holds_the_contacts(deputy):
    village = VillageFactory(parent=deputy.town, name="柳林村")
    voter = FixedVoterFactory(deputy=deputy, name="李大爷")
    NotebookEntryFactory(
        deputy=deputy, noted_on=dt.date(2026, 3, 9), voter=voter, follow_up_on=dt.date(2026, 3, 20),
        is_done=True,
    )  # fmt: skip
    VisitFactory(deputy=deputy, village=village, held_on=dt.date(2026, 3, 2), matter="用水")
    VisitFactory(deputy=deputy, held_on=dt.date(2026, 3, 3), verification=Verification.REFUSED)
    VisitFactory(deputy=deputy, held_on=dt.date(2025, 3, 3))
    NotebookEntryFactory(deputy=deputy, noted_on=dt.date(2026, 7, 1), text="七月")

    paper = booklet(deputy, 2026, reader=deputy.user, today=DAY, with_private=False)

    found = [(m.number, [(e.on.day, e.kind, e.follow_up) for e in m.entries]) for m in paper.months]
    town = deputy.town.name
    assert found == [
        (
            3,
            [
                (2, f"走访（{town}柳林村，3 人次）", ""),
                (9, "记事（李大爷）", "3月20日再办（已办）"),
            ],
        ),
        (7, [(1, "记事", "")]),
    ]
    assert (paper.contacts, paper.people, paper.notes) == (1, 3, 2)


def test_staff_print_masks_the_voter(deputy):
    NotebookEntryFactory(deputy=deputy, voter=FixedVoterFactory(deputy=deputy, name="李大爷"))

    paper = booklet(deputy, 2026, reader=town_clerk(deputy.town), today=DAY, with_private=False)

    assert paper.months[0].entries[0].kind == "记事（李**）"


def test_booklet_is_a_small_pdf_with_cover_and_months(client, deputy):
    NotebookEntryFactory(deputy=deputy, text="张三㛃家的水渠")
    client.force_login(deputy.user)

    response = client.get(reverse("activities:notebook_pdf", args=[deputy.pk]), {"year": "2026"})

    pdf = PdfReader(io.BytesIO(response.content))
    width = float(pdf.pages[0].mediabox.width)
    assert (len(pdf.pages), round(width / 72 * 25.4)) == (2, 148)
    assert "联系选民记事簿" in pdf.pages[0].extract_text()
    assert "张三㛃家的水渠" in pdf.pages[1].extract_text()
    assert AuditEntry.objects.filter(action=AuditAction.EXPORT).count() == 1


def test_a_year_without_pages_is_not_found(client, deputy):
    client.force_login(deputy.user)

    page = reverse("activities:notebook_pdf", args=[deputy.pk])

    assert client.get(page, {"year": "1999"}).status_code == 404


def test_pages_are_found_by_word_and_by_voter(client, deputy):
    voter = FixedVoterFactory(deputy=deputy, name="李大爷")
    NotebookEntryFactory(deputy=deputy, text="水渠")
    NotebookEntryFactory(deputy=deputy, text="路灯", voter=voter)
    client.force_login(deputy.user)

    found = [
        [row.text for row in client.get(reverse("activities:notebook"), {"q": q}).context["page"]]
        for q in ("水渠", "李大爷", "")
    ]

    assert [sorted(each) for each in found] == [["水渠"], ["路灯"], ["水渠", "路灯"]]


def test_whoever_is_no_deputy_has_no_own_notebook(client):
    client.force_login(staff())

    assert client.get(reverse("activities:notebook")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_notebook_costs_the_same_for_any_number(client, deputy, rows, django_assert_num_queries):
    for _ in range(rows):
        voter = FixedVoterFactory(deputy=deputy)
        NotebookEntryFactory(
            deputy=deputy, voter=voter, follow_up_on=DAY, idempotency_key=uuid.uuid4()
        )
    client.force_login(deputy.user)

    with django_assert_num_queries(10):
        client.get(reverse("activities:notebook"))
