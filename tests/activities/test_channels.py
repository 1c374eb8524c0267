"""Notices leave through channels once each; what fails is kept and tried again, nothing leaks."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from activities.enums import ActivityState, Answer
from congress_portal.core.channels import WAITS, carry_waiting, channel_states, send_again
from congress_portal.core.enums import DeliveryState, Role
from congress_portal.core.models import Delivery, Notice
from congress_portal.core.notices import Message, notify
from tests.factories.calling import PlanFactory
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db
SECRET = "一二三四五六七八九十一二三四五六"
PHONE = "13800001234"


class Hook(BaseHTTPRequestHandler):
    """Answers as ``server.answers`` says, 200 after that, and keeps what came."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.got.append((dict(self.headers), self.rfile.read(length)))
        status, body = self.server.answers.pop(0) if self.server.answers else (200, b"{}")
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/other")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def hook(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.got, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.NOTICE_HOOKS = [_hook(f"http://127.0.0.1:{server.server_port}/send")]
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _hook(url, **given):
    template = {"mobile": "{address}", "content": ["{text}", "{name}{unknown}"], "n": 1}
    return {
        "code": "sms", "name": "短信", "url": url, "secret": SECRET, "template": template,
        "only": (), "ok": "", **given,
    }  # fmt: skip


@pytest.fixture
def person():
    return UserFactory(name="张伟", phone=PHONE, email="zw@example.com")


def test_message_is_posted_signed_and_filled_once(hook, person, settings):
    settings.SITE_URL = "https://portal.example"
    notify([person], Message("a", '开会{name}"引号"', "带伞", "/invitations/1/"))

    assert (carry_waiting(), carry_waiting()) == (1, 0)

    headers, body = hook.got[0]
    assert len(hook.got) == 1
    stamp = headers["X-Portal-Timestamp"].encode()
    wanted = hmac.new(SECRET.encode(), stamp + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Portal-Signature"] == f"sha256={wanted}"
    assert json.loads(body) == {
        "mobile": PHONE,
        "content": [
            '开会{name}"引号"\n带伞\nhttps://portal.example/invitations/1/',
            "张伟{unknown}",
        ],
        "n": 1,
    }
    row = Delivery.objects.get()
    assert (row.state, row.attempts, headers["X-Portal-Delivery"]) == (
        DeliveryState.SENT, 1, str(row.pk),
    )  # fmt: skip


def test_failure_is_kept_and_tried_later(hook, person, freeze, caplog):
    freeze("2026-09-10 09:00")
    hook.answers = [(503, b"")]
    notify([person], Message("a", "开会"))
    assert carry_waiting() == 0
    row = Delivery.objects.get()
    assert (row.state, row.fault) == (DeliveryState.WAITING, "对方回答 503")

    assert carry_waiting() == 0
    assert len(hook.got) == 1
    freeze("2026-09-10 09:02")
    assert carry_waiting() == 1

    assert Delivery.objects.get().state == DeliveryState.SENT
    logged = caplog.text
    assert "503" in logged
    assert not any(word in logged for word in (PHONE, "张伟", "开会", SECRET))


def test_after_the_last_attempt_it_waits_for_the_administrator(hook, person, freeze):
    hook.answers = [(500, b"")] * (len(WAITS) + 1)
    freeze("2026-09-10 09:00")
    notify([person], Message("a", "开会"))
    carry_waiting()
    for day in range(11, 11 + len(WAITS)):
        freeze(f"2026-09-{day} 09:00")
        carry_waiting()
    assert Delivery.objects.get().state == DeliveryState.FAILED

    assert send_again(Delivery.objects.all()) == 1
    assert carry_waiting() == 1
    assert len(hook.got) == len(WAITS) + 2


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((302, b""), "对方回答 302"),
        ((200, b'{"errcode": 40001}'), "对方没有收下（errcode=40001）"),
        ((200, b"<html>"), "对方的回答读不懂"),
    ],
)
def test_answers_that_are_no_acceptance(hook, settings, person, answer, fault):
    settings.NOTICE_HOOKS = [settings.NOTICE_HOOKS[0] | {"ok": "errcode=0"}]
    hook.answers = [answer]
    notify([person], Message("a", "开会"))

    carry_waiting()

    assert Delivery.objects.get().fault == fault
    assert len(hook.got) == 1


def test_line_that_is_down_is_told_plainly(settings, person):
    settings.NOTICE_HOOKS = [_hook("http://127.0.0.1:9/")]
    notify([person], Message("a", "开会"))

    carry_waiting()

    assert Delivery.objects.get().fault.startswith("连不上对方（")


def test_claim_that_was_never_finished_is_taken_up_again(hook, person, freeze):
    freeze("2026-09-10 09:00")
    notify([person], Message("a", "开会"))
    carry_waiting()
    Delivery.objects.update(
        state=DeliveryState.SENDING, sent_at=None, due_at=Delivery.objects.get().created_at
    )

    assert carry_waiting() == 1


