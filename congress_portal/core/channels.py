"""Channels that carry notices out of the portal: e-mail, SMS, an enterprise chat's web hook.

A ``Delivery`` stands for one notice on one channel. It is claimed before it is sent and stamped
after, with what went wrong and when to try again; a receiver that is handed one twice (the line
broke after it had taken it) knows it by ``X-Portal-Delivery``. Nothing personal is logged.
"""

import datetime as dt
import hashlib
import hmac
import json
import logging
import smtplib
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django_tasks import task

from congress_portal.core.enums import DeliveryState
from congress_portal.core.models import Delivery, Notice, User

logger = logging.getLogger(__name__)

WAITS = (1, 5, 30, 120, 720)  # minutes before each further attempt
_LEASE = dt.timedelta(minutes=10)
_FRESH = dt.timedelta(days=2)  # a channel that is switched on does not send old news
_SECONDS = 10
_LONGEST_ANSWER = 20_000  # bytes


class ChannelError(Exception):
    """What the office reads about a failed sending; must hold nothing personal."""


@dataclass(frozen=True)
class Letter:
    """What a channel is given to send."""

    number: int
    address: str
    name: str
    title: str
    body: str
    link: str

    @property
    def text(self) -> str:
        return "\n".join(filter(None, (self.title, self.body, self.link)))


