"""Where voters' names and contacts lie in this app."""

import datetime as dt

from django.db.models import QuerySet

from congress_portal.core.retention import Kept, keeps
from suggestions.models import Intake, Voice


def _closed_voices(day: dt.date) -> QuerySet[Voice]:
    return Voice.objects.filter(closed_on__lt=day)


def _decided_letters(day: dt.date) -> QuerySet[Intake]:
    return Intake.objects.filter(decided_at__date__lt=day)


VOICES = keeps(
    Kept("voice", "群众意见里的选民", Voice, _closed_voices, "visitor_phone", texts=("matter",))
)
LETTERS = keeps(
    Kept("intake", "来信的寄件人", Intake, _decided_letters, "sender_address", texts=("body",))
)
