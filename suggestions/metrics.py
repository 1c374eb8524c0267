"""Metrics of voices and suggestions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from congress_portal.core.enums import Rating
from congress_portal.core.metrics import Each, Figure, Grouped, Listed, SumOf, metric, number_of
from congress_portal.core.models import Region, Unit
from congress_portal.core.periods import Period
from deputies.models import Deputy, Group, GroupMembership
from stations.models import Station
from suggestions.enums import CallKind
from suggestions.models import Call, CoSigner, Deed, Reply, Suggestion, Voice, WishClaim
from suggestions.models.suggestion import REPLY_MONTHS, months_later

SOLVED = "A"  # code of the reply class «已解决或基本解决»
CONTENT = frozenset({Rating.SATISFIED, Rating.BASICALLY})


def _opinions(period: Period, subject: str, *, voters: bool) -> Grouped:
    """Voices of the period's receptions; one voice is one voter with one matter (DESIGN §3)."""
    figures = {
        "opinions_taken": Figure(Count, "pk"),
        "opinions_closed": Figure(Count, "pk", Q(closed_on__lte=period.last)),
    }
    if voters:
        figures["voters_received"] = Figure(Count, "pk")
    rows = Voice.objects.all().at_receptions_in(period)
    return Grouped(rows, subject=subject, record="pk", model=Voice, figures=figures)


@metric("voters_received", "接待选民人次", of=Deputy, unit="人次", reported=False)
@metric("opinions_taken", "收集意见数", of=Deputy, unit="条")
@metric("opinions_closed", "办结意见数", of=Deputy, unit="条")
def heard_by_deputies(period: Period) -> Grouped:
    """At receptions the deputy was on duty."""
    return _opinions(period, "reception__duties__deputy", voters=True)


@metric("voters_contacted", "联系选民人次", of=Deputy, unit="人次")
def voters_contacted(period: Period) -> SumOf:
    """Voters received and people of visits."""
    return SumOf(("voters_received", "people_visited"))


@metric("voters_received", "接待选民人次", of=Station, unit="人次")
@metric("opinions_taken", "收集意见数", of=Station, unit="条")
@metric("opinions_closed", "办结意见数", of=Station, unit="条")
def heard_at_stations(period: Period) -> Grouped:
    """Opinions of receptions only; the number in an activity's register is not counted."""
    return _opinions(period, "reception__station", voters=True)


@metric("voters_received", "接待选民人次", of=Region, unit="人次")
@metric("opinions_taken", "收集意见数", of=Region, unit="条", reported=False)
@metric("opinions_closed", "办结意见数", of=Region, unit="条", reported=False)
def heard_in_towns(period: Period) -> Grouped:
    return _opinions(period, "reception__station__region", voters=True)


@metric("wishes_fulfilled", "实现微心愿数", of=Deputy, unit="个", reported=False)
def wishes_fulfilled(period: Period) -> Each:
    """Wishes that the deputy claimed himself and that were fulfilled in the period (M79)."""
    days = (period.first, period.last)
    return number_of(WishClaim.objects.all().standing().filter(fulfilled_on__range=days), "deputy")


@metric("deeds_done", "办实事件数", of=Deputy, unit="件", reported=False)
def deeds_by_deputies(period: Period) -> Each:
    """Verified rows of the ledger, by the day they were finished (M132)."""
    return number_of(Deed.objects.all().verified().in_period(period), "deputy")


@metric("deeds_done", "办实事件数", of=Station, unit="件", reported=False)
def deeds_at_stations(period: Period) -> Each:
    return number_of(Deed.objects.all().verified().in_period(period), "station")


@metric("suggestions_led", "领衔建议数", of=Deputy, unit="件")
def suggestions_led(period: Period) -> Each:
    return number_of(Suggestion.objects.all().submitted_in(period), "lead")


@metric("suggestions_led", "组员领衔建议数", of=Group, unit="件", reported=False)
def group_suggestions(period: Period) -> Grouped:
    """Led by those who were members of the group on the day of submission."""
    led = Suggestion.objects.all().submitted_in(period)
    return Grouped(
        GroupMembership.objects.all().at_records(led, "deputy__suggestions_led", "submitted_on"),
        subject="group",
        record="deputy__suggestions_led",
        model=Suggestion,
        figures={"suggestions_led": Figure(Count, "deputy__suggestions_led", distinct=True)},
    )


