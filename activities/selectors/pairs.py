"""双联系: members, their deputies, when they last spoke, and groups that nobody covers (M70)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from activities.models import ContactRule, MemberContact, WorkOpinion
from congress_portal.core.enums import Verification
from congress_portal.core.metrics import beside
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from deputies.models import (
    CommitteeMember,
    CommitteeOffice,
    Deputy,
    Group,
    GroupMembership,
    Mandate,
    Pairing,
)


def pairs_listed(rows: QuerySet[Pairing], period: Period) -> QuerySet[Any]:
    """With ``times`` (verified contacts of the period), ``waiting`` and ``last_on`` (ever)."""
    contacts = MemberContact.objects.exclude(verification=Verification.REFUSED)
    of_period = contacts.in_period(period)
    return rows.select_related("deputy__town", "member__deputy", "member__office").annotate(
        times=beside(of_period.verified(), "pairing", Count("pk")),
        waiting=beside(of_period.pending(), "pairing", Count("pk")),
        last_on=beside(contacts, "pairing", Max("held_on")),
    )


@dataclass(frozen=True)
class MemberLine:
    """A member with the pairs of today; the rule says how many there ought to be."""

    member: CommitteeMember
    pairs: list[Pairing]
    rule: ContactRule

    @property
    def short_by(self) -> int:
        return max(self.rule.pairs_least - len(self.pairs), 0)

    @property
    def over_by(self) -> int:
        return max(len(self.pairs) - self.rule.pairs_most, 0)


def member_lines(region: Region, user: User, period: Period, today: dt.date) -> list[MemberLine]:
    """Every member in office with the pairs that the reader may see; four queries."""
    rule = ContactRule.objects.all().of(region)
    pairs: dict[int, list[Pairing]] = defaultdict(list)
    rows = Pairing.objects.visible_to(user).on(today).filter(member__region=region)
    for pair in pairs_listed(rows, period).order_by("begins_on", "pk"):
        pairs[pair.member_id].append(pair)
    return [MemberLine(member, pairs[member.pk], rule) for member in members_of(region, today)]


def members_of(region: Region, on: dt.date) -> QuerySet[CommitteeMember]:
    rows = CommitteeMember.objects.on(on).filter(region=region)
    return rows.select_related("deputy__town", "office", "user").order_by("serial", "pk")


def offices_of(region: Region) -> QuerySet[CommitteeOffice]:
    return CommitteeOffice.objects.filter(region=region, is_active=True)


def committee_regions() -> QuerySet[Region]:
    """Places whose congress has a standing committee on the register."""
    rule = Q(pk__in=CommitteeMember.objects.values("region"))
    return Region.objects.filter(rule | Q(pk__in=CommitteeOffice.objects.values("region")))


def uncovered_groups(region: Region, user: User, on: dt.date) -> QuerySet[Group]:
    """Active groups of the place without a member in touch with any of theirs on that day."""
    paired = Pairing.objects.on(on).filter(member__region=region).values("deputy")
    covered = GroupMembership.objects.on(on).filter(group=OuterRef("pk"), deputy__in=paired)
    rows = Group.objects.visible_to(user).filter(
        is_active=True, region__code__startswith=region.prefix
    )
    return rows.filter(~Exists(covered)).select_related("region").order_by("region__code", "pk")


def groups_of_place(region: Region, user: User) -> int:
    rows = Group.objects.visible_to(user)
    return rows.filter(is_active=True, region__code__startswith=region.prefix).count()


def unpaired_deputies(region: Region, user: User, on: dt.date) -> QuerySet[Deputy]:
    """Deputies of this very congress with nobody of the committee in touch; members left out."""
    day = Period(on, on, "")
    seats = Mandate.objects.in_force(day).filter(region=region).values("deputy")
    paired = Pairing.objects.on(on).filter(member__region=region).values("deputy")
    members = CommitteeMember.objects.on(on).filter(region=region).values("deputy")
    rows = Deputy.objects.visible_to(user).filter(pk__in=seats)
    return rows.exclude(pk__in=paired).exclude(pk__in=members)


def seats_of(user: User, on: dt.date) -> QuerySet[CommitteeMember]:
    """Seats on committees that this account holds."""
    rows = CommitteeMember.objects.held_by(user.pk).on(on)
    return rows.select_related("region", "office", "deputy")


def own_pairs(user: User, period: Period, today: dt.date) -> QuerySet[Any]:
    """The member's own pairs, nobody else's (M08); the one longest not heard of first."""
    rows = Pairing.objects.on(today).filter(member__in=seats_of(user, today).values("pk"))
    listed: QuerySet[Any] = pairs_listed(rows, period)
    return listed.order_by("last_on", "pk")


def own_contacts(user: User, today: dt.date) -> QuerySet[MemberContact]:
    rows = MemberContact.objects.filter(pairing__member__in=seats_of(user, today).values("pk"))
    return rows.select_related("pairing__deputy", "channel").order_by("-held_on", "-pk")


def opinions_for_member(user: User, today: dt.date) -> QuerySet[WorkOpinion]:
    """Opinions that wait for an answer of the offices in which the member sits."""
    offices = seats_of(user, today).filter(office__isnull=False).values("office")
    rows = WorkOpinion.objects.filter(office__in=offices, state="open")
    return rows.select_related("deputy", "office").order_by("raised_on", "pk")
