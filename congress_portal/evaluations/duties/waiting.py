"""What of the requirements waits for a deputy, and how many for a town's own office."""

import datetime as dt

from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import User
from congress_portal.core.waiting import MOST_OF_A_KIND, Task
from congress_portal.evaluations.duties.selectors import Standing, boards_now, own_boards
from congress_portal.evaluations.duties.subjects import visible
from congress_portal.evaluations.enums import DutySubject
from congress_portal.evaluations.models import Nudge, Requirement
from congress_portal.evaluations.raters import marks_address, marks_to_give
from deputies.models import Deputy

_AHEAD = 60  # days; what falls due later stays on the page of all requirements


def unfinished_duties(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Own requirements that fall due soon, and those of which somebody has reminded."""
    rows = [
        board.rows[0]
        for board in own_boards(DutySubject.DEPUTY, deputy.pk, today)
        if board.rows[0].missing
    ]
    if not rows:
        return []
    reminded = set(
        Nudge.objects.filter(
            deputy=deputy, period_code__in={row.period.code for row in rows}
        ).values_list("requirement", "period_code")
    )
    tasks = []
    for row in rows:
        is_reminded = (row.requirement.pk, row.period.code) in reminded
        left = (row.period.last - today).days
        if is_reminded or left <= max(_AHEAD, row.requirement.warn_days):
            tasks.append(_task(row, today if is_reminded else row.period.last))
    return sorted(tasks, key=lambda task: task.by)[:MOST_OF_A_KIND]


def _task(row: Standing, by: dt.date) -> Task:
    last = row.period.last
    return Task(
        f"{row.requirement}：还缺{row.missing_words}",
        f"{last.year}年{last.month}月{last.day}日前",
        reverse("evaluations:duty_of", args=[row.requirement.pk, row.who.pk]),
        by,
    )


def marks_asked(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Periods in which the deputy rates oneself, or as a group's officer its members."""
    return [
        Task(
            f"请评分：{each.sheet.scheme.name}（{each.sheet.period.label}）",
            f"还差 {each.missing} 项",
            marks_address(user, each.sheet),
            today + dt.timedelta(days=7),
        )
        for each in marks_to_give(user)[:MOST_OF_A_KIND]
    ]


SOURCES = (unfinished_duties, marks_asked)


def unfinished_of_town(user: User, today: dt.date) -> int:
    """How many requirements the town offices of the person still owe; none for others."""
    if Role.TOWN_STAFF not in user.scope.roles:
        return 0
    base = visible(DutySubject.TOWN, user)
    boards = boards_now(
        Requirement.objects.active().select_related("region"), today, {DutySubject.TOWN: base}
    )
    return sum(board.open for board in boards)
