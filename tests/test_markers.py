"""What is personal shows only where the table below says (DESIGN §6.2).

A mark of its own stands in every field that a model declares personal or confidential, in every
row of two towns. Each person of the cast opens every address of the portal – pages, the admin's
pages, feeds, CSV, JSON, prints, packed files – and the answers, their heads and the log are
searched for all marks. A field that becomes personal is marked without a change here.
"""

import logging
import uuid

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from congress_portal.core.channels import carry_waiting
from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.workdays import seed_calendar
from deputies.models import Deputy
from stations.models import Station
from suggestions.models import Suggestion, Voice, VoicePhoto
from suggestions.services.voices.handling import Facts, take_voice_step
from suggestions.voice_workflow import VoiceAction
from tests.crawl import KEY, Door, doors, open_all
from tests.factories import uploads
from tests.factories.core import UnitFactory, UserFactory, VillageFactory
from tests.factories.stations import OfficerFactory, StationFactory
from tests.factories.voices import ConsentTextFactory
from tests.marked import TYPED, Marked, build_marked, personal_fields

pytestmark = pytest.mark.django_db

OFFICE = {"staff", "clerk_a"}
PLACE = {"staff", "clerk_a", "officer", "deputy", "leader", "inspector", "admin"}
EVERYBODY = {
    "staff", "clerk_a", "clerk_b", "officer", "deputy", "colleague", "unit_officer", "leader",
    "inspector", "auditor", "admin", None,
}  # fmt: skip
WITH_ADMIN = {"staff", "clerk_a", "clerk_b", "admin", "auditor"}
WITH_PAPERS = {"staff", "clerk_b", "deputy", "unit_officer", None}

# field → address → who may read it there; always the row of town A, but for the two in ROWS
ALLOWED: dict[str, dict[str, set[str | None]]] = {
    # the office keeps the roster; a deputy reads the own number, and signs the own suggestion
    "Deputy.phone": {
        "admin:deputies_deputy_change": OFFICE,
        "deputies:detail": OFFICE | {"deputy"},
        "suggestions:paper_form": {"staff", "deputy"},
    },
    # who works with a station calls its people; the sheet for the station's own wall names them
    "StationOfficer.phone": {
        "admin:stations_station_change": OFFICE,
        "desk:my_contacts": {"deputy"},
        "desk:network_station": PLACE,
        "desk:wall_board": {"staff", "deputy"},
        "desk:wall_code": {"staff", "deputy"},
        "stations:detail": PLACE,
    },
    # published with the person's dated consent
    "DeputyCard.phone": {
        "public:deputies": EVERYBODY,
        "public:deputies_print": WITH_PAPERS,
    },
    "User.phone": {"desk:account": EVERYBODY - {None}},
    # the mailbox is the office's: who writes is who will be answered
    "Intake.sender_name": {"suggestions:intake": {"staff"}, "suggestions:intakes": {"staff"}},
    "Intake.sender_address": {"suggestions:intake": {"staff"}},
    # a deputy's own list of voters
    "FixedVoter.name": {
        "activities:change_note": {"deputy"}, "activities:change_voter": {"deputy"},
        "activities:contact_voters": {"deputy"}, "activities:end_voter": {"deputy"},
        "activities:log_visit": {"deputy"}, "activities:notebook": {"deputy"},
        "activities:voters_of": {"deputy"}, "desk:my_contacts": {"deputy"},
    },
    "FixedVoter.phone": {
        "activities:change_voter": {"deputy"}, "activities:voters_of": {"deputy"},
        "desk:my_contacts": {"deputy"},
    },
    # a note that is not for the writer alone is read by who checks the notebooks
    "NotebookEntry.text": {
        "activities:change_note": {"deputy"},
        "activities:notebook": {"deputy", "colleague"},
        "activities:notebook_of": {"staff", "clerk_a", "leader", "inspector", "admin"},
        "activities:notebook_pdf": {"staff", "deputy"},
        "admin:activities_notebookentry_change": OFFICE,
        "admin:activities_notebookentry_changelist": OFFICE,
    },
    # what voters typed: its own page, to who may read the contact; the voter by the link
    "Voice.matter": {
        "admin:stations_reception_change": OFFICE,
        "admin:suggestions_voice_change": OFFICE,
        "public:voice": EVERYBODY,
        "suggestions:voice_detail": OFFICE | {"officer"},
    },
    "VoiceLog.comment": {
        "admin:suggestions_voicelog_change": OFFICE,
        "suggestions:voice_detail": OFFICE | {"officer"},
    },
    # who runs the election, and who decides on it
    "GateCheck.opinion": {
        "admin:deputies_gatecheck_change": {"staff"},
        "deputies:by_election": {"staff", "leader"},
    },
    # the committee's office and its leaders, nobody else
    "ExitCase.clue": {
        "admin:deputies_exitcase_change": {"staff"},
        "deputies:exit_case": {"staff", "leader"},
    },
    "ExitCase.source": {
        "admin:deputies_exitcase_change": {"staff"},
        "deputies:exit_case": {"staff", "leader"},
    },
    "ExitStep.words": {
        "admin:deputies_exitcase_change": {"staff"},
        "deputies:exit_case": {"staff", "leader"},
    },
    # who grants the leave
    "Invitation.leave_reason": {
        "activities:decide_leave": OFFICE, "admin:activities_invitation_change": OFFICE,
    },
}  # fmt: skip
CONSENTED = KEY + 1  # the card whose telephone was released
PRIVATE = KEY + 1  # the colleague's note, for nobody else
NAME, PHONE, EMAIL = "秘记号王", "13787654321", "marked-voter@example.com"
MUST_OPEN = {
    "suggestions:voice_detail", "suggestions:voice_list", "suggestions:voice_inbox",
    "suggestions:intake", "activities:voters_of", "activities:phones", "stations:book_file",
    "stations:reception_detail", "desk:duty_file_pdf", "desk:handbook_docx", "public:voice",
    "public:voice_photo", "public:suggestions_csv", "public:deputies_json", "public:news_feed",
    "public:calendar_feed", "public:sitemap", "admin:suggestions_voice_change",
    "admin:core_auditentry_changelist", "admin:public_deputycard_change",
}  # fmt: skip


