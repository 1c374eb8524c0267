"""What waits for the congress office and for a unit, by kind, with counts and the oldest age."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from congress_portal.core.models import User
from congress_portal.core.workdays import WorkCalendar
from suggestions.clocks import Reading, hand_over_limit, light_of_handling, pauses_of, read_clock
from suggestions.enums import (
    NOT_IN_HAND,
    OPEN_WITH_UNITS,
    Decision,
    HandlingState,
    Light,
    NominationState,
    State,
)
from suggestions.models import (
    Appraisal,
    Extension,
    Handling,
    HandlingRule,
    Nomination,
    Promise,
    PromiseReport,
    Suggestion,
)
from suggestions.selectors.boards import without_lead_unit

FIRST = 10  # of each kind shown on the first page
SIGN_SOON = 3  # days before the limit of signing


@dataclass(frozen=True)
class Item:
    """One thing to do: the case, since when it waits, a word on it."""

    suggestion: Suggestion
    since: dt.date | None
    note: str = ""


@dataclass(frozen=True)
class Kind:
    """``rows`` stay in the database; pages take what they show through ``items_of``."""

    code: str
    name: str
    action: str
    rows: QuerySet[Any]
    item: Callable[[Any], Item]
    count: int
    since: dt.date | None

    def items_of(self, rows: Iterable[Any]) -> list[Item]:
        return [self.item(row) for row in rows]

    @property
    def first_items(self) -> list[Item]:
        """The oldest ten."""
        return self.items_of(self.rows[:FIRST])

    @property
    def all_items(self) -> list[Item]:
        return self.items_of(self.rows)


def office_inbox(user: User, rows: QuerySet[Suggestion] | None = None) -> list[Kind]:
    """Every kind, also empty ones, in the order of the office's work; one query each.

    ``rows`` narrows it: a filtered queryset of suggestions that the person may edit.
    """
    if rows is None:
        rows = Suggestion.objects.editable_by(user)
    return [
        _cases("review", "待审核", "审核", rows.filter(state=State.SUBMITTED), "submitted_on"),
        _kind("hand_over", "待交办", "交办", _fresh(rows), _HandOverItems(), "accepted_on"),
        _cases(
            "at_government",
            "政府办转办中",
            "督促",
            rows.filter(state=State.AT_GOVERNMENT),
            "passed_on_on",
        ),
        _kind("returns", "退办申请", "决定", _returns(rows), _of_return, "return_asked_on"),
        _cases("without_lead", "退办后待改派", "改派", without_lead_unit(rows), "handed_over_on"),
        _kind("extensions", "延期申请", "决定", _extensions(rows), _of_extension, "asked_on"),
        _cases("redo", "重新办理", "督促", rows.filter(state=State.REDO), "handed_over_on"),
        _cases("conclude", "评价逾期待办结", "办结", _late_sheets(rows), "handed_over_on"),
        _cases("calendar", "缺工作日历算不出期限", "补日历", _unclocked(rows), "handed_over_on"),
        _kind("promises", "报告已兑现待核对", "核对", _claimed(rows), _of_promise, "due_on"),
        _kind(
            "nominations",
            "优秀建议待评定",
            "评定",
            _nominated(rows),
            _of_nomination,
            "nominated_on",
        ),
    ]


def government_inbox(user: User) -> list[Kind]:
    """What waits for a government office that passes cases on; empty kinds are left out."""
    rules = HandlingRule.objects.filter(government_unit__in=user.scope.unit_ids)
    regions = list(rules.values_list("region", flat=True))
    if not regions:
        return []
    rows = Suggestion.objects.visible_to(user).filter(
        passed_on_on__isnull=False, region__in=regions
    )
    at_government = rows.filter(state=State.AT_GOVERNMENT)
    kinds = [
        _cases("forward", "待转办", "转办", at_government, "passed_on_on"),
        _kind("returns", "退办申请", "决定", _returns(rows), _of_return, "return_asked_on"),
        _cases("without_lead", "退办后待改派", "改派", without_lead_unit(rows), "handed_over_on"),
    ]
    return [kind for kind in kinds if kind.count]


def _kind(
    code: str,
    name: str,
    action: str,
    rows: QuerySet[Any],
    item: Callable[[Any], Item],
    day: str,
) -> Kind:
    seen = rows.aggregate(count=Count("pk"), since=Min(day))
    since = None if code == "promises" else seen["since"]  # a limit, not since when it waits
    return Kind(code, name, action, rows.order_by(day, "pk"), item, seen["count"], since)


def _fresh(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    fresh: QuerySet[Suggestion] = rows.fresh()  # type: ignore[attr-defined]
    return fresh.select_related("lead__town", "region")


class _HandOverItems:
    """Items with the limit of handing over; rules and calendar are read once."""

    def __init__(self) -> None:
        self.calendar, self.rules = WorkCalendar(), dict[int, HandlingRule]()

    def __call__(self, row: Suggestion) -> Item:
        if row.region_id not in self.rules:
            self.rules[row.region_id] = HandlingRule.objects.all().of(row.region)
        due = hand_over_limit(row, self.rules[row.region_id], self.calendar)
        if due.on is None:
            return Item(row, row.accepted_on, due.warning)
        left = (due.on - timezone.localdate()).days
        late = f"，已逾期 {-left} 天" if left < 0 else ""
        return Item(row, row.accepted_on, f"交办期限 {due.on:%Y年%m月%d日}{late}")


def _cases(code: str, name: str, action: str, rows: QuerySet[Suggestion], day: str) -> Kind:
    listed = rows.select_related("lead__town", "region")
    return _kind(code, name, action, listed, lambda row: Item(row, getattr(row, day)), day)


def _returns(rows: QuerySet[Suggestion]) -> QuerySet[Handling]:
    asked = Handling.objects.filter(suggestion__in=rows, state=HandlingState.RETURN_ASKED)
    return asked.select_related("unit", "suggestion__lead__town", "suggestion__region")


def _of_return(part: Handling) -> Item:
    return Item(part.suggestion, part.return_asked_on, f"{part.unit}：{part.return_reason}")


def _extensions(rows: QuerySet[Suggestion]) -> QuerySet[Extension]:
    asked = Extension.objects.filter(handling__suggestion__in=rows, decision=Decision.PENDING)
    return asked.select_related(
        "handling__unit", "handling__suggestion__lead__town", "handling__suggestion__region"
    )


def _of_extension(row: Extension) -> Item:
    words = f"{row.handling.unit}申请延至 {row.asked_until:%Y年%m月%d日}：{row.reason}"
    return Item(row.handling.suggestion, row.asked_on, words)


def _late_sheets(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    late = Appraisal.objects.filter(appraised_on__isnull=True, due_on__lt=timezone.localdate())
    return rows.filter(state=State.ANSWERED, pk__in=late.values("reply__handling__suggestion"))


def _unclocked(rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Limits that wait for a year of the calendar: of a unit's part or of a deputy's sheet."""
    parts = Handling.objects.in_hand().exclude(clock_warning="")
    sheets = Appraisal.objects.filter(appraised_on__isnull=True).exclude(clock_warning="")
    return rows.filter(
        Q(state__in=sorted(OPEN_WITH_UNITS), pk__in=parts.values("suggestion"))
        | Q(state=State.ANSWERED, pk__in=sheets.values("reply__handling__suggestion"))
    )


