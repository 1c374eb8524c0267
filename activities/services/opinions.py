"""Deputies' opinions on the committee's own work: raised, assigned, answered, closed (M71).

The deputy hears of every step; whoever has to do the next one hears of it too.
"""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from activities.enums import OpinionState
from activities.models import Activity, MemberContact, WorkOpinion
from activities.services.pairs import log_contact
from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.notices import Message, notify, office_people
from congress_portal.core.stale import refuse_stale
from deputies.days import refuse_day
from deputies.models import CommitteeMember, CommitteeOffice, Deputy, Pairing


class OpinionError(DomainError):
    """The opinion is not in a state, or the person not in a position, for this."""


def raise_opinion(
    *,
    actor: User,
    deputy: Deputy,
    region: Region,
    text: str,
    raised_on: dt.date | None = None,
    activity: Activity | None = None,
    contact: MemberContact | None = None,
    key: uuid.UUID | None = None,
) -> WorkOpinion:
    """Enter an opinion: by the deputy, or by staff who note it at a meeting.

    The same ``key`` always gives the same record. Raises OpinionError, ValidationError.
    """
    if found := _already(key):
        return found
    own = actor.scope.deputy_user_id is not None and deputy.user_id == actor.pk
    if not own and not _may_note(actor, region, contact):
        raise OpinionError("只有代表本人、联系这位代表的组成人员和人大工作人员可以登记意见。")
    if not text.strip():
        raise OpinionError("请写明意见。")
    refuse_day(deputy, raised_on or timezone.localdate(), field="raised_on")
    row = WorkOpinion(
        deputy=deputy, region=region, text=text.strip(), activity=activity, contact=contact,
        raised_on=raised_on or timezone.localdate(), idempotency_key=key,
    )  # fmt: skip
    try:
        with transaction.atomic():
            save_recorded(row)
            _tell_office(row, actor)
            if not own:
                _tell_deputy(row, "raised", "您的意见已登记，办理情况会告诉您")
    except (IntegrityError, ValidationError):
        if found := _already(key):
            return found
        raise
    return row


@transaction.atomic
def log_contact_with_opinion(
    *,
    actor: User,
    pairing: Pairing,
    held_on: dt.date,
    channel: DictionaryEntry,
    matter: str = "",
    opinion: str = "",
    key: uuid.UUID | None = None,
) -> MemberContact:
    """Enter a member's contact and, if one came up, the deputy's opinion: both or neither."""
    contact = log_contact(
        actor=actor, pairing=pairing, held_on=held_on, channel=channel, matter=matter, key=key
    )
    if opinion.strip():
        raise_opinion(
            actor=actor, deputy=pairing.deputy, region=pairing.member.region, text=opinion,
            raised_on=held_on, contact=contact, key=uuid.uuid5(key, "opinion") if key else None,
        )  # fmt: skip
    return contact


def _may_note(actor: User, region: Region, contact: MemberContact | None) -> bool:
    if actor.scope.may_write_code(region.code):
        return True
    seats = CommitteeMember.objects.held_by(actor.pk)
    return contact is not None and seats.filter(pk=contact.pairing.member_id).exists()


def _already(key: uuid.UUID | None) -> WorkOpinion | None:
    return WorkOpinion.objects.filter(idempotency_key=key).first() if key else None


@transaction.atomic
def assign_opinion(
    *, actor: User, opinion_pk: int, seen: str, office: CommitteeOffice
) -> WorkOpinion:
    """Name the office that answers; may be changed while there is no answer."""
    row = _locked(actor, opinion_pk, seen, OpinionState.OPEN)
    if not actor.scope.may_write_code(row.region.code):
        raise OpinionError("由哪个委室答复，由人大工作人员指定。")
    if office.region_id != row.region_id or not office.is_active:
        raise OpinionError("请选本级人大在用的委室。")
    before = row.office_id
    if before == office.pk:
        return row
    row.office = office
    save_recorded(row)
    _step(row, "assigned", f"交{office}答复")
    _tell_members(row, f"office:{office.pk}")
    _tell_deputy(row, f"assigned:{office.pk}", f"您的意见由{office}答复")
    return row


@transaction.atomic
def answer_opinion(*, actor: User, opinion_pk: int, seen: str, answer: str) -> WorkOpinion:
    """The answer of the office, entered by its members or by the staff."""
    row = _locked(actor, opinion_pk, seen, OpinionState.OPEN)
    if row.office_id is None:
        raise OpinionError("请先指定由哪个委室答复。")
    if not answer.strip():
        raise OpinionError("请写明答复。")
    row.answer, row.answered_on = answer.strip(), timezone.localdate()
    row.answered_by, row.state = actor, OpinionState.ANSWERED
    save_recorded(row)
    _step(row, "answered", row.answer[:200])
    _tell_deputy(row, f"answered:{row.answered_on}", f"{row.office}答复了您的意见")
    return row


