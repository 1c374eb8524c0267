"""The reception desk: many visitors in a row, paper forms, honest days, feedback, themes."""

import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse
from pypdf import PdfReader

from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.workdays import seed_calendar
from stations.enums import DutyState
from stations.models import Reception, ReceptionNumber, RotaDuty, ThemedReception
from stations.services.receptions import ReceptionError, record_presence
from suggestions.enums import VoiceSource
from suggestions.models import Voice, VoiceLog
from suggestions.services.desk import (
    DeskError,
    Visitor,
    close_without_visitors,
    note_answer,
    receive_visitor,
)
from tests.factories import homes
from tests.factories.core import EntryFactory, TownFactory, UnitFactory, UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import (
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 7, 15)


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-07-15 10:00")


@pytest.fixture
def officer():
    return UserFactory(role=Role.STATION_OFFICER)


@pytest.fixture
def station(officer):
    return OfficerFactory(user=officer, station=StationFactory(number="JZ012")).station


@pytest.fixture
def slot(station):
    """Two deputies on duty today."""
    found = homes.RotaSlotFactory(rota=None, station=station, held_on=DAY, deputies_needed=2)
    for deputy in DeputyFactory.create_batch(2):
        PostingFactory(station=station, deputy=deputy)
        homes.RotaDutyFactory(slot=found, deputy=deputy)
    return found


def desk_url(station, name="desk", day=DAY):
    return reverse(f"suggestions:{name}", args=[station.pk, day.isoformat()])


def visit(client, station, **data):
    data = {"matter": "路灯不亮", "key": str(uuid.uuid4()), **data}
    return client.post(desk_url(station), data, follow=True)


def test_visitors_in_a_row_get_numbers_in_a_row(client, officer, station, slot):
    client.force_login(officer)

    for n in range(3):
        page = visit(client, station, matter=f"第{n}件")

    numbers = [str(voice.number) for voice in Voice.objects.order_by("pk")]
    assert numbers == ["JZ012-2026-0001", "JZ012-2026-0002", "JZ012-2026-0003"]
    assert "已登记 3 位" in page.text
    slot.refresh_from_db()
    assert slot.reception == Reception.objects.get()
    assert slot.reception.verification == Verification.PENDING
    assert set(Voice.objects.values_list("source", flat=True)) == {VoiceSource.RECEPTION}


def test_a_form_sent_twice_is_one_visitor(client, officer, station):
    client.force_login(officer)
    key = str(uuid.uuid4())

    for _ in range(2):
        visit(client, station, key=key)

    assert (Voice.objects.count(), ReceptionNumber.objects.count()) == (1, 1)


def test_everything_but_the_matter_may_be_left_out(client, officer, station):
    client.force_login(officer)

    page = visit(client, station, matter=" ")
    faults = visit(client, station, visitor_phone="12")
    visit(client, station)

    assert "反映什么" in page.text
    assert "请核对电话号码" in faults.text
    assert Voice.objects.get().visitor_name == ""


def test_route_unit_and_wishes_are_kept_and_a_confidential_name_is_hidden(client, officer, station):
    seed_calendar(2026)
    route = EntryFactory(dictionary=Dictionary.ROUTE, name="转承办单位", code="unit")
    unit = UnitFactory()
    clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    client.force_login(officer)
    told = visit(client, station, route=route.pk)
    assert "请选转给哪个单位" in told.text

    page = visit(
        client, station, route=route.pk, unit=unit.pk, visitor_name="赵六",
        visitor_phone="13700000001", is_confidential="on", wants_answer="on",
    )  # fmt: skip

    voice = Voice.objects.get()
    assert (voice.route, voice.unit, voice.wants_answer) == (route, unit, True)
    assert voice.closed_on is None
    assert "赵" not in page.text
    assert "要求保密" in page.text
    client.force_login(clerk)  # the unit has it, with its day, and reads no contact
    shown = client.get(reverse("suggestions:voice_detail", args=[voice.pk]))
    assert voice.parts.get().unit == unit
    assert "姓名和电话只给受理的家站和人大机关看" in shown.text
    assert "0001" not in shown.text.replace(str(voice.number), "")
    form = {"number": str(voice.number), "tail": "0001"}
    client.logout()
    found = client.post(reverse("public:look_up"), form)
    assert found["Location"] == reverse("public:voice", args=[voice.case.token])


