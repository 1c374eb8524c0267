"""What pages and papers show of a case and of a year."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from activities.models import Activity
from congress_portal.core.enums import Dictionary
from congress_portal.core.figures import Rate
from congress_portal.core.models import DictionaryEntry, User
from deputies.enums import GroupKind
from deputies.models import Deputy, Group, GroupMembership
from suggestions.clocks import Reading, light_of_handling, pauses_of
from suggestions.enums import (
    HANDED_OVER,
    CoSignerState,
    Decision,
    Kind,
    NominationState,
    Share,
    State,
    TopicState,
)
from suggestions.models import (
    Call,
    Extension,
    Handling,
    HandlingRule,
    Nomination,
    Promise,
    Reply,
    ReplyDraft,
    Suggestion,
    TopicProposal,
    TransitionLog,
    Voice,
)
from suggestions.selectors.rates import AGES, Case, Rates, UnitRates, cases_of, rates_of, unit_rates


def timeline(user: User, suggestion: Suggestion) -> QuerySet[TransitionLog]:
    """Every step the reader may see, oldest first."""
    rows = TransitionLog.objects.visible_to(user).filter(suggestion=suggestion)
    return rows.select_related("handling__unit", "actor").order_by("at", "pk")


@dataclass(frozen=True)
class PartView:
    """One unit's part with its light."""

    handling: Handling
    reading: Reading


def parts_of(suggestion: Suggestion, on: dt.date) -> list[PartView]:
    """Lead unit first, units that gave it back last, each with its traffic light."""
    rule = HandlingRule.objects.all().of(suggestion.region)
    paused = any(pause.holds(on) for pause in pauses_of(suggestion))
    rows = list(
        Handling.objects.filter(suggestion=suggestion)
        .select_related("unit")
        .prefetch_related(
            Prefetch("replies", Reply.objects.select_related("reply_class").order_by("round")),
            "contacts__deputies",
            "extensions",
        )
    )
    rows.sort(key=lambda h: (h.ended_on is not None, h.share != Share.LEAD, h.serial, h.pk))
    return [PartView(h, light_of_handling(h, on, rule, paused=paused)) for h in rows]


def unit_desk(user: User) -> QuerySet[Handling]:
    """What lies on the reader's unit's desk: open parts, nearest limit first."""
    return (
        Handling.objects.editable_by(user)
        .running()
        .filter(unit__in=user.scope.unit_ids)
        .select_related("suggestion__lead", "suggestion__region", "unit")
        .order_by("due_on", "pk")
    )


def replies_waiting(user: User) -> QuerySet[ReplyDraft]:
    """Drafts before the unit's leader."""
    return (
        ReplyDraft.objects.visible_to(user)
        .filter(state="pending")
        .select_related("handling__suggestion", "handling__unit", "reply_class", "drafted_by")
        .order_by("pk")
    )


def invitations(user: User) -> QuerySet[Suggestion]:
    """Drafts that wait for the reader's signature."""
    return (
        Suggestion.objects.visible_to(user)
        .filter(
            cosignatures__deputy__user=user,
            cosignatures__state=CoSignerState.INVITED,
            state__in=(State.DRAFT, State.RETURNED),
        )
        .select_related("lead")
        .order_by("pk")
    )


