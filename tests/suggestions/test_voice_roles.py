"""One matter through all its hands: at each state who sees it, whose contact, and what is counted.

Two voters speak of the same lamp: one by the QR code at the wall, one to a deputy at the door.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.workdays import seed_calendar
from congress_portal.public.selectors import handled_at
from suggestions.enums import VoiceState
from suggestions.models import Suggestion, Voice, VoiceCase
from suggestions.selectors.voice_desk import inbox_rows
from suggestions.selectors.voice_figures import backlog
from suggestions.selectors.voice_states import state_of
from suggestions.services.voices.handling import Facts, take_voice_step
from suggestions.voice_workflow import VoiceAction
from tests.factories.core import TownFactory, UnitFactory, UserFactory, VillageFactory, staff
from tests.factories.core import town_clerk as clerk_of
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import OfficerFactory, StationFactory
from tests.factories.voices import ConsentTextFactory

pytestmark = pytest.mark.django_db
A, S = VoiceAction, VoiceState

FIRST = ("记号王", "13812345678")
SECOND = ("记号李", "13987654321")
KEEPERS = {"staff", "town", "officer"}  # they sort it, so they may ask for the contact
READERS = KEEPERS | {"leader"}


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-09 10:00")
    seed_calendar(2026)


@dataclass
class Place:
    station: object
    unit: object
    deputy: object
    people: dict


@pytest.fixture
def place():
    station = StationFactory(number="JZ777")
    VillageFactory(parent=station.region, name="东村")
    ConsentTextFactory()
    unit = UnitFactory(name="县住建局")
    deputy = DeputyFactory(town=station.region, user=UserFactory(role=Role.DEPUTY), seat=True)
    other = DeputyFactory(town=station.region, user=UserFactory(role=Role.DEPUTY), seat=True)
    people = {
        "staff": staff(),
        "town": clerk_of(station.region),
        "other_town": clerk_of(TownFactory()),
        "officer": OfficerFactory(
            station=station, user=UserFactory(role=Role.STATION_OFFICER)
        ).user,
        "other_officer": OfficerFactory(user=UserFactory(role=Role.STATION_OFFICER)).user,
        "deputy": deputy.user,
        "other_deputy": other.user,
        "unit": UserFactory(role=Role.UNIT_OFFICER, role__unit=unit),
        "other_unit": UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory()),
        "leader": UserFactory(role=Role.LEADER, role__region=station.region.parent),
        "voter": None,
    }
    return Place(station, unit, deputy, people)


def client_of(user):
    client = Client()
    if user:
        client.force_login(user)
    return client


def written(place):
    """The first voter's post, sent as a phone sends it."""
    given = {
        "key": str(uuid.uuid4()), "matter": "村口的路灯不亮，晚上看不见路",
        "village": place.station.region.children.get().pk, "visitor_name": FIRST[0],
        "visitor_phone": FIRST[1], "has_consent": "on",
    }  # fmt: skip
    page = Client().post(reverse("public:write_station", args=["JZ777"]), given, follow=True)
    assert "JZ777-2026-0001" in page.text
    return Voice.objects.get()


def heard(place):
    """The second voter's, that the deputy logs at the door."""
    voice = Voice.objects.create(
        source="visit", region=place.station.region, station=place.station, deputy=place.deputy,
        raised_on=dt.date(2026, 10, 9), matter="路灯不亮了，村口", visitor_name=SECOND[0],
        visitor_phone=SECOND[1], has_consent=True,
    )  # fmt: skip
    VoiceCase.objects.create(voice=voice)
    return voice


def seen(place, voice):
    """(who opens the page, who reads the contact after asking with a reason), by role.

    Nobody reads it before asking, and whoever may not open the page may not ask either.
    """
    opens, reads = set(), set()
    label = state_of(voice).label
    address = reverse("suggestions:voice_detail", args=[voice.pk])
    for name, user in place.people.items():
        client = client_of(user)
        page = client.get(address)
        assert page.status_code in (200, 302 if user is None else 404)
        assert voice.visitor_phone not in page.text
        assert voice.visitor_name not in page.text
        asked = client.post(
            reverse("suggestions:voice_contact", args=[voice.pk]), {"reason": "核对地点"}
        )
        if page.status_code == 200:
            assert f"<strong>{label}</strong>" in page.text
            opens.add(name)
        if user and asked.status_code == 302:
            page = client.get(address)
            assert voice.visitor_phone in page.text
            assert voice.visitor_name in page.text
            reads.add(name)
    return opens, reads


def told(voice):
    """The voter's own page."""
    case = VoiceCase.objects.get(voice=voice)
    page = Client().get(reverse("public:voice", args=[case.token])).text
    assert f"<h1>{state_of(voice).label}</h1>" in page
    for secret in (*FIRST, *SECOND):
        assert secret not in page
    return page


def counted(place):
    """(waiting in the officer's inbox, open in the county's backlog, raised and closed openly)."""
    waiting = inbox_rows(place.people["officer"]).count()
    rows = backlog(Voice.objects.visible_to(place.people["staff"]), dt.date(2026, 10, 9))
    return waiting, sum(row.total for row in rows), handled_at(place.station)