@metric("suggestions_cosigned", "附议建议数", of=Deputy, unit="件")
def suggestions_cosigned(period: Period) -> Each:
    led = Suggestion.objects.all().submitted_in(period)
    rows = CoSigner.objects.all().confirmed().filter(suggestion__in=led)
    return number_of(rows, "deputy", record="suggestion", model=Suggestion)


@metric("suggestions_submitted", "提出建议数", of=Region, unit="件")
def suggestions_submitted(period: Period) -> Each:
    """By the home town of the deputy who leads it."""
    return number_of(Suggestion.objects.all().submitted_in(period), "lead__town")


@dataclass(frozen=True)
class _Answered:
    """One reply of a lead unit, with what decides whether it was in time."""

    reply: int
    unit: int
    town: int
    replied_on: dt.date
    handed_over_on: dt.date | None
    extended_to: dt.date | None
    reply_class: str | None
    rating: str
    due_on: dt.date | None

    @property
    def is_on_time(self) -> bool:
        """Due: hand-over + 3 calendar months, or the extension; no deadline, none missed.

        A later round has its own limit, kept with the reply.
        """
        if self.due_on:
            return self.replied_on <= self.due_on
        if self.extended_to:
            return self.replied_on <= self.extended_to
        if self.handed_over_on is None:
            return True
        return self.replied_on <= months_later(self.handed_over_on, REPLY_MONTHS)


def _replies(period: Period) -> list[_Answered]:
    rows = Reply.objects.all().of_lead_units().in_period(period).order_by("pk")
    return [
        _Answered(*row)
        for row in rows.values_list(
            "pk",
            "handling__unit",
            "handling__suggestion__lead__town",
            "replied_on",
            "handling__suggestion__handed_over_on",
            "handling__suggestion__extended_to",
            "reply_class__code",
            "rating",
            "due_on",
        )
    ]


def _by(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for subject, reply in pairs:
        found.setdefault(subject, []).append(reply)
    return found


@metric("replied", "答复数", of=Unit, unit="件")
@metric("on_time", "按时答复数", of=Unit, unit="件")
@metric("solved", "A类答复数", of=Unit, unit="件")
@metric("satisfied", "满意和基本满意数", of=Unit, unit="件")
def unit_replies(period: Period) -> Listed:
    """Replies of the period as lead unit; every round of a suggestion is a reply of its own."""
    replies = _replies(period)
    return Listed(
        Reply,
        {
            "replied": _by((each.unit, each.reply) for each in replies),
            "on_time": _by((each.unit, each.reply) for each in replies if each.is_on_time),
            "solved": _by(
                (each.unit, each.reply) for each in replies if each.reply_class == SOLVED
            ),
            "satisfied": _by((each.unit, each.reply) for each in replies if each.rating in CONTENT),
        },
    )


@metric("suggestions_replied", "答复建议数", of=Region, unit="件")
@metric("replied_on_time", "按时答复建议数", of=Region, unit="件")
def town_replies(period: Period) -> Listed:
    replies = _replies(period)
    return Listed(
        Reply,
        {
            "suggestions_replied": _by((each.town, each.reply) for each in replies),
            "replied_on_time": _by((each.town, each.reply) for each in replies if each.is_on_time),
        },
    )


@metric("suggestion_calls", "议案建议征集次数", of=Region, unit="次", reported=False)
def suggestion_calls(period: Period) -> Each:
    """Calls for motions and suggestions that the place opened in the period (M56)."""
    return number_of(_calls(period).exclude(kind=CallKind.TOPICS), "region")


@metric("topic_calls", "监督议题征集次数", of=Region, unit="次", reported=False)
def topic_calls(period: Period) -> Each:
    """Calls for topics of supervision that the place opened in the period (M56, M57)."""
    return number_of(_calls(period).filter(kind=CallKind.TOPICS), "region")


def _calls(period: Period) -> QuerySet[Call]:
    return Call.objects.filter(opens_on__range=(period.first, period.last))
