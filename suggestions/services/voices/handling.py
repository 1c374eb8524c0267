"""The steps of office, deputies and units; what each adds besides the state."""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import Unit, User
from congress_portal.core.notices import Message, notify, unit_people
from congress_portal.core.workdays import CalendarMissingError, WorkCalendar
from deputies.models import Deputy
from suggestions.enums import Share, VoiceParty, VoicePhotoKind, VoiceState
from suggestions.models import RightDoor, Voice, VoiceCase, VoicePart, VoicePhoto, VoiceRule
from suggestions.selectors.voice_doors import is_answered_on_paper, may_turn, own_part
from suggestions.selectors.voice_states import parties_of_voice, state_of
from suggestions.selectors.wishes import WISH_HOLDS, is_wished_for
from suggestions.services.drafting import draft_from_voice
from suggestions.services.voices.steps import VoiceError, VoiceStep, voice_step
from suggestions.services.voices.voter import reset_for_redo
from suggestions.voice_workflow import VoiceAction
from suggestions.workflow import NotYoursError


@dataclass(frozen=True)
class Facts:
    """What a step's form says besides the comment; each action uses its own."""

    lead: Unit | None = None
    assisting: Sequence[Unit] = ()
    due_on: dt.date | None = None
    main: Voice | None = None
    door: RightDoor | None = None
    deputy: Deputy | None = None
    told_how: str = ""
    rating: str = ""
    is_solved: bool = True
    before: ContentFile | None = None
    after: ContentFile | None = None


NOTHING_MORE = Facts()


@dataclass
class _Doing:
    now: VoiceStep
    facts: Facts
    actor: User
    relayed: list[int] = field(default_factory=list)
    words: str = ""  # of the answer that is relayed, where it is not the step's own


def take_voice_step(
    *,
    action: VoiceAction,
    voice_pk: int,
    actor: User,
    comment: str = "",
    facts: Facts = NOTHING_MORE,
    seen: str | None = None,
    key: uuid.UUID | None = None,
) -> Voice:
    """Do one step for the signed-in person; all of it or nothing.

    Raises Voice.DoesNotExist, StaleRecordError, VoiceError and the table's errors.
    """
    if action in WISH_HOLDS and is_wished_for(voice_pk):
        raise VoiceError(
            "这件事作为微心愿公布着，请在微心愿里办；要按一般意见办的，先退回认领、撤下公布。"
        )
    if facts.due_on and facts.due_on < timezone.localdate():
        raise VoiceError("办理期限不能早于今天。")
    given = {"voice_pk": voice_pk, "actor": actor, "comment": comment, "seen": seen, "key": key}
    with voice_step(action, **given) as now:  # type: ignore[arg-type]
        doing = _Doing(now, facts, actor)
        if effect := _EFFECTS.get(action):
            effect(doing)
        _keep_photos(doing)
    for pk in doing.relayed:
        relay = {"voice_pk": pk, "actor": None, "party": VoiceParty.SYSTEM}
        words = doing.words or comment
        with voice_step(VoiceAction.RELAY, comment=words, **relay):  # type: ignore[arg-type]
            pass
    if action == VoiceAction.LOOK_BACK and not facts.is_solved:
        return take_voice_step(
            action=VoiceAction.REOPEN, voice_pk=voice_pk, actor=actor,
            comment=f"回访没有落实：{comment}",
        )  # fmt: skip
    return now.voice


def start_at_unit(
    *, voice: Voice, unit: Unit, actor: User, comment: str, due_on: dt.date | None = None
) -> None:
    """A matter whose unit is known when it is entered goes to it at once, with its day.

    In the caller's transaction; the caller has seen to it that ``actor`` may. Raises VoiceError.
    """
    given = {"voice_pk": voice.pk, "actor": actor, "party": VoiceParty.OFFICE}
    with voice_step(VoiceAction.ACCEPT, **given):  # type: ignore[arg-type]
        pass
    with voice_step(VoiceAction.ASSIGN, comment=comment, **given) as now:  # type: ignore[arg-type]
        _assign(_Doing(now, Facts(lead=unit, due_on=due_on), actor))
    voice.refresh_from_db()


def _assign(doing: _Doing) -> None:
    facts, voice = doing.facts, doing.now.voice
    if facts.lead is None:
        raise VoiceError("请选主办单位。")
    if facts.lead in facts.assisting:
        raise VoiceError("主办单位不用再选为协办。")
    now = timezone.now()
    days = VoiceRule.objects.all().of(voice.region).unit_days
    due_on = facts.due_on or _due(days)
    for row in VoicePart.objects.all().running().filter(voice=voice):
        row.ended_at = now
        save_recorded(row)
    shares = [(facts.lead, Share.LEAD), *((unit, Share.ASSIST) for unit in facts.assisting)]
    for unit, share in shares:
        part = VoicePart(voice=voice, unit=unit, share=share, due_on=due_on, handed_over_at=now)
        save_recorded(part)
        message = Message(
            key=f"voice-part-{part.pk}",
            title=f"交来一件群众意见，{due_on:%m月%d日}前办理",
            body=voice.said[:200],
            link=f"/voices/{voice.pk}/",
        )
        notify(unit_people(unit), message)
    voice.unit = facts.lead


def _due(workdays: int) -> dt.date:
    """So many working days from today; weekends alone are left out while no calendar is there.

    A visitor at the desk in December is not sent away because the next year is not laid down.
    """
    today = timezone.localdate()
    try:
        return WorkCalendar().add_workdays(today, workdays)
    except CalendarMissingError:
        days = (today + dt.timedelta(days=n) for n in itertools.count(1))
        return next(itertools.islice((d for d in days if d.weekday() < 5), workdays - 1, None))