@pytest.fixture
def county(freeze):
    freeze("2026-10-09 10:00")
    return build_marked()


def doors_of(county: Marked, person: str | None) -> list[Door]:
    """The admin's pages and the prints only for some: they cost most and differ least."""
    return [
        door
        for door in doors(county.words)
        if (person in WITH_ADMIN or not door.name.startswith("admin:"))
        and (person in WITH_PAPERS or not door.is_paper)
    ]


def client_of(county: Marked, person: str | None) -> Client:
    client = Client()
    if person:
        client.force_login(county.cast[person])
    return client


def shown(county: Marked, person: str | None, found: list[Door]) -> tuple[set, set]:
    """({(field, address)} with a mark, addresses that opened); a mark of another row fails."""
    marks, opened = set(), set()
    own = county.cast.people[person].pk if person else 0
    rows = {"DeputyCard.phone": {CONSENTED, KEY}, "User.phone": {own}}
    if person == "colleague":
        rows["NotebookEntry.text"] = {PRIVATE}
    for door, status, text in open_all(client_of(county, person), found):
        assert status < 500
        if status == 200:
            opened.add(door.name)
        for (field, key), mark in county.marks.items():
            if mark in text:
                assert key in rows.get(field, {KEY}), (field, key, door)
                marks.add((field, door.name))
    return marks, opened


def allowed(person: str | None) -> set[tuple[str, str]]:
    return {
        (field, name)
        for field, names in ALLOWED.items()
        for name, people in names.items()
        if person in people
    }


@pytest.mark.skipif(
    connection.vendor == "postgresql", reason="the pages are the same: crawled once, on SQLite"
)
@pytest.mark.parametrize("person", sorted(EVERYBODY, key=str))
def test_person_reads_personal_data_only_where_the_table_says(county, caplog, person):
    caplog.set_level(logging.DEBUG)

    marks, opened = shown(county, person, doors_of(county, person))

    assert marks == allowed(person)
    assert not any(mark in caplog.text for mark in county.marks.values())
    assert mail.outbox == []
    if person == "staff":
        assert opened >= MUST_OPEN
    for entry in AuditEntry.objects.all():
        said = f"{entry.changes}{entry.label}{entry.reason}"
        assert not any(mark in said for mark in county.marks.values())


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{NAME}{PHONE}.png", uploads.picture(), "image/png")


