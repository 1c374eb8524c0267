"""One search over what the reader may see: deputies, stations, suggestions, groups."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from congress_portal.core.models import User
from deputies.models import Deputy, Group
from stations.models import Station
from suggestions.models import Suggestion

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
    deputies = Deputy.objects.visible_to(user).search(words).select_related("town")
    stations = (
        Station.objects.visible_to(user)
        .filter(Q(name__contains=words) | Q(number__iexact=words))
        .select_related("region")
    )
    suggestions = Suggestion.objects.visible_to(user).filter(
        Q(title__contains=words) | Q(number=words)
    )
    groups = Group.objects.visible_to(user).filter(name__contains=words).select_related("region")
    found = [
        _group(
            "代表",
            [
                Hit(each.name, f"{each.town}　{each.employer}", reverse("deputies:detail", args=[each.pk]))
                for each in deputies[: _MOST + 1]
            ],
            reverse("deputies:list"),
        ),
        _group(
            "家站",
            [
                Hit(each.name, f"{each.number}　{each.region}", reverse("stations:detail", args=[each.pk]))
                for each in stations[: _MOST + 1]
            ],
            reverse("stations:list"),
        ),
        _group(
            "建议",
            [
                Hit(each.title, f"{each.year}年{each.number}", reverse("suggestions:detail", args=[each.pk]))
                for each in suggestions[: _MOST + 1]
            ],
            reverse("suggestions:list"),
        ),
        _group(
            "代表小组",
            [
                Hit(each.name, str(each.region), f"{reverse('deputies:list')}?group={each.pk}")
                for each in groups[: _MOST + 1]
            ],
            "",
        ),
    ]
    return [group for group in found if group.rows]


def _group(name: str, rows: list[Hit], address: str) -> HitGroup:
    return HitGroup(name, rows[:_MOST], address, len(rows) > _MOST)
