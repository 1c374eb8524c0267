"""Reminders of windows and answers; what the scheme says about silence."""

import datetime as dt

from django.urls import reverse

from congress_portal.core.notices import Message, notify_each
from congress_portal.core.reminders import reminder
from congress_portal.core.workdays import CalendarMissingError, WorkCalendar
from congress_portal.evaluations.deciders import deciders_of
from congress_portal.evaluations.enums import SheetState, Silence
from congress_portal.evaluations.models import Appeal, ScoreSheet
from congress_portal.evaluations.services.appeals import lapse_appeal
from congress_portal.evaluations.telling import tell_scored


@reminder
def remind_of_objections(on: dt.date) -> dict[str, int]:
    """One working day before a window closes, each answer that is due, each that lapsed."""
    return {
        "得分异议期": _closing(on),
        "得分异议待答复": _unanswered(on),
        "得分异议逾期维持": _lapsed(on),
    }


def _closing(on: dt.date) -> int:
    try:
        tomorrow = WorkCalendar().add_workdays(on, 1)
    except CalendarMissingError:
        tomorrow = on + dt.timedelta(days=1)
    rows = ScoreSheet.objects.filter(
        state=SheetState.DISCLOSED, objections_until__range=(on, tomorrow)
    )
    return sum(tell_scored(sheet, "closing") for sheet in rows.select_related("scheme"))


def _unanswered(on: dt.date) -> int:
    soon = on + dt.timedelta(days=1)
    rows = Appeal.objects.open().filter(answer_until__lte=soon)
    told = []
    for appeal in rows.select_related("score__sheet", "line"):
        late = appeal.answer_until < on
        message = Message(
            key=f"appeal:{appeal.pk}:due:{on if late else 'soon'}",
            title=f"得分{appeal.noun}{'逾期' if late else '将到期'}未答复：{appeal.score.label}",
            body=appeal.words,
            link=reverse("evaluations:appeal", args=[appeal.pk]),
            is_urgent=late,
        )
        told += [(user, message) for user in deciders_of(appeal)]
    return notify_each(told)


def _lapsed(on: dt.date) -> int:
    rows = Appeal.objects.open().filter(
        answer_until__lt=on, score__sheet__scheme__silence=Silence.KEEP
    )
    late = list(rows)
    for appeal in late:
        lapse_appeal(appeal)
    return len(late)
