"""The voter asks the station to take name and contact out; the consent text promises it."""

from django.db import transaction

from congress_portal.core.models import User
from congress_portal.core.retention import erase
from suggestions.models import Voice
from suggestions.retention import VOICES
from suggestions.services.voices.steps import VoiceError


@transaction.atomic
def forget_voter(*, actor: User, voice_pk: int, reason: str) -> Voice:
    """By who keeps the matter, once it is closed; the matter and every figure stay.

    Raises Voice.DoesNotExist, VoiceError, NoReasonError.
    """
    rows = Voice.objects.select_for_update(of=("self",)).order_by()
    allowed = Voice.objects.editable_by(actor).order_by().values("pk")
    voice: Voice = rows.get(pk=voice_pk, pk__in=allowed)
    if voice.closed_on is None:
        raise VoiceError("还没有办结，要凭电话告诉选民结果；办结以后再删去。")
    erase(VOICES, voice, reason=reason)
    return voice
