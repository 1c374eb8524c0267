"""What a deputy heard from a voter outside a reception, put down where it was heard."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from activities.models import Visit
from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.notices import Message, notify, office_people
from deputies.days import refuse_day
from deputies.models import Deputy
from suggestions.enums import VoiceSource
from suggestions.models import Voice


class ConsentError(DomainError):
    """A voter's name may be kept only with the voter's consent (个人信息保护法 §13)."""


def log_voice(
    *,
    actor: User,
    deputy: Deputy,
    raised_on: dt.date,
    matter: str,
    village: Region | None = None,
    visit: Visit | None = None,
    field: DictionaryEntry | None = None,
    visitor_name: str = "",
    visitor_phone: str = "",
    has_consent: bool = False,
    key: uuid.UUID | None = None,
) -> Voice:
    """Enter one voter's matter; the same ``key`` always gives the same voice.

    Raises ConsentError, DomainError, ValidationError.
    """
    if found := _heard_before(actor, key):
        return found
    if (visitor_name or visitor_phone) and not has_consent:
        raise ConsentError("选民同意，才能留下姓名和电话；不同意的，只写反映的事情。")
    if visit is not None and visit.deputy_id != deputy.pk:
        raise DomainError("只能选自己的走访。")
    refuse_day(deputy, raised_on, field="raised_on")
    village = village or (visit.village if visit else None)
    voice = Voice(
        source=VoiceSource.VISIT, deputy=deputy, visit=visit, raised_on=raised_on, matter=matter,
        village=village, field=field, visitor_name=visitor_name, visitor_phone=visitor_phone,
        has_consent=has_consent, entered_by=actor, idempotency_key=key,
        region=village.parent if village and village.parent else deputy.town,
    )  # fmt: skip
    try:
        with transaction.atomic():
            save_recorded(voice)
            notify(office_people(voice.region), _heard(voice))
    except (IntegrityError, ValidationError):
        if found := _heard_before(actor, key):
            return found
        raise
    return voice


def _heard_before(actor: User, key: uuid.UUID | None) -> Voice | None:
    if key is None:
        return None
    return Voice.objects.filter(idempotency_key=key, entered_by=actor).first()


def _heard(voice: Voice) -> Message:
    """Without the voter's name: notices leave the portal."""
    return Message(
        key=f"voice-heard-{voice.pk}",
        title=f"{voice.deputy}代表转来一件群众意见",
        body=voice.said[:200],
        link=reverse("suggestions:voice_detail", args=[voice.pk]),
    )
