"""Bounds of what an entry may say about hours (学时); days are bound in ``deputies.days``."""

from decimal import Decimal

from django.core.exceptions import ValidationError

from activities.enums import CountsAs
from activities.models import ActivityForm

MOST_HOURS = 24  # a record is of one day


def hours_fault(form: ActivityForm, hours: Decimal | None) -> str:
    """Why these hours cannot stand with this form; empty when they can."""
    is_training = form.counts_as == CountsAs.TRAINING
    if hours is None:
        return ""
    if not is_training:
        return f"「{form}」不是培训学习，不记学时：请把学时删去，或改活动形式。"
    if not 0 < hours <= MOST_HOURS:
        return f"学时要大于 0，一天最多 {MOST_HOURS}；几天的培训请每天登记一次。"
    return ""


def refuse_hours(form: ActivityForm, hours: Decimal | None) -> None:
    """Raises ValidationError at ``hours``."""
    if fault := hours_fault(form, hours):
        raise ValidationError({"hours": fault})
