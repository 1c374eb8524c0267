"""A voter's own post: no account, three fields, one number, one link that nobody can guess."""

import datetime as dt
import re
import secrets
import unicodedata
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.crypto import keyed_hash
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify
from deputies.models import Deputy
from stations.models import Station
from stations.services.numbers import next_number
from suggestions.enums import Knock, ToldBy, VoicePhotoKind, VoiceSource
from suggestions.models import (
    ConsentText,
    DoorKnock,
    Voice,
    VoiceCase,
    VoicePhoto,
    VoiceRule,
    Wish,
)
from suggestions.selectors.voice_states import of_number
from suggestions.services.voices.steps import VoiceError, tell_office
from suggestions.services.voices.telling import tell_voter

_LOOK_UPS_AN_HOUR = 10
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Post:
    """What a voter wrote; only the matter and the place must be there."""

    matter: str
    village: Region | None
    photo: ContentFile | None = None
    visitor_name: str = ""
    visitor_phone: str = ""
    visitor_email: str = ""
    told_by: str = ""
    is_confidential: bool = False
    wants_answer: bool = False
    has_consent: bool = False
    is_wish: bool = False


def text_in_force(today: dt.date) -> ConsentText | None:
    return ConsentText.objects.filter(in_force_on__lte=today).order_by("-version").first()


def posted_before(key: uuid.UUID) -> Voice | None:
    return Voice.objects.filter(idempotency_key=key, entered_by__isnull=True).first()


def posts_today(address: str) -> int:
    """How many posts came from this address in the last 24 hours."""
    since = timezone.now() - dt.timedelta(days=1)
    rows = DoorKnock.objects.filter(kind=Knock.POST, at__gt=since)
    return rows.filter(address_hash=keyed_hash(address)).count()


def new_question() -> tuple[str, str]:
    """A question in words that can be read aloud, and its answer, signed."""
    one, other = secrets.randbelow(8) + 1, secrets.randbelow(8) + 1
    return f"{_DIGITS[one]}加{_DIGITS[other]}等于几？（写数字）", _signer().sign(str(one + other))


def is_right(answer: str, signed: str) -> bool:
    try:
        return _signer().unsign(signed) == re.sub(r"\D", "", answer)
    except BadSignature:
        return False


def _signer() -> Signer:
    return Signer(salt="voice-question")


def post_voice(
    *,
    station: Station,
    post: Post,
    key: uuid.UUID,
    address: str,
    deputy: Deputy | None = None,
) -> Voice:
    """Enter a voter's post at a station; the same ``key`` always gives the same voice.

    ``deputy``: to whom it was written, who then follows it as an own case.
    Raises VoiceError, ValidationError.
    """
    if found := posted_before(key):
        return found
    rule = VoiceRule.objects.all().of(station.region)
    if posts_today(address) >= rule.most_posts:
        raise VoiceError("这里今天留言太多了，请明天再来，或者到家站当面反映。")
    if (post.visitor_name or post.visitor_phone or post.visitor_email) and not post.has_consent:
        raise VoiceError("同意上面的说明，才能留下姓名和电话；不同意的，只写反映的事情。")
    _check_telling(post)
    if post.wants_answer and not post.visitor_phone:
        raise VoiceError("要电话告知结果的，请留电话；不留的，用登记号或链接随时可以查。")
    try:
        return _post(station, post, key, address, deputy)
    except IntegrityError:
        if found := posted_before(key):  # the second of two taps at the same moment
            return found
        raise


def _check_telling(post: Post) -> None:
    if post.told_by == ToldBy.SMS and not re.fullmatch(r"1[3-9]\d{9}", post.visitor_phone):
        raise VoiceError("要短信通知的，请留 11 位手机号码。")
    if post.told_by == ToldBy.EMAIL and not post.visitor_email:
        raise VoiceError("要电子邮件通知的，请留电子邮箱。")


@transaction.atomic
def _post(
    station: Station, post: Post, key: uuid.UUID, address: str, deputy: Deputy | None
) -> Voice:
    station = Station.objects.select_for_update(of=("self",)).order_by().get(pk=station.pk)
    today = timezone.localdate()
    source = VoiceSource.PHOTO if post.photo else VoiceSource.WEB
    voice = Voice(
        source=VoiceSource.WISH if post.is_wish else source, station=station,
        deputy=deputy,
        region=station.region, village=post.village, raised_on=today, matter=post.matter,
        number=next_number(station, today.year), visitor_name=post.visitor_name,
        visitor_phone=post.visitor_phone, visitor_email=post.visitor_email,
        told_by=post.told_by, has_consent=post.has_consent,
        is_confidential=post.is_confidential, wants_answer=post.wants_answer, idempotency_key=key,
    )  # fmt: skip
    save_recorded(voice)
    consent = text_in_force(today) if post.has_consent else None
    save_recorded(VoiceCase(voice=voice, consent=consent))
    if post.is_wish:
        save_recorded(Wish(voice=voice))
    if post.photo:
        post.photo.name = f"{uuid.uuid4().hex}.jpg"
        save_recorded(VoicePhoto(voice=voice, kind=VoicePhotoKind.REPORTED, image=post.photo))
    DoorKnock.objects.filter(at__lt=timezone.now() - dt.timedelta(days=2)).delete()
    DoorKnock.objects.create(kind=Knock.POST, address_hash=keyed_hash(address))
    tell_office(voice, "收到一件网上留言", key=f"voice-posted-{voice.pk}")
    tell_voter(voice)
    if deputy and deputy.user:
        _tell_deputy(voice, deputy.user)
    return voice


def _tell_deputy(voice: Voice, user: User) -> None:
    message = Message(
        key=f"voice-to-deputy-{voice.pk}",
        title="有选民扫码给您留言",
        body=voice.said[:200],
        link=f"/voices/{voice.pk}/",
    )
    notify([user], message)


@transaction.atomic
def look_up(*, number: str, tail: str, address: str) -> VoiceCase | None:
    """The case of a receipt number and the telephone's last four digits; None for any fault.

    Raises VoiceError for more than ten attempts of an address in an hour.
    """
    since = timezone.now() - dt.timedelta(hours=1)
    knocks = DoorKnock.objects.filter(
        kind=Knock.LOOK_UP, at__gt=since, address_hash=keyed_hash(address)
    )
    if knocks.count() >= _LOOK_UPS_AN_HOUR:
        raise VoiceError("查询太频繁了，请一小时以后再查，或者打家站的电话。")
    DoorKnock.objects.create(kind=Knock.LOOK_UP, address_hash=keyed_hash(address))
    tail = unicodedata.normalize("NFKC", tail).strip()
    if not re.fullmatch(r"\d{4}", tail):
        return None
    rows = of_number(Voice.objects.filter(visitor_phone__endswith=tail), number)
    case: VoiceCase | None = VoiceCase.objects.filter(voice__in=rows).first()
    return case