def _own_part(doing: _Doing) -> VoicePart:
    part = own_part(doing.actor, doing.now.voice)
    if part is None:
        raise NotYoursError("这一步由承办单位操作。")
    return part


def _opinion(doing: _Doing) -> None:
    part = _own_part(doing)
    if part.share == Share.LEAD:
        raise VoiceError("主办单位请直接答复。")
    part.answer, part.ended_at = doing.now.comment, timezone.now()
    save_recorded(part)


def _hand_back(doing: _Doing) -> None:
    part = _own_part(doing)
    if part.share != Share.LEAD:
        raise VoiceError("协办单位请写协办意见；整件退回由主办单位提出。")
    now = timezone.now()
    for row in VoicePart.objects.all().running().filter(voice=doing.now.voice):
        row.ended_at = now
        save_recorded(row)
    doing.now.voice.unit = None


def _answer(doing: _Doing) -> None:
    voice, now = doing.now.voice, timezone.now()
    parts = VoicePart.objects.all().running().filter(voice=voice)
    if doing.now.start == VoiceState.WITH_UNITS and parts.exists():
        if VoiceParty.UNIT in parties_of_voice(doing.actor, voice):
            if _own_part(doing).share != Share.LEAD:
                raise VoiceError("由主办单位答复；协办单位请写协办意见。")
        elif not is_answered_on_paper(voice):
            raise NotYoursError("正在单位办理，由主办单位答复。")
    for row in parts:
        if row.share == Share.LEAD:
            row.answer = doing.now.comment
        row.ended_at = now
        save_recorded(row)
    _solved(doing)


def _solved(doing: _Doing) -> None:
    """The hours to solve run from the voter's post to the answer (M74)."""
    doing.now.case.solved_at = timezone.now()
    told = [VoiceState.MERGED, VoiceState.ANSWERED]  # again after the main one was reopened
    merged = VoiceCase.objects.filter(merged_into=doing.now.voice, state__in=told)
    doing.relayed = list(merged.order_by("pk").values_list("voice", flat=True))


def _turn(doing: _Doing) -> None:
    voice = doing.now.voice
    if not may_turn(doing.actor):
        raise NotYoursError("转为建议由代表或者人大机关操作；家站请转给代表或者人大机关。")
    if voice.suggestion_id is None:
        deputy = doing.facts.deputy
        draft = draft_from_voice(voice_pk=voice.pk, actor=doing.actor, deputy=deputy)
        voice.suggestion = draft
        if deputy and deputy.user:
            said = doing.now.comment or "请核实后提出"
            message = Message(
                key=f"voice-turned-{voice.pk}-{draft.pk}",
                title="请您把一件群众意见写成建议",
                body=without_numbers(f"{doing.actor}：{said}。{voice.matter}")[:260],
                link=f"/suggestions/{draft.pk}/write/",
            )
            notify([deputy.user], message)


def _guide(doing: _Doing) -> None:
    if doing.facts.door is None:
        raise VoiceError("请选属于哪一类，选民会看到到哪里去办。")
    doing.now.case.door = doing.facts.door


def _merge(doing: _Doing) -> None:
    main = doing.facts.main
    if main is None or main.pk == doing.now.voice.pk:
        raise VoiceError("请选合并到哪一件。")
    if not Voice.objects.editable_by(doing.actor).filter(pk=main.pk).exists():
        raise NotYoursError("合并到的那一件不归您办理。")
    case = VoiceCase.objects.filter(voice=main).first()
    stands = state_of(main)
    if stands == VoiceState.GUIDED or (case and case.merged_into_id):
        raise VoiceError("那一件已经合并或转到其他渠道，请选另一件。")
    if VoiceCase.objects.filter(merged_into=doing.now.voice).exists():
        raise VoiceError("已有别的意见合并到这一件，请反过来合并。")
    doing.now.case.merged_into = main
    if case and case.answer and stands in (VoiceState.ANSWERED, VoiceState.CLOSED):
        doing.relayed, doing.words = [doing.now.voice.pk], case.answer  # told at once


def _take_back(doing: _Doing) -> None:
    """Merged or guided by mistake: nothing of that stays but the steps."""
    case = doing.now.case
    case.merged_into = case.door = case.answered_at = None


def _tell(doing: _Doing) -> None:
    voice = doing.now.voice
    voice.voter_told_on, voice.voter_told_how = timezone.localdate(), doing.now.comment[:80]


def _confirm(doing: _Doing) -> None:
    doing.now.voice.rating = doing.facts.rating


def _reopen(doing: _Doing) -> None:
    reset_for_redo(doing.now.voice, doing.now.case, doing.now.comment)


def _keep_photos(doing: _Doing) -> None:
    pairs = ((VoicePhotoKind.BEFORE, doing.facts.before), (VoicePhotoKind.AFTER, doing.facts.after))
    for kind, image in pairs:
        if image is not None:
            image.name = f"{uuid.uuid4().hex}.jpg"
            save_recorded(VoicePhoto(voice=doing.now.voice, kind=kind, image=image))


_EFFECTS: dict[VoiceAction, Callable[[_Doing], None]] = {
    VoiceAction.ASSIGN: _assign,
    VoiceAction.OPINION: _opinion,
    VoiceAction.HAND_BACK: _hand_back,
    VoiceAction.ANSWER: _answer,
    VoiceAction.SOLVE_AT_ONCE: _solved,
    VoiceAction.TURN: _turn,
    VoiceAction.GUIDE: _guide,
    VoiceAction.MERGE: _merge,
    VoiceAction.TAKE_BACK: _take_back,
    VoiceAction.TELL: _tell,
    VoiceAction.CONFIRM: _confirm,
    VoiceAction.REOPEN: _reopen,
}