def test_what_the_voter_said_and_what_is_in_work_is_not_closed_at_the_desk(officer, station):
    seed_calendar(2026)
    given = {"actor": officer, "station": station, "held_on": DAY}
    handed = receive_visitor(visitor=Visitor("路灯不亮", unit=UnitFactory()), **given)
    note = {
        "actor": officer, "voter_told_on": None, "voter_told_how": "", "deputies_told_on": None,
        "closed_on": DAY, "rating": "satisfied",
    }  # fmt: skip
    with pytest.raises(DeskError, match="正在办理"):
        note_answer(voice_pk=handed.pk, **note)

    own = receive_visitor(visitor=Visitor("路不平"), **given)
    Voice.objects.filter(pk=own.pk).update(closed_on=DAY, rating="unsatisfied")
    VoiceLog.objects.create(
        voice=own, action="confirm", label="解决了", from_state="answered", to_state="closed",
        party="voter", actor_name="选民",
    )  # fmt: skip
    with pytest.raises(DeskError, match="选民已在网上说了"):
        note_answer(voice_pk=own.pk, **note)
    told = {"voter_told_on": DAY, "voter_told_how": "电话", "rating": "unsatisfied"}
    assert note_answer(voice_pk=own.pk, **note | told).voter_told_how == "电话"


def test_closing_at_the_desk_stands_among_the_steps_and_on_the_voters_page(
    client, officer, station
):
    given = {"actor": officer, "station": station, "held_on": DAY}
    voice = receive_visitor(visitor=Visitor("路不平", "赵六", "13700000001"), **given)
    note_answer(
        actor=officer, voice_pk=voice.pk, voter_told_on=DAY, voter_told_how="电话告知",
        deputies_told_on=None, closed_on=DAY, rating="satisfied",
    )  # fmt: skip

    voice.refresh_from_db()
    assert (voice.closed_on, voice.voter_told_on, voice.rating) == (DAY, DAY, "satisfied")
    steps = VoiceLog.objects.filter(voice=voice).values_list("label", "comment")
    assert list(steps) == [("登记办结", ""), ("登记告知选民", "电话告知")]
    page = client.get(reverse("public:voice", args=[voice.case.token]))
    assert "已登记办结。" in page.text
    assert "已把结果告诉您。" in page.text


def test_who_wants_an_answer_leaves_a_phone(client, officer, station):
    client.force_login(officer)

    page = visit(client, station, wants_answer="on")

    assert "请留一个联系电话" in page.text
    assert Voice.objects.count() == 0
    assert ReceptionNumber.objects.count() == 0


def test_settled_on_the_spot_is_closed_today(client, officer, station):
    client.force_login(officer)

    visit(client, station, is_settled="on")

    assert Voice.objects.get().closed_on == DAY


def test_paper_forms_share_the_series_and_are_entered_under_their_number(client, officer, station):
    client.force_login(officer)
    key = str(uuid.uuid4())
    sheets = reverse("suggestions:desk_sheets", args=[station.pk])
    for _ in range(2):
        client.post(sheets, {"count": 3, "key": key})
    second = ReceptionNumber.objects.get(serial=2)

    visit(client, station, matter="当场登记")
    visit(client, station, matter="照表代录", sheet=second.pk)
    again = visit(client, station, matter="又录一遍", sheet=second.pk)

    serials = dict(Voice.objects.values_list("matter", "number__serial"))
    assert serials == {"当场登记": 4, "照表代录": 2}
    assert ReceptionNumber.objects.count() == 4
    assert "纸质登记号" in again.text