class Channel(Protocol):
    """``only``: beginnings of the keys of the notices it takes; empty takes all."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def only(self) -> tuple[str, ...]: ...

    def address_of(self, user: User) -> str: ...

    def send(self, letter: Letter) -> None: ...


@dataclass(frozen=True)
class Mail:
    only: tuple[str, ...] = ()
    code: str = "email"
    name: str = "电子邮件"

    def address_of(self, user: User) -> str:
        return user.email

    def send(self, letter: Letter) -> None:
        body = "\n\n".join(filter(None, (letter.body, letter.link)))
        message = EmailMessage(
            letter.title,
            body,
            to=[letter.address],
            headers={"X-Portal-Delivery": str(letter.number)},
        )
        try:
            message.send()
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelError(f"邮件服务器没有收下（{type(error).__name__}）") from error


@dataclass(frozen=True)
class Hook:
    """A signed POST of JSON to an address that the office's provider gave.

    In the texts of ``template`` {address} {name} {title} {body} {link} {text} are replaced.
    ``ok`` «errcode=0»: the field of the answer that says it was taken; else any 2xx is enough.
    """

    code: str
    name: str
    url: str
    secret: str
    template: Mapping[str, Any]
    only: tuple[str, ...] = ()
    ok: str = ""

    def address_of(self, user: User) -> str:
        return user.phone or _from_books(user)

    def send(self, letter: Letter) -> None:
        content = json.dumps(_filled(self.template, letter), ensure_ascii=False).encode()
        stamp = str(int(time.time()))
        signed = hmac.new(self.secret.encode(), stamp.encode() + b"." + content, hashlib.sha256)
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked in settings
            self.url,
            content,
            {
                "Content-Type": "application/json; charset=utf-8",
                "X-Portal-Delivery": str(letter.number),
                "X-Portal-Timestamp": stamp,
                "X-Portal-Signature": f"sha256={signed.hexdigest()}",
            },
        )
        try:
            with _opener().open(request, timeout=_SECONDS) as answer:
                self._check(answer.read(_LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            error.close()
            raise ChannelError(f"对方回答 {error.code}") from error
        except (OSError, ValueError) as error:
            raise ChannelError(f"连不上对方（{type(error).__name__}）") from error

    def _check(self, content: bytes) -> None:
        if not self.ok:
            return
        name, _, wanted = self.ok.partition("=")
        try:
            found = json.loads(content).get(name)
        except (ValueError, AttributeError) as error:
            raise ChannelError("对方的回答读不懂") from error
        if str(found) != wanted:
            raise ChannelError(f"对方没有收下（{name}={str(found)[:20]}）")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A hook that moves is told to the office; personal data does not follow it."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def _filled(value: Any, letter: Letter) -> Any:
    """The template with its words replaced once, in texts only."""
    if isinstance(value, Mapping):
        return {key: _filled(each, letter) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, letter) for each in value]
    if not isinstance(value, str):
        return value
    words = ("address", "name", "title", "body", "link", "text")
    parts = value.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        word, closed, rest = part.partition("}")
        known = closed and word in words
        filled.append(f"{getattr(letter, word)}{rest}" if known else f"{{{part}")
    return "".join(filled)


_books: list[Callable[[User], str]] = []


def register_phone_book(find: Callable[[User], str]) -> None:
    """Higher floors know phones that the account does not carry."""
    _books.append(find)


def _from_books(user: User) -> str:
    return next(filter(None, (find(user) for find in _books)), "")


@dataclass(frozen=True)
class Outsider:
    """Somebody without an account, as found when the message is sent."""

    address: str
    title: str
    link: str
    body: str = ""


_outsiders: dict[str, Callable[[str, str], Outsider | None]] = {}


def register_outsiders(prefix: str, find: Callable[[str, str], Outsider | None]) -> None:
    """Higher floors know who stands behind an outside key: ``find(key, channel's code)``.

    None where nobody is to be told any more (opted out, erased).
    """
    _outsiders[prefix] = find


def takes(code: str, key: str) -> bool:
    """Whether a channel of this code is switched on and takes keys like this one."""
    found = next((each for each in channels() if each.code == code), None)
    return found is not None and (not found.only or key.startswith(found.only))


def tell_outside(key: str, code: str) -> bool:
    """Queue one message to somebody without an account; the same key never goes out twice.

    Written with the change that causes it; False where the channel is off or the key known.
    """
    if not takes(code, key):
        return False
    _, is_new = Delivery.objects.get_or_create(outside=key, defaults={"channel": code})
    if is_new:
        transaction.on_commit(carry_soon)
    return is_new


def channels() -> list[Channel]:
    """Those that the settings switch on."""
    found: list[Channel] = []
    if settings.NOTICE_EMAIL:
        found.append(Mail(tuple(settings.NOTICE_EMAIL_ONLY)))
    found += [Hook(**given) for given in settings.NOTICE_HOOKS if given["url"]]
    return found


def carry_soon() -> None:
    """After the change stands: the queue's worker sends, so that no page waits for a line."""
    if channels():
        carry.enqueue()


@task()
def carry() -> int:
    return carry_waiting()


def carry_waiting(limit: int = 500) -> int:
    """Send what is due, each once; returns how many went out. Also run by ``send_reminders``."""
    found = {channel.code: channel for channel in channels()}
    if not found:
        return 0
    _register(list(found.values()), limit)
    sent = 0
    for delivery in _claimed(list(found), limit):
        sent += _send(found[delivery.channel], delivery)
    return sent


@transaction.atomic
def _register(found: list[Channel], limit: int) -> None:
    waiting = Notice.objects.filter(
        carried_at__isnull=True, created_at__gte=timezone.now() - _FRESH
    ).order_by("pk")
    rows = list(waiting.select_for_update()[:limit])
    wanted = [
        Delivery(notice=row, channel=channel.code)
        for row in rows
        for channel in found
        if not channel.only or row.key.startswith(channel.only)
    ]
    Delivery.objects.bulk_create(wanted, ignore_conflicts=True)
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(carried_at=timezone.now())


def _claimed(codes: list[str], limit: int) -> Iterator[Delivery]:
    for _ in range(limit):
        delivery = _claim(codes)
        if delivery is None:
            return
        yield delivery


@transaction.atomic
def _claim(codes: list[str]) -> Delivery | None:
    """The next due one, marked as being sent; a claim that was never finished runs out."""
    now = timezone.now()
    rows = Delivery.objects.open().filter(channel__in=codes)
    rows = rows.filter(Q(due_at__isnull=True) | Q(due_at__lte=now)).order_by("pk")
    delivery: Delivery | None = rows.select_for_update(skip_locked=_can_skip()).first()
    if delivery is not None:
        delivery.state, delivery.due_at = DeliveryState.SENDING, now + _LEASE
        delivery.attempts += 1
        delivery.save(update_fields=["state", "due_at", "attempts"])
    return delivery


def _can_skip() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)


