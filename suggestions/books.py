"""Books over receptions with their visitors, voters' opinions and suggestions (M27–M30)."""

import datetime as dt
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from congress_portal.core.enums import Verification
from stations.bookkeeping import Holder, Source, Span, day_text, define, feed
from stations.models import Reception
from suggestions.enums import NOT_COUNTED, Share
from suggestions.models import Suggestion, Voice

define(
    "receptions", "接待选民登记簿",
    (("held_on", "日期", 13), ("deputies", "接待代表", 13), ("place", "地点", 13),
     ("visitors", "来访选民", 9), ("matters", "反映事项", 26), ("how", "处理方式", 11),
     ("result", "办理结果、告知", 15)),
    feed="在接待台登记接待",
)  # fmt: skip
define(
    "opinions", "建议意见办理登记簿",
    (("on", "日期", 16), ("kind", "种类", 12), ("matter", "事项", 42), ("unit", "承办", 18),
     ("done", "办结", 12)),
    feed="登记群众意见，或者代表提出建议",
)  # fmt: skip
define(
    "opinion_files", "意见办理档案",
    (("closed", "办结日期", 16), ("matter", "意见", 42), ("how", "处理方式", 16),
     ("unit", "承办单位", 14), ("rating", "选民评价", 12)),
    span=Span.YEAR, feed="办结群众意见",
)  # fmt: skip
define(
    "suggestion_files", "代表建议办理档案",
    (("closed", "办结日期", 16), ("number", "编号", 14), ("title", "建议", 38),
     ("lead", "领衔代表", 14), ("result", "办理结果", 18)),
    span=Span.YEAR, feed="办结代表建议",
)  # fmt: skip
define(
    "public_opinions", "公开意见办理",
    (("closed", "办结日期", 20), ("matter", "意见", 60), ("how", "处理方式", 20)),
    span=Span.YEAR, feed="办结群众意见",
)  # fmt: skip


def _receptions(until: dt.date) -> QuerySet[Any]:
    rows = Reception.objects.filter(verification=Verification.VERIFIED, held_on__lte=until)
    voices = Voice.objects.select_related("route", "unit").order_by("pk")
    rows = rows.select_related("station").prefetch_related("deputies")
    return rows.prefetch_related(Prefetch("voices", voices))


def _reception_cells(row: Any) -> tuple[str, ...]:
    """Matters of one reception are numbered, and so is what became of each."""
    voices = list(row.voices.all())
    names = [deputy.name for deputy in row.deputies.all()]
    visitors = f"{len(voices)} 人次" if voices else "没有来访" if row.no_visitors else ""
    return (
        day_text(row.held_on),
        "、".join(names),
        row.place or row.station.name,
        visitors,
        _numbered([voice.said for voice in voices]),
        _numbered([_handled(voice) for voice in voices]),
        _numbered([_became(voice) for voice in voices]),
    )


def _numbered(texts: list[str]) -> str:
    if len(texts) < 2:
        return "".join(texts)
    return " ".join(f"{number}. {text or '—'}" for number, text in enumerate(texts, start=1))


def _handled(voice: Voice) -> str:
    route = voice.route.name if voice.route else ""
    return f"{route}（{voice.unit.name}）" if voice.unit else route


def _became(voice: Voice) -> str:
    """Whether it is closed, when the voter was told, and what the voter said."""
    told = f"{day_text(voice.voter_told_on)}告知" if voice.voter_told_on else ""
    done = f"{day_text(voice.closed_on)}办结" if voice.closed_on else "未办结"
    return "，".join(filter(None, (done, told, voice.get_rating_display())))


feed(
    "receptions",
    Source(
        _receptions, "held_on", Holder.STATION, "station", _reception_cells,
        lambda row: reverse("stations:reception_detail", args=[row.pk]),
    ),
)  # fmt: skip


def _held(rows: QuerySet[Any]) -> QuerySet[Any]:
    """``held_by``: the station where it was heard, at a reception's desk or else."""
    rows = rows.annotate(held_by=Coalesce(F("station"), F("reception__station")))
    return rows.select_related("unit", "route")


def _voices(until: dt.date) -> QuerySet[Any]:
    return _held(Voice.objects.filter(raised_on__lte=until))


def _closed_voices(until: dt.date) -> QuerySet[Any]:
    return _held(Voice.objects.filter(closed_on__lte=until))


def _voice_address(row: Voice) -> str:
    return reverse("suggestions:voice_detail", args=[row.pk])


def _voice_cells(row: Voice) -> tuple[str, ...]:
    unit = row.unit.name if row.unit else ""
    return day_text(row.raised_on), "群众意见", row.said, unit, _done(row.closed_on)


def _done(day: dt.date | None) -> str:
    return day_text(day) if day else "未办结"


def _suggestions(until: dt.date) -> QuerySet[Any]:
    rows = Suggestion.objects.filter(submitted_on__lte=until).exclude(state__in=NOT_COUNTED)
    return rows.select_related("lead").prefetch_related("handlings__unit")


def _closed_suggestions(until: dt.date) -> QuerySet[Any]:
    rows = Suggestion.objects.filter(closed_on__lte=until).exclude(state__in=NOT_COUNTED)
    rows = rows.select_related("lead", "final_class")
    return rows.prefetch_related("handlings__replies__reply_class")


def _suggestion_address(row: Suggestion) -> str:
    return reverse("suggestions:detail", args=[row.pk])


def _suggestion_cells(row: Any) -> tuple[str, ...]:
    units = "、".join(dict.fromkeys(each.unit.name for each in row.handlings.all()))
    title = f"{row.title}（{row.lead.name}）"
    return day_text(row.submitted_on), "代表建议", title, units, _done(row.closed_on)


feed(
    "opinions",
    Source(_voices, "raised_on", Holder.STATION, "held_by", _voice_cells, _voice_address),
    Source(
        _suggestions, "submitted_on", Holder.DEPUTY, "lead", _suggestion_cells,
        _suggestion_address,
    ),
)  # fmt: skip


def _closing_cells(row: Voice) -> tuple[str, ...]:
    route, unit = (row.route.name if row.route else ""), (row.unit.name if row.unit else "")
    return day_text(row.closed_on), row.said, route, unit, row.get_rating_display()


feed(
    "opinion_files",
    Source(_closed_voices, "closed_on", Holder.STATION, "held_by", _closing_cells, _voice_address),
)
feed(
    "public_opinions",
    Source(
        _closed_voices, "closed_on", Holder.STATION, "held_by",
        lambda row: (day_text(row.closed_on), row.said, row.route.name if row.route else ""),
        _voice_address,
    ),
)  # fmt: skip


def _result(row: Any) -> str:
    """The class at closing; of one closed without it, that of the lead unit's newest reply."""
    if row.final_class:
        return str(row.final_class.name)
    replies = [
        reply
        for handling in row.handlings.all()
        if handling.share == Share.LEAD
        for reply in handling.replies.all()
    ]
    newest = max(replies, key=lambda reply: (reply.replied_on, reply.pk), default=None)
    return str(newest.reply_class.name) if newest and newest.reply_class else ""


feed(
    "suggestion_files",
    Source(
        _closed_suggestions, "closed_on", Holder.DEPUTY, "lead",
        lambda row: (day_text(row.closed_on), row.number, row.title, row.lead.name,
                     _result(row)),
        _suggestion_address,
    ),
)  # fmt: skip
