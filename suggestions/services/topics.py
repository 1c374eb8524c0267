"""Topics for supervision: proposed, merged, adopted into a year's plan, or not (M57)."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from congress_portal.core.models import User
from deputies.models import Deputy
from suggestions.enums import CallKind, TopicState
from suggestions.models import Call, TopicProposal
from suggestions.services.steps import RefusedError, keep


def propose_topic(
    *,
    call: Call,
    actor: User,
    title: str,
    reason: str = "",
    proposer: str = "",
    deputy: Deputy | None = None,
    on: dt.date | None = None,
) -> TopicProposal:
    """By a deputy for oneself, or entered by the office for a deputy or one of the public."""
    day = on or timezone.localdate()
    own = Deputy.objects.filter(user=actor).first() if actor.scope.deputy_user_id else None
    is_office = actor.scope.may_write_code(call.region.code)
    faults = []
    if call.kind != CallKind.TOPICS or not call.opens_on <= day <= call.closes_on:
        faults.append("这次征集不在进行，不能提出议题。")
    if not title.strip():
        faults.append("请写议题。")
    if own is None and not is_office:
        faults.append("议题由代表提出，或由人大机关代录。")
    if faults:
        raise RefusedError(faults)
    return keep(
        TopicProposal(
            call=call,
            title=title.strip(),
            reason=reason.strip(),
            deputy=deputy if is_office else own,
            proposer=proposer.strip() if is_office else "",
            received_on=day,
            entered_by=actor,
        )
    )


@transaction.atomic
def decide_topic(
    *,
    topic_pk: int,
    actor: User,
    state: str,
    plan_year: int | None = None,
    merged_into: TopicProposal | None = None,
    decision: str = "",
) -> TopicProposal:
    """Adopt for a year, merge into another topic of the call, or drop with a reason.

    A decision may be changed, with the reason, as long as no other topic was merged into this one.
    Raises RefusedError, and TopicProposal.DoesNotExist for whoever may not decide.
    """
    rows = TopicProposal.objects.select_for_update(of=("self",))
    topic = rows.get(pk=topic_pk, pk__in=TopicProposal.objects.editable_by(actor).values("pk"))
    if topic.state != TopicState.RECEIVED and not decision.strip():
        raise RefusedError([f"这个议题「{topic.get_state_display()}」，改变决定要写明理由。"])
    if state in (TopicState.MERGED, TopicState.DROPPED) and topic.merged.exists():
        raise RefusedError(["已有别的议题并入这一个，请先改变它们的决定。"])
    if state == TopicState.DROPPED and not decision.strip():
        raise RefusedError(["不采纳要写明理由。"])
    if state == TopicState.MERGED:
        _check_merge(topic, merged_into)
    topic.state, topic.plan_year, topic.merged_into = state, plan_year, merged_into
    topic.decision = decision.strip()
    return keep(topic)


def _check_merge(topic: TopicProposal, main: TopicProposal | None) -> None:
    if main is None or main.pk == topic.pk or main.call_id != topic.call_id:
        raise RefusedError(["请选择同一次征集的另一个议题。"])
    if main.state in (TopicState.MERGED, TopicState.DROPPED):
        raise RefusedError(["要并入的议题已合并或未采纳。"])
