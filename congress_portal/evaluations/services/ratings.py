"""Marks of raters and the office's adjustments, each with its author."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.evaluations.enums import Rater
from congress_portal.evaluations.marks import ADJUSTMENT, RATING
from congress_portal.evaluations.models import Rating, ScoreSheet
from congress_portal.evaluations.raters import raters_for
from congress_portal.evaluations.standing import takes_marks


class RatingError(DomainError):
    """This mark may not be given by this person, or not now."""


def rate(
    *,
    actor: User,
    sheet: ScoreSheet,
    indicator: str,
    subject: Any,
    rater: str,
    points: Decimal,
    reason: str = "",
    proof: str = "",
) -> Rating:
    """Give or change a mark; an adjustment is always a new line. Raises RatingError,
    ValidationError."""
    found = [each for each in sheet.scheme_data["indicators"] if each["name"] == indicator]
    data: dict[str, Any] = found[0] if found else {}
    wanted = ADJUSTMENT if rater == Rater.ADJUST else RATING
    if data.get("metric") != wanted:
        raise RatingError("这一项不由人评分。")
    if rater not in raters_for(actor, sheet, data, subject):
        raise RatingError("这一项不由您评分。")
    full = Decimal(data["full"])
    if not -full <= points <= full or (rater != Rater.ADJUST and points < 0):
        lowest = f"−{full:f}" if rater == Rater.ADJUST else "0"
        raise RatingError(f"「{indicator}」的分应在 {lowest} 到 {full:f} 之间。")
    with transaction.atomic():
        # the check takes the same lock, so that no mark slips in behind it
        locked = ScoreSheet.objects.select_for_update(of=("self",)).order_by().get(pk=sheet.pk)
        if not takes_marks(locked, subject):
            raise RatingError("这一期的评分已经关闭；要补评，请常委会工作人员临时开放。")
        rating = _row(actor, locked, indicator, subject, rater)
        rating.points, rating.given_at = points, timezone.now()
        rating.reason, rating.proof = reason.strip(), proof.strip()
        if rater == Rater.ADJUST and not (rating.reason and rating.proof):
            raise RatingError("加减分要写明理由和依据。")
        save_recorded(rating, reason=rating.reason)
    return rating


def _row(actor: User, sheet: ScoreSheet, indicator: str, subject: Any, rater: str) -> Rating:
    key = {
        "scheme": sheet.scheme,
        "period_code": sheet.period_code,
        "indicator": indicator,
        "rater": rater,
        "author": actor,
        sheet.scheme_data["subject_type"]: subject,
    }
    if rater != Rater.ADJUST and (found := Rating.objects.filter(**key).first()):
        return found  # type: ignore[no-any-return]
    return Rating(first_day=sheet.first_day, last_day=sheet.last_day, **key)
