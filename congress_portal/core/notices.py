"""Messages to people inside the portal.

A notice is a row written with the change that causes it, so it is neither lost nor doubled:
``(user, key)`` is unique. ``core.channels`` carries it further once the transaction stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from congress_portal.core.channels import carry_soon
from congress_portal.core.enums import Role
from congress_portal.core.models import Notice, Region, RoleAssignment, Unit, User
from congress_portal.core.scope import codes_above


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
    return notify_each((user, message) for user in users)


def notify_each(told: Iterable[tuple[User, Message]]) -> int:
    """As ``notify``, each person an own message; two queries for all of them."""
    wanted = {(user.pk, each.key): (user, each) for user, each in told if user.is_active}
    if not wanted:
        return 0
    known = Notice.objects.filter(
        key__in={key for _, key in wanted}, user__in={pk for pk, _ in wanted}
    )
    before = set(known.values_list("user", "key"))
    fresh = [
        Notice(
            user=user,
            key=message.key,
            title=message.title[:120],
            body=message.body[:600],
            link=message.link,
            is_urgent=message.is_urgent,
        )
        for pair, (user, message) in sorted(wanted.items(), key=lambda item: item[0])
        if pair not in before
    ]
    # a second writer at this very moment meets the unique key and writes nothing
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        transaction.on_commit(carry_soon)
    return len(fresh)


def mark_read(user: User, *, pk: int | None = None) -> int:
    """One notice, or all of the person's; returns how many were new."""
    rows = Notice.objects.visible_to(user).unread()
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=timezone.now())


def mark_done(user: User, links: Iterable[str]) -> int:
    """Those that led to these addresses: the person has just acted there."""
    rows = Notice.objects.visible_to(user).unread().filter(link__in=set(links))
    return rows.update(read_at=timezone.now())


def unread_count(user: User) -> int:
    return Notice.objects.visible_to(user).unread().count()


def unit_people(unit: Unit | int, *roles: str) -> list[User]:
    """Accounts that act for a unit today; officers and leaders unless roles are named."""
    wanted = roles or (Role.UNIT_OFFICER, Role.UNIT_LEADER)
    return _holders(Q(role__in=wanted, unit=unit))


def office_people(region: Region) -> list[User]:
    """The congress office that writes for a place: its own staff, not those of towns below."""
    exact = Q(region__code__in=[region.code, *codes_above(region.code)])
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
