"""The reception desk: each visitor's matter a voice with a number of the station's series."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.submissions import claim, found_by
from stations.models import Enterprise, Reception, ReceptionNumber, Station
from stations.services.numbers import next_number
from stations.services.receptions import locked_station, open_reception
from suggestions.enums import VoiceParty, VoiceSource, VoiceState
from suggestions.models import Voice, VoiceCase, VoiceLog
from suggestions.selectors.voice_states import state_of
from suggestions.services.voices.handling import start_at_unit
from suggestions.services.voices.steps import voice_step
from suggestions.voice_workflow import VoiceAction


class DeskError(DomainError):
    """The matter cannot be entered or changed in this way."""


@dataclass(frozen=True)
class Visitor:
    """What the form of one visitor says; name, phone, village and enterprise may be left out."""

    matter: str
    visitor_name: str = ""
    visitor_phone: str = ""
    village: Region | None = None
    enterprise: Enterprise | None = None
    field: DictionaryEntry | None = None
    route: DictionaryEntry | None = None
    unit: Unit | None = None
    is_confidential: bool = False
    wants_answer: bool = False
    is_settled: bool = False


@transaction.atomic
def receive_visitor(
    *,
    actor: User,
    station: Station,
    held_on: dt.date,
    visitor: Visitor,
    sheet: ReceptionNumber | None = None,
    key: uuid.UUID | None = None,
) -> Voice:
    """Enter one visitor at the desk, or later from the paper form ``sheet`` (代录).

    The day's reception is opened with the first of them. The same ``key`` always gives the same
    voice. Raises DeskError, ReceptionError, ValidationError.
    """
    if held_on > timezone.localdate():
        raise DeskError("还没到这一天，不能登记来访。")
    station = locked_station(actor, station)
    if done := found_by(key, actor=actor, model=Voice):
        return Voice.objects.get(pk=done)
    number = _taken(sheet, station) if sheet else next_number(station, held_on.year)
    reception = open_reception(actor=actor, station=station, held_on=held_on)
    voice = Voice(
        source=VoiceSource.RECEPTION, reception=reception, station=station, number=number,
        region=station.region, raised_on=held_on,
    )  # fmt: skip
    _fill(voice, visitor)
    unit, voice.unit = (None, visitor.unit) if visitor.is_settled else (visitor.unit, None)
    save_recorded(voice)
    save_recorded(VoiceCase(voice=voice))  # so that the voter finds it by its number
    if unit:
        start_at_unit(voice=voice, unit=unit, actor=actor, comment="接待时转来")
    if reception.no_visitors:
        _set_no_visitors(reception, value=False)
    if not claim(key, actor=actor, row=voice):
        raise DeskError("这张登记表刚才已经保存，没有重复登记。")
    return voice


def _taken(sheet: ReceptionNumber, station: Station) -> ReceptionNumber:
    """The paper form's number, if it is this station's, printed and not used yet."""
    row = ReceptionNumber.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if row.station_id != station.pk:
        raise DeskError("这个登记号不是本站的。")
    if row.void_reason:
        raise DeskError(f"第 {row.serial} 号登记表已经作废：{row.void_reason}。")
    if Voice.objects.filter(number=row).exists():
        raise DeskError(f"第 {row.serial} 号登记表已经录入。")
    return row


def _fill(voice: Voice, visitor: Visitor) -> None:
    for name in (
        "matter", "visitor_name", "visitor_phone", "village", "enterprise", "field", "route",
        "unit", "is_confidential", "wants_answer",
    ):  # fmt: skip
        setattr(voice, name, getattr(visitor, name))
    voice.closed_on = voice.raised_on if visitor.is_settled else None
    if voice.wants_answer and not voice.visitor_phone and not visitor.is_settled:
        raise DeskError(
            "要反馈结果的，请留一个联系电话；不愿留电话的，请告诉选民什么时候来站里问。"
        )


@transaction.atomic
def close_without_visitors(*, actor: User, station: Station, held_on: dt.date) -> Reception:
    """Nobody came: the day was held all the same. Raises DeskError where somebody did."""
    if held_on > timezone.localdate():
        raise DeskError("还没到这一天。")
    station = locked_station(actor, station)
    found = Reception.objects.filter(station=station, held_on=held_on).first()
    if found is None or not found.duties.exists():
        raise DeskError("请先登记哪位代表到岗；没有代表到岗的，不算开展了接待。")
    if found.voices.exists():
        raise DeskError("这一天已登记了来访的选民。")
    return _set_no_visitors(found, value=True)


_IN_WORK = (
    VoiceState.WITH_UNITS, VoiceState.CONSULTING, VoiceState.TURNED, VoiceState.REDO,
)  # fmt: skip


def _refuse_closing(voice: Voice) -> None:
    """What goes its way by steps is closed by them; what the voter said is the voter's."""
    spoke = VoiceLog.objects.filter(voice=voice, party=VoiceParty.VOTER)
    if spoke.filter(action__in=(VoiceAction.CONFIRM, VoiceAction.REOPEN)).exists():
        raise DeskError("选民已在网上说了是否解决、怎样评价，这里不能改；请在意见页面按步骤办理。")
    case = VoiceCase.objects.filter(voice=voice, state__in=_IN_WORK).first()
    if case:
        raise DeskError(f"这件事正在办理（{case.get_state_display()}），请先在意见页面按步骤答复。")


def _set_no_visitors(reception: Reception, *, value: bool) -> Reception:
    if reception.no_visitors != value:
        reception.no_visitors = value
        save_recorded(reception, clean=False)
    return reception


@transaction.atomic
def note_answer(
    *,
    actor: User,
    voice_pk: int,
    voter_told_on: dt.date | None,
    voter_told_how: str,
    deputies_told_on: dt.date | None,
    closed_on: dt.date | None,
    rating: str = "",
) -> Voice:
    """Note that voter and deputies were told what became of it. Raises DeskError."""
    rows = Voice.objects.editable_by(actor).select_for_update(of=("self",))
    voice: Voice | None = rows.filter(pk=voice_pk).first()
    if voice is None:
        raise DeskError("没有这条意见，或者您不能登记它的反馈。")
    if (closed_on, rating) != (voice.closed_on, voice.rating):
        _refuse_closing(voice)
    voter_told_how = voter_told_how.strip()
    if voter_told_on and not voter_told_how:
        raise DeskError("请写明怎样告知选民的，如：电话告知。")
    told = (voter_told_on, voter_told_how)
    is_news = voter_told_on is not None and told != (voice.voter_told_on, voice.voter_told_how)
    if closed_on and not voice.closed_on:
        given = {"voice_pk": voice.pk, "party": VoiceParty.SYSTEM}
        with voice_step(VoiceAction.SETTLE, actor=actor, **given) as now:  # type: ignore[arg-type]
            now.voice.closed_on = closed_on
    if is_news and state_of(voice) in (VoiceState.ANSWERED, VoiceState.CLOSED):
        given = {"voice_pk": voice.pk, "party": VoiceParty.OFFICE, "comment": voter_told_how}
        with voice_step(VoiceAction.TELL, actor=actor, **given):  # type: ignore[arg-type]
            pass
    voice.refresh_from_db()
    voice.voter_told_on, voice.voter_told_how = told
    voice.deputies_told_on, voice.closed_on, voice.rating = deputies_told_on, closed_on, rating
    save_recorded(voice)
    return voice
