"""Findings from the first word to the end: entered, answered, mended, re-checked, closed."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activities.enums import FindingKind, FindingPhase, Recheck
from activities.models import Activity, Finding
from activities.selectors import findings as selectors
from activities.supervision_workflow import FINDING, FindingAction, next_state
from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Unit, User
from congress_portal.core.notices import Message, notify, office_people, unit_people
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy

MOST_AT_ONCE = 12


class FindingError(DomainError):
    """The finding does not allow this, or not by this person."""


@transaction.atomic
def add_findings(
    *,
    actor: User,
    activity_pk: int,
    findings: Sequence[Mapping[str, Any]],
    key: uuid.UUID | None = None,
) -> list[Finding]:
    """Enter several findings of an activity at once; their units are told once together.

    Each mapping holds fields of Finding. The same ``key`` always gives the same findings.
    Raises FindingError, ValidationError.
    """
    activity = _locked_activity(actor, activity_pk)
    if done := _entered_before(activity, key):
        return done
    if not selectors.may_add(actor, activity):
        raise FindingError(
            "登记发现的问题，由组织活动的工作人员，或登记这次活动的代表在核实之前办理。"
        )
    if not findings:
        raise FindingError("请至少写一条。")
    first = activity.findings.count()
    saved = []
    for number, values in enumerate(findings, 1):
        own_key = _own_key(key, number)
        row = Finding(activity=activity, serial=first + number, idempotency_key=own_key)
        for name, value in values.items():
            setattr(row, name, value)
        saved.append(save_recorded(row))
    _tell_units(saved)  # type: ignore[arg-type]
    return saved  # type: ignore[return-value]


@transaction.atomic
def hand_in(
    *, actor: User, activity_pk: int, deputy: Deputy, text: str, key: uuid.UUID | None = None
) -> Finding:
    """A deputy hands in what voters say before a 民情反映会 (M73). Raises FindingError."""
    activity = _locked_activity(actor, activity_pk)
    if done := _entered_before(activity, key):
        return done[0]
    if deputy.user_id != actor.pk or not selectors.may_hand_in(actor, activity):
        raise FindingError("会前意见由通知到会的代表在开会之前提交。")
    if not text.strip():
        raise FindingError("请写明群众反映的问题。")
    row = Finding(
        activity=activity, serial=activity.findings.count() + 1, kind=FindingKind.OPINION,
        phase=FindingPhase.BEFORE, text=text.strip(), raised_by=deputy,
        idempotency_key=_own_key(key, 1),
    )  # fmt: skip
    save_recorded(row)
    _tell(office_people(activity.region), row, "handed-in", f"{deputy}代表提交了会前意见")
    return row


def _locked_activity(actor: User, pk: int) -> Activity:
    rows = Activity.objects.visible_to(actor).filter(pk=pk).values("pk")
    locked = Activity.objects.select_for_update(of=("self",)).select_related("form", "region")
    return locked.get(pk__in=rows)


def _own_key(key: uuid.UUID | None, number: int) -> uuid.UUID | None:
    return uuid.uuid5(key, str(number)) if key else None


def _entered_before(activity: Activity, key: uuid.UUID | None) -> list[Finding]:
    if key is None:
        return []
    numbers = [_own_key(key, number) for number in range(1, MOST_AT_ONCE + 1)]
    return list(activity.findings.filter(idempotency_key__in=numbers))


def change_finding(
    *, actor: User, finding_pk: int, seen: str, values: Mapping[str, Any]
) -> Finding:
    """Mend the words, the unit or the day; a new unit is told. Raises FindingError …"""
    with transaction.atomic():
        before = Finding.objects.filter(pk=finding_pk).values_list("unit", flat=True).first()
        row = _move(FindingAction.CHANGE, actor, finding_pk, seen, values)
        if row.unit_id and row.unit_id != before:
            _tell_units([row])
        return row


def respond(*, actor: User, finding_pk: int, seen: str, response: str) -> Finding:
    """The unit says what it thinks of it and will do. Raises FindingError, StaleRecordError …"""
    with transaction.atomic():
        today = timezone.localdate()
        values = {"response": _words(response, "回应"), "responded_on": today}
        row = _move(FindingAction.RESPOND, actor, finding_pk, seen, values)
        _tell_asker(row, actor, f"response:{today}", f"{_unit(row)}回应了发现的问题", row.response)
        return row


def adopt(*, actor: User, finding_pk: int, seen: str, is_adopted: bool) -> Finding:
    """Whether it was adopted; counts in the meeting's share (M73)."""
    with transaction.atomic():
        row = _move(FindingAction.ADOPT, actor, finding_pk, seen, {"is_adopted": is_adopted})
        word = "已采纳" if is_adopted else "未采纳"
        _tell_asker(row, actor, f"adopted:{is_adopted}", f"您提出的意见{word}", row.text)
        return row


def report_mended(*, actor: User, finding_pk: int, seen: str, mended: str) -> Finding:
    """The unit reports what it has done; an earlier report and its re-check stay in the text."""
    with transaction.atomic():
        today, text = timezone.localdate(), _words(mended, "整改情况")
        old = Finding.objects.select_for_update(of=("self",)).filter(pk=finding_pk).first()
        if old and old.mended == text and old.mended_on == today and not old.rechecked_on:
            return old
        if old and old.rechecked_on:
            text = f"{old.mended}\n（{_rechecked_words(old)}）\n{text}"
        values = {
            "mended": text, "mended_on": today, "recheck": "", "rechecked_on": None,
            "recheck_note": "",
        }  # fmt: skip
        row = _move(FindingAction.MEND, actor, finding_pk, seen, values)
        _tell_asker(row, actor, f"mended:{today}", f"{_unit(row)}报来整改情况，请复查", text)
        return row


