"""Messages to people inside the portal; one interface for every other channel.

A notice is a row written with the change that causes it, so it is neither lost nor doubled:
``(user, key)`` is unique. Other channels (text messages, WeCom …) register a ``Channel`` and are
handed the new rows once the transaction stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from congress_portal.core.enums import Role
from congress_portal.core.models import Notice, Region, RoleAssignment, Unit, User


class Channel(Protocol):
    """Carries notices out of the portal; must itself bear being handed one twice."""

    def carry(self, notices: Sequence[Notice]) -> None: ...


_channels: list[Channel] = []


def register_channel(channel: Channel) -> None:
    _channels.append(channel)


@dataclass(frozen=True)
class Message:
    """What is said. ``key`` names the event, so that saying it again says nothing."""

    key: str
    title: str
    body: str = ""
    link: str = ""
    is_urgent: bool = False


def notify(users: Iterable[User], message: Message) -> int:
    """Write the message for each person once; returns how many had not got it before."""
    people = {user.pk: user for user in users if user.is_active}
    if not people:
        return 0
    before = Notice.objects.filter(key=message.key, user__in=people).values_list("user", flat=True)
    fresh = [
        Notice(
            user=people[pk],
            key=message.key,
            title=message.title[:120],
            body=message.body[:600],
            link=message.link,
            is_urgent=message.is_urgent,
        )
        for pk in sorted(set(people) - set(before))
    ]
    # a second writer at this very moment meets the unique key and writes nothing
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    if _channels and fresh:
        transaction.on_commit(carry_waiting)
    return len(fresh)


def carry_waiting(limit: int = 500) -> int:
    """Hand what other channels have not yet got to them; also run by ``send_reminders``."""
    if not _channels:
        return 0
    with transaction.atomic():
        waiting = Notice.objects.filter(carried_at__isnull=True).order_by("pk")
        rows = list(waiting.select_for_update()[:limit])
        for channel in _channels:
            channel.carry(rows)
        Notice.objects.filter(pk__in=[row.pk for row in rows]).update(carried_at=timezone.now())
    return len(rows)


def mark_read(user: User, *, pk: int | None = None) -> int:
    """One notice, or all of the person's; returns how many were new."""
    rows = Notice.objects.visible_to(user).unread()
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=timezone.now())


def unread_count(user: User) -> int:
    return Notice.objects.visible_to(user).unread().count()


def unit_people(unit: Unit | int, *roles: str) -> list[User]:
    """Accounts that act for a unit today; officers and leaders unless roles are named."""
    wanted = roles or (Role.UNIT_OFFICER, Role.UNIT_LEADER)
    return _holders(Q(role__in=wanted, unit=unit))


def office_people(region: Region) -> list[User]:
    """The congress office that writes for a place: its own staff, not those of towns below."""
    covering = [region.code[:length] for length in range(2, len(region.code) + 1)]
    exact = Q(region__code__in=[c.ljust(len(region.code), "0") for c in covering])
    rule = Q(role=Role.STAFF) & (Q(region__isnull=True) | exact)
    if region.is_town:
        town = _holders(Q(role=Role.TOWN_STAFF, region=region))
        if town:
            return town
    return _holders(rule)


def _holders(rule: Q) -> list[User]:
    rows = RoleAssignment.objects.in_force(timezone.localdate()).filter(rule)
    holders = User.objects.filter(is_active=True, pk__in=rows.values("user"))
    return list(holders.order_by("pk"))
