"""What waits for the congress office and for a unit, by kind, with counts and the oldest age."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.models import User
from suggestions.clocks import Reading, light_of_handling, pauses_of, read_clock
from suggestions.enums import (
    NOT_IN_HAND,
    Decision,
    HandlingState,
    Light,
    NominationState,
    State,
)
from suggestions.models import (
    Extension,
    Handling,
    HandlingRule,
    Nomination,
    Promise,
    Suggestion,
)
from suggestions.selectors.boards import without_lead_unit

SIGN_SOON = 3  # days before the limit of signing


@dataclass(frozen=True)
class Item:
    """One thing to do: the case, since when it waits, a word on it."""

    suggestion: Suggestion
    since: dt.date | None
    note: str = ""


@dataclass(frozen=True)
class Kind:
    code: str
    name: str
    action: str
    items: tuple[Item, ...]

    @property
    def since(self) -> dt.date | None:
        return min((each.since for each in self.items if each.since), default=None)


def office_inbox(user: User) -> list[Kind]:
    """Every kind, also empty ones, in the order of the office's work."""
    rows = Suggestion.objects.editable_by(user).select_related("lead__town", "region")
    submitted = rows.filter(state=State.SUBMITTED).order_by("submitted_on", "pk")
    fresh = rows.fresh().order_by("accepted_on", "number")
    return [
        Kind("review", "待审核", "审核", _items(submitted, "submitted_on")),
        Kind("hand_over", "待交办", "交办", _items(fresh, "accepted_on")),
        Kind("returns", "退办申请", "决定", _returns(rows)),
        Kind("without_lead", "退办后待改派", "改派", _items(without_lead_unit(rows), "")),
        Kind("extensions", "延期申请", "决定", _extensions(rows)),
        Kind("redo", "重新办理", "督促", _items(rows.filter(state=State.REDO), "")),
        Kind("conclude", "评价逾期待办结", "办结", _late_sheets(rows)),
        Kind("promises", "报告已兑现待核对", "核对", _claimed(rows)),
        Kind("nominations", "优秀建议待评定", "评定", _nominated(rows)),
    ]


def _items(rows: QuerySet[Suggestion], day: str) -> tuple[Item, ...]:
    return tuple(Item(row, getattr(row, day) if day else row.handed_over_on) for row in rows)


def _of(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(
        "handling__unit", "handling__suggestion__lead__town", "handling__suggestion__region"
    )


def _returns(rows: QuerySet[Suggestion]) -> tuple[Item, ...]:
    asked = Handling.objects.filter(suggestion__in=rows, state=HandlingState.RETURN_ASKED)
    asked = asked.select_related("unit", "suggestion__lead__town", "suggestion__region")
    return tuple(
        Item(part.suggestion, part.return_asked_on, f"{part.unit}：{part.return_reason}")
        for part in asked.order_by("return_asked_on", "pk")
    )


def _extensions(rows: QuerySet[Suggestion]) -> tuple[Item, ...]:
    asked = _of(Extension.objects.filter(handling__suggestion__in=rows, decision=Decision.PENDING))
    return tuple(
        Item(
            row.handling.suggestion,
            row.asked_on,
            f"{row.handling.unit}申请延至 {row.asked_until:%Y年%m月%d日}：{row.reason}",
        )
        for row in asked.order_by("asked_on", "pk")
    )


def _late_sheets(rows: QuerySet[Suggestion]) -> tuple[Item, ...]:
    today = timezone.localdate()
    late = rows.filter(
        state=State.ANSWERED,
        handlings__replies__appraisals__appraised_on__isnull=True,
        handlings__replies__appraisals__due_on__lt=today,
    ).distinct()
    return tuple(Item(row, row.handed_over_on) for row in late.order_by("handed_over_on", "pk"))


def _claimed(rows: QuerySet[Suggestion]) -> tuple[Item, ...]:
    """Promises whose unit reports them kept."""
    claimed = Promise.objects.open().filter(suggestion__in=rows, reports__claims_done=True)
    claimed = claimed.select_related("suggestion__lead__town", "suggestion__region").distinct()
    return tuple(
        Item(each.suggestion, None, each.content[:80]) for each in claimed.order_by("due_on", "pk")
    )


def _nominated(rows: QuerySet[Suggestion]) -> tuple[Item, ...]:
    found = Nomination.objects.filter(suggestion__in=rows, state=NominationState.PENDING)
    found = found.select_related("suggestion__lead__town", "suggestion__region")
    return tuple(
        Item(each.suggestion, each.nominated_on, each.reason[:80]) for each in found.order_by("pk")
    )


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