def _send(channel: Channel, delivery: Delivery) -> bool:
    letter = _of_notice(channel, delivery) if delivery.notice else _of_outsider(channel, delivery)
    if letter is None:
        _finish(delivery, DeliveryState.NO_ADDRESS, "")
        return False
    try:
        channel.send(letter)
    except ChannelError as error:
        is_last = delivery.attempts > len(WAITS)
        state = DeliveryState.FAILED if is_last else DeliveryState.WAITING
        _finish(delivery, state, str(error))
        logger.warning("delivery %s by %s: %s", delivery.pk, channel.code, error)
        return False
    _finish(delivery, DeliveryState.SENT, "")
    return True


def _of_notice(channel: Channel, delivery: Delivery) -> Letter | None:
    notice = delivery.notice
    if notice is None or not notice.user.is_active:
        return None
    address = channel.address_of(notice.user)
    if not address:
        return None
    link = f"{settings.SITE_URL}{notice.link}" if notice.link else ""
    return Letter(delivery.pk, address, str(notice.user), notice.title, notice.body, link)


def _of_outsider(channel: Channel, delivery: Delivery) -> Letter | None:
    find = _outsiders.get(delivery.outside.partition("-")[0])
    found = find(delivery.outside, channel.code) if find else None
    if found is None or not found.address:
        return None
    link = f"{settings.SITE_URL}{found.link}"
    return Letter(delivery.pk, found.address, "", found.title, found.body, link)


def _finish(delivery: Delivery, state: DeliveryState, fault: str) -> None:
    now = timezone.now()
    delivery.state, delivery.fault = state, fault[:200]
    delivery.sent_at = now if state == DeliveryState.SENT else None
    delivery.due_at = None
    if state == DeliveryState.WAITING:
        delivery.due_at = now + dt.timedelta(minutes=WAITS[delivery.attempts - 1])
    delivery.save(update_fields=["state", "fault", "sent_at", "due_at"])


def send_again(rows: Any) -> int:
    """Let what could not be sent be tried anew; returns how many."""
    stuck = rows.filter(state__in=(DeliveryState.FAILED, DeliveryState.NO_ADDRESS))
    count: int = stuck.update(state=DeliveryState.WAITING, attempts=0, due_at=None, fault="")
    return count


@dataclass(frozen=True)
class ChannelState:
    """One channel as the administrator sees it."""

    name: str
    is_on: bool
    waiting: int = 0
    sent: int = 0
    failed: int = 0
    no_address: int = 0
    last_sent_at: dt.datetime | None = None
    fault: str = ""


def channel_states() -> list[ChannelState]:
    """Every channel that can be switched on, with its figures of the last 30 days."""
    names = {"email": "电子邮件", **{each["code"]: each["name"] for each in settings.NOTICE_HOOKS}}
    on = {channel.code for channel in channels()}
    since = timezone.now() - dt.timedelta(days=30)
    rows = Delivery.objects.filter(created_at__gte=since).order_by()
    state = {
        name: Count("pk", filter=Q(state=value))
        for name, value in (("sent", "sent"), ("failed", "failed"), ("no_address", "no_address"))
    }
    waiting = Count("pk", filter=Q(state__in=(DeliveryState.WAITING, DeliveryState.SENDING)))
    counted = {
        row.pop("channel"): row
        for row in rows.values("channel").annotate(
            waiting=waiting, last_sent_at=Max("sent_at"), **state
        )
    }
    return [
        ChannelState(name, code in on, **counted.get(code, {}), fault=_last_fault(code))
        for code, name in names.items()
    ]


def _last_fault(code: str) -> str:
    row = Delivery.objects.filter(channel=code).exclude(fault="").order_by("-pk").first()
    return row.fault if row else ""