def test_voter_s_way_leaves_no_mark_in_log_mail_notice_or_file_name(
    client, caplog, freeze, settings
):
    """From the post with a photograph over a unit's answer and «not solved» to the end."""
    freeze("2026-10-09 10:00")
    seed_calendar(2026)
    caplog.set_level(logging.DEBUG)
    settings.NOTICE_EMAIL = True
    station, unit = StationFactory(number="JZ780"), UnitFactory()
    village = VillageFactory(parent=station.region)
    ConsentTextFactory()
    officer = UserFactory(role=Role.STATION_OFFICER, email="officer@example.com")
    OfficerFactory(station=station, user=officer)
    clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit, email="clerk@example.com")
    given = {
        "key": str(uuid.uuid4()), "matter": "村口的路灯不亮", "village": village.pk,
        "visitor_name": NAME, "visitor_phone": PHONE, "visitor_email": EMAIL, "told_by": "email",
        "has_consent": "on", "photo": picture(),
    }  # fmt: skip
    client.post(reverse("public:write_station", args=[station.number]), given)
    voice = Voice.objects.get()
    given = {"voice_pk": voice.pk, "comment": "说明"}
    take_voice_step(action=VoiceAction.ACCEPT, actor=officer, **given)
    take_voice_step(action=VoiceAction.ASSIGN, actor=officer, facts=Facts(lead=unit), **given)
    take_voice_step(action=VoiceAction.ANSWER, actor=clerk, **given)
    token = voice.case.token
    client.post(reverse("public:voice_not_solved", args=[token]), {"reason": "还是不亮"})
    client.post(reverse("public:look_up"), {"number": "JZ780-2026-0001", "tail": PHONE[-4:]})
    assert carry_waiting() > 4

    letters = [f"{each.subject}{each.body}{each.from_email}" for each in mail.outbox]
    said = [
        *letters,
        caplog.text,
        *(f"{each.title}{each.body}{each.link}" for each in Notice.objects.all()),
        *(f"{each.changes}{each.label}{each.reason}" for each in AuditEntry.objects.all()),
        *(row.image.name for row in VoicePhoto.objects.all()),
    ]

    assert {each.to[0] for each in mail.outbox} == {EMAIL, officer.email, clerk.email}
    assert [text for text in said if NAME in text or PHONE in text or EMAIL in text] == []
    own = [each for each in mail.outbox if each.to == [EMAIL]]
    assert [each for each in mail.outbox if token in each.body] == own  # the link is the voter's


def test_every_personal_field_is_marked(county):
    planted = {field for field, _ in county.marks}

    typed = {f"{model.__name__}.{name}" for model, name in TYPED.items()}
    assert planted == typed | {f"{model.__name__}.{name}" for model, name in personal_fields()}
    assert len(set(county.marks.values())) == len(county.marks)
    assert set(ALLOWED) <= planted


@pytest.mark.parametrize(
    ("model", "name", "seen"),
    [
        (Station, "address", {"public:station", "public:station_print", "public:stations"}),
        (Suggestion, "title", {"public:suggestion", "public:suggestions_csv"}),
        (Voice, "matter", {"public:voice"}),
        (Deputy, "name", {"public:deputies_json", "public:deputies_print", "public:deputies"}),
    ],
)
def test_planted_leak_is_found(county, model, name, seen):
    """The search itself: what is put into an open field shows in the page, the print, the data."""
    mark = county.marks["Voice.visitor_name", KEY]
    model.objects.filter(pk=KEY).update(**{name: mark})
    found = [door for door in doors(county.words) if door.name in seen]

    leaks = {
        door.name for door, _, text in open_all(client_of(county, None), found) if mark in text
    }

    assert leaks == seen


def test_planted_leak_is_found_in_office_files(county):
    mark = county.marks["Voice.visitor_name", KEY]
    Suggestion.objects.filter(pk=KEY).update(title=mark)
    found = [door for door in doors(county.words) if door.name == "suggestions:paper_form"]

    texts = [text for _, _, text in open_all(client_of(county, "staff"), found)]

    assert [mark in text for text in texts] == [True]
