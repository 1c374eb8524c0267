"""The records behind a line, for a reader: only those that are visible to them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.urls import reverse

from activities.selectors.corrections import OWNERS
from congress_portal.core.metrics import Keys
from congress_portal.core.models import User


@dataclass(frozen=True)
class _Kind:
    """How records of one model are listed; ``page`` is the URL name of their own page."""

    day: str = ""
    related: Sequence[str] = ()
    page: str = ""
    target: str = "pk"


_KINDS = {
    "activities.Activity": _Kind("held_on", (), "activities:detail"),
    "activities.Visit": _Kind(
        "held_on", ("deputy", "channel", "village", "region"), "activities:visit_detail"
    ),
    "activities.DutyReport": _Kind("held_on", ("deputy",), "activities:duty_report"),
    "activities.NewsItem": _Kind("held_on"),
    "activities.CourseCompletion": _Kind(
        "completed_on", ("deputy", "course"), "activities:course", "course_id"
    ),
    "stations.Reception": _Kind("held_on", ("station",), "stations:reception_detail"),
    "stations.Station": _Kind("", (), "stations:detail"),
    "stations.StationCheck": _Kind("", ("item",), "stations:detail", "station_id"),
    "stations.InspectionMark": _Kind("", ("station",), "stations:detail", "station_id"),
    "suggestions.Call": _Kind("opens_on"),
    "suggestions.Voice": _Kind("raised_on", (), "suggestions:voice_detail"),
    "suggestions.Suggestion": _Kind("submitted_on", (), "suggestions:detail"),
    "suggestions.Reply": _Kind(
        "replied_on",
        ("handling__unit", "handling__suggestion"),
        "suggestions:detail",
        "handling.suggestion_id",
    ),
    "deputies.Deputy": _Kind("", ("town",), "deputies:detail"),
}


@dataclass(frozen=True)
class Item:
    day: dt.date | None
    text: str
    address: str
    is_counted: bool
    mark: str = ""  # as a request for correction names the record; empty for what is no record


@dataclass(frozen=True)
class Group:
    """Records of one kind; those hidden from the reader or gone since are only numbers."""

    title: str
    items: list[Item] = field(default_factory=list)
    counted: int = 0
    hidden: int = 0
    gone: int = 0


def evidence_of(counted: Keys, base: Keys, user: User) -> list[Group]:
    """Records counted and, for a ratio, all those of the denominator; three queries a kind."""
    return [
        _group(label, set(counted.get(label, ())), set(base.get(label, ())), user)
        for label in dict.fromkeys([*counted, *base])
    ]


def _group(label: str, counted: set[int], base: set[int], user: User) -> Group:
    model = apps.get_model(label)
    kind = _KINDS.get(label, _Kind())
    keys = counted | base
    rows = model._default_manager.filter(pk__in=keys)
    there = rows.count()
    visible = rows.visible_to(user).select_related(*kind.related).distinct()
    order = [kind.day, "pk"] if kind.day else ["pk"]
    items = [_item(row, kind, row.pk in counted) for row in visible.order_by(*order)]
    return Group(
        title=str(model._meta.verbose_name),
        items=items,
        counted=len(counted),
        hidden=there - len(items),
        gone=len(keys) - there,
    )


def _item(row: Any, kind: _Kind, is_counted: bool) -> Item:
    target: Any = row
    for part in kind.target.split("."):
        target = getattr(target, part)
    return Item(
        day=getattr(row, kind.day) if kind.day else None,
        text=_text(row),
        address=reverse(kind.page, args=[target]) if kind.page else "",
        is_counted=is_counted,
        mark=f"{row._meta.label_lower}.{row.pk}" if row._meta.label_lower in OWNERS else "",
    )


def _text(row: Any) -> str:
    """What tells the record apart, without the day that stands beside it."""
    if row._meta.label == "suggestions.Reply":
        return f"{row.handling.unit}：{row.handling.suggestion}"
    if row._meta.label == "deputies.Deputy":
        return f"{row.name}（{row.town}）"
    text = str(row)
    day, _, rest = text.partition(" ")
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        return text
    return rest
