"""Who of the committee keeps in touch with which deputy, and the log of it (双联系, M70)."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from activities.models import ContactRule, MemberContact
from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.periods import Period
from deputies.models import CommitteeMember, Deputy, Mandate, Pairing

_SHORTEST_REASON = 4


class PairError(DomainError):
    """The pair cannot be made or ended in this way."""


class TooManyPairsError(PairError):
    """One more than the rule allows; a reason lets it pass."""


@transaction.atomic
def pair(
    *,
    actor: User,
    member: CommitteeMember,
    deputy: Deputy,
    begins_on: dt.date | None = None,
    reason: str = "",
) -> Pairing:
    """Let a member keep in touch with a deputy from that day on.

    More than ``ContactRule.pairs_most`` need a reason, kept with the pair and in the trail. The
    same pair sent twice is one. Raises PairError, TooManyPairsError, ValidationError.
    """
    day = begins_on or timezone.localdate()
    rows = CommitteeMember.objects.editable_by(actor).select_for_update(of=("self",))
    locked = rows.filter(pk=member.pk).first()
    if locked is None:
        raise PairError("双联系由常委会工作人员安排。")
    if found := Pairing.objects.filter(member=locked, deputy=deputy, ends_on=None).first():
        return found
    _refuse_unfit(locked, deputy, day)
    most = ContactRule.objects.all().of(locked.region).pairs_most
    held = Pairing.objects.on(day).filter(member=locked).count()
    if held >= most and len(reason.strip()) < _SHORTEST_REASON:
        raise TooManyPairsError(
            f"{locked.deputy}已联系 {held} 名代表，规则是至多 {most} 名。"
            "确实要再加的，请写明理由再保存。"
        )
    excess = reason.strip() if held >= most else ""
    row = Pairing(member=locked, deputy=deputy, begins_on=day, reason=excess)
    saved: Pairing = save_recorded(row, reason=reason.strip())  # type: ignore[assignment]
    _tell_pair(saved)
    return saved


@transaction.atomic
def pair_with_each(
    *,
    actor: User,
    member: CommitteeMember,
    deputies: Sequence[Deputy],
    begins_on: dt.date | None = None,
    reason: str = "",
) -> list[Pairing]:
    """``pair`` for each of the deputies, all or none."""
    given = {"actor": actor, "member": member, "begins_on": begins_on, "reason": reason}
    return [pair(deputy=deputy, **given) for deputy in deputies]  # type: ignore[arg-type]


def _refuse_unfit(member: CommitteeMember, deputy: Deputy, day: dt.date) -> None:
    if member.deputy_id == deputy.pk:
        raise PairError("不能安排组成人员联系自己。")
    if member.ends_on and member.ends_on < day:
        raise PairError(f"{member.deputy}已不是组成人员。")
    if not Mandate.objects.in_force(Period(day, day, "")).filter(deputy=deputy).exists():
        raise PairError(f"{deputy}在{day:%Y年%-m月%-d日}没有代表职务。")


def _tell_pair(row: Pairing) -> None:
    account = row.member.user or row.member.deputy.user
    if account:
        message = Message(
            key=f"pair:{row.pk}:member",
            title=f"请您固定联系{row.deputy}代表",
            body="请保持联系，每次联系后记一笔。",
            link="/pairs/mine/",
        )
        notify([account], message)
    if row.deputy.user:
        words = f"{row.member.deputy}（{row.member.get_post_display()}）固定联系您"
        notify([row.deputy.user], Message(key=f"pair:{row.pk}:deputy", title=words))


@transaction.atomic
def end_pair(*, actor: User, pairing_pk: int, on: dt.date) -> Pairing:
    """The last day of a pair; its contacts stay. Raises PairError, ValidationError."""
    rows = Pairing.objects.editable_by(actor).select_for_update(of=("self",))
    row = rows.filter(pk=pairing_pk).first()
    if row is None:
        raise PairError("没有这一对，或者您不能调整双联系。")
    if row.ends_on is not None:
        raise PairError("这一对已经结束。")
    if on > timezone.localdate():
        raise PairError("截止日期不能晚于今天。")
    row.ends_on = on
    return save_recorded(row)  # type: ignore[return-value]


def may_log(actor: User, pairing: Pairing) -> bool:
    """The member of the pair, and the committee's staff on behalf."""
    return (
        is_own(actor, pairing) or Pairing.objects.editable_by(actor).filter(pk=pairing.pk).exists()
    )


def is_own(actor: User, pairing: Pairing) -> bool:
    return CommitteeMember.objects.held_by(actor.pk).filter(pk=pairing.member_id).exists()


def log_contact(
    *,
    actor: User,
    pairing: Pairing,
    held_on: dt.date,
    channel: DictionaryEntry,
    matter: str = "",
    key: uuid.UUID | None = None,
) -> MemberContact:
    """Enter one contact; the same ``key`` always gives the same record.

    What staff enter on behalf is verified by that. Raises PairError, ValidationError.
    """
    if found := _already(key, actor):
        return found
    if not may_log(actor, pairing):
        raise PairError("只有这一对的组成人员和常委会工作人员可以登记。")
    if held_on < pairing.begins_on or (pairing.ends_on and held_on > pairing.ends_on):
        raise PairError(f"日期不在联系期内（{pairing.begins_on:%Y年%-m月%-d日}起）。")
    row = MemberContact(
        pairing=pairing, held_on=held_on, channel=channel, matter=matter.strip(),
        entered_by=actor, idempotency_key=key,
    )  # fmt: skip
    if not is_own(actor, pairing):
        row.on_behalf, row.verification = True, Verification.VERIFIED
        row.verified_by, row.verified_at = actor, timezone.now()
    try:
        with transaction.atomic():
            return save_recorded(row)  # type: ignore[return-value]
    except (IntegrityError, ValidationError):
        if found := _already(key, actor):
            return found
        raise


def _already(key: uuid.UUID | None, actor: User) -> MemberContact | None:
    if key is None:
        return None
    return MemberContact.objects.filter(idempotency_key=key, entered_by=actor).first()
