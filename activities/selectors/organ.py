"""Who works in towns' congress organs, and whether it is their first duty (M09, M10)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from activities.models.support import DutyShare, OrganRule, StaffPost
from activities.models.support.organ import StaffPostQuerySet
from activities.support_enums import WorkTime
from congress_portal.core.figures import Rate
from congress_portal.core.models import User
from congress_portal.core.periods import Period

#: What the list of posts narrows to; figures open into it.
CHOICES = [
    ("vacant", "空缺"),
    ("filled", "在岗"),
    ("full", "专职"),
    ("chair", "主席（主任）"),
    ("loaded", "主席兼有其他工作"),
    ("flagged", "人大工作不是第一职责、兼管过多"),
    ("untold", "主席没有登记分工"),
]


def number_of(period: Period) -> int:
    """The quarter's number within its year."""
    return (period.first.month + 2) // 3


def rule_for(user: User) -> OrganRule:
    """The numbers of the person's county, or the defaults."""
    prefixes = user.scope.read_prefixes if user.is_authenticated else ()
    return OrganRule.objects.all().of(prefixes[0] if prefixes else "")


def shares_in(period: Period) -> QuerySet[DutyShare]:
    return DutyShare.objects.filter(year=period.first.year, quarter=number_of(period))


def posts_on(user: User, period: Period) -> StaffPostQuerySet:
    """Posts that existed on the quarter's last day, with its division of work."""
    rows = StaffPost.objects.visible_to(user).on(period.last)
    shares = Prefetch("duty_shares", shares_in(period).order_by("-share", "pk"), to_attr="told")
    ordered = rows.select_related("region", "kind").prefetch_related(shares)
    return ordered.order_by("region__code", "kind__order", "pk")


def with_state(
    rows: QuerySet[StaffPost], state: str, period: Period, rule: OrganRule
) -> QuerySet[StaffPost]:
    """``rows`` narrowed by a code of ``CHOICES``, as of the quarter."""
    own = shares_in(period).filter(post=OuterRef("pk"))
    chairs = rows.exclude(name="").filter(kind__is_chair=True)
    match state:
        case "vacant":
            return rows.filter(name="")
        case "filled":
            return rows.exclude(name="")
        case "full":
            return rows.filter(time=WorkTime.FULL)
        case "chair":
            return chairs
        case "loaded":
            return chairs.filter(Exists(own.filter(is_congress=False)))
        case "untold":
            return chairs.filter(~Exists(own))
        case _:
            return _flagged(chairs, period, rule)


def _flagged(chairs: QuerySet[StaffPost], period: Period, rule: OrganRule) -> QuerySet[StaffPost]:
    other, own = Q(is_congress=False), Q(is_congress=True)
    told = (
        shares_in(period)
        .order_by()
        .values("post")
        .annotate(
            congress=Coalesce(Sum("share", filter=own), 0),
            biggest=Coalesce(Max("share", filter=other), 0),
            others=Count("pk", filter=other),
        )
        .filter(Q(congress__lt=F("biggest")) | Q(others__gte=rule.portfolios_most))
    )
    return chairs.filter(pk__in=told.values("post"))


@dataclass(frozen=True)
class PostLine:
    """A post with the quarter's division of work. ``flags`` are in words, empty without fault."""

    post: StaffPost
    congress: int
    others: list[DutyShare]
    is_told: bool
    flags: tuple[str, ...]


def line_of(post: Any, rule: OrganRule) -> PostLine:
    """``post`` is one of ``posts_on``."""
    congress = sum(each.share for each in post.told if each.is_congress)
    others = [each for each in post.told if not each.is_congress]
    biggest = max(others, key=lambda each: each.share, default=None)
    flags = []
    if post.kind.is_chair and post.name:
        if biggest and biggest.share > congress:
            flags.append(f"人大工作只占 {congress}%，{biggest.work}占 {biggest.share}%")
        if len(others) >= rule.portfolios_most:
            flags.append(f"兼管其他工作 {len(others)} 项")
    return PostLine(post, congress, others, bool(post.told), tuple(flags))


@dataclass(frozen=True)
class OrganReport:
    """N of M: chairs with other duties of those whose post is filled, and the rest of it."""

    loaded: Rate
    flagged: int
    untold: int
    vacant: Rate
    full: Rate


def organ_report(user: User, period: Period, rule: OrganRule) -> OrganReport:
    """Of every post in the reader's scope on the quarter's last day; two queries."""
    lines = [line_of(post, rule) for post in posts_on(user, period)]
    filled = [line for line in lines if line.post.name]
    chairs = [line for line in filled if line.post.kind.is_chair]
    return OrganReport(
        loaded=Rate(sum(bool(line.others) for line in chairs), len(chairs)),
        flagged=sum(bool(line.flags) for line in chairs),
        untold=sum(not line.is_told for line in chairs),
        vacant=Rate(len(lines) - len(filled), len(lines)),
        full=Rate(sum(line.post.time == WorkTime.FULL for line in filled), len(filled)),
    )


def history_of(post: StaffPost) -> list[tuple[tuple[int, int], list[DutyShare]]]:
    """The post's quarters with their division of work, newest first."""
    found: dict[tuple[int, int], list[DutyShare]] = {}
    for share in post.duty_shares.order_by("-year", "-quarter", "-share", "pk"):
        found.setdefault((share.year, share.quarter), []).append(share)
    return list(found.items())
