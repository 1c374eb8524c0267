"""Fixed voters: the deputy keeps the list, staff may do it on behalf; history stays."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from activities.models import FixedVoter, Visit
from activities.services.entries import log_visit
from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy


class VoterError(DomainError):
    """The list of fixed voters cannot be changed in this way."""


def may_keep(actor: User, deputy: Deputy) -> bool:
    """The deputy, while holding that role, and staff who keep the deputy's home town."""
    own = actor.scope.deputy_user_id is not None and deputy.user_id == actor.pk
    return own or Deputy.objects.editable_by(actor).filter(pk=deputy.pk).exists()


@transaction.atomic
def add_voter(
    *,
    actor: User,
    deputy: Deputy,
    name: str,
    phone: str = "",
    village: Region | None = None,
    is_household: bool = False,
    note: str = "",
    begins_on: dt.date | None = None,
) -> FixedVoter:
    """Put a voter on the list; the very same entry sent twice is one row.

    Raises VoterError for a namesake with other particulars, ValidationError.
    """
    if not may_keep(actor, deputy):
        raise VoterError("只有代表本人和所在镇（街道）的人大工作人员可以修改固定联系选民。")
    Deputy.objects.select_for_update(of=("self",)).get(pk=deputy.pk)
    day = begins_on or timezone.localdate()
    voter = FixedVoter(
        deputy=deputy, name="".join(name.split()), phone=phone, village=village,
        is_household=is_household, note=note.strip(), begins_on=day,
    )  # fmt: skip
    same = FixedVoter.objects.on(day).filter(
        deputy=deputy, name=voter.name, phone=phone, village=village
    )
    if found := same.first():
        if (found.is_household, found.note) == (voter.is_household, voter.note):
            return found
        raise VoterError("这位选民已经在名单里，要改请打开这位选民再改。")
    return save_recorded(voter)  # type: ignore[return-value]


@transaction.atomic
def change_voter(
    *,
    actor: User,
    voter_pk: int,
    seen: str,
    name: str,
    phone: str = "",
    village: Region | None = None,
    is_household: bool = False,
    note: str = "",
    begins_on: dt.date | None = None,
) -> FixedVoter:
    """Mend an entry. Raises VoterError, StaleRecordError, ValidationError."""
    voter = _for_change(actor, voter_pk)
    refuse_stale(voter, seen)
    voter.name, voter.phone, voter.village = "".join(name.split()), phone, village
    voter.is_household, voter.note = is_household, note.strip()
    voter.begins_on = begins_on or voter.begins_on
    return save_recorded(voter)  # type: ignore[return-value]


@transaction.atomic
def end_voter(*, actor: User, voter_pk: int, on: dt.date) -> FixedVoter:
    """Take a voter off the list after the day ``on``; the row and its contacts stay."""
    voter = _for_change(actor, voter_pk)
    if on > timezone.localdate():
        raise VoterError("截止日期不能晚于今天。")
    voter.ends_on = on
    return save_recorded(voter)  # type: ignore[return-value]


@transaction.atomic
def remove_voter(*, actor: User, voter_pk: int) -> None:
    """Take out an entry made by mistake, as if it had never been. Raises VoterError.

    Who was ever contacted is only taken off the list, so that the contacts keep their voter.
    """
    voter = _for_change(actor, voter_pk)
    if voter.visits.exists():
        raise VoterError("已经有联系记录，不能删掉，只能移出名单。")
    delete_recorded(voter)


def _for_change(actor: User, pk: int) -> FixedVoter:
    rows = FixedVoter.objects.editable_by(actor).select_for_update(of=("self",))
    voter = rows.filter(pk=pk).first()
    if voter is None:
        raise VoterError("没有这位选民，或者您不能修改这份名单。")
    if voter.ends_on is not None:
        raise VoterError("这位选民已经不在名单里了。")
    return voter


@transaction.atomic
def contact_voters(
    *,
    actor: User,
    deputy: Deputy,
    voters: Sequence[FixedVoter],
    held_on: dt.date,
    channel: DictionaryEntry,
    matter: str = "",
    key: uuid.UUID | None = None,
) -> list[Visit]:
    """Enter a contact with fixed voters: one visit for each village they live in.

    The same ``key`` always gives the same visits. Raises VoterError, ValidationError.
    """
    if not may_keep(actor, deputy):
        raise VoterError("只有代表本人和所在镇（街道）的人大工作人员可以登记。")
    strangers = [voter for voter in voters if voter.deputy_id != deputy.pk]
    if not voters or strangers:
        raise VoterError("请在这位代表的固定联系选民里选。")
    by_village: dict[Region | None, list[FixedVoter]] = {}
    for voter in voters:
        by_village.setdefault(voter.village, []).append(voter)
    visits = []
    for village, group in by_village.items():
        own_key = uuid.uuid5(key, village.code if village else "") if key else None
        visit = log_visit(
            actor=actor, deputy=deputy, held_on=held_on, village=village, channel=channel,
            people=len(group), matter=matter, key=own_key, fixed_voters=group,
        )  # fmt: skip
        visits.append(visit)
    return visits