@transaction.atomic
def close_opinion(*, actor: User, opinion_pk: int, seen: str) -> WorkOpinion:
    """The matter is done: said by the deputy, or by the staff on the deputy's word."""
    row = WorkOpinion.objects.select_for_update(of=("self",)).get(pk=opinion_pk)
    own = actor.scope.deputy_user_id is not None and row.deputy.user_id == actor.pk
    if not own and not actor.scope.may_write_code(row.region.code):
        raise OpinionError("由代表本人或人大工作人员办结。")
    if row.state == OpinionState.CLOSED:
        return row
    refuse_stale(row, seen)
    if row.state != OpinionState.ANSWERED:
        raise OpinionError("还没有答复，不能办结。")
    row.state, row.closed_on = OpinionState.CLOSED, timezone.localdate()
    save_recorded(row)
    _step(row, "closed", "")
    if not own:
        _tell_deputy(row, "closed", "您的意见已办结")
    return row


@transaction.atomic
def reopen_opinion(*, actor: User, opinion_pk: int, seen: str, reason: str) -> WorkOpinion:
    """The deputy says that the answer does not answer: back to the office, the reason added.

    The earlier answer stays in the trail and, under the opinion, in the text.
    """
    row = WorkOpinion.objects.select_for_update(of=("self",)).get(pk=opinion_pk)
    own = actor.scope.deputy_user_id is not None and row.deputy.user_id == actor.pk
    if not own:
        raise OpinionError("只有代表本人可以请委室重新答复。")
    refuse_stale(row, seen)
    if row.state != OpinionState.ANSWERED:
        raise OpinionError("只有已答复、还没有办结的意见可以请委室重新答复。")
    if not reason.strip():
        raise OpinionError("请写明还有什么没有答复。")
    today = timezone.localdate()
    row.text = (
        f"{row.text}\n\n{row.answered_on:%Y年%-m月%-d日}答复：{row.answer}"
        f"\n\n{today:%Y年%-m月%-d日}代表补充：{reason.strip()}"
    )
    row.state, row.answer = OpinionState.OPEN, ""
    row.answered_on = row.answered_by = None
    save_recorded(row)
    _step(row, "reopened", reason.strip()[:200])
    _tell_office(row, actor, again=f"again:{today}")
    _tell_members(row, f"again:{today}:members")
    return row


def _locked(actor: User, pk: int, seen: str, state: str) -> WorkOpinion:
    rows = WorkOpinion.objects.editable_by(actor).select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None:
        raise OpinionError("没有这条意见，或者不由您办理。")
    refuse_stale(row, seen)
    if row.state != state:
        raise OpinionError(f"这条意见「{row.get_state_display()}」，不能再办这一步。")
    return row


def _step(row: WorkOpinion, what: str, words: str) -> None:
    record(AuditAction.TRANSITION, row, changes={"step": what}, reason=words)


def _tell_deputy(row: WorkOpinion, event: str, words: str) -> None:
    if row.deputy.user:
        key, link = f"opinion:{row.pk}:{event}", f"/opinions/{row.pk}/"
        notify([row.deputy.user], Message(key=key, title=words, body=row.answer[:300], link=link))


def _tell_members(row: WorkOpinion, event: str) -> None:
    """Those who sit in the office that is to answer."""
    seats = CommitteeMember.objects.on(timezone.localdate()).filter(office=row.office_id)
    seats = seats.select_related("user", "deputy__user")
    people = [seat.user or seat.deputy.user for seat in seats]
    message = Message(
        key=f"opinion:{row.pk}:{event}",
        title=f"{row.deputy}代表对人大工作的意见，请答复",
        body=row.text[:200],
        link=f"/opinions/{row.pk}/",
    )
    notify([person for person in people if person], message)


def _tell_office(row: WorkOpinion, actor: User, again: str = "new") -> None:
    people = [person for person in office_people(row.region) if person.pk != actor.pk]
    message = Message(
        key=f"opinion:{row.pk}:{again}",
        title=f"{row.deputy}代表对人大工作提出意见",
        body=row.text[:200],
        link=f"/opinions/{row.pk}/",
    )
    notify(people, message)