def test_paper_forms_are_printed_with_their_numbers(client, officer, station):
    client.force_login(officer)
    sheets = reverse("suggestions:desk_sheets", args=[station.pk])
    client.post(sheets, {"count": 2, "key": str(uuid.uuid4())})
    first, last = ReceptionNumber.objects.order_by("serial")

    content = client.get(
        reverse("suggestions:desk_sheets_pdf", args=[station.pk, first.pk, last.pk])
    ).content

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) == 2
    assert ["JZ012-2026-0001" in pages[0], "JZ012-2026-0002" in pages[1]] == [True, True]


def test_a_void_sheet_is_offered_no_more_and_says_why(client, officer, station):
    client.force_login(officer)
    number = homes.ReceptionNumberFactory(station=station, printed_at="2026-07-14T09:00:00+08:00")
    page = reverse("suggestions:desk_void", args=[number.pk])

    client.post(page, {"reason": "雨水打湿"})
    again = client.get(page)

    number.refresh_from_db()
    assert number.void_reason == "雨水打湿"
    assert again.status_code == 200
    assert number not in client.get(desk_url(station)).context["desk"].sheets


def test_presence_feeds_the_reception_and_names_the_absent(client, officer, station, slot):
    here, away = (duty.deputy for duty in slot.duties.all())
    client.force_login(officer)

    client.post(
        desk_url(station, "desk_presence"),
        {"present": [here.pk], f"reason_{away.pk}": "外出学习"},
    )

    reception = Reception.objects.get()
    assert [duty.deputy for duty in reception.duties.all()] == [here]
    states = dict(RotaDuty.objects.values_list("deputy", "state"))
    assert states == {here.pk: DutyState.CAME, away.pk: DutyState.ABSENT}
    assert RotaDuty.objects.get(deputy=away).reason == "外出学习"


def test_what_staff_enter_is_verified(station, slot):
    deputy = slot.duties.first().deputy

    reception = record_presence(
        actor=town_clerk(station.region), station=station, held_on=DAY, present=[deputy]
    )

    assert reception.verification == Verification.VERIFIED


def test_a_day_on_which_no_deputy_came_is_not_held(client, officer, station, slot):
    client.force_login(officer)

    page = client.post(desk_url(station, "desk_presence"), {"place": ""}, follow=True)

    assert "没有代表到岗" in page.text
    assert Reception.objects.count() == 0
    assert set(RotaDuty.objects.values_list("state", flat=True)) == {DutyState.ABSENT}


def test_a_day_without_visitors_is_a_day_held(client, officer, station, slot):
    client.force_login(officer)
    present = [duty.deputy.pk for duty in slot.duties.all()]

    early = client.post(desk_url(station, "desk_nobody"), follow=True)
    client.post(desk_url(station, "desk_presence"), {"present": present})
    page = client.post(desk_url(station, "desk_nobody"), follow=True)

    assert "请先登记哪位代表到岗" in early.text
    assert Reception.objects.get().no_visitors
    assert "没有选民来访" in page.text


def test_a_late_visitor_makes_it_a_day_with_visitors(officer, station, slot):
    present = [duty.deputy for duty in slot.duties.all()]
    record_presence(actor=officer, station=station, held_on=DAY, present=present)
    close_without_visitors(actor=officer, station=station, held_on=DAY)

    receive_visitor(actor=officer, station=station, held_on=DAY, visitor=Visitor("来晚了"))

    assert not Reception.objects.get().no_visitors
    with pytest.raises(DeskError, match="已登记了来访"):
        close_without_visitors(actor=officer, station=station, held_on=DAY)


def test_a_verified_presence_is_the_staffs_to_change(officer, station, slot):
    ReceptionFactory(station=station, held_on=DAY)

    with pytest.raises(ReceptionError, match="已经核实"):
        record_presence(actor=officer, station=station, held_on=DAY, present=[])


def test_nothing_is_entered_ahead_of_its_day(client, officer, station):
    client.force_login(officer)

    assert client.get(desk_url(station, day=DAY + dt.timedelta(days=1))).status_code == 404
    assert client.get(reverse("suggestions:desk", args=[station.pk, "x"])).status_code == 404
    with pytest.raises(DeskError):
        receive_visitor(
            actor=officer, station=station, held_on=dt.date(2026, 7, 16), visitor=Visitor("明天")
        )


