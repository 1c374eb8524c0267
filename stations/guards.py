"""Rules that reach over several tables, held by the database itself whatever writes to it.

- A team's own towns are never among the places it inspects, whichever of member and assignment
  is written second; an assignment's region is its station's.
- A locked sheet, its lines, its assignment and the mark that it made cannot be written or
  deleted; nothing else can take them away.
- A locked campaign, its teams, members, assignments and objections cannot be written either, and
  no mark without a sheet joins a quarter that is locked for the station.
- A duty's day is its slot's day; a slot that moves takes its duties along.

Triggers, because no check constraint sees a second table. They are laid down after every
``migrate`` and taken away before it: SQLite rebuilds tables, which would lose them or be stopped
by them. Each refusal is an IntegrityError that carries the rule's name; ``MESSAGES`` tells it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction

from congress_portal.core.errors import DomainError

MESSAGES = {
    "assignment_crossing": "考评组不能考评成员所在镇（街道）的家站。",
    "assignment_region": "考评分工的镇（街道）与家站所属的不一致。",
    "sheet_locked": "打分表已经锁定，不能再改。",
    "campaign_locked": "考评已经锁定，不能再改。",
    "mark_locked": "这个家站这一季度的考评已经锁定，不能再登记打分。",
    "rota_duty_day": "值班日期与接待日的日期不一致。",
}


@dataclass(frozen=True)
class Guard:
    """``refuse_when`` is SQL over NEW and OLD; true refuses with the rule's name."""

    name: str
    rule: str
    table: str
    event: str
    refuse_when: str


def _locked(sheet: str) -> str:
    rows = "SELECT 1 FROM stations_inspectionsheet s WHERE s.locked_at IS NOT NULL AND s.id ="
    return f"EXISTS ({rows} {sheet})"


def _locked_campaign(campaign: str) -> str:
    rows = "SELECT 1 FROM stations_inspectioncampaign c WHERE c.locked_at IS NOT NULL AND c.id ="
    return f"EXISTS ({rows} {campaign})"


def _locked_team(team: str) -> str:
    rows = (
        "SELECT 1 FROM stations_team t JOIN stations_inspectioncampaign c ON c.id = t.campaign_id"
    )
    return f"EXISTS ({rows} WHERE c.locked_at IS NOT NULL AND t.id = {team})"


_LOCKED_QUARTER = (
    "NEW.sheet_id IS NULL AND EXISTS (SELECT 1 FROM stations_inspectionsheet s"
    " JOIN stations_assignment a ON a.id = s.assignment_id"
    " JOIN stations_team t ON t.id = a.team_id"
    " JOIN stations_inspectioncampaign c ON c.id = t.campaign_id"
    " WHERE s.locked_at IS NOT NULL AND a.station_id = NEW.station_id"
    " AND c.year = NEW.year AND c.quarter = NEW.quarter)"
)
_HOME_OF_TEAM = (
    "EXISTS (SELECT 1 FROM stations_teammember m LEFT JOIN stations_station p"
    " ON p.id = NEW.station_id WHERE m.team_id = NEW.team_id"
    " AND m.home_id IN (NEW.region_id, COALESCE(p.region_id, NEW.region_id)))"
)
_INSPECTS_HOME = (
    "EXISTS (SELECT 1 FROM stations_assignment a LEFT JOIN stations_station p"
    " ON p.id = a.station_id WHERE a.team_id = NEW.team_id"
    " AND NEW.home_id IN (a.region_id, COALESCE(p.region_id, a.region_id)))"
)
_OTHER_REGION = (
    "EXISTS (SELECT 1 FROM stations_station p"
    " WHERE p.id = NEW.station_id AND p.region_id <> NEW.region_id)"
)
_MOVED_HOME = (
    "NEW.region_id <> OLD.region_id AND EXISTS (SELECT 1 FROM stations_assignment a"
    " JOIN stations_teammember m ON m.team_id = a.team_id"
    " WHERE a.station_id = NEW.id AND m.home_id = NEW.region_id)"
)
_LOCKED_OF_OLD = (
    "EXISTS (SELECT 1 FROM stations_inspectionsheet s"
    " WHERE s.assignment_id = OLD.id AND s.locked_at IS NOT NULL)"
)
_OTHER_DAY = (
    "NOT EXISTS (SELECT 1 FROM stations_rotaslot s"
    " WHERE s.id = NEW.slot_id AND s.held_on = NEW.held_on)"
)


def _frozen(
    name: str, table: str, is_locked: Callable[[str], str], column: str
) -> list[tuple[str, str, str, str, str]]:
    """Neither a new row, nor a change, nor a removal once what it belongs to is locked."""
    rule = "sheet_locked" if is_locked is _locked else "campaign_locked"
    old, new = is_locked(f"OLD.{column}"), is_locked(f"NEW.{column}")
    return [
        (f"{name}_frozen_add", rule, table, "INSERT", new),
        (f"{name}_frozen_set", rule, table, "UPDATE", old),
        (f"{name}_frozen_put", rule, table, "UPDATE", new),
        (f"{name}_frozen_del", rule, table, "DELETE", old),
    ]


