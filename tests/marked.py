"""The cast of two towns with a mark of its own in every personal field of every row."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from activities.models import CalendarFeed
from congress_portal.core.workdays import seed_calendar
from congress_portal.evaluations.models import ScoreSheet
from congress_portal.evaluations.scoring import snapshot_of
from deputies.models import Deputy
from stations.enums import BookKind
from stations.models import Book, Enterprise, Station
from suggestions.models import Intake, Suggestion, Voice, VoiceCase, VoiceLog
from tests.cast import Cast, build_cast
from tests.crawl import KEY, number_rows_alike
from tests.factories.calling import InvitationFactory, PlanFactory
from tests.factories.contact import FixedVoterFactory, NotebookEntryFactory
from tests.factories.core import VillageFactory
from tests.factories.evaluations import IndicatorFactory
from tests.factories.halls import HallViewFactory
from tests.factories.public import AbuseReportFactory, DeputyCardFactory, PublishedNewsFactory
from tests.factories.seats import ExitStepFactory, GateCheckFactory
from tests.factories.suggestions import VoiceFactory
from tests.factories.surveys import SurveyFactory
from tests.factories.voices import (
    ConsentTextFactory,
    VoiceCaseFactory,
    VoiceLogFactory,
    VoicePartFactory,
    VoicePhotoFactory,
)

BOOKS = ("receptions", "opinions", "opinion_files", "public_opinions")
Marks = dict[tuple[str, int], str]
TYPED: dict[type[models.Model], str] = {Voice: "matter", VoiceLog: "comment"}


def personal_fields() -> list[tuple[type[models.Model], str]]:
    """Every field that a model declares personal or confidential."""
    found = []
    for model in apps.get_models():
        names = (*getattr(model, "PERSONAL", ()), *getattr(model, "CONFIDENTIAL", ()))
        found += [(model, name) for name in names if not name.endswith("_hash")]
    return found


@dataclass
class Marked:
    """``marks``: («Model.field», key of the row) → what was planted there."""

    cast: Cast
    marks: Marks
    words: dict[str, tuple[Any, ...]] = field(default_factory=dict)


def build_marked() -> Marked:
    """Called on 2026-10-09, before any other row is made: the first of each table is town A's."""
    number_rows_alike()
    seed_calendar(2026)
    cast = build_cast()
    _more(cast)
    marks = _plant()
    station, voice = Station.objects.get(pk=KEY), VoiceCase.objects.get(pk=KEY)
    words = {
        "number": (station.number,),
        "token": (voice.token,),
        "where": ("stations", "towns"),
        "size": ("a4",),
        "kind": ("docx", "xlsx", "zip"),
        "subject": (KEY,),
        "year": (2026,),
        "first": (1,),
        "last": (2,),
        "day": ("2026-10-09",),
        "public:deputies_print.code": (cast.town_a.code,),
        "desk:place.code": (cast.town_a.code,),
        "voice_step.action": ("accept", "assign", "merge", "turn"),
        "deputies:by_election_step.action": ("nominate", "record", "cancel"),
        "deputies:exit_step.action": ("verify", "hear", "close"),
        "suggestions:voice_step.action": ("accept", "assign", "merge", "turn", "guide"),
        "desk:manual_chapter.slug": ("deputy",),
        "stations:book.code": BOOKS,
        "evaluations:duties_of.kind": ("deputy", "station"),
        "stations:book_file": tuple(
            {"where": "stations", "pk": KEY, "code": code, "kind": kind}
            for code in BOOKS
            for kind in ("pdf", "xlsx")
        ),
    }
    return Marked(cast, marks, words)