def test_channel_takes_only_its_kinds_and_known_addresses(hook, settings, person):
    settings.NOTICE_HOOKS = [settings.NOTICE_HOOKS[0] | {"only": ("invitation:",)}]
    notify([person], Message("step:1", "交办"))
    notify([person, UserFactory()], Message("invitation:1", "开会"))

    assert carry_waiting() == 1

    states = sorted(Delivery.objects.values_list("state", flat=True))
    assert states == [DeliveryState.NO_ADDRESS, DeliveryState.SENT]


def test_deputys_phone_is_read_from_the_roster(hook):
    user = UserFactory()
    DeputyFactory(user=user, phone=PHONE)
    notify([user], Message("a", "开会"))

    assert carry_waiting() == 1
    assert json.loads(hook.got[0][1])["mobile"] == PHONE


def test_old_news_is_not_sent_when_a_channel_is_switched_on(hook, person, freeze):
    freeze("2026-09-10 09:00")
    notify([person], Message("a", "开会"))
    freeze("2026-09-13 09:00")

    assert carry_waiting() == 0


def test_email_goes_out_once(settings, person):
    settings.NOTICE_EMAIL = True
    notify([person], Message("a", "开会", "带伞"))

    assert (carry_waiting(), carry_waiting()) == (1, 0)

    assert [(each.subject, each.to) for each in mail.outbox] == [("开会", ["zw@example.com"])]


def test_nothing_is_queued_while_all_channels_are_off(person):
    notify([person], Message("a", "开会"))

    assert carry_waiting() == 0
    assert not Delivery.objects.exists()


def test_administrator_sees_the_state_of_channels(client, hook, person):
    hook.answers = [(503, b"")]
    notify([person], Message("a", "开会"))
    carry_waiting()
    client.force_login(UserFactory(role=Role.ADMIN))

    page = client.get(reverse("admin:core_delivery_changelist"))

    states = {each.name: (each.is_on, each.waiting) for each in channel_states()}
    assert states == {"电子邮件": (False, 0), "短信": (True, 1)}
    assert "对方回答 503" in page.text
    assert PHONE not in page.text


@pytest.mark.parametrize("role", [Role.TOWN_STAFF, Role.DEPUTY, Role.UNIT_OFFICER, None])
def test_others_do_not_see_deliveries(hook, person, role):
    notify([person], Message("a", "开会"))
    carry_waiting()
    place = {Role.TOWN_STAFF: {"role__region": TownFactory()}}.get(role, {})
    unit = {"role__unit": UnitFactory()} if role == Role.UNIT_OFFICER else {}

    assert not Delivery.objects.visible_to(UserFactory(role=role, **place, **unit)).exists()
    assert Delivery.objects.visible_to(staff()).exists()


# Reminders


@pytest.fixture
def called(freeze):
    freeze("2026-09-08 09:00")
    people = [DeputyFactory(user=UserFactory(role=Role.DEPUTY), seat=True) for _ in range(3)]
    plan = PlanFactory(called=people, state=ActivityState.NOTIFIED)
    rows = list(plan.invitations.order_by("pk"))
    rows[0].answer = Answer.ACCEPTED
    rows[0].save()
    return rows


def _titles():
    return list(Notice.objects.order_by("pk").values_list("title", "user"))


def test_missing_receipts_are_asked_for_once_each(called, freeze, capsys):
    call_command("send_reminders", "--on", "2026-09-12")
    assert _titles() == []

    for day in ("2026-09-13", "2026-09-13", "2026-09-15"):
        call_command("send_reminders", "--on", day)

    title = called[0].activity.title
    assert _titles() == [
        (f"请回执（还有 2 天截止）：{title}", called[1].deputy.user_id),
        (f"请回执（还有 2 天截止）：{title}", called[2].deputy.user_id),
    ]
    assert "活动回执 2 条，明天的活动 0 条" in capsys.readouterr().out


def test_late_run_says_what_holds_and_after_the_limit_nothing(called):
    call_command("send_reminders", "--on", "2026-09-16")
    assert _titles() == []

    call_command("send_reminders", "--on", "2026-09-17")

    assert len(_titles()) == 3
    assert {title for title, _ in _titles()} == {f"明天活动：{called[0].activity.title}"}


def test_cancelled_activity_and_granted_leave_are_left_in_peace(called):
    called[1].answer, called[1].leave_kind = Answer.LEAVE_GRANTED, "ill"
    called[1].save()
    call_command("send_reminders", "--on", "2026-09-17")
    assert len(_titles()) == 2

    Notice.objects.all().delete()
    called[0].activity.state = ActivityState.CANCELLED
    called[0].activity.save()
    call_command("send_reminders", "--on", "2026-09-17")
    assert _titles() == []
