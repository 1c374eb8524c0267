"""Many new rows in one statement: what ``bulk_create`` does, without a model object a row.

Defaults, ``auto_now_add`` and the fields' own preparation (encryption, dates) apply; ``save()``
and model validation do not, the importer has checked the values. Keys are reserved first, so
that child rows can name them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, models
from django.utils import timezone

# Fields whose Python value is the database's, on SQLite and PostgreSQL alike.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)
Values = dict[str, Any]  # by attname


def insert_rows(model: type[models.Model], rows: Sequence[Values]) -> list[int]:
    """Insert the rows and return their keys in order; must run inside a transaction."""
    if not rows:
        return []
    keys = _reserve_keys(model, len(rows))
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = [_column(field, rows) for field in fields]
    quote = connection.ops.quote_name
    names = [quote(str(field.column)) for field in (model._meta.pk, *fields)]
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(names)}) "  # noqa: S608 - names are the model's
        f"VALUES ({', '.join(['%s'] * len(names))})"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(zip(keys, *columns, strict=True)))
    return keys


def _reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that no other transaction will use."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), key, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # SQLite: the import holds the only write lock (transaction mode IMMEDIATE).
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def _column(field: models.Field[Any, Any], rows: Sequence[Values]) -> list[Any]:
    """The values of one column as the database takes them."""
    name = field.attname
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        now = field.get_db_prep_save(timezone.now(), connection)
        return [now] * len(rows)
    default = None if name in rows[0] else field.get_default()  # rows of a kind have the same names
    values = [row.get(name, default) for row in rows]
    prepare = _preparer(field)
    return [prepare(value) for value in values] if prepare else values


def _preparer(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value becomes the database's; ``None`` where it already is."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    own = type(target).get_prep_value not in {kind.get_prep_value for kind in _PLAIN}
    if not own or isinstance(target, models.AutoField):
        return None
    known: dict[Any, Any] = {}

    def prepare(value: Any) -> Any:
        if value not in known:
            known[value] = field.get_db_prep_save(value, connection)
        return known[value]

    return prepare
