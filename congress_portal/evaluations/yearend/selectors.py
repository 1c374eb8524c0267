"""Reads of a year-end review: its nominees, votes, and who may do what."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from activities.enums import BallotState
from activities.selectors.ballots import results
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User
from congress_portal.core.periods import year as year_period
from congress_portal.evaluations.enums import ReviewState, SubjectType
from congress_portal.evaluations.models import (
    Nominee,
    Recommendation,
    ReviewObjection,
    ReviewTitle,
    Score,
    ScoreSheet,
    YearReview,
)
from deputies.enums import GroupRole
from deputies.models import Deputy, Group, GroupMembership

OFFICERS = (GroupRole.LEADER, GroupRole.DEPUTY_LEADER)


@dataclass(frozen=True)
class NomineeLine:
    """``vote`` is None before the ballot is counted, and where there is none; ``opens``: the
    reader may open the deputy's file."""

    nominee: Nominee
    vote: Rate | None
    opens: bool
    reasons: Sequence[Recommendation] = ()
    may_withdraw: bool = False


@dataclass(frozen=True)
class TitleLines:
    title: ReviewTitle
    lines: list[NomineeLine] = field(default_factory=list)

    @property
    def chosen(self) -> int:
        return sum(line.nominee.is_chosen for line in self.lines)


def keeps(user: User, review: YearReview) -> bool:
    return user.scope.may_write_code(review.region.code)


def ranked_sheets(user: User) -> QuerySet[ScoreSheet]:
    """Published results of deputies by schemes that have ranking switched on."""
    rows = ScoreSheet.objects.visible_to(user).published()
    rows = rows.filter(scheme__subject_type=SubjectType.DEPUTY, scheme__ranks=True)
    return rows.filter(scheme_data__ranks=True).select_related("scheme").order_by("-last_day", "pk")


def eligible(review: YearReview) -> QuerySet[Deputy]:
    """Deputies of the place who were in office in the year."""
    rows = Deputy.objects.in_office(year_period(review.year))
    return rows.filter(town__code__startswith=review.region.prefix)


def recommendable(user: User, review: YearReview) -> QuerySet[Deputy]:
    """Whom the person may put up: those of the own place, those of the own groups."""
    rows = eligible(review)
    if user.scope.write_prefixes:
        return rows.filter(pk__in=Deputy.objects.editable_by(user).values("pk"))
    groups = led_groups(user)
    members = GroupMembership.objects.on(timezone.localdate()).filter(group__in=groups)
    return rows.filter(pk__in=members.values("deputy"))


def led_groups(user: User) -> QuerySet[Group]:
    """Groups in which the person is an officer today."""
    if user.scope.deputy_user_id is None:
        return Group.objects.none()
    rows = GroupMembership.objects.on(timezone.localdate())
    mine = rows.filter(deputy__user=user.scope.deputy_user_id, role__in=OFFICERS)
    return Group.objects.filter(pk__in=mine.values("group"))


def side_of(user: User, review: YearReview, deputy: Deputy) -> tuple[Region | None, Group | None]:
    """In whose name the person recommends: the review's office, a town, a group; or nobody's."""
    if keeps(user, review):
        return review.region, None
    if user.scope.may_write_code(deputy.town.code):
        return deputy.town, None
    members = GroupMembership.objects.on(timezone.localdate()).filter(deputy=deputy)
    return None, led_groups(user).filter(pk__in=members.values("group")).order_by("pk").first()


def may_withdraw(user: User, review: YearReview, nominee: Nominee) -> bool:
    """The office any candidate, others what they recommended themselves."""
    if keeps(user, review):
        return True
    return nominee.recommendations.filter(author=user).exists()


def item_names(review: YearReview) -> dict[int, str]:
    """The ballot's line of each nominee; namesakes of one town get the number of their entry.

    Struck ones are named, too, so that nobody's line changes its name later.
    """
    rows = Nominee.objects.filter(title__review=review)
    rows = rows.select_related("title", "deputy__town").order_by("title__serial", "title", "pk")
    names: dict[int, str] = {}
    for row in rows:
        name = f"{row.title.name}：{row.deputy.name}（{row.deputy.town.name}）"
        names[row.pk] = f"{name}{row.deputy_id}" if name in names.values() else name
    return names


def votes_of(review: YearReview) -> dict[int, Rate]:
    """Approving of valid votes by nominee, once the ballot is counted."""
    if review.ballot is None or review.ballot.state != BallotState.COUNTED:
        return {}
    found = {line.item.name: line.good for line in results(review.ballot)}
    return {pk: found[name] for pk, name in item_names(review).items() if name in found}


def lines_of(review: YearReview, user: User) -> list[TitleLines]:
    """Titles with the nominees that the person may see, the most votes (or best rank) first."""
    votes = votes_of(review)
    reasons = Recommendation.objects.visible_to(user).select_related("region", "group", "author")
    rows = Nominee.objects.visible_to(user).filter(title__review=review)
    rows = rows.select_related("deputy__town", "title").order_by("pk")
    rows = rows.prefetch_related(Prefetch("recommendations", reasons.order_by("pk"), "seen"))
    files = set(_files_open_to(user, review))
    found = {title.pk: TitleLines(title) for title in review.titles.order_by("serial", "pk")}
    is_office = keeps(user, review)
    is_early = review.state == ReviewState.NOMINATING
    for row in rows:
        kept = Rate(row.votes, row.papers) if row.votes is not None else None
        seen: Sequence[Recommendation] = getattr(row, "seen", ())
        is_own = is_office or any(one.author_id == user.pk for one in seen)
        found[row.title_id].lines.append(
            NomineeLine(
                nominee=row,
                vote=votes.get(row.pk, kept),
                opens=row.deputy_id in files,
                reasons=seen,
                may_withdraw=is_early and is_own,
            )
        )
    for each in found.values():
        each.lines.sort(key=_order)
    return list(found.values())


def _files_open_to(user: User, review: YearReview) -> Iterable[int]:
    named = Nominee.objects.filter(title__review=review).values("deputy")
    return Deputy.objects.visible_to(user).filter(pk__in=named).values_list("pk", flat=True)


def _order(line: NomineeLine) -> tuple[int, int, int]:
    votes = -line.vote.part if line.vote else 0
    return votes, line.nominee.rank or 10**6, line.nominee.pk


def by_rank(review: YearReview, most: int) -> list[Score]:
    """The best of the published result in the review's place; a shared rank is taken whole."""
    if review.sheet is None:
        return []
    rows = Score.objects.filter(sheet=review.sheet, rank__isnull=False, deputy__isnull=False)
    rows = rows.filter(deputy__in=eligible(review))
    found = list(rows.select_related("deputy__town").order_by("rank", "serial"))
    if len(found) <= most:
        return found
    last = found[most - 1].rank or 0
    return [score for score in found if (score.rank or 0) <= last]


def chosen_of(review: YearReview) -> QuerySet[Nominee]:
    rows = Nominee.objects.filter(title__review=review, is_chosen=True)
    rows = rows.select_related("title__review", "title__level", "deputy__town", "honour")
    return rows.order_by("title__serial", "title", "deputy__town__code", "deputy__pinyin", "pk")


def open_objections(review: YearReview) -> QuerySet[ReviewObjection]:
    return ReviewObjection.objects.filter(review=review, upheld=None)


def is_over(review: YearReview, today: dt.date) -> bool:
    """Whether the publicity's last day has passed."""
    return review.public_until is not None and today > review.public_until
