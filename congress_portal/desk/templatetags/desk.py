"""What the admin's first page gathers; the page itself is Django's."""

from typing import Any

from django import template
from django.utils import timezone

from congress_portal.core.models import User
from congress_portal.core.periods import quarter_of
from congress_portal.desk.selectors.admin_home import ModelGroup, frequent_actions, model_groups
from congress_portal.desk.selectors.waiting import progress_by_town, waiting_for_staff

register = template.Library()


@register.simple_tag
def staff_home(user: User) -> dict[str, Any]:
    """What waits, the quarter so far by town, and the links used most, within the user's scope."""
    today = timezone.localdate()
    period = quarter_of(today)
    writes = bool(user.scope.write_prefixes)
    return {
        "writes": writes,
        "waiting": waiting_for_staff(user, today) if writes else [],
        "period": period,
        "towns": progress_by_town(user, period) if writes else [],
        "actions": frequent_actions(user),
    }


@register.simple_tag
def grouped_models(app_list: list[dict[str, Any]]) -> list[ModelGroup]:
    return model_groups(app_list)
