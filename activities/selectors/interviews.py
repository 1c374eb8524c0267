"""约见: who stands where, and the list."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from activities.enums import InterviewState
from activities.models import Interview
from activities.selectors.findings import Standing
from activities.supervision_workflow import Side
from congress_portal.core.models import User

FORM = "约见"

_STANDING = {
    InterviewState.ASKED: Standing("●", "待安排", "soon"),
    InterviewState.ARRANGED: Standing("▲", "已安排", ""),
    InterviewState.HELD: Standing("✓", "已约见", ""),
    InterviewState.DECLINED: Standing("■", "未安排", "refused"),
}


def standing(row: Interview) -> Standing:
    return _STANDING[InterviewState(row.state)]


def sides_of(user: User, row: Interview) -> frozenset[Side]:
    found = set()
    if user.scope.may_write_code(row.region.code):
        found.add(Side.OFFICE)
    if row.unit_id in user.scope.unit_ids:
        found.add(Side.UNIT)
    if user.scope.deputy_user_id is not None and row.deputy.user_id == user.pk:
        found.add(Side.DEPUTY)
    return frozenset(found)


def in_full(rows: QuerySet[Interview]) -> QuerySet[Interview]:
    return rows.select_related("deputy__town", "region", "unit").prefetch_related("fellows")


def in_order(rows: QuerySet[Interview]) -> QuerySet[Interview]:
    """What waits for the office first, then what is arranged, then the past."""
    places = [InterviewState.ASKED, InterviewState.ARRANGED]
    whens = [When(state=state, then=Value(place)) for place, state in enumerate(places)]
    order = Case(*whens, default=Value(len(places)), output_field=IntegerField())
    return rows.annotate(place_in_list=order).order_by("place_in_list", "-asked_on", "-pk")


def to_arrange(user: User) -> QuerySet[Interview]:
    return Interview.objects.editable_by(user).filter(state=InterviewState.ASKED)
