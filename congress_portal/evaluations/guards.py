"""What is disclosed or published stays as it is, held by the database itself.

- A published sheet is never updated or deleted.
- A disclosed sheet keeps its scheme, period, version and digest, and never goes back.
- Scores and lines of a disclosed or published sheet are neither added, changed nor deleted.
- An answered objection keeps its answer.

Triggers, because code that goes round the models (bulk writes, raw SQL, another tool) would not
ask ``FrozenQuerySet``. Laid down after every ``migrate`` and taken away before it, as those of
``stations.guards``. A refusal is an IntegrityError with the rule's name; ``MESSAGES`` tells it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from congress_portal.evaluations.models.sheet import PUBLISHED_IS_FROZEN

MESSAGES = {
    "sheet_frozen": PUBLISHED_IS_FROZEN,
    "score_frozen": PUBLISHED_IS_FROZEN,
    "appeal_answered": "已经答复的异议不能再改。",
}
_SHOWN = "('disclosed', 'decided', 'published')"
_SHEETS = "evaluations_scoresheet s"
_SCORES = f"evaluations_score c JOIN {_SHEETS} ON s.id = c.sheet_id"


@dataclass(frozen=True)
class Guard:
    """``refuse_when`` is SQL over NEW and OLD; true refuses with the rule's name."""

    name: str
    rule: str
    table: str
    event: str
    refuse_when: str


def _of_sheet(sheet: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_SHEETS} WHERE s.state IN {_SHOWN} AND s.id = {sheet})"  # noqa: S608 - our own column


def _of_score(score: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_SCORES} WHERE s.state IN {_SHOWN} AND c.id = {score})"  # noqa: S608 - our own column


_KEPT = ("scheme_id", "scheme_data", "period_code", "first_day", "last_day", "version", "digest")
_DIFFERS = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _KEPT)
_SET_SHEET = (
    "OLD.state = 'published' OR (OLD.state IN ('disclosed', 'decided')"
    f" AND (NEW.state NOT IN {_SHOWN} OR {_DIFFERS}))"
)


def _guards() -> list[Guard]:
    rows = [
        ("scoresheet_set", "sheet_frozen", "scoresheet", "UPDATE", _SET_SHEET),
        ("scoresheet_del", "sheet_frozen", "scoresheet", "DELETE", f"OLD.state IN {_SHOWN}"),
        ("score_add", "score_frozen", "score", "INSERT", _of_sheet("NEW.sheet_id")),
        ("score_set", "score_frozen", "score", "UPDATE", _of_sheet("OLD.sheet_id")),
        ("score_put", "score_frozen", "score", "UPDATE", _of_sheet("NEW.sheet_id")),
        ("score_del", "score_frozen", "score", "DELETE", _of_sheet("OLD.sheet_id")),
        ("scoreline_add", "score_frozen", "scoreline", "INSERT", _of_score("NEW.score_id")),
        ("scoreline_set", "score_frozen", "scoreline", "UPDATE", _of_score("OLD.score_id")),
        ("scoreline_put", "score_frozen", "scoreline", "UPDATE", _of_score("NEW.score_id")),
        ("scoreline_del", "score_frozen", "scoreline", "DELETE", _of_score("OLD.score_id")),
        ("appeal_set", "appeal_answered", "appeal", "UPDATE", "OLD.state <> 'open'"),
        ("appeal_del", "appeal_answered", "appeal", "DELETE", "OLD.state <> 'open'"),
    ]
    return [
        Guard(f"guard_eval_{name}", rule, f"evaluations_{table}", event, condition)
        for name, rule, table, event, condition in rows
    ]


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
        for guard in _guards():
            for statement in make(guard):
                cursor.execute(statement)


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the triggers away, so that tables can be rebuilt or emptied."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in _guards():
            if connection.vendor != "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
            elif guard.table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Without the triggers inside the block; for tests that empty or spoil their tables."""
    remove(using)
    try:
        yield
    finally:
        install(using)


def _sqlite(guard: Guard) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
        f" FOR EACH ROW WHEN {guard.refuse_when}"
        f" BEGIN SELECT RAISE(ABORT, 'guard:{guard.rule}'); END"
    )


def _postgresql(guard: Guard) -> Iterator[str]:
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


def lay_down(using: str, **_: Any) -> None:
    """After ``migrate``; a database that has gone back to before these tables has none."""
    with connections[using].cursor() as cursor:
        tables = connections[using].introspection.table_names(cursor)
    if {guard.table for guard in _guards()} <= set(tables):
        install(using)


def take_up(using: str, **_: Any) -> None:
    """Before ``migrate``."""
    remove(using)