def _more(cast: Cast) -> None:
    """Rows of town A that the cast lacks, each the first of its table."""
    deputy, colleague = cast.row(Deputy, "a"), cast.row(Deputy, "c")
    station, voice = cast.row(Station, "a"), cast.row(Voice, "a")
    VillageFactory(parent=cast.town_a)
    for code in BOOKS:
        Book.objects.create(code=code, kind=BookKind.values[0], title=f"登记簿 {code}")
    ConsentTextFactory()
    FixedVoterFactory(deputy=deputy)
    FixedVoterFactory(deputy=cast.row(Deputy, "b"))
    NotebookEntryFactory(deputy=deputy)
    NotebookEntryFactory(deputy=colleague, is_private=True)
    plan = PlanFactory(region=cast.town_a, state="called", called=[deputy, colleague])
    assert plan.invitations.exists()
    InvitationFactory(activity=plan, deputy=cast.row(Deputy, "b"), leave_kind="ill")
    CalendarFeed.objects.create(user=cast.people["deputy"], token="x", token_hash="x")
    Enterprise.objects.create(name="安澜水泥厂", region=cast.town_a)
    _voices(cast, station, voice, deputy)
    GateCheckFactory(candidate__by_election__term=deputy.mandates.first().term)
    ExitStepFactory(case__mandate=deputy.mandates.first())
    DeputyCardFactory(deputy=deputy)
    DeputyCardFactory(deputy=colleague, phone_consented_on=dt.date(2026, 10, 1))
    PublishedNewsFactory()
    AbuseReportFactory(region=cast.town_a)
    SurveyFactory(region=cast.town_a, state="open")
    HallViewFactory(hall__activity__region=cast.town_a, has_consent=True)
    now = dt.datetime(2026, 10, 9, tzinfo=dt.UTC)
    Intake.objects.create(
        region=cast.county, source="email", received_at=now, subject="路灯", body="村口路灯不亮"
    )
    Suggestion.objects.update(
        state="handling", submitted_on=dt.date(2026, 7, 1), published_on=dt.date(2026, 9, 1),
        consents_to_publication=True,
    )  # fmt: skip
    cast.row(Suggestion, "a").sources.add(voice)
    draft = cast.row(ScoreSheet, "d")
    IndicatorFactory(scheme=draft.scheme, name="活动", metric="activities")
    draft.scheme_data = snapshot_of(draft.scheme)
    draft.save()


def _voices(cast: Cast, station: Station, voice: Voice, deputy: Deputy) -> None:
    """The first is the reception's of town A, with a unit, a deputy's heard one, a guarded one."""
    Voice.objects.filter(pk=voice.pk).update(has_consent=True)
    VoiceCaseFactory(voice=voice)
    VoicePartFactory(voice=voice, unit_id=next(iter(cast["unit_officer"].scope.unit_ids)))
    VoiceLogFactory(voice=voice)
    VoicePhotoFactory(voice=voice)
    heard = VoiceFactory(
        station=station, region=cast.town_a, deputy=deputy, has_consent=True, source="visit"
    )
    VoiceCaseFactory(voice=heard)
    guarded = VoiceFactory(station=station, region=cast.town_a, is_confidential=True)
    VoiceCaseFactory(voice=guarded)


def _plant() -> Marks:
    """A number nobody has for each telephone, a name nobody bears for each name."""
    marks: Marks = {}
    Voice.objects.update(has_consent=True)
    for serial, (model, name) in enumerate(personal_fields()):
        length = model._meta.get_field(name).max_length or 60
        for row in model._default_manager.order_by("pk"):
            mark = _mark(serial, len(marks), name)[:length]
            model._default_manager.filter(pk=row.pk).update(**{name: mark})
            marks[f"{model.__name__}.{name}", row.pk] = mark
    for row in (*Voice.objects.order_by("pk"), *VoiceLog.objects.order_by("pk")):
        name = TYPED[type(row)]  # what people type may hold a number, too
        mark = _mark(98, len(marks), "phone")
        text = f"{getattr(row, name)}，打{mark}找我"
        type(row).objects.filter(pk=row.pk).update(**{name: text})
        marks[f"{type(row).__name__}.{name}", row.pk] = mark
    return marks


def _mark(serial: int, number: int, name: str) -> str:
    digits = f"{serial:02d}{number:04d}"
    if name == "identity_number":
        return f"42129919800{digits}0"
    if "email" in name:
        return f"m{digits}@example.com"
    if "phone" in name or "address" in name:
        return f"137{digits}88"
    letters = "".join(chr(ord("甲") if each == "0" else 0x9F00 + int(each)) for each in digits)
    return f"秘{letters}"
