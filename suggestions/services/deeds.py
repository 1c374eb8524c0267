"""The ledger of things done for people: entered, verified, let out to the public (M132)."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.masking import count_numbers
from congress_portal.core.models import User
from congress_portal.core.stale import refuse_stale
from stations.models import Station
from suggestions.enums import DeedSource, VoiceSource
from suggestions.models import Deed, Voice


class DeedError(DomainError):
    """A rule of the ledger refuses the input."""


def log_deed(
    *,
    actor: User,
    values: Mapping[str, Any],
    voice: Voice | None = None,
    photo: ContentFile | None = None,
    key: uuid.UUID | None = None,
) -> Deed:
    """Enter a thing done; it waits to be verified. The same ``key`` gives the same row.

    From a closed ``voice`` the place, station, deputy and unit are the voice's where not given.
    Raises DeedError, ValidationError.
    """
    if found := _entered(actor, key):
        return found
    deed = Deed(**values, entered_by=actor, idempotency_key=key)
    if voice is not None:
        _link(deed, voice)
    if not actor.scope.may_write_code(deed.region.code) and not _keeps(actor, deed):
        raise DeedError("由这个镇（街道）的人大工作人员或者家站登记。")
    if photo:
        deed.photo.save(f"{uuid.uuid4().hex}.jpg", photo, save=False)
    try:
        with transaction.atomic():
            save_recorded(deed)
    except IntegrityError:
        if found := _entered(actor, key):
            return found
        raise
    return deed


@transaction.atomic
def change_deed(
    *,
    actor: User,
    deed_pk: int,
    values: Mapping[str, Any],
    seen: str,
    photo: ContentFile | None = None,
) -> Deed:
    """Mend a row; it is no longer public and waits to be verified anew, also where it was refused.

    Raises DeedError, StaleRecordError, ValidationError, Deed.DoesNotExist.
    """
    deed = _locked(actor, deed_pk)
    refuse_stale(deed, seen)
    for name, value in values.items():
        setattr(deed, name, value)
    if not actor.scope.may_write_code(deed.region.code) and not _keeps(actor, deed):
        raise DeedError("由这个镇（街道）的人大工作人员或者家站登记。")
    if photo:
        deed.photo.save(f"{uuid.uuid4().hex}.jpg", photo, save=False)
    deed.verification, deed.is_published = Verification.PENDING, False
    deed.verified_by = deed.verified_at = None
    deed.refusal_reason = ""
    return save_recorded(deed)  # type: ignore[return-value]


def _locked(actor: User, pk: int) -> Deed:
    allowed = Deed.objects.editable_by(actor).order_by().values("pk")
    rows = Deed.objects.select_for_update(of=("self",)).order_by()
    deed: Deed = rows.get(pk=pk, pk__in=allowed)
    return deed


def _entered(actor: User, key: uuid.UUID | None) -> Deed | None:
    rows = Deed.objects.filter(idempotency_key=key, entered_by=actor)
    return rows.first() if key else None


def _keeps(actor: User, deed: Deed) -> bool:
    rows = Station.objects.editable_by(actor).filter(pk=deed.station_id)
    return deed.station_id is not None and rows.exists()


def _link(deed: Deed, voice: Voice) -> None:
    if voice.closed_on is None:
        raise DeedError("办结以后的意见才能记入办实事台账。")
    if Deed.objects.filter(voice=voice).exists():
        raise DeedError("这件意见已经记入办实事台账。")
    is_wish = voice.source == VoiceSource.WISH
    deed.source = DeedSource.WISH if is_wish else DeedSource.VOICE
    deed.voice, deed.region = voice, voice.region
    deed.station = deed.station or voice.station
    deed.deputy = deed.deputy or voice.deputy
    deed.unit = deed.unit or voice.unit


@transaction.atomic
def check_deed(
    *, actor: User, deed_pk: int, is_true: bool, is_published: bool, reason: str, seen: str
) -> Deed:
    """Verify or refuse; what is let out names neither the voter nor anybody's number.

    Raises DeedError, StaleRecordError, Deed.DoesNotExist.
    """
    deed = _locked(actor, deed_pk)
    if not actor.scope.may_write_code(deed.region.code):
        raise DeedError("由镇（街道）以上人大工作人员核实。")
    refuse_stale(deed, seen)
    if not is_true and not reason:
        raise DeedError("不予核实的，要写明原因。")
    if is_true and is_published:
        _refuse_personal(deed)
    deed.verification = Verification.VERIFIED if is_true else Verification.REFUSED
    deed.verified_by, deed.verified_at = actor, timezone.now()
    deed.refusal_reason = "" if is_true else reason
    deed.is_published = is_true and is_published
    return save_recorded(deed)  # type: ignore[return-value]


def _refuse_personal(deed: Deed) -> None:
    if count_numbers(deed.title):
        raise DeedError("名称里有电话或证件号码，公开前请改。")
    name = deed.voice.visitor_name if deed.voice else ""
    if name and name in deed.title:
        raise DeedError("名称里有选民的姓名，公开前请改。")
