"""What supervision adds to the page of an activity."""

from dataclasses import dataclass

from django import template
from django.utils import timezone

from activities.models import Activity, Ballot, Finding
from activities.selectors import findings as selectors
from activities.selectors.campaigns import Output, output_of, with_output
from activities.selectors.findings import Progress, Standing
from congress_portal.core.models import User

register = template.Library()


@dataclass(frozen=True)
class Supervision:
    """``may_add``: findings; ``may_run``: whatever the office organises on the activity."""

    lines: list[tuple[Finding, Standing]]
    progress: Progress
    output: Output
    ballots: list[Ballot]
    questions: int
    is_opinion_meeting: bool
    is_inquiry: bool
    may_add: bool
    may_run: bool


@register.simple_tag
def supervision_of(user: User, activity: Activity) -> Supervision:
    """The findings, ballots and questions of an activity that the reader may see."""
    today = timezone.localdate()
    rows = Finding.objects.visible_to(user).filter(activity=activity)
    findings = list(rows.select_related("unit").order_by("serial", "pk"))
    ballots = Ballot.objects.visible_to(user).filter(activity=activity).order_by("pk")
    return Supervision(
        [(row, selectors.standing(row, today)) for row in findings],
        selectors.progress(findings),
        output_of(with_output(Activity.objects.filter(pk=activity.pk)).get()),
        list(ballots),
        activity.questions.count(),
        selectors.is_form(activity, selectors.OPINION_MEETING),
        selectors.is_form(activity, selectors.INQUIRY),
        selectors.may_add(user, activity),
        selectors.may_run(user, activity),
    )
