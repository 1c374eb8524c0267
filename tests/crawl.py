"""Every address of the portal, opened by one person after another, and what came back as text."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from pypdf import PdfReader

KEY = 7001  # the first row of every table, so that one number opens a page of each kind


def number_rows_alike() -> None:
    """The next row of each table gets ``KEY``; called before the rows are made."""
    numbered = [model._meta for model in apps.get_models() if model._meta.auto_field]
    tables = sorted({meta.db_table for meta in numbered})
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, KEY - 1])
            else:
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                if sequence := cursor.fetchone()[0]:
                    cursor.execute("SELECT setval(%s, %s)", [sequence, KEY - 1])


@dataclass(frozen=True)
class Door:
    """One address under the name that the allow-list of a test uses."""

    name: str
    path: str

    @property
    def is_paper(self) -> bool:
        return bool(re.search(r"\.(pdf|docx|xlsx|zip)$|/(pdf|docx|xlsx)/", self.path))


def doors(words: dict[str, tuple[Any, ...]]) -> Iterator[Door]:
    """Every named address; ``words`` gives values by «name.parameter» or by parameter."""
    for name, pattern in _patterns(get_resolver()):
        sets = [{}]
        for parameter, converter in pattern.pattern.converters.items():
            usual = (KEY,) if type(converter).__name__ == "IntConverter" else ("a4",)
            values = words.get(f"{name}.{parameter}") or words.get(parameter) or usual
            sets = [{**each, parameter: value} for each in sets for value in values]
        for given in sets:
            try:
                yield Door(name, reverse(name, kwargs=given))
            except NoReverseMatch:
                yield from _regular(name, words)
                break
    for model in admin.site._registry:
        start = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page, args in (("changelist", []), ("add", []), ("change", [KEY]), ("history", [KEY])):
            yield Door(f"{start}_{page}", reverse(f"{start}_{page}", args=args))


def _regular(name: str, words: dict[str, tuple[Any, ...]]) -> Iterator[Door]:
    """Addresses given by a regular expression take their values from ``words`` alone."""
    for given in words.get(name, ()):
        yield Door(name, reverse(name, kwargs=given))


def _patterns(resolver: Any, space: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for part in resolver.url_patterns:
        if isinstance(part, URLPattern):
            if part.name:
                yield ":".join((*space, part.name)), part
        elif part.namespace != "admin":
            yield from _patterns(part, (*space, part.namespace) if part.namespace else space)


def text_of(response: HttpResponse) -> str:
    """What a reader could find in the answer: its heads, its body, the insides of its files."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = "\n".join(f"{name}: {unquote(value)}" for name, value in response.items())
    return f"{heads}\n{_words(body)}"


def _words(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        paper = PdfReader(io.BytesIO(body))
        return "".join(page.extract_text() for page in paper.pages) + str(paper.metadata)
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as kept:
            parts = [(each, _words(kept.read(each))) for each in kept.namelist()]
        return "\n".join(f"{name}\n{re.sub('<[^>]+>', '', text)}" for name, text in parts)
    return body.decode("utf-8", "replace")


def open_all(client: Client, found: list[Door]) -> Iterator[tuple[Door, int, str]]:
    for door in found:
        response = client.get(door.path)
        yield door, response.status_code, text_of(response)
