"""Words to those who lack something: by a person's hand, and before the period ends."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from congress_portal.core import audit
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, notify_each
from congress_portal.core.periods import Period
from congress_portal.core.reminders import reminder
from congress_portal.evaluations.duties.people import accounts_of
from congress_portal.evaluations.duties.selectors import Standing, board_of, boards_now
from congress_portal.evaluations.duties.subjects import reachable, visible
from congress_portal.evaluations.enums import DutySubject
from congress_portal.evaluations.models import Nudge, Requirement

_MOST_WORDS = 200


class NothingToNudgeError(DomainError):
    """Nobody among the chosen still lacks anything, or all have been told today."""


@dataclass(frozen=True)
class Nudged:
    """Labels of those who were told now, had been told today, and have no account."""

    told: tuple[str, ...]
    told_before: tuple[str, ...]
    unreachable: tuple[str, ...]


@transaction.atomic
def nudge(
    *, actor: User, requirement: Requirement, period: Period, subjects: Collection[int]
) -> Nudged:
    """A message to each of ``subjects`` who still lacks something; each once a day.

    Who has no account is named, so that somebody calls. Raises NothingToNudgeError.
    """
    kind, today = requirement.subject_kind, timezone.localdate()
    list(Requirement.objects.select_for_update(of=("self",)).filter(pk=requirement.pk))
    rows = reachable(kind, actor).filter(pk__in=list(subjects))
    lacking = board_of(requirement, period, rows).unfinished
    accounts = accounts_of(kind, [each.who.pk for each in lacking])
    today_rows = Nudge.objects.filter(requirement=requirement, sent_on=today)
    before = set(today_rows.values_list(f"{kind}_id", flat=True))
    told, told_before, unreachable = [], [], []
    for each in lacking:
        if each.who.pk in before:
            told_before.append(each.who.label)
        elif people := accounts.get(each.who.pk):
            _send(each, people, actor, today)
            told.append(each.who.label)
        else:
            unreachable.append(each.who.label)
    if not lacking:
        raise NothingToNudgeError("所选的都已完成或不要求，没有发出提醒。")
    return Nudged(tuple(told), tuple(told_before), tuple(unreachable))


def _send(standing: Standing, people: list[User], actor: User, today: dt.date) -> None:
    row = Nudge(
        requirement=standing.requirement,
        period_code=standing.period.code,
        sent_on=today,
        sent_by=actor,
        missing=standing.missing_words[:_MOST_WORDS],
        people=len(people),
        **{f"{standing.requirement.subject_kind}_id": standing.who.pk},
    )
    audit.save_recorded(row)
    key = f"duty-nudge:{row.pk}"
    notify(people, _message(standing, key, f"提醒人：{actor}。"))


def _message(standing: Standing, key: str, by: str = "") -> Message:
    requirement, period = standing.requirement, standing.period
    last = period.last
    limit = f"{last.year}年{last.month}月{last.day}日"
    late = (timezone.localdate() - last).days
    due = f"应在{limit}前完成，已过 {late} 天，请补做或说明" if late > 0 else f"{limit}前完成"
    body = f"{period.label}，{due}；{standing.who.label}现为 {standing.count}。{by}"
    address = reverse("evaluations:duty_of", args=[requirement.pk, standing.who.pk])
    return Message(
        key=key,
        title=f"请完成「{requirement}」：还缺{standing.missing_words}",
        body=body,
        link=f"{address}?period={period.code}",
    )


@reminder
def remind_of_duties(on: dt.date) -> dict[str, int]:
    """Before a period ends, to each who still lacks something: once a period, whatever day the
    command runs from ``warn_days`` before the end."""
    everyone = {kind: visible(kind, None) for kind in DutySubject.values}
    told = 0
    for board in boards_now(Requirement.objects.active().select_related("region"), on, everyone):
        left = (board.period.last - on).days
        if left > board.requirement.warn_days or not board.unfinished:
            continue
        kind = board.requirement.subject_kind
        accounts = accounts_of(kind, [each.who.pk for each in board.unfinished])
        told += notify_each(
            (user, _message(each, _key(each)))
            for each in board.unfinished
            for user in accounts.get(each.who.pk, ())
        )
    return {"履职要求": told}


def _key(standing: Standing) -> str:
    requirement = standing.requirement
    return f"duty-due:{requirement.pk}:{standing.period.code}:{standing.who.pk}"