def _claimed(rows: QuerySet[Suggestion]) -> QuerySet[Promise]:
    """Promises whose unit reports them kept."""
    claims = PromiseReport.objects.filter(claims_done=True).values("promise")
    claimed = Promise.objects.open().filter(suggestion__in=rows, pk__in=claims)
    return claimed.select_related("suggestion__lead__town", "suggestion__region")


def _of_promise(promise: Promise) -> Item:
    return Item(promise.suggestion, None, promise.content[:80])


def _nominated(rows: QuerySet[Suggestion]) -> QuerySet[Nomination]:
    found = Nomination.objects.filter(suggestion__in=rows, state=NominationState.PENDING)
    return found.select_related("suggestion__lead__town", "suggestion__region")


def _of_nomination(row: Nomination) -> Item:
    return Item(row.suggestion, row.nominated_on, row.reason[:80])


@dataclass(frozen=True)
class Desk:
    """A unit's part on its desk, with its light."""

    part: Handling
    reading: Reading

    @property
    def bucket(self) -> str:
        state = HandlingState(self.part.state)
        if state == HandlingState.UNDERWAY and self.part.suggestion.state in _ENDED:
            return "done"
        return _BUCKETS[state]

    @property
    def is_pressing(self) -> bool:
        return self.reading.light in (Light.YELLOW, Light.RED)


_ENDED = (State.CLOSED, State.WITHDRAWN, State.MERGED)
_BUCKETS = {
    HandlingState.PENDING: "sign",
    HandlingState.UNDERWAY: "work",
    HandlingState.RETURN_ASKED: "return",
    HandlingState.REPLY_PENDING: "approve",
    HandlingState.ANSWERED: "done",
    HandlingState.RETURNED: "out",
    HandlingState.RELEASED: "out",
}
BUCKETS = (
    ("sign", "待签收"),
    ("work", "办理中"),
    ("approve", "待审批"),
    ("return", "退办待决定"),
    ("pressing", "将到期、已逾期"),
    ("promise", "承诺跟踪"),
    ("done", "已答复"),
)


@dataclass(frozen=True)
class Bucket:
    code: str
    name: str
    rows: tuple[Desk, ...]


def unit_buckets(user: User, on: dt.date) -> list[Bucket]:
    """The desk of the reader's units, nearest limit first; four queries and one a region."""
    parts = (
        Handling.objects.filter(unit__in=user.scope.unit_ids)
        .exclude(state__in=sorted(NOT_IN_HAND))
        .select_related("suggestion__lead__town", "suggestion__region", "unit")
        .prefetch_related("suggestion__suspensions")
        .order_by("due_on", "suggestion__year", "suggestion__number", "pk")
    )
    rows = _lit(list(parts), on)
    found = []
    for code, name in BUCKETS:
        shown = [row for row in rows if _belongs(row, code)]
        found.append(Bucket(code, name, tuple(shown)))
    return found


def _belongs(row: Desk, code: str) -> bool:
    if code == "pressing":
        return row.is_pressing and row.bucket in ("sign", "work", "approve")
    if code == "promise":
        return row.part.is_lead and row.part.suggestion.state == State.TRACKING
    return row.bucket == code


def _lit(parts: Sequence[Handling], on: dt.date) -> list[Desk]:
    rules: dict[int, HandlingRule] = {}
    found = []
    for part in parts:
        case = part.suggestion
        if case.region_id not in rules:
            rules[case.region_id] = HandlingRule.objects.all().of(case.region)
        paused = any(pause.holds(on) for pause in pauses_of(case))
        found.append(Desk(part, _reading(part, on, rules[case.region_id], paused=paused)))
    return found


def _reading(part: Handling, on: dt.date, rule: HandlingRule, *, paused: bool) -> Reading:
    """Before signing, the limit of signing is what runs."""
    if part.state == HandlingState.PENDING and part.sign_due_on:
        return read_clock(part.sign_due_on, on, remind_days=SIGN_SOON, paused=paused)
    return light_of_handling(part, on, rule, paused=paused)
