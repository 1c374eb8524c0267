"""A new scale from an old one: what a result rests on stays, its copy may be changed."""

from django.db import transaction

from activities.models import BallotOption, BallotScale, ResultRule
from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User

_LONGEST = 40


class ScaleError(DomainError):
    """The scale is not this person's to copy."""


@transaction.atomic
def copy_scale(*, actor: User, scale_pk: int) -> BallotScale:
    """«满意三档（副本）» with the options and rules of the old one, not yet in use.

    Raises ScaleError for whoever keeps no scales, BallotScale.DoesNotExist.
    """
    if not actor.has_perm("activities.add_ballotscale"):
        raise ScaleError("票式由管理票式的工作人员新建。")
    old = BallotScale.objects.visible_to(actor).get(pk=scale_pk)
    new = BallotScale(
        name=_free_name(old.name), source=old.source, share_of=old.share_of, is_active=False
    )
    save_recorded(new)
    options = {row.pk: _copy_option(row, new) for row in old.options.order_by("order", "pk")}
    for rule in old.rules.order_by("order", "pk"):
        copied = ResultRule(
            scale=new, order=rule.order, first=options[rule.first_id], last=options[rule.last_id],
            comparison=rule.comparison, percent=rule.percent, result=rule.result,
            advice=rule.advice,
        )  # fmt: skip
        save_recorded(copied)
    return new


def _copy_option(row: BallotOption, scale: BallotScale) -> BallotOption:
    option = BallotOption(
        scale=scale, label=row.label, order=row.order, points=row.points, is_good=row.is_good
    )
    save_recorded(option)
    return option


def _free_name(name: str) -> str:
    """The name with （副本）, （副本2） and so on, within the length of the column."""
    taken = set(BallotScale.objects.values_list("name", flat=True))
    number = 1
    while True:
        mark = f"（副本{number}）" if number > 1 else "（副本）"
        if (free := name[: _LONGEST - len(mark)] + mark) not in taken:
            return free
        number += 1
