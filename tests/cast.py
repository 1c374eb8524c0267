"""The cast of the scope tests: twelve people around two towns, and a row of each kind in each.

Town A: the deputy and the colleague live there, the deputy is posted to its station, which the
officer keeps, and leads its suggestion, which the unit handles. Town B has the like of
everything, so that whatever leaks shows. ``rows[Model]`` is {"a": row, "b": row, …}.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone

from congress_portal.core.audit import record
from congress_portal.core.enums import Level, Role
from congress_portal.core.models import AuditEntry, ImportBatch, ImportRun, ImportSheet, User
from congress_portal.evaluations.enums import SheetState
from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from deputies.models import Deputy, District, Group, GroupMembership, Mandate, Term
from stations.models import Posting, Reception, ReceptionDuty, Station, StationCheck, StationOfficer
from stations.models.standard import InspectionMark
from suggestions.models import CoSigner, Handling, Reply, Suggestion, Voice
from tests.factories.activities import (
    ActivityFactory,
    DutyReportFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.core import CountyFactory, TownFactory, UnitFactory, UserFactory
from tests.factories.deputies import (
    DeputyFactory,
    DistrictFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
    TermFactory,
)
from tests.factories.evaluations import SchemeFactory
from tests.factories.stations import (
    InspectionMarkFactory,
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StationCheckFactory,
    StationFactory,
)
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyFactory,
    SuggestionFactory,
)

PEOPLE = (
    "staff", "clerk_a", "clerk_b", "officer", "deputy", "colleague", "unit_officer",
    "leader", "inspector", "auditor", "admin", "stranger",
)  # fmt: skip
DAY = dt.date(2026, 7, 7)


@dataclass
class Cast:
    people: dict[str, User] = field(default_factory=dict)
    rows: dict[type[models.Model], dict[str, Any]] = field(default_factory=dict)
    county: Any = None
    town_a: Any = None
    town_b: Any = None

    def __getitem__(self, name: str) -> User:
        """The person, read anew: scopes are remembered for one request."""
        return User.objects.get(pk=self.people[name].pk)

    def row(self, model: type[models.Model], key: str) -> Any:
        return self.rows[model][key]


def build_cast() -> Cast:
    cast = Cast()
    cast.county = CountyFactory()
    cast.town_a = TownFactory(name="甲镇", code="421299101000", parent=cast.county)
    cast.town_b = TownFactory(name="乙镇", code="421299102000", parent=cast.county)
    unit = UnitFactory(name="县交通局")
    _people(cast, unit)
    _deputies(cast)
    _stations(cast)
    _duty(cast)
    _suggestions(cast, unit)
    _scores(cast)
    _kept(cast)
    return cast


def _people(cast: Cast, unit: Any) -> None:
    roles = {
        "staff": (Role.STAFF, cast.county, None),
        "clerk_a": (Role.TOWN_STAFF, cast.town_a, None),
        "clerk_b": (Role.TOWN_STAFF, cast.town_b, None),
        "officer": (Role.STATION_OFFICER, None, None),
        "deputy": (Role.DEPUTY, None, None),
        "colleague": (Role.DEPUTY, None, None),
        "unit_officer": (Role.UNIT_OFFICER, None, unit),
        "leader": (Role.LEADER, cast.county, None),
        "inspector": (Role.INSPECTOR, cast.county, None),
        "auditor": (Role.AUDITOR, None, None),
        "admin": (Role.ADMIN, None, None),
    }
    for name, (role, region, held) in roles.items():
        cast.people[name] = UserFactory(
            username=name, role=role, role__region=region, role__unit=held
        )
    cast.people["stranger"] = UserFactory(username="stranger")


def _deputies(cast: Cast) -> None:
    people, town_a, town_b = cast.people, cast.town_a, cast.town_b
    a = DeputyFactory(
        name="张伟", town=town_a, user=people["deputy"], phone="13800000001",
        identity_number="421299198001010015", seat=True,
    )  # fmt: skip
    c = DeputyFactory(name="李静", town=town_a, user=people["colleague"], phone="13800000002")
    b = DeputyFactory(name="王强", town=town_b, phone="13800000003")
    cast.rows[Deputy] = {"a": a, "b": b, "c": c}
    terms = {
        "a": TermFactory(level=Level.TOWN, region=town_a, name="第九届"),
        "b": TermFactory(level=Level.TOWN, region=town_b, name="第九届"),
        "x": TermFactory(),
    }
    cast.rows[Term] = terms
    cast.rows[Mandate] = {
        "a": MandateFactory(deputy=c, term=terms["a"]),
        "b": MandateFactory(deputy=b, term=terms["b"]),
        "x": a.mandates.get(),
    }
    cast.rows[District] = {
        "a": DistrictFactory(term=terms["a"], region=town_a),
        "b": DistrictFactory(term=terms["b"], region=town_b),
        "x": DistrictFactory(term=terms["x"], region=town_a),
    }
    groups = {"a": GroupFactory(region=town_a), "b": GroupFactory(region=town_b)}
    cast.rows[Group] = groups
    cast.rows[GroupMembership] = {
        "a": GroupMembershipFactory(group=groups["a"], deputy=a),
        "b": GroupMembershipFactory(group=groups["b"], deputy=b),
    }


def _stations(cast: Cast) -> None:
    deputies = cast.rows[Deputy]
    a, b = StationFactory(region=cast.town_a), StationFactory(region=cast.town_b)
    cast.rows[Station] = {"a": a, "b": b}
    cast.rows[Posting] = {
        "a": PostingFactory(station=a, deputy=deputies["a"]),
        "b": PostingFactory(station=b, deputy=deputies["b"]),
    }
    cast.rows[StationOfficer] = {
        "a": OfficerFactory(station=a, user=cast.people["officer"], phone="13900000001"),
        "b": OfficerFactory(station=b, phone="13900000002"),
    }
    pairs = {"a": a, "b": b}
    cast.rows[StationCheck] = {k: StationCheckFactory(station=s) for k, s in pairs.items()}
    cast.rows[InspectionMark] = {k: InspectionMarkFactory(station=s) for k, s in pairs.items()}
    receptions = {
        "a": ReceptionFactory(station=a, deputies=[deputies["a"]]),
        "b": ReceptionFactory(station=b, deputies=[deputies["b"]]),
    }
    cast.rows[Reception] = receptions
    cast.rows[ReceptionDuty] = {k: r.duties.get() for k, r in receptions.items()}
    cast.rows[Voice] = {
        key: OpinionFactory(reception=reception, visitor_name="赵大爷", visitor_phone="13700000001")
        for key, reception in receptions.items()
    }


def _duty(cast: Cast) -> None:
    deputies, towns = cast.rows[Deputy], {"a": cast.town_a, "b": cast.town_b}
    makers = {
        "activities.Activity": lambda k: ActivityFactory(region=towns[k], deputies=[deputies[k]]),
        "activities.Visit": lambda k: VisitFactory(deputy=deputies[k]),
        "activities.DutyReport": lambda k: DutyReportFactory(deputy=deputies[k]),
        "activities.NewsItem": lambda k: NewsItemFactory(region=towns[k]),
    }
    for make in makers.values():
        made = {key: make(key) for key in towns}
        cast.rows[type(made["a"])] = made
    activities = next(rows for model, rows in cast.rows.items() if model.__name__ == "Activity")
    attendances = {key: row.attendances.get() for key, row in activities.items()}
    cast.rows[type(attendances["a"])] = attendances


def _suggestions(cast: Cast, unit: Any) -> None:
    deputies = cast.rows[Deputy]
    other = UnitFactory(name="县水利局")
    a = SuggestionFactory(
        region=cast.county, lead=deputies["a"], handed_over_on=dt.date(2026, 7, 20)
    )
    b = SuggestionFactory(
        region=cast.county, lead=deputies["b"], cosigners=[deputies["c"]],
        handed_over_on=dt.date(2026, 7, 20),
    )  # fmt: skip
    cast.rows[Suggestion] = {"a": a, "b": b}
    cast.rows[CoSigner] = {"b": b.cosignatures.get()}
    handlings = {
        "a": HandlingFactory(suggestion=a, unit=unit),
        "b": HandlingFactory(suggestion=b, unit=other),
    }
    cast.rows[Handling] = handlings
    cast.rows[Reply] = {key: ReplyFactory(handling=row) for key, row in handlings.items()}


def _scores(cast: Cast) -> None:
    """A draft (d) and a published sheet (p), each with a score of both towns' deputies."""
    now = timezone.now()
    sheets, scores, lines = {}, {}, {}
    for key in ("d", "p"):
        sheet = ScoreSheet.objects.create(
            scheme=SchemeFactory(subject_type="deputy"), period_code="2026Q3", computed_at=now,
            first_day=dt.date(2026, 7, 1), last_day=dt.date(2026, 9, 30),
        )  # fmt: skip
        for town in ("a", "b"):
            row = cast.row(Deputy, town)
            score = Score.objects.create(
                sheet=sheet, serial=1, key=row.key, label=row.name, deputy=row, region=row.town
            )
            scores[key + town] = score
            lines[key + town] = ScoreLine.objects.create(
                score=score, serial=1, indicator="活动", metric="activities", method="target",
                full=10, formula="1 ÷ 2 × 10 = 5.00",
            )  # fmt: skip
        sheets[key] = sheet
    published = sheets["p"]
    published.state, published.published_at = SheetState.PUBLISHED, now
    published.save()
    cast.rows |= {ScoreSheet: sheets, Score: scores, ScoreLine: lines}


def _kept(cast: Cast) -> None:
    """What the portal keeps about people: each of clerk A (a) and of clerk B (b)."""
    owners = {"a": cast.people["clerk_a"], "b": cast.people["clerk_b"]}
    cast.rows[User] = owners
    cast.rows[ImportBatch] = {k: ImportBatch.objects.create(actor=u) for k, u in owners.items()}
    runs = {
        key: ImportRun.objects.create(actor=user, file_name=f"{key}.csv", sha256="0" * 64)
        for key, user in owners.items()
    }
    cast.rows[ImportRun] = runs
    cast.rows[ImportSheet] = {
        key: ImportSheet.objects.create(run=run, name="表") for key, run in runs.items()
    }
    cast.rows[AuditEntry] = {"a": record("update", cast.row(Deputy, "a"))}
    cast.rows[type(owners["a"].role_assignments.get())] = {
        key: user.role_assignments.get() for key, user in owners.items()
    }
