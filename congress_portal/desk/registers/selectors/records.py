"""Lists that the registers' figures open into: one page for records of any kind."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from activities.models import Activity, DutyReport, NewsItem, Visit
from congress_portal.core.models import User
from stations.models import Reception
from suggestions.models import Suggestion, Voice


@dataclass(frozen=True)
class Row:
    on: dt.date
    text: str
    where: str
    url: str = ""


@dataclass(frozen=True)
class Kind:
    """``date``, ``region`` … are lookup paths; an empty one means that the kind has none."""

    code: str
    title: str
    unit: str
    rows: Callable[[User], QuerySet[Any]]
    show: Callable[[Any], Row]
    date: str = "held_on"
    region: str = "region"
    station: str = ""
    group: str = ""
    field: str = ""
    training: str = ""


def _activity(row: Activity) -> Row:
    where = f"{row.station or row.region}，{row.form}"
    return Row(row.held_on, row.title, where, reverse("activities:detail", args=[row.pk]))


def _reception(row: Reception) -> Row:
    deputies = "、".join(duty.deputy.name for duty in row.duties.all())
    url = reverse("stations:reception_detail", args=[row.pk])
    return Row(row.held_on, f"接待代表：{deputies or '未登记'}", str(row.station), url)


def _voice(row: Voice) -> Row:
    url = reverse("suggestions:voice_detail", args=[row.pk])
    return Row(row.raised_on, row.said, f"{row.region}{row.village or ''}", url)


def _visit(row: Visit) -> Row:
    text = f"{row.deputy}，{row.channel}，{row.people} 人次"
    url = reverse("activities:visit_detail", args=[row.pk])
    return Row(row.held_on, text, f"{row.region}{row.village or ''}", url)


def _suggestion(row: Suggestion) -> Row:
    url = reverse("suggestions:detail", args=[row.pk])
    on = row.submitted_on or dt.date.min  # drafts are not in the register
    return Row(on, row.title, f"领衔：{row.lead}", url)


def _report(row: DutyReport) -> Row:
    url = reverse("desk:duty_file", args=[row.deputy_id]) + f"?year={row.held_on.year}"
    where = f"{row.deputy.town}，到会选民 {row.voters_present} 人"
    return Row(row.held_on, f"{row.deputy}向选民述职", where, url)


def _news(row: NewsItem) -> Row:
    return Row(row.held_on, row.title, f"{row.region}，{row.level or '未填刊用级别'}")


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "activities",
            "活动",
            "次",
            lambda user: (
                Activity.objects.visible_to(user)
                .verified()
                .select_related("form", "station", "region")
            ),
            _activity,
            station="station",
            group="group",
            field="field",
            training="form",
        ),
        Kind(
            "receptions",
            "接待",
            "次",
            lambda user: (
                Reception.objects.visible_to(user)
                .verified()
                .select_related("station")
                .prefetch_related("duties__deputy")
            ),
            _reception,
            region="station__region",
            station="station",
        ),
        Kind(
            "voices",
            "群众意见",
            "条",
            lambda user: Voice.objects.visible_to(user).select_related("region", "village"),
            _voice,
            date="raised_on",
            station="reception__station",
            field="field",
        ),
        Kind(
            "visits",
            "联系走访",
            "次",
            lambda user: (
                Visit.objects.visible_to(user)
                .verified()
                .select_related("deputy", "region", "village", "channel")
            ),
            _visit,
        ),
        Kind(
            "suggestions",
            "建议",
            "件",
            lambda user: (
                Suggestion.objects.visible_to(user)
                .filter(submitted_on__isnull=False)
                .select_related("lead")
            ),
            _suggestion,
            date="submitted_on",
            field="field",
        ),
        Kind(
            "reports",
            "述职",
            "次",
            lambda user: (
                DutyReport.objects.visible_to(user).verified().select_related("deputy__town")
            ),
            _report,
            region="deputy__town",
        ),
        Kind(
            "news",
            "信息报送",
            "篇",
            lambda user: (
                NewsItem.objects.visible_to(user).verified().select_related("region", "level")
            ),
            _news,
        ),
    )
}


def records_url(code: str, **filters: Any) -> str:
    """The list behind a figure; a Region among the filters is named by its code."""
    given = {name: getattr(value, "code", value) for name, value in filters.items() if value}
    query = urlencode({name: getattr(value, "pk", value) for name, value in given.items()})
    return reverse("desk:records", args=[code]) + (f"?{query}" if query else "")