def _guards() -> list[Guard]:
    rows = [
        ("assignment_add", "assignment_crossing", "assignment", "INSERT", _HOME_OF_TEAM),
        ("assignment_set", "assignment_crossing", "assignment", "UPDATE", _HOME_OF_TEAM),
        ("member_add", "assignment_crossing", "teammember", "INSERT", _INSPECTS_HOME),
        ("member_set", "assignment_crossing", "teammember", "UPDATE", _INSPECTS_HOME),
        ("station_move", "assignment_crossing", "station", "UPDATE", _MOVED_HOME),
        ("assignment_region_add", "assignment_region", "assignment", "INSERT", _OTHER_REGION),
        ("assignment_region_set", "assignment_region", "assignment", "UPDATE", _OTHER_REGION),
        ("assignment_locked", "sheet_locked", "assignment", "UPDATE", _LOCKED_OF_OLD),
        ("sheet_set", "sheet_locked", "inspectionsheet", "UPDATE", "OLD.locked_at IS NOT NULL"),
        ("sheet_del", "sheet_locked", "inspectionsheet", "DELETE", "OLD.locked_at IS NOT NULL"),
        ("line_add", "sheet_locked", "sheetline", "INSERT", _locked("NEW.sheet_id")),
        ("line_set", "sheet_locked", "sheetline", "UPDATE", _locked("OLD.sheet_id")),
        ("line_put", "sheet_locked", "sheetline", "UPDATE", _locked("NEW.sheet_id")),
        ("line_del", "sheet_locked", "sheetline", "DELETE", _locked("OLD.sheet_id")),
        ("mark_set", "sheet_locked", "inspectionmark", "UPDATE", "OLD.sheet_id IS NOT NULL"),
        ("mark_del", "sheet_locked", "inspectionmark", "DELETE", "OLD.sheet_id IS NOT NULL"),
        ("mark_add", "mark_locked", "inspectionmark", "INSERT", _LOCKED_QUARTER),
        ("mark_put", "mark_locked", "inspectionmark", "UPDATE", _LOCKED_QUARTER),
        (
            "campaign_set",
            "campaign_locked",
            "inspectioncampaign",
            "UPDATE",
            "OLD.locked_at IS NOT NULL",
        ),
        (
            "campaign_del",
            "campaign_locked",
            "inspectioncampaign",
            "DELETE",
            "OLD.locked_at IS NOT NULL",
        ),
        *_frozen("team", "team", _locked_campaign, "campaign_id"),
        *_frozen("membership", "teammember", _locked_team, "team_id"),
        *_frozen("place", "assignment", _locked_team, "team_id"),
        *_frozen("objection", "objection", _locked, "sheet_id"),
        ("duty_add", "rota_duty_day", "rotaduty", "INSERT", _OTHER_DAY),
        ("duty_set", "rota_duty_day", "rotaduty", "UPDATE", _OTHER_DAY),
    ]
    return [
        Guard(f"guard_{name}", rule, f"stations_{table}", event, condition)
        for name, rule, table, event, condition in rows
    ]


_MOVE = "UPDATE stations_rotaduty SET held_on = NEW.held_on WHERE slot_id = NEW.id"
_MOVED = "NEW.held_on <> OLD.held_on"
_SLOTS = "stations_rotaslot"


class GuardedError(DomainError):
    """One of these rules refused, in its own words."""


@contextmanager
def told() -> Iterator[None]:
    """Refusals of these rules inside the block become GuardedError; others pass on."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if words := message_of(error):
            raise GuardedError(words) from error
        raise


def message_of(error: Exception) -> str:
    """The Chinese words for a refusal of these rules; empty for any other error."""
    text = str(error)
    return next((told for rule, told in MESSAGES.items() if f"guard:{rule}" in text), "")


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Lay the triggers down; those that stand are replaced."""
    connection = connections[using]
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    remove(using)
    with connection.cursor() as cursor:
        for statement in make():
            cursor.execute(statement)


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the triggers away, so that tables can be rebuilt or emptied."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for name, table in [*((g.name, g.table) for g in _guards()), ("guard_slot_moved", _SLOTS)]:
            if connection.vendor == "postgresql":
                if table in tables:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Without the triggers inside the block; for tests that empty their tables."""
    remove(using)
    try:
        yield
    finally:
        install(using)


def _sqlite() -> Iterator[str]:
    for guard in _guards():
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
            f" FOR EACH ROW WHEN {guard.refuse_when}"
            f" BEGIN SELECT RAISE(ABORT, 'guard:{guard.rule}'); END"
        )
    yield (
        f"CREATE TRIGGER guard_slot_moved AFTER UPDATE ON {_SLOTS}"
        f" FOR EACH ROW WHEN {_MOVED} BEGIN {_MOVE}; END"
    )


def _postgresql() -> Iterator[str]:
    for guard in _guards():
        row = "OLD" if guard.event == "DELETE" else "NEW"
        yield (
            f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN IF {guard.refuse_when} THEN RAISE EXCEPTION 'guard:{guard.rule}'"
            f" USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $$"
        )
        yield (
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {guard.name}()"
        )
    yield (
        "CREATE OR REPLACE FUNCTION guard_slot_moved() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN IF {_MOVED} THEN {_MOVE}; END IF; RETURN NULL; END $$"
    )
    yield (
        f"CREATE TRIGGER guard_slot_moved AFTER UPDATE ON {_SLOTS}"
        " FOR EACH ROW EXECUTE FUNCTION guard_slot_moved()"
    )


def lay_down(using: str, **_: Any) -> None:
    """After ``migrate``; a database that has gone back to before these tables has none."""
    with connections[using].cursor() as cursor:
        tables = connections[using].introspection.table_names(cursor)
    if {guard.table for guard in _guards()} | {_SLOTS} <= set(tables):
        install(using)


def take_up(using: str, **_: Any) -> None:
    """Before ``migrate``."""
    remove(using)