def awaiting_hand_over(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """The hand-over meeting's list: accepted, not yet handed over."""
    return (
        rows.filter(state=State.ACCEPTED)
        .select_related("lead__town", "field")
        .prefetch_related("proposed_units")
        .order_by("kind", "number")
    )


def without_lead_unit(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Given back by the lead unit and not yet given to another."""
    leads = Handling.objects.in_hand().filter(share=Share.LEAD)
    return rows.with_units().exclude(pk__in=leads.values("suggestion"))  # type: ignore[attr-defined]


def promise_ledger(rows: QuerySet[Suggestion]) -> QuerySet[Promise]:
    """All promises with their unit, open ones first, then by day."""
    return (
        Promise.objects.filter(suggestion__in=rows)
        .select_related("suggestion__lead", "reply__handling__unit", "reply__reply_class")
        .prefetch_related("reports")
        .order_by("closed_on", "due_on", "pk")
    )


@dataclass(frozen=True)
class KeyProgress:
    """A year's key suggestions against the yearly minimum (M91)."""

    suggestions: tuple[Suggestion, ...]
    least: int
    supervised: int

    @property
    def missing(self) -> int:
        return max(self.least - len(self.suggestions), 0)


def key_suggestions(
    rows: QuerySet[Suggestion], rule: HandlingRule, *, leader: User | None = None
) -> KeyProgress:
    """Those of ``rows`` under supervision; a leader's own ones on request."""
    found = rows.filter(is_key=True)
    if leader is not None:
        found = found.filter(leading_member=leader)
    listed = list(
        found.select_related("lead", "leading_member")
        .annotate(supervision_count=Count("supervisions", distinct=True))
        .order_by("year", "number")
    )
    supervised = sum(bool(each.supervision_count) for each in listed)  # type: ignore[attr-defined]
    return KeyProgress(tuple(listed), rule.key_least, supervised)


def call_counts(call: Call) -> dict[str, int]:
    """What a call brought: put forward, of them motions, and accepted."""
    return call.suggestions.aggregate(
        received=Count("pk", filter=Q(submitted_on__isnull=False)),
        motions=Count("pk", filter=Q(submitted_on__isnull=False, kind=Kind.MOTION)),
        accepted=Count("pk", filter=Q(accepted_on__isnull=False)),
    )


@dataclass(frozen=True)
class TaskLine:
    """One central task: how many suggestions and activities serve it, how the former fare."""

    task: DictionaryEntry
    number: int
    rates: Rates
    activities: int


def task_lines(rows: QuerySet[Suggestion], activities: QuerySet[Activity]) -> list[TaskLine]:
    """The report by central task (M51), most suggestions first; four queries however many.

    Tasks in use that nothing serves stand with their zeros.
    """
    tagged = rows.filter(submitted_on__isnull=False, themes__isnull=False).distinct()
    tags: dict[int, set[int]] = defaultdict(set)
    for pk, theme in tagged.values_list("pk", "themes"):
        tags[theme].add(pk)
    cases = cases_of(rows.filter(pk__in=tagged.values("pk")))
    held = activities.filter(central_task__isnull=False).order_by()
    counted = held.values("central_task").annotate(times=Count("pk", distinct=True))
    times = dict(counted.values_list("central_task", "times"))
    in_use = Q(dictionary=Dictionary.CENTRAL_TASK, is_active=True)
    tasks = DictionaryEntry.objects.filter(Q(pk__in={*tags, *times}) | in_use)
    lines = [
        TaskLine(
            task,
            len(tags[task.pk]),
            rates_of([case for case in cases if case.suggestion.pk in tags[task.pk]]),
            times.get(task.pk, 0),
        )
        for task in tasks
    ]
    return sorted(lines, key=lambda line: (-line.number, line.task.order, line.task.pk))


def voices_of_age(voices: QuerySet[Voice], on: dt.date, number: int) -> QuerySet[Voice]:
    """Voices not closed of one line of the ageing table: 0 the youngest, 3 over 90 days."""
    rows = voices.filter(closed_on__isnull=True)
    if number > 0:
        rows = rows.filter(raised_on__lt=on - dt.timedelta(days=AGES[number - 1]))
    if number < len(AGES):
        rows = rows.filter(raised_on__gte=on - dt.timedelta(days=AGES[number]))
    return rows


def voice_ages(voices: QuerySet[Voice], on: dt.date) -> list[int]:
    """How many voices stand in each line of the ageing table (M76)."""
    return [voices_of_age(voices, on, number).count() for number in range(len(AGES) + 1)]


def adopted_topics(year: int) -> QuerySet[TopicProposal]:
    """The year plan's topics, with what was merged into them (M57)."""
    rows = TopicProposal.objects.filter(state=TopicState.ADOPTED, plan_year=year)
    return rows.select_related("call", "deputy").prefetch_related("merged").order_by("pk")


def specialist_groups_of(user: User, on: dt.date) -> QuerySet[Group]:
    """The specialist groups with a field that the person is a member of."""
    mine = GroupMembership.objects.on(on).filter(deputy__user=user).values("group")
    rows = Group.objects.filter(kind=GroupKind.PROFESSIONAL, is_active=True, pk__in=mine)
    return rows.filter(field__isnull=False).order_by("pk")


def group_suggestions(group: Group) -> QuerySet[Suggestion]:
    """A specialist group's suggestions: those of its field in the units' hands (M131)."""
    if group.field_id is None:
        return Suggestion.objects.none()
    rows = Suggestion.objects.filter(field=group.field_id, state__in=sorted(HANDED_OVER))
    return (
        rows.select_related("lead").prefetch_related("group_follow_ups").order_by("-year", "number")
    )


def honours_of(deputy: Deputy) -> QuerySet[Nomination]:
    """Outstanding suggestions the deputy led or co-signed, for the duty file (M97)."""
    signed = Q(suggestion__lead=deputy) | Q(
        suggestion__in=Suggestion.objects.filter(
            cosignatures__deputy=deputy, cosignatures__state=CoSignerState.CONFIRMED
        )
    )
    rows = Nomination.objects.filter(signed, state=NominationState.HONOURED)
    return rows.select_related("suggestion").order_by("-year", "pk")


def open_list() -> QuerySet[Suggestion]:
    """Published suggestions for everybody; show only replies with ``is_public``."""
    public = Reply.objects.of_lead_units().filter(is_public=True).select_related("reply_class")
    parts = (
        Handling.objects.in_hand()
        .select_related("unit")
        .prefetch_related(Prefetch("replies", public.order_by("round"), to_attr="public_replies"))
    )
    return (
        Suggestion.objects.all()
        .published()
        .select_related("lead", "field", "region")
        .prefetch_related(Prefetch("handlings", parts.order_by("serial", "pk")))
        .order_by("-year", "number")
    )


def voice_conversion(voices: QuerySet[Voice]) -> Rate:
    """Voices made into suggestions (M81); drafts do not count."""
    made = voices.filter(suggestion__isnull=False, suggestion__submitted_on__isnull=False)
    return Rate(made.count(), voices.count())


@dataclass(frozen=True)
class YearReport:
    """The yearly report of handling to the committee (代表法 §51; M95)."""

    year: int
    total: int
    motions: int
    states: dict[str, int]
    rates: Rates
    units: tuple[UnitRates, ...]
    returned: int
    merged: int
    redone: int
    second_replies: int
    extended: int
    unsatisfied: tuple[Suggestion, ...]
    unanswered: tuple[Suggestion, ...]
    open_promises: int


def year_report(rows: QuerySet[Suggestion], year: int) -> YearReport:
    """Everything of one year; ``rows`` is scoped by the caller."""
    items = list(
        rows.filter(year=year).exclude(number="").select_related("lead").order_by("number")
    )
    own = rows.filter(year=year)
    cases = cases_of(own)
    states = Counter(State(item.state).label for item in items)
    return YearReport(
        year=year,
        total=len(items),
        motions=sum(item.kind == Kind.MOTION for item in items),
        states={state.label: states[state.label] for state in State if states[state.label]},
        rates=rates_of(cases),
        units=tuple(unit_rates(own)),
        returned=own.filter(log__action="return").distinct().count(),
        merged=sum(item.state == State.MERGED for item in items),
        redone=sum(case.part.round > 1 for case in cases),
        second_replies=sum(case.last is not None and case.last.round > 1 for case in cases),
        extended=len(_extended(cases)),
        unsatisfied=_where(cases, "unsatisfied"),
        unanswered=tuple(case.suggestion for case in cases if case.last is None),
        open_promises=Promise.objects.filter(suggestion__in=own).open().count(),
    )


def _extended(cases: Sequence[Case]) -> set[int]:
    """Cases whose lead unit was given more time; a pause or another rule is no extension."""
    granted = Extension.objects.filter(
        handling__in=[case.part.pk for case in cases], decision=Decision.GRANTED
    )
    return set(granted.values_list("handling__suggestion", flat=True))


def _where(cases: Sequence[Case], rating: str) -> tuple[Suggestion, ...]:
    return tuple(case.suggestion for case in cases if case.rating == rating)
