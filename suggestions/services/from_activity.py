"""A problem that an activity found becomes a voice, so that it goes the voices' way (M53)."""

from django.db import transaction
from django.utils import timezone

from activities.models import Finding
from activities.selectors.findings import may_run
from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from suggestions.enums import VoiceSource
from suggestions.models import Voice
from suggestions.services.voices.handling import start_at_unit


class FromActivityError(DomainError):
    """The finding cannot become a voice, or not by this person."""


@transaction.atomic
def voice_from_finding(*, actor: User, finding_pk: int) -> Voice:
    """Make the one voice of a finding; a second time gives the same voice.

    Raises Finding.DoesNotExist for what the person may not see, FromActivityError.
    """
    rows = Finding.objects.visible_to(actor).filter(pk=finding_pk).values("pk")
    finding = Finding.objects.select_for_update(of=("self",)).get(pk__in=rows)
    if found := Voice.objects.filter(finding=finding).first():
        return found
    activity = finding.activity
    if not may_run(actor, activity):
        raise FromActivityError("转为群众意见，由组织活动的工作人员办理。")
    if finding.closed_on:
        raise FromActivityError("这个问题已经办结，不用再转为群众意见。")
    voice = Voice(
        source=VoiceSource.ACTIVITY,
        raised_on=min(activity.held_on, timezone.localdate()),
        activity=activity,
        finding=finding,
        station=activity.station,
        region=activity.region,
        field=finding.field,
        matter=finding.text,
    )
    told = f"由活动「{activity}」发现的问题转来"
    save_recorded(voice, reason=told)
    if finding.unit:
        start_at_unit(
            voice=voice, unit=finding.unit, actor=actor, comment=told, due_on=finding.due_on
        )
    return voice
