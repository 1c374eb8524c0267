"""Persons leave the records, facts and figures stay (DESIGN §6.2)."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command

from congress_portal.core.models import AuditEntry, Notice, RetentionRule
from congress_portal.core.notices import Message, notify
from congress_portal.core.reference import load_reference
from congress_portal.core.retention import GONE, kinds
from suggestions.models import Voice, VoiceLog
from tests.factories.contact import FixedVoterFactory
from tests.factories.core import staff
from tests.factories.suggestions import VoiceFactory
from tests.factories.voices import VoiceCaseFactory, WishFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine("2026-10-08 09:00 +0800")]

PHONE, OTHER = "13900001111", "13900002222"
LONG_AGO, LATELY = dt.date(2023, 10, 7), dt.date(2023, 10, 8)


@pytest.fixture
def rules():
    load_reference()


def voice(closed_on, phone=PHONE):
    return VoiceFactory(
        raised_on=dt.date(2023, 9, 1),
        closed_on=closed_on,
        visitor_name="王秀兰",
        visitor_phone=phone,
        matter=f"路灯不亮，电话 {phone}",
    )


def test_what_is_over_leaves_and_the_matter_stays(rules):
    old, young = voice(LONG_AGO), voice(LATELY)
    still_open = voice(None)

    call_command("erase_personal")

    old.refresh_from_db()
    assert (old.visitor_name, old.visitor_phone) == ("", "")
    assert old.matter == "路灯不亮，电话 （号码略）"
    assert old.closed_on == LONG_AGO
    assert set(Voice.objects.exclude(visitor_phone="")) == {young, still_open}


def test_a_dry_run_counts_and_changes_nothing(rules, capsys, tmp_path):
    voice(LONG_AGO)

    call_command("erase_personal", "--dry-run", "--json", str(tmp_path / "a.json"))

    assert "群众意见里的选民 1 条" in capsys.readouterr().out
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["erased"]["群众意见里的选民"] == 1
    assert told["dry_run"]
    assert Voice.objects.get().visitor_name == "王秀兰"


def test_a_second_run_finds_nothing(rules, capsys):
    voice(LONG_AGO)
    call_command("erase_personal")
    entries = AuditEntry.objects.count()
    capsys.readouterr()

    call_command("erase_personal")

    assert "群众意见里的选民 0 条" in capsys.readouterr().out
    assert AuditEntry.objects.count() == entries


def test_a_rule_that_is_off_keeps(rules):
    voice(LONG_AGO)
    RetentionRule.objects.update(is_active=False)

    call_command("erase_personal")

    assert Voice.objects.get().visitor_name == "王秀兰"


def test_a_person_is_erased_everywhere_at_the_own_wish():
    mine, others = voice(None), voice(None, phone=OTHER)
    fixed = FixedVoterFactory(name="王秀兰", phone=PHONE)

    call_command("erase_personal", "--phone", PHONE, "--reason", "本人 10 月 8 日来电")

    for row in (mine, others, fixed):
        row.refresh_from_db()
    assert (mine.visitor_name, fixed.name, fixed.phone) == ("", GONE, "")
    assert others.visitor_name == "王秀兰"
    entry = AuditEntry.objects.filter(reason="本人 10 月 8 日来电").first()
    assert PHONE not in json.dumps(entry.changes)
    assert "王秀兰" not in json.dumps(entry.changes, ensure_ascii=False)


def test_nothing_of_the_person_stays_in_thanks_steps_and_messages():
    """What helpers and units were told of the matter stood on after the erasure."""
    mine = voice(None)
    case = VoiceCaseFactory(voice=mine)
    words = f"我是王秀兰，电话{PHONE}"
    Voice.objects.filter(pk=mine.pk).update(matter=f"路灯不亮，{words}")
    wish = WishFactory(voice=mine, thanks=words)
    VoiceLog.objects.create(
        voice=mine, action="reopen", label="没有解决", from_state="answered", to_state="redo",
        party="voter", actor_name="选民", comment=words, at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    notify([staff()], Message("look", "请看", body=words, link=f"/voices/{mine.pk}/"))

    call_command("erase_personal", "--phone", PHONE, "--reason", "本人来电")

    wish.refresh_from_db()
    mine.refresh_from_db()
    texts = [mine.matter, wish.thanks, VoiceLog.objects.get().comment, Notice.objects.get().body]
    assert all("王秀兰" not in text and PHONE not in text for text in texts)
    assert mine.matter.startswith("路灯不亮，我是（已删除）")
    assert case.voice == mine


def test_a_wish_needs_a_reason():
    voice(None)

    with pytest.raises(CommandError, match="请写明删除的原因"):
        call_command("erase_personal", "--phone", PHONE)

    assert Voice.objects.get().visitor_phone == PHONE


def test_every_seeded_rule_has_its_kind(rules):
    assert set(RetentionRule.objects.values_list("kind", flat=True)) == set(kinds())
