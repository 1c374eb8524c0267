"""Paper forms: numbered, printed, entered on behalf by their number, taken away when spoilt."""

import io
import uuid

import pytest
from django.urls import reverse
from pypdf import PdfReader

from activities.enums import SheetKind
from activities.models import Activity, EntrySheet, Visit
from activities.services.sheets import give_sheets
from congress_portal.core.enums import Dictionary, Role
from suggestions.models import Voice
from tests.factories.activities import ActivityFormFactory
from tests.factories.core import EntryFactory, TownFactory, UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory


@pytest.fixture
def deputy(db, freeze):
    freeze("2026-10-08 10:00")
    return DeputyFactory(name="梁飞天", town=TownFactory(name="石门镇"), seat=True)


@pytest.fixture
def clerk(client, deputy):
    user = town_clerk(deputy.town)
    client.force_login(user)
    return user


def _sheets(clerk, deputy, kind=SheetKind.VISIT, count=2):
    return give_sheets(actor=clerk, region=deputy.town, kind=kind, count=count)


def _enter(client, deputy, number, **given):
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    data = {"held_on": "2026-10-01", "channel": channel.pk, "people": "3", "paper": number}
    page = reverse("activities:log_visit") + f"?deputy={deputy.pk}"
    return client.post(page, data | given, follow=True)


def test_numbers_run_on_over_all_kinds_and_a_double_tap_gives_none(client, clerk, deputy):
    page = reverse("activities:sheets")
    data = {"kind": "visit", "region": deputy.town.pk, "count": "2", "key": uuid.uuid4()}

    client.post(page, data)
    client.post(page, data)
    client.post(page, data | {"kind": "voice", "count": "1", "key": uuid.uuid4()})

    rows = EntrySheet.objects.order_by("serial")
    assert [(row.number, row.kind) for row in rows] == [
        ("2026-0001", "visit"),
        ("2026-0002", "visit"),
        ("2026-0003", "voice"),
    ]


@pytest.mark.parametrize("kind", SheetKind)
def test_forms_are_printed_one_a_page_with_their_numbers(client, clerk, deputy, kind):
    ActivityFormFactory(name="专题调研")
    EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    rows = _sheets(clerk, deputy, kind)

    answer = client.get(reverse("activities:sheets_pdf", args=[rows[0].pk]))

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
    assert len(pages) == 2
    for row, text in zip(rows, pages, strict=True):
        assert row.number in text
        assert "代录人" in text
        assert "石门镇" in text


def test_clerk_enters_from_the_paper_and_the_record_says_so(client, clerk, deputy):
    (sheet, _) = _sheets(clerk, deputy)

    page = _enter(client, deputy, "2026-1")

    visit = Visit.objects.get()
    sheet.refresh_from_db()
    assert visit.on_behalf
    assert (sheet.mark, sheet.deputy, sheet.used_by) == (
        f"activities.visit.{visit.pk}", deputy, clerk,
    )  # fmt: skip
    assert "编号 2026-0001" in page.text
    assert "代录" in page.text
    assert "2026-0001" not in client.get(reverse("activities:sheets")).text


def test_activity_and_voice_are_entered_from_paper(client, clerk, deputy):
    _sheets(clerk, deputy, SheetKind.ACTIVITY, 1)
    _sheets(clerk, deputy, SheetKind.VOICE, 1)
    who = f"?deputy={deputy.pk}"
    given = {"title": "视察", "held_on": "2026-10-01", "form": ActivityFormFactory().pk}
    voice = {"matter": "路灯不亮", "raised_on": "2026-10-01", "paper": "2026-0002"}

    one = reverse("activities:log_activity") + who
    client.post(one, given | {"paper": "2026-0001"})
    page = client.post(reverse("suggestions:log_voice") + who, voice, follow=True)

    marks = EntrySheet.objects.order_by("serial").values_list("mark", flat=True)
    assert list(marks) == [
        f"activities.activity.{Activity.objects.get().pk}",
        f"suggestions.voice.{Voice.objects.get().pk}",
    ]
    assert "编号 2026-0002" in page.text


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("12", "请照表上印的编号填"),
        ("2026-0009", "石门镇没有编号 2026-0009 的登记表"),
        ("2026-0002", "这个编号是「民情记录」的登记表"),
    ],
)
def test_wrong_number_enters_nothing_and_says_why(client, clerk, deputy, number, fault):
    _sheets(clerk, deputy, count=1)
    _sheets(clerk, deputy, SheetKind.VOICE, 1)

    page = _enter(client, deputy, number)

    assert fault in page.context["form"].errors["paper"][0]
    assert not Visit.objects.exists()


def test_a_form_is_entered_once_and_the_same_sending_twice_is_one(client, clerk, deputy):
    _sheets(clerk, deputy, count=1)
    key = str(uuid.uuid4())
    for _ in range(2):
        _enter(client, deputy, "2026-0001", key=key)

    again = _enter(client, deputy, "2026-0001", key=str(uuid.uuid4()))

    assert "这张表已经录过" in again.text
    assert Visit.objects.count() == 1


def test_a_spoilt_form_keeps_its_number_and_is_not_entered(client, clerk, deputy):
    (sheet,) = _sheets(clerk, deputy, count=1)
    page = reverse("activities:void_sheet", args=[sheet.pk])

    client.post(page, {"reason": "填坏了"})
    told = _enter(client, deputy, "2026-0001")

    assert "这张表已作废：填坏了" in told.text
    assert client.post(page, {"reason": "再来"}).status_code == 404
    assert give_sheets(actor=clerk, region=deputy.town, kind="visit", count=1)[0].serial == 2


def test_a_town_numbers_its_own_forms_and_strangers_find_none(client, clerk, deputy):
    (sheet,) = _sheets(clerk, deputy, count=1)
    client.force_login(town_clerk(TownFactory(name="云溪镇")))
    data = {"kind": "visit", "region": deputy.town.pk, "count": "1"}

    told = client.post(reverse("activities:sheets"), data)

    assert "region" in told.context["form"].errors
    for name in ("sheets_pdf", "void_sheet"):
        assert client.get(reverse(f"activities:{name}", args=[sheet.pk])).status_code == 404
    client.force_login(UserFactory(role=Role.DEPUTY))
    assert client.get(reverse("activities:sheets")).status_code == 403


def test_deputy_is_not_asked_for_a_number(client, deputy):
    deputy.user = UserFactory(role=Role.DEPUTY)
    deputy.save()
    client.force_login(deputy.user)

    form = client.get(reverse("activities:log_visit")).context["form"]

    assert "paper" not in form.fields


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number(client, clerk, deputy, rows, django_assert_num_queries):
    _sheets(clerk, deputy, count=rows)
    client.get(reverse("activities:sheets"))

    with django_assert_num_queries(7):
        client.get(reverse("activities:sheets"))