def step(place, who, action, row, comment="说明", **facts):
    user = place.people[who]
    user = type(user).objects.get(pk=user.pk)  # scopes are remembered for one request
    given = {"action": action, "voice_pk": row.pk, "actor": user, "comment": comment}
    return take_voice_step(**given, facts=Facts(**facts))


@pytest.fixture
def chain(place):
    return SimpleNamespace(place=place, first=written(place), second=heard(place))


def test_logged_matter_is_read_by_its_place_and_by_who_heard_it(chain):
    place = chain.place

    assert seen(place, chain.first) == (READERS, KEEPERS)
    assert seen(place, chain.second) == (READERS | {"deputy"}, KEEPERS | {"deputy"})
    assert counted(place) == (2, 2, (2, 0))
    assert "您反映的事已经登记" in told(chain.first)


def test_merged_matter_stays_with_who_heard_it(chain):
    place = chain.place
    step(place, "officer", A.ACCEPT, chain.first)
    step(place, "officer", A.MERGE, chain.second, main=chain.first)

    assert (state_of(chain.first), state_of(chain.second)) == (S.ACCEPTED, S.MERGED)
    assert seen(place, chain.first) == (READERS, KEEPERS)
    assert seen(place, chain.second) == (READERS | {"deputy"}, KEEPERS | {"deputy"})
    assert counted(place) == (1, 1, (2, 0))
    assert "合在一起办" in told(chain.second)


def at_unit(chain):
    place = chain.place
    step(place, "officer", A.ACCEPT, chain.first)
    step(place, "officer", A.MERGE, chain.second, main=chain.first)
    step(place, "officer", A.ASSIGN, chain.first, lead=place.unit)


def test_unit_reads_the_matter_without_the_voter(chain):
    place = chain.place
    at_unit(chain)

    assert state_of(chain.first) == S.WITH_UNITS
    assert seen(place, chain.first) == (READERS | {"unit"}, KEEPERS)
    assert "unit" not in seen(place, chain.second)[0]
    assert counted(place) == (0, 1, (2, 0))
    assert "县住建局" in told(chain.first)
    notice = Notice.objects.get(user=place.people["unit"])
    assert not any(secret in notice.title + notice.body for secret in (*FIRST, *SECOND))


def test_answer_reaches_both_voters(chain):
    place = chain.place
    at_unit(chain)
    step(place, "unit", A.ANSWER, chain.first, "路灯已经换新")

    assert {state_of(chain.first), state_of(chain.second)} == {S.ANSWERED}
    assert seen(place, chain.first) == (READERS | {"unit"}, KEEPERS)
    for voice in (chain.first, chain.second):
        assert "路灯已经换新" in told(voice)
    assert counted(place) == (0, 1, (2, 0))


def says(voice, name, **data):
    case = VoiceCase.objects.get(voice=voice)
    return Client().post(reverse(f"public:{name}", args=[case.token]), data, follow=True)


def test_reopened_matter_becomes_a_suggestion_and_closes(chain):
    place = chain.place
    at_unit(chain)
    step(place, "unit", A.ANSWER, chain.first, "路灯已经换新")
    assert "重新办理" in says(chain.first, "voice_not_solved", reason="昨晚又不亮了").text
    assert (state_of(chain.first), counted(place)) == (S.REDO, (1, 1, (2, 0)))
    assert seen(place, chain.first) == (READERS | {"unit"}, KEEPERS)

    step(place, "staff", A.TURN, chain.first, deputy=place.deputy)
    chain.first.refresh_from_db()
    assert chain.first.suggestion == Suggestion.objects.get()
    assert (state_of(chain.first), counted(place)) == (S.TURNED, (0, 1, (2, 0)))
    assert "由代表写成建议" in told(chain.first)
    suggestion = reverse("suggestions:detail", args=[chain.first.suggestion_id])
    for name in ("staff", "deputy", "unit", "other_deputy", "other_town"):
        page = client_of(place.people[name]).get(suggestion)
        assert FIRST[1] not in page.text
        assert FIRST[0] not in page.text

    step(place, "staff", A.ANSWER, chain.first, "线路已经改好")
    for voice in (chain.first, chain.second):
        assert "线路已经改好" in told(voice)
        assert "已办结" in says(voice, "voice_solved", rating="satisfied").text
    assert counted(place) == (0, 0, (2, 2))
    # whoever wrote the suggestion reads the matter it came of, never who raised it
    assert seen(place, chain.first) == (READERS | {"unit", "deputy"}, KEEPERS)
    assert seen(place, chain.second) == (READERS | {"deputy"}, KEEPERS)  # closed: not the deputy


def test_every_look_at_a_contact_is_in_the_trail(chain):
    seen(chain.place, chain.second)

    rows = AuditEntry.objects.filter(action="unmask")
    assert rows.count() == len(KEEPERS) + 1
    assert set(rows.values_list("reason", flat=True)) == {"核对地点"}
    assert not any(SECOND[1] in str(row.changes) + row.label for row in AuditEntry.objects.all())