def test_strangers_find_no_desk(client, officer, station):
    number = homes.ReceptionNumberFactory(station=station, printed_at="2026-07-14T09:00:00+08:00")
    voice = receive_visitor(
        actor=officer, station=station, held_on=DAY, visitor=Visitor("路灯不亮")
    )
    client.force_login(town_clerk(TownFactory()))
    pages = [
        desk_url(station), desk_url(station, "desk_presence"),
        reverse("suggestions:desk_sheets", args=[station.pk]),
        reverse("suggestions:desk_sheets_pdf", args=[station.pk, number.pk, number.pk]),
        reverse("suggestions:desk_void", args=[number.pk]),
        reverse("suggestions:desk_answer", args=[voice.pk]),
    ]  # fmt: skip

    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
    assert client.post(desk_url(station, "desk_nobody")).status_code == 404


def test_a_deputy_has_no_desk(client):
    posting = PostingFactory(deputy__user=UserFactory(role=Role.DEPUTY))
    client.force_login(posting.deputy.user)

    assert client.get(reverse("suggestions:desks")).status_code == 403
    assert client.get(desk_url(posting.station)).status_code == 404


def test_an_officer_of_one_station_is_led_to_its_desk(client, officer, station):
    client.force_login(officer)

    response = client.get(reverse("suggestions:desks"))

    assert response.url == desk_url(station)


def test_voter_and_deputies_are_told_and_it_is_noted(client, officer, station):
    voice = receive_visitor(
        actor=officer, station=station, held_on=DAY,
        visitor=Visitor("路灯不亮", visitor_phone="13700000001", wants_answer=True),
    )  # fmt: skip
    page = reverse("suggestions:desk_answer", args=[voice.pk])
    client.force_login(officer)

    fault = client.post(page, {"voter_told_on": "2026-07-15"})
    early = client.post(page, {"voter_told_on": "2026-07-14", "voter_told_how": "电话"})
    done = client.post(
        page,
        {
            "voter_told_on": "2026-07-15", "voter_told_how": "电话告知",
            "deputies_told_on": "2026-07-15", "closed_on": "2026-07-15", "rating": "satisfied",
        },
        follow=True,
    )  # fmt: skip

    assert "请写明怎样告知" in fault.text
    assert "不能早于反映日期" in early.text
    assert "已告知选民（电话告知）" in done.text
    voice.refresh_from_db()
    assert (voice.closed_on, voice.rating) == (DAY, "satisfied")


def test_a_themed_reception_with_three_partners_and_25_visitors(client, officer, station):
    """M64."""
    partners = UnitFactory.create_batch(3)
    client.force_login(officer)
    data = {
        "title": "圩日公检法联合接待", "station": station.pk, "held_on": "2026-07-15",
        "starts_at": "09:00", "ends_at": "11:30", "on_market_day": "on",
        "partners": [unit.pk for unit in partners],
    }  # fmt: skip

    made = client.post(reverse("suggestions:new_themed"), data, follow=True)
    twice = client.post(reverse("suggestions:new_themed"), data)
    for n in range(25):
        visitor = Visitor(f"第{n}件", is_settled=n < 10)
        receive_visitor(actor=officer, station=station, held_on=DAY, visitor=visitor)
    themed = ThemedReception.objects.get()
    page = client.get(reverse("suggestions:themed", args=[themed.pk]))

    assert made.status_code == 200
    assert "已有一场主题接待" in twice.text
    assert all(unit.name in page.text for unit in partners)
    assert page.context["figures"].visitors == 25
    assert page.context["figures"].settled == 10
    assert "25 人" in page.text


def test_a_stale_change_of_a_theme_is_refused(client, officer, station):
    themed = homes.ThemedReceptionFactory(station=station)
    client.force_login(officer)
    page = reverse("suggestions:change_themed", args=[themed.pk])
    seen = client.get(page).context["form"].initial["seen"]
    ThemedReception.objects.update(place="老街口")

    response = client.post(page, {"title": "改名", "seen": seen})

    themed.refresh_from_db()
    assert "刚被别人改过" in response.text
    assert themed.title == "主题大接待"