def _rechecked_words(row: Finding) -> str:
    words = f"{row.rechecked_on:%Y年%-m月%-d日}复查：{row.get_recheck_display()}"
    return f"{words}，{row.recheck_note}" if row.recheck_note else words


def recheck(
    *, actor: User, finding_pk: int, seen: str, recheck: str, recheck_note: str = ""
) -> Finding:
    """The office looks again: 已整改, 部分整改 or 未整改; the unit is told."""
    with transaction.atomic():
        if recheck != Recheck.DONE and not recheck_note.strip():
            raise FindingError("没有整改到位的，请写明还差什么，单位会看到。")
        today = timezone.localdate()
        values = {
            "recheck": recheck, "rechecked_on": today, "recheck_note": recheck_note.strip(),
        }  # fmt: skip
        row = _move(FindingAction.RECHECK, actor, finding_pk, seen, values)
        title = f"复查结果：{row.get_recheck_display()}"
        _tell_unit(row, f"recheck:{row.mended_on}:{recheck}", title, row.recheck_note)
        return row


def close(*, actor: User, finding_pk: int, seen: str, reason: str = "") -> Finding:
    """The matter is at its end; without a passed re-check the reason must be given."""
    with transaction.atomic():
        values = {"closed_on": timezone.localdate()}
        row = _move(FindingAction.CLOSE, actor, finding_pk, seen, values, reason)
        _tell_unit(row, f"closed:{row.closed_on}", "人大已办结这个问题", reason)
        _tell_asker(row, actor, f"closed:{row.closed_on}", "您提出的问题已办结", row.text)
        return row


def reopen(*, actor: User, finding_pk: int, seen: str, reason: str) -> Finding:
    """Back to the unit; what it reported stays in the text."""
    with transaction.atomic():
        today = timezone.localdate()
        old = Finding.objects.select_for_update(of=("self",)).filter(pk=finding_pk).first()
        note = f"{today:%Y年%-m月%-d日}重新办理：{reason.strip()}"
        parts = (
            [old.mended, f"（{_rechecked_words(old)}）" if old.rechecked_on else "", note]
            if old
            else []
        )
        values = {
            "closed_on": None, "mended_on": None, "recheck": "", "rechecked_on": None,
            "recheck_note": "", "mended": "\n".join(filter(None, parts)),
        }  # fmt: skip
        row = _move(FindingAction.REOPEN, actor, finding_pk, seen, values, reason)
        _tell_unit(row, f"reopened:{today}", "人大请你单位重新办理", reason)
        return row


def _words(text: str, what: str) -> str:
    if not text.strip():
        raise FindingError(f"请写明{what}。")
    return text.strip()


def _move(
    action: FindingAction,
    actor: User,
    pk: int,
    seen: str,
    values: Mapping[str, Any],
    reason: str = "",
) -> Finding:
    """Lock, ask the table, refuse what is stale, save. A repeated sending changes nothing."""
    rows = Finding.objects.visible_to(actor).filter(pk=pk).values("pk")
    row = Finding.objects.select_for_update(of=("self",)).get(pk__in=rows)
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    sides = selectors.sides_of(actor, row.activity, row.unit_id)
    next_state(FINDING, action, selectors.stage(row), sides, reason)
    refuse_stale(row, seen)
    for name, value in values.items():
        setattr(row, name, value)
    return save_recorded(row, reason=reason.strip() or action.label)  # type: ignore[return-value]


def _unit(row: Finding) -> str:
    return str(row.unit) if row.unit else "承办方"


def _tell(people: list[User], row: Finding, event: str, title: str, body: str = "") -> None:
    link = reverse("activities:finding", args=[row.pk])
    message = Message(key=f"finding:{row.pk}:{event}", title=title, body=body[:300], link=link)
    notify(people, message)


def _tell_units(rows: list[Finding]) -> None:
    """One message for each unit, however many findings it has got."""
    heaps: dict[Unit, list[Finding]] = {}
    for row in rows:
        if row.unit:
            heaps.setdefault(row.unit, []).append(row)
    for unit, heap in heaps.items():
        first = heap[0]
        title = f"人大转来{len(heap)}个问题（意见），请回应"
        if len(heap) == 1:
            _tell(unit_people(unit), first, f"unit:{unit.pk}", title, first.text)
            continue
        link = f"{reverse('activities:findings')}?activity={first.activity_id}"
        body = f"{first.activity}：" + "；".join(row.text[:40] for row in heap)
        key = f"finding:{first.pk}:unit:{unit.pk}"
        notify(unit_people(unit), Message(key=key, title=title, body=body[:300], link=link))


def _tell_unit(row: Finding, event: str, title: str, body: str) -> None:
    if row.unit:
        _tell(unit_people(row.unit), row, event, title, body or row.text)


def _tell_asker(row: Finding, actor: User, event: str, title: str, body: str) -> None:
    """The office and the deputy who brought it up, but not whoever is doing it."""
    people = office_people(row.activity.region)
    if row.raised_by and row.raised_by.user:
        people = [*people, row.raised_by.user]
    _tell([each for each in people if each.pk != actor.pk], row, event, title, body)
