"""Small wishes: published, claimed by one at a time, given back or fulfilled, thanked (M79)."""

import datetime as dt
import uuid
from collections.abc import Iterator
from functools import partial

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.masking import count_numbers, without_numbers
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify, notify_each, office_people
from congress_portal.core.reminders import reminder
from congress_portal.core.stale import refuse_stale
from congress_portal.core.submissions import claim as use_key
from congress_portal.core.submissions import found_by
from deputies.models import Deputy
from stations.models import Enterprise, Station
from stations.services.numbers import next_number
from suggestions.enums import VoiceParty, VoiceSource, VoiceState, WishState
from suggestions.models import Voice, VoiceCase, Wish, WishClaim
from suggestions.selectors.voice_states import state_of
from suggestions.services.voices.steps import tell_office, voice_step
from suggestions.voice_workflow import VoiceAction
from suggestions.wish_workflow import WishAction, next_wish_state


class WishError(DomainError):
    """A rule of the wishes refuses the input."""


def _locked(actor: User | None, pk: int, *, edits: bool) -> Wish:
    """Raises Wish.DoesNotExist for who may not."""
    allowed = Wish.objects.editable_by(actor) if edits else Wish.objects.visible_to(actor)
    rows = Wish.objects.select_for_update(of=("self",)).order_by()
    wish: Wish = rows.get(pk=pk, pk__in=allowed.order_by().values("pk"))
    return wish


def _refuse_personal(voice: Voice, words: str) -> None:
    """What everybody reads holds neither numbers of people nor the voter's name."""
    if count_numbers(words):
        raise WishError("文字里有电话、证件或银行卡号码，公布前请删去。")
    if voice.visitor_name and voice.visitor_name in words:
        raise WishError("文字里有许愿人的姓名，公布前请删去。")


@transaction.atomic
def log_wish(
    *,
    actor: User,
    station: Station,
    matter: str,
    village: Region | None = None,
    visitor_name: str = "",
    visitor_phone: str = "",
    has_consent: bool = False,
    key: uuid.UUID | None = None,
) -> Wish:
    """Enter a wish told to station staff (代录); the same ``key`` gives the same wish.

    Raises WishError, Station.DoesNotExist, ValidationError.
    """
    if found := found_by(key, actor=actor, model=Wish):
        return Wish.objects.get(pk=found)
    if (visitor_name or visitor_phone) and not has_consent:
        raise WishError("本人同意，才能留下姓名和电话；不同意的，只写心愿。")
    if village and village.parent_id != station.region_id:
        raise WishError("这个村（社区）不在家站所在的镇（街道）。")
    allowed = Station.objects.editable_by(actor).order_by().values("pk")
    station = (
        Station.objects.select_for_update(of=("self",)).order_by().get(
            pk=station.pk, pk__in=allowed
        )
    )  # fmt: skip
    today = timezone.localdate()
    voice = Voice(
        source=VoiceSource.WISH, station=station, region=station.region, village=village,
        raised_on=today, matter=matter, number=next_number(station, today.year),
        visitor_name=visitor_name, visitor_phone=visitor_phone, has_consent=has_consent,
        entered_by=actor,
    )  # fmt: skip
    save_recorded(voice)
    save_recorded(VoiceCase(voice=voice))
    wish = Wish(voice=voice)
    save_recorded(wish)
    if not use_key(key, actor=actor, row=wish):
        raise WishError("这个心愿刚才已经登记，没有重复登记。")
    return wish


@transaction.atomic
def publish_wish(*, actor: User, wish_pk: int, text: str, seen: str) -> Wish:
    """Raises WishError, StaleRecordError, Wish.DoesNotExist and the tables' errors."""
    wish = _locked(actor, wish_pk, edits=True)
    target = next_wish_state(WishAction.PUBLISH, WishState(wish.state))
    refuse_stale(wish, seen)
    _refuse_personal(wish.voice, text)
    if state_of(wish.voice) == VoiceState.LOGGED:
        with voice_step(VoiceAction.ACCEPT, voice_pk=wish.voice_id, actor=actor):
            pass
    wish.state, wish.text, wish.published_at = target, text, timezone.now()
    return save_recorded(wish)  # type: ignore[return-value]


