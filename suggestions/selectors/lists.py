"""Reads of suggestions and voices with what their pages show."""

import datetime as dt

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When

from congress_portal.core.periods import Period
from suggestions.enums import Share, State
from suggestions.models import CoSigner, Handling, Reply, Suggestion, Voice
from suggestions.models.suggestion import REPLY_MONTHS, months_later

SOON_DAYS = 15
VOICE_PATIENCE_DAYS = 30


def handed_over_due_before(day: dt.date) -> dt.date:
    """The last hand-over date whose three months end before ``day``.

    Due dates grow with hand-over dates, so «due before» is one comparison in the database.
    """
    start = day
    while months_later(start, REPLY_MONTHS) >= day:
        start -= dt.timedelta(days=1)
    return start


def due_before(rows: QuerySet[Suggestion], day: dt.date) -> QuerySet[Suggestion]:
    """Suggestions, not paused, whose reply was due before ``day``: the first, or that of a redo.

    A redo has its own limit, kept with the lead unit's part.
    """
    first = Suggestion.objects.all().unanswered().exclude(state=State.REDO)
    again = (
        Handling.objects.all()
        .running()
        .filter(share=Share.LEAD, suggestion__state=State.REDO, due_on__lt=day)
    )
    late: QuerySet[Suggestion] = rows.running().filter(  # type: ignore[attr-defined]
        Q(extended_to__lt=day, pk__in=first)
        | Q(
            extended_to__isnull=True,
            handed_over_on__lte=handed_over_due_before(day),
            pk__in=first,
        )
        | Q(pk__in=again.order_by().values("suggestion"))
    )
    return late


def due_within(rows: QuerySet[Suggestion], period: Period) -> QuerySet[Suggestion]:
    """Suggestions whose reply was due in the period, answered or not."""
    after = handed_over_due_before(period.first)
    until = handed_over_due_before(period.last + dt.timedelta(days=1))
    return rows.filter(
        Q(extended_to__range=(period.first, period.last))
        | Q(extended_to__isnull=True, handed_over_on__gt=after, handed_over_on__lte=until)
    )


def overdue(rows: QuerySet[Suggestion], on: dt.date) -> QuerySet[Suggestion]:
    return due_before(rows, on)


def due_soon(rows: QuerySet[Suggestion], on: dt.date) -> QuerySet[Suggestion]:
    """To be answered (again), not overdue, due within 15 days."""
    late = overdue(rows, on).values("pk")
    return due_before(rows, on + dt.timedelta(days=SOON_DAYS + 1)).exclude(pk__in=late)


def suggestions_listed(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    return rows.select_related("lead__town", "field", "region").prefetch_related(
        _handlings(), "suspensions"
    )


def suggestion_in_full(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    cosigners = CoSigner.objects.select_related("deputy").order_by("serial", "pk")
    return rows.select_related(
        "lead__town", "field", "region", "term", "merged_into"
    ).prefetch_related(_handlings(), Prefetch("cosignatures", cosigners), "sources", "suspensions")


def _handlings() -> Prefetch:
    """Lead unit first, each with its replies in order."""
    lead_first = Case(
        When(share=Share.LEAD, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    handlings = (
        Handling.objects.in_hand().select_related("unit").order_by(lead_first, "serial", "pk")
    )
    replies = Reply.objects.select_related("reply_class").order_by("round")
    return Prefetch("handlings", handlings.prefetch_related(Prefetch("replies", replies)))


def voices_in_full(rows: QuerySet[Voice]) -> QuerySet[Voice]:
    return rows.select_related(
        "region",
        "village__parent",
        "station",
        "field",
        "route",
        "unit",
        "suggestion",
        "reception",
        "number__station",
        "enterprise",
        "visit",
        "deputy",
        "entered_by",
    )


def stale_voices(rows: QuerySet[Voice], on: dt.date) -> QuerySet[Voice]:
    """Not closed although raised more than 30 days ago (MISSION M76)."""
    return rows.filter(
        closed_on__isnull=True, raised_on__lt=on - dt.timedelta(days=VOICE_PATIENCE_DAYS)
    )
