"""A saved e-mail (.eml) taken apart, whatever the sender's program did to it."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser

from django.utils import timezone

from congress_portal.core.errors import DomainError

_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936"}
_BREAKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3"}
_UNREAD = {"script", "style", "head"}
_BLANK_LINES = re.compile(r"\n\s*\n\s*")


class NotAMailError(DomainError):
    """The file has no head of a mail."""


@dataclass(frozen=True)
class MailPaper:
    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """``message_id`` is the sender's, or a digest of the file where there is none."""

    message_id: str
    sent_at: dt.datetime | None
    sender_name: str
    sender_address: str
    subject: str
    body: str
    papers: tuple[MailPaper, ...]


def read_mail(data: bytes) -> Mail:
    """Raises NotAMailError."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    if not isinstance(message, EmailMessage) or not (message["from"] or message["subject"]):
        raise NotAMailError("不是邮件文件，请在邮箱里另存为 .eml 后再导入。")
    name, address = parseaddr(_header(message, "from"))
    message_id = _header(message, "message-id")
    digest = hashlib.sha256(data).hexdigest()
    return Mail(
        message_id=message_id if 0 < len(message_id) <= 255 else digest,
        sent_at=_sent_at(message),
        sender_name=name.strip(),
        sender_address=address.strip(),
        subject=_header(message, "subject"),
        body=_body(message),
        papers=tuple(_papers(message)),
    )


def _header(message: EmailMessage, name: str) -> str:
    """Decoded; bytes that no charset was named for are read as GB 18030."""
    try:
        text = str(message[name] or "")
    except (ValueError, LookupError, IndexError):  # the standard parser trips on broken heads
        return ""
    if "\ufffd" in text:
        raw = next(value for key, value in message.raw_items() if key.lower() == name)
        text = _decoded(raw.encode("utf-8", "surrogateescape"), "utf-8")
    return _clean(text).replace("\n", " ").strip()


def _sent_at(message: EmailMessage) -> dt.datetime | None:
    try:
        at = parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo else timezone.make_aware(at)


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    text = _text(part)
    return plain_of(text) if part.get_content_subtype() == "html" else text.strip()


def _text(part: MIMEPart) -> str:
    data = part.get_payload(decode=True)
    return _clean(_decoded(data, part.get_content_charset() or "utf-8")) if data else ""


def _decoded(data: bytes | object, charset: str) -> str:
    if not isinstance(data, bytes):
        return ""
    wanted = "gb18030" if charset.lower() in _CHINESE else charset
    try:
        return data.decode(wanted)
    except (LookupError, UnicodeDecodeError):
        return data.decode("gb18030", "replace")


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def _papers(message: EmailMessage) -> list[MailPaper]:
    found = []
    for part in message.iter_attachments():
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data:
            found.append(MailPaper(_clean(part.get_filename() or "附件"), data))
    return found


def plain_of(html: str) -> str:
    """The words of a page of HTML, a line for each block; nothing of it is ever shown as HTML."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.words).splitlines()]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag in _UNREAD
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._depth = max(self._depth - (tag in _UNREAD), 0)
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self.words.append(data)
