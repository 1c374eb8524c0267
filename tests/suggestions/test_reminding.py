"""Reminders: the right people at the right stage, each exactly once."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import ReminderStage, State
from suggestions.models import Promise, Reminder
from suggestions.services.reminding import stage_on
from tests.factories.workflow import answered, handed_over, in_state, make_cast, signed

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return make_cast()


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        (D(2026, 5, 22), None),
        (D(2026, 5, 23), ReminderStage.BEFORE),
        (D(2026, 6, 1), ReminderStage.BEFORE),
        (D(2026, 6, 2), ReminderStage.TODAY),
        (D(2026, 6, 3), ReminderStage.AFTER),
    ],
)
def test_stage_on_each_day(on, stage):
    assert stage_on(D(2026, 6, 2), on, 10) == stage


def _told(title):
    rows = Notice.objects.filter(title__contains=title).order_by("user")
    return [notice.user for notice in rows]


def test_reply_reminder_climbs_from_officer_to_office(cast):
    signed(cast)

    services.send_reminders(D(2026, 5, 23))
    assert _told("答复还有 10 天到期") == [cast.officer()]
    services.send_reminders(D(2026, 6, 2))
    assert sorted(u.pk for u in _told("答复今天到期")) == [cast.officer().pk, cast.leader().pk]
    services.send_reminders(D(2026, 6, 5))
    assert sorted(u.pk for u in _told("答复已逾期 3 天")) == sorted(
        [cast.office.pk, cast.officer().pk, cast.leader().pk]
    )


def test_reminders_run_again_say_nothing(cast):
    signed(cast)
    first = services.send_reminders(D(2026, 5, 23))
    count = Notice.objects.count()

    for day in (23, 24, 30):
        assert services.send_reminders(D(2026, 5, day)) == dict.fromkeys(first, 0)

    assert first[ReminderStage.BEFORE] == 1
    assert Notice.objects.count() == count


def test_late_run_says_only_what_holds_today(cast):
    signed(cast)

    services.send_reminders(D(2026, 6, 20))

    assert list(Reminder.objects.values_list("stage", flat=True)) == [ReminderStage.AFTER]


def test_extended_limit_is_called_out_anew(cast):
    part = signed(cast)
    services.send_reminders(D(2026, 5, 23))
    request = services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=D(2026, 8, 1), comment="涉及面广"
    )
    services.decide_extension(extension_pk=request.pk, actor=cast.office, grants=True)

    assert sum(services.send_reminders(D(2026, 6, 2)).values()) == 0
    assert services.send_reminders(D(2026, 7, 25))[ReminderStage.BEFORE] == 1


def test_paused_clock_is_silent(cast):
    part = signed(cast)
    services.suspend_clock(pk=part.suggestion_id, actor=cast.office, comment="等批复")

    assert sum(services.send_reminders(D(2026, 6, 20)).values()) == 0


def test_unsigned_unit_is_reminded_to_sign(cast):
    handed_over(cast)

    services.send_reminders(D(2026, 3, 12))

    assert len(_told("签收已逾期 1 天")) == 3


def test_deputy_is_reminded_of_the_sheet(cast):
    answered(cast)

    services.send_reminders(D(2026, 3, 30))

    assert _told("代表评价今天到期") == [cast.lead.user]


def test_promise_is_reminded_by_its_nearest_day(cast):
    in_state(cast, State.TRACKING)
    Promise.objects.update(due_on=D(2026, 5, 1))

    services.send_reminders(D(2026, 5, 1))

    assert len(_told("承诺进展今天到期")) == 2


def test_command_takes_a_day_and_refuses_nonsense(cast, capsys):
    signed(cast)

    call_command("send_reminders", "--on", "2026-05-23")

    said = capsys.readouterr().out
    assert said.startswith("2026-05-23：")
    assert "到期前 1 条，到期当日 0 条，逾期 0 条" in said
    with pytest.raises(CommandError, match="不是日期"):
        call_command("send_reminders", "--on", "明天")
