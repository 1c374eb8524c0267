"""One search over what the reader may see: deputies, stations, suggestions, groups.

Deputies are found by name, and by what they are good at (专长, M13).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from congress_portal.core.enums import Dictionary
from congress_portal.core.models import User
from congress_portal.desk.registers.selectors.people import Words
from deputies.models import Deputy, Group
from stations.models import Station
from suggestions.models import Suggestion
from suggestions.selectors import numbered

_MOST = 10


@dataclass(frozen=True)
class Hit:
    text: str
    note: str
    address: str


@dataclass(frozen=True)
class HitGroup:
    name: str
    rows: list[Hit]
    address: str
    is_cut: bool


def find(user: User, words: str) -> list[HitGroup]:
    """At most ten of each kind; a kind without a hit is left out."""
    words = words.strip()
    seen = Deputy.objects.visible_to(user).select_related("town")
    deputies = seen.search(words)
    skills = Words().matching(Dictionary.EXPERTISE, words)
    skilled = Deputy.objects.filter(expertise__in=skills).values("pk")
    able = seen.filter(pk__in=skilled).prefetch_related("expertise")
    stations = (
        Station.objects.visible_to(user)
        .filter(Q(name__contains=words) | Q(number__iexact=words))
        .select_related("region")
    )
    suggestions = Suggestion.objects.visible_to(user).filter(
        Q(title__contains=words) | numbered(words)
    )
    groups = Group.objects.visible_to(user).filter(name__contains=words).select_related("region")
    found = [
        _group("代表", deputies, "deputies:detail", lambda row: f"{row.town}　{row.employer}"),
        _able(able),
        _group("家站", stations, "stations:detail", lambda row: f"{row.number}　{row.region}"),
        _group("建议", suggestions, "suggestions:detail", lambda row: f"{row.year}年{row.number}"),
        _groups(groups),
    ]
    return [group for group in found if group.rows]


def _group(name: str, rows: QuerySet[Any], view: str, note: Callable[[Any], str]) -> HitGroup:
    """The rows open at ``view``; the rest of them in the list beside it."""
    found = list(rows[: _MOST + 1])
    hits = [Hit(str(row), note(row), reverse(view, args=[row.pk])) for row in found[:_MOST]]
    address = reverse(view.replace(":detail", ":list"))
    return HitGroup(name, hits, address, len(found) > _MOST)


def _able(rows: QuerySet[Deputy]) -> HitGroup:
    """The rest of them, and their contacts, are in the list by conditions."""
    found = list(rows[: _MOST + 1])
    hits = [
        Hit(
            str(row),
            f"{row.town}　{'、'.join(each.name for each in row.expertise.all())}",
            reverse("deputies:detail", args=[row.pk]),
        )
        for row in found[:_MOST]
    ]
    return HitGroup("有这项专长的代表", hits, reverse("desk:persons"), len(found) > _MOST)


def _groups(rows: QuerySet[Group]) -> HitGroup:
    """A group opens as the list of its members."""
    members = reverse("deputies:list")
    hits = [Hit(row.name, str(row.region), f"{members}?group={row.pk}") for row in rows[:_MOST]]
    return HitGroup("代表小组", hits, "", is_cut=False)