@transaction.atomic
def reword_wish(
    *,
    actor: User,
    wish_pk: int,
    text: str,
    seen: str,
    result: str = "",
    helper: str = "",
    drops_photo: bool = False,
) -> Wish:
    """Other words for what everybody reads: the wish, how it was fulfilled, which unit took it on.

    ``result`` and ``helper`` count only where there are such; a photograph can be taken off for
    good. Raises as ``publish_wish``.
    """
    wish = _locked(actor, wish_pk, edits=True)
    next_wish_state(WishAction.REWORD, WishState(wish.state))
    refuse_stale(wish, seen)
    for words in (text, result, helper):
        _refuse_personal(wish.voice, words)
    wish.text = text
    claim = wish.claims.select_for_update(of=("self",)).order_by().standing().first()
    if claim:
        if wish.state == WishState.FULFILLED and result:
            claim.result = result
        if claim.helper and helper:
            claim.helper = helper
        if drops_photo and claim.photo:
            gone = partial(claim.photo.storage.delete, claim.photo.name)
            claim.photo = ""
            transaction.on_commit(gone)
        save_recorded(claim)
    return save_recorded(wish)  # type: ignore[return-value]


@transaction.atomic
def take_down_wish(*, actor: User, wish_pk: int, reason: str, seen: str) -> Wish:
    """No longer public; it waits to be published anew or not. Raises as ``publish_wish``."""
    wish = _locked(actor, wish_pk, edits=True)
    target = next_wish_state(WishAction.TAKE_DOWN, WishState(wish.state))
    refuse_stale(wish, seen)
    wish.state, wish.published_at = target, None
    save_recorded(wish, reason=reason)
    return wish


@transaction.atomic
def decline_wish(*, actor: User, wish_pk: int, reason: str, seen: str) -> Wish:
    """The voice stays and is handled as any other. Raises as ``publish_wish``."""
    wish = _locked(actor, wish_pk, edits=True)
    target = next_wish_state(WishAction.DECLINE, WishState(wish.state))
    refuse_stale(wish, seen)
    wish.state, wish.reason = target, reason
    return save_recorded(wish)  # type: ignore[return-value]


@transaction.atomic
def claim_wish(
    *,
    actor: User,
    wish_pk: int,
    promised_on: dt.date,
    deputy: Deputy | None = None,
    enterprise: Enterprise | None = None,
    helper: str = "",
) -> WishClaim:
    """By a deputy for himself, or entered by who edits the wish; one claim at a time.

    A second tap of the same deputy gives the same claim. Raises WishError,
    TransitionNotAllowedError, Wish.DoesNotExist.
    """
    own = deputy is not None and deputy.user_id == actor.pk
    own = own and actor.scope.deputy_user_id is not None
    wish = _locked(actor, wish_pk, edits=not own)
    held = wish.claims.running().first()
    if held and own and held.deputy == deputy:
        return held  # type: ignore[no-any-return]
    if held:
        raise WishError("这个心愿刚刚有人认领了，谢谢；请看看别的心愿。")
    target = next_wish_state(WishAction.CLAIM, WishState(wish.state))
    _refuse_personal(wish.voice, helper)
    if promised_on < timezone.localdate():
        raise WishError("答应的日期不能早于今天。")
    claim = WishClaim(
        wish=wish, deputy=deputy, enterprise=enterprise, helper=helper,
        promised_on=promised_on, claimed_by=actor,
    )  # fmt: skip
    try:
        with transaction.atomic():
            save_recorded(claim)
    except IntegrityError as error:  # without row locks the database has the last word
        raise WishError("这个心愿刚刚有人认领了，谢谢；请看看别的心愿。") from error
    _move_voice(VoiceAction.WISH_CLAIMED, wish, actor)
    wish.state = target
    save_recorded(wish)
    tell_office(wish.voice, f"微心愿由{claim.who}认领", key=f"wish-claimed-{claim.pk}")
    return claim


def _move_voice(action: VoiceAction, wish: Wish, actor: User, comment: str = "") -> None:
    given = {"voice_pk": wish.voice_id, "actor": actor, "party": VoiceParty.SYSTEM}
    with voice_step(action, comment=comment, **given):  # type: ignore[arg-type]
        pass


def _own_claim(actor: User, wish_pk: int) -> WishClaim:
    """The running claim, locked, of the actor or of who edits the wish."""
    wish = _locked(actor, wish_pk, edits=False)
    rows = wish.claims.select_for_update(of=("self",)).order_by().running()
    claim: WishClaim | None = rows.first()
    if claim is None:
        raise WishError("这个心愿现在没有人认领。")
    own = bool(claim.deputy and claim.deputy.user_id == actor.pk)
    if not own and not Wish.objects.editable_by(actor).filter(pk=wish.pk).exists():
        raise WishError("由认领的人或者人大工作人员登记。")
    return claim


