"""What a voter hears outside the portal: that there is news of a number, and where to read it.

Neither what it is about nor who wrote it is said: whoever holds the telephone sees the number and
the link. The address is looked up when the message leaves, so that an opt-out or an erasure that
came in between is kept.
"""

import re

from django.urls import reverse

from congress_portal.core.audit import save_recorded
from congress_portal.core.channels import Outsider, takes, tell_outside
from suggestions.enums import ToldBy, VoiceParty
from suggestions.models import Voice, VoiceCase, VoiceLog
from suggestions.voice_workflow import VOICE_TABLE, VoiceAction

PREFIX = "voice"
_SILENT = frozenset({VoiceAction.TELL})  # was told in person
_KEY = re.compile(rf"{PREFIX}-(\d+)-(\d+)")


def offered() -> list[tuple[str, str]]:
    """The ways that the portal can go, for the voter's form."""
    return [(str(value), str(name)) for value, name in ToldBy.choices if takes(value, PREFIX)]


def tell_voter(voice: Voice, log: VoiceLog | None = None) -> bool:
    """Queue the step once, where the voter asked for it; without ``log`` the receipt itself."""
    if not voice.told_by or (log is not None and not _is_news(log)):
        return False
    return tell_outside(f"{PREFIX}-{voice.pk}-{log.pk if log else 0}", voice.told_by)


def _is_news(log: VoiceLog) -> bool:
    """A step that the table tells the voter, and that the voter did not take."""
    action = VoiceAction(log.action)
    told = bool(VOICE_TABLE[action].told) and action not in _SILENT
    return told and log.party != VoiceParty.VOTER


def stop_telling(*, case: VoiceCase) -> Voice:
    """The voter's opt-out by the progress link; saying it again changes nothing."""
    voice = case.voice
    if voice.told_by:
        voice.told_by = ""
        save_recorded(voice)
    return voice


def find_voter(key: str, code: str) -> Outsider | None:
    """For ``core.channels``: None where the voter opted out, or left no address of this kind."""
    found = _KEY.fullmatch(key)
    rows = VoiceCase.objects.select_related("voice__number__station")
    case = rows.filter(voice=int(found[1])).first() if found else None
    if case is None or case.voice.told_by != code:
        return None
    voice = case.voice
    address = voice.visitor_phone if code == ToldBy.SMS else voice.visitor_email
    number = f"（登记号 {voice.number}）" if voice.number else ""
    is_receipt = found is not None and found[2] == "0"
    said = "已经登记" if is_receipt else "有新进展"
    link = reverse("public:voice", args=[case.token])
    return Outsider(address, f"您反映的事{number}{said}，请点链接查看。", link, _HOW_TO_STOP)


_HOW_TO_STOP = "不想再收到通知的，可以在打开的页面上退订。"
