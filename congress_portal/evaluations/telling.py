"""What the scored are told at each step of a sheet's life."""

from collections.abc import Iterator

from django.urls import reverse

from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify_each
from congress_portal.evaluations.models import Score, ScoreSheet
from congress_portal.evaluations.standing import last_day_to_object, people_of_scores

_TITLES = {
    "disclosed": "您的得分可以查看了，有异议请提出",
    "closing": "得分的异议期快到了",
    "published": "考评结果已发布",
}


def tell_scored(sheet: ScoreSheet, step: str) -> int:
    """Each scored side once per step and version; a fixed number of queries."""
    return notify_each(_messages(sheet, step))


def _messages(sheet: ScoreSheet, step: str) -> Iterator[tuple[User, Message]]:
    scores = list(Score.objects.filter(sheet=sheet))
    last = last_day_to_object(sheet)
    limit = f"，{last.month}月{last.day}日以前可以提异议" if last else ""
    body = f"{sheet.scheme.name}，{sheet.period.label}，第{sheet.version}版{limit}。"
    people = people_of_scores(scores)
    for score in scores:
        for user in people[score.pk]:
            yield (
                user,
                Message(
                    key=f"sheet:{sheet.pk}:{step}:{score.pk}",
                    title=_TITLES[step],
                    body=f"{score.label}：{body}",
                    link=reverse("evaluations:score", args=[score.pk]),
                ),
            )
