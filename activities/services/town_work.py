"""A town's year: plans and their items, sessions with papers, party committee's meetings."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from activities.models.support import PartyMeeting, PlanItem, SessionPaper, TownSession, WorkPlan
from activities.services.keeping import KeepingError, keep, locked
from activities.support_enums import ItemState
from congress_portal.core.audit import save_recorded
from congress_portal.core.models import User
from congress_portal.core.stale import refuse_stale
from congress_portal.core.submissions import found_by


def save_plan(
    *, actor: User, values: Mapping[str, Any], pk: int | None = None, seen: str = "",
    key: uuid.UUID | None = None,
) -> WorkPlan:  # fmt: skip
    """Enter a year's plan or mend it. Raises what ``keep`` raises."""
    station = values.get("station")
    if station and station.region_id != values["region"].pk:
        raise KeepingError(f"{station}不在{values['region']}，请改选区划或家站。")
    days = values.get("adopted_on"), values.get("published_on")
    if days[0] and days[1] and days[1] < days[0]:
        raise KeepingError("公布日期不能早于通过日期。")
    return keep(WorkPlan, actor=actor, values=values, pk=pk, seen=seen, key=key)


@transaction.atomic
def add_item(
    *, actor: User, plan_pk: int, values: Mapping[str, Any], key: uuid.UUID | None = None
) -> PlanItem:
    """The next item of a plan; numbers follow one another. Raises what ``keep`` raises."""
    plan = locked(WorkPlan, plan_pk)
    last = plan.items.aggregate(last=Max("number"))["last"] or 0
    given = {**values, "plan": plan, "number": last + 1}
    return keep(PlanItem, actor=actor, values=given, key=key)


def change_item(*, actor: User, pk: int, values: Mapping[str, Any], seen: str = "") -> PlanItem:
    """Mend what an item says. Raises what ``keep`` raises."""
    return keep(PlanItem, actor=actor, values=values, pk=pk, seen=seen)


@transaction.atomic
def settle_item(
    *, actor: User, pk: int, state: str, done_on: dt.date | None = None, result: str = "",
    seen: str = "",
) -> PlanItem:  # fmt: skip
    """Tick an item done, drop it with a reason, or open it again; twice the same is once.

    Raises KeepingError, StaleRecordError, ValidationError.
    """
    item = locked(PlanItem, pk)
    if not PlanItem.objects.editable_by(actor).filter(pk=pk).exists():
        raise KeepingError("这里不归您管，由当地人大工作人员登记。")
    done_on = done_on if state == ItemState.DONE else None
    if (item.state, item.done_on, item.result) == (state, done_on, result.strip()):
        return item
    refuse_stale(item, seen)
    if state == ItemState.DONE and not done_on:
        raise KeepingError("请填写完成日期。")
    if done_on and done_on.year < item.plan.year:
        raise KeepingError(f"这是{item.plan.year}年的计划，完成日期不能早于{item.plan.year}年。")
    if state == ItemState.DROPPED and not result.strip():
        raise KeepingError("取消计划事项，请在完成情况里写明原因。")
    item.state, item.done_on, item.result = state, done_on, result.strip()
    save_recorded(item)
    return item


def save_session(
    *, actor: User, values: Mapping[str, Any], pk: int | None = None, seen: str = "",
    key: uuid.UUID | None = None,
) -> TownSession:  # fmt: skip
    """Enter a session of a town's congress or mend it. Raises what ``keep`` raises."""
    term = values.get("term")
    if term and term.region_id and term.region_id != values["region"].pk:
        raise KeepingError(f"{term}不是{values['region']}的届次。")
    same = TownSession.objects.filter(
        region=values["region"], term=term, number=values["number"]
    ).exclude(pk=pk or 0)
    if same.exists() and not found_by(key, actor=actor, model=TownSession):
        raise KeepingError(f"这一届的第 {values['number']} 次会议已经登记，请核对次数。")
    return keep(TownSession, actor=actor, values=values, pk=pk, seen=seen, key=key)


def add_session_paper(
    *, actor: User, session_pk: int, values: Mapping[str, Any], key: uuid.UUID | None = None
) -> SessionPaper:
    """Put a paper to a session. Raises what ``keep`` raises."""
    session = TownSession.objects.get(pk=session_pk)
    return keep(SessionPaper, actor=actor, values={**values, "session": session}, key=key)


def save_party_meeting(
    *, actor: User, values: Mapping[str, Any], pk: int | None = None, seen: str = "",
    key: uuid.UUID | None = None,
) -> PartyMeeting:  # fmt: skip
    """Enter a meeting of a party committee on the congress's work, or mend it."""
    return keep(PartyMeeting, actor=actor, values=values, pk=pk, seen=seen, key=key)