@transaction.atomic
def give_back(*, actor: User, wish_pk: int, reason: str) -> Wish:
    """Raises WishError, Wish.DoesNotExist."""
    claim = _own_claim(actor, wish_pk)
    wish = claim.wish
    target = next_wish_state(WishAction.GIVE_BACK, WishState(wish.state))
    claim.given_back_at, claim.reason = timezone.now(), reason
    save_recorded(claim)
    _move_voice(VoiceAction.WISH_FREE, wish, actor, reason)
    wish.state = target
    save_recorded(wish)
    tell_office(wish.voice, "微心愿的认领退回了", key=f"wish-free-{claim.pk}")
    return wish


@transaction.atomic
def fulfil_wish(
    *, actor: User, wish_pk: int, result: str, fulfilled_on: dt.date,
    photo: ContentFile | None = None,
) -> Wish:  # fmt: skip
    """``result`` is the answer to the voter and published. Raises WishError, Wish.DoesNotExist."""
    claim = _own_claim(actor, wish_pk)
    wish = claim.wish
    target = next_wish_state(WishAction.FULFIL, WishState(wish.state))
    _refuse_personal(wish.voice, result)
    if fulfilled_on < timezone.localdate(claim.claimed_at):
        raise WishError("实现日期不能早于认领的那天。")
    claim.fulfilled_on, claim.result = fulfilled_on, result
    if photo:
        claim.photo.save(f"{uuid.uuid4().hex}.jpg", photo, save=False)
    save_recorded(claim)
    _move_voice(VoiceAction.WISH_DONE, wish, actor, result)
    wish.state = target
    save_recorded(wish)
    tell_office(wish.voice, "微心愿实现了", key=f"wish-done-{claim.pk}-{fulfilled_on}")
    return wish


@transaction.atomic
def thank(*, case: VoiceCase, words: str) -> Wish:
    """The voter's thanks by the progress link; who claimed it reads them.

    A second sending keeps the first words. Raises Wish.DoesNotExist, TransitionNotAllowedError.
    """
    rows = Wish.objects.select_for_update(of=("self",)).order_by()
    wish: Wish = rows.get(voice=case.voice_id)
    if wish.thanked_at:
        return wish
    next_wish_state(WishAction.THANK, WishState(wish.state))
    wish.thanks, wish.thanked_at = words, timezone.now()
    save_recorded(wish)
    claim = wish.claims.standing().select_related("deputy__user").first()
    if claim and claim.deputy and claim.deputy.user:
        message = Message(
            key=f"wish-thanked-{wish.pk}", title="您实现的微心愿，许愿人来致谢",
            body=without_numbers(words), link=f"/wishes/{wish.pk}/",
        )  # fmt: skip
        notify([claim.deputy.user], message)
    return wish


def take_up_again(voice: Voice, words: str) -> None:
    """It is said not to be fulfilled: the same claim runs on, and who claimed it reads why.

    In the caller's transaction.
    """
    wish = Wish.objects.select_for_update(of=("self",)).order_by().filter(voice=voice).first()
    if wish is None or wish.state != WishState.FULFILLED:
        return
    claim = wish.claims.standing().select_related("deputy__user").first()
    claim.fulfilled_on = None
    save_recorded(claim)
    wish.state = next_wish_state(WishAction.REOPEN, WishState(wish.state))
    wish.thanks, wish.thanked_at = "", None
    save_recorded(wish)
    if claim.deputy and claim.deputy.user:
        case = VoiceCase.objects.get(voice=voice)
        message = Message(
            key=f"wish-again-{claim.pk}-{case.reopened}", title="许愿人说心愿没有实现，请再看看",
            body=without_numbers(words), link=f"/wishes/{wish.pk}/",
        )  # fmt: skip
        notify([claim.deputy.user], message)


@reminder
def remind_of_wishes(on: dt.date) -> dict[str, int]:
    """Each claim past its promised day once."""
    return {"微心愿过了答应的日期": notify_each(_late(on))}


def _late(on: dt.date) -> Iterator[tuple[User, Message]]:
    rows = WishClaim.objects.all().running().filter(promised_on__lt=on)
    related = rows.select_related("wish__voice__region", "deputy__user", "enterprise")
    for claim in related.order_by("pk"):
        message = Message(
            key=f"wish-late-{claim.pk}-{claim.promised_on}",
            title=f"认领的微心愿过了答应的日期（{claim.promised_on:%m月%d日}）",
            body=claim.wish.text,
            link=f"/wishes/{claim.wish_id}/",
        )
        own = claim.deputy.user if claim.deputy else None
        for user in [own] if own else office_people(claim.wish.voice.region):
            yield user, message
