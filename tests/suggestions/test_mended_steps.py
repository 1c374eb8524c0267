"""The second officer is told why; papers open; drafts of two devices; the hand-over's limit."""

import datetime as dt
import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import Session, State
from suggestions.models import Call, Contact, Reminder, Suggestion, Supervision
from suggestions.selectors import handling_actions_for, office_inbox, running_due
from suggestions.services import RefusedError
from suggestions.services.taking import seen_of
from suggestions.workflow import NotYoursError
from tests.factories import uploads
from tests.factories.workflow import (
    TEXT,
    accepted,
    answered,
    draft,
    handed_over,
    in_state,
    make_cast,
    part_of,
    rate,
    signed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return make_cast()


def _post(client, user, item, action, seen=None, **data):
    client.force_login(user)
    address = reverse("suggestions:step", args=[item.pk, action])
    return client.post(address, {"seen": seen or seen_of(item), **data}, follow=True)


@pytest.mark.parametrize("action", ["extend", "deny_extension"])
def test_second_decision_on_an_extension_is_told_who_decided(client, cast, action):
    part = signed(cast)
    until = dt.date(2026, 7, 1)
    request = services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=until, comment="难"
    )
    services.decide_extension(extension_pk=request.pk, actor=cast.office, grants=True)

    page = _post(client, cast.office, part.suggestion, action, until=until, comment="不必")

    assert page.status_code == 200
    assert "没有待决定的延期申请。最近一步：代表工委于03月02日 09:00「同意延期」" in page.text


def test_second_settling_of_a_promise_is_told_who_settled(client, cast):
    item = in_state(cast, State.TRACKING)
    promise = item.promises.get()
    services.settle_promise(promise_pk=promise.pk, actor=cast.office)

    page = _post(client, cast.office, item, "settle_promise", promise=promise.pk)

    assert "这项承诺已经了结。最近一步：" in page.text


def test_second_vote_on_a_nomination_is_told(client, cast):
    item = in_state(cast, State.CLOSED)
    nomination = services.nominate_suggestion(pk=item.pk, actor=cast.office, reason="办得好")
    services.decide_nomination(nomination_pk=nomination.pk, actor=cast.office, honoured=True)

    page = _post(client, cast.office, item, "honour", nomination=nomination.pk, honoured="on")

    assert "这次推荐已经评定。最近一步：代表工委" in page.text


def test_second_hand_over_meeting_is_told_what_became_of_the_rows(client, cast):
    item = handed_over(cast)
    row = {f"s{item.pk}-take": "on", f"s{item.pk}-lead": cast.units[1].pk, "on": "2026-03-02"}
    client.force_login(cast.office)

    page = client.post(reverse("suggestions:hand_over"), {**row, "then": "hand_over"})

    assert f"第{item.number}号已「办理中」，不再待交办。最近一步：代表工委" in page.text
    assert "一件都没有勾选" not in page.text


def test_forms_sent_twice_add_one_record(client, cast):
    part = signed(cast)
    key = uuid.uuid4()
    item = part.suggestion
    client.force_login(cast.officer())
    address = reverse("suggestions:part_step", args=[part.pk, "log_contact"])
    data = {
        "seen": seen_of(item, part), "key": key, "on": "2026-03-02", "form": "phone",
        "deputies": [cast.lead.pk], "content": "谈了修路",
    }  # fmt: skip
    for _ in range(2):
        client.post(address, data)
    sent = {"on": "2026-03-02", "form": "meeting", "content": "督办", "key": uuid.uuid4()}
    for _ in range(2):
        _post(client, cast.office, item, "supervise", **sent)
    call = {
        "kind": "suggestions", "region": cast.county.pk, "title": "征集建议", "key": uuid.uuid4(),
        "opens_on": "2026-03-02", "closes_on": "2026-04-02",
    }  # fmt: skip
    for _ in range(2):
        client.post(reverse("suggestions:new_call"), call)

    assert [model.objects.count() for model in (Contact, Supervision, Call)] == [1, 1, 1]
    assert Notice.objects.filter(user=cast.lead.user, key__startswith="call:").count() == 1


# --- drafts -----------------------------------------------------------------------------------


def _autosave(client, cast, user=None, **data):
    client.force_login(user or cast.lead.user)
    sent = {"kind": "suggestion", "title": TEXT["title"], "key": uuid.uuid4(), **data}
    return client.post(reverse("suggestions:autosave"), sent)


@pytest.mark.parametrize("moment", ["2026-03-02T09:00:00", "gestern", "2026-03-02"])
def test_autosave_bears_odd_moments(client, cast, moment):
    item = draft(cast)

    assert _autosave(client, cast, draft=item.pk, seen_at=moment).status_code == 200


def test_autosave_with_anothers_key_is_refused_with_words(client, cast):
    key = uuid.uuid4()
    _autosave(client, cast, key=key)

    answer = _autosave(client, cast, cast.mate.user, key=key, title="别人的草稿不能改")

    assert (answer.status_code, answer.json()["said"][:9]) == (400, "这份草稿不是您的，")
    assert Suggestion.objects.get().title == TEXT["title"]


def test_conflict_of_two_devices_shows_both_texts_and_can_be_ended(client, cast, freeze):
    item = draft(cast)
    first_seen = item.saved_at.isoformat()
    freeze("2026-03-02 09:05")
    _autosave(client, cast, draft=item.pk, seen_at=first_seen, situation="手机上写的情况。")

    refused = _autosave(
        client, cast, draft=item.pk, seen_at=first_seen, situation="电脑上写的情况。"
    )
    assert refused.status_code == 409
    stored = Suggestion.objects.get(pk=item.pk)
    assert refused.json()["theirs"]["situation"] == "手机上写的情况。"
    assert refused.json()["seen_at"] == stored.saved_at.isoformat()

    address = reverse("suggestions:write", args=[item.pk])
    data = {"kind": "suggestion", "title": TEXT["title"], "seen_at": first_seen}
    page = client.post(address, {**data, "situation": "电脑上写的情况。"})
    assert "手机上写的情况。" in page.text
    assert "电脑上写的情况。" in page.text
    merged = {"situation": "电脑上写的情况。手机上写的情况。", "then": "save"}
    again = client.post(
        address, {**data, **merged, "seen_at": page.context["form"]["seen_at"].value()}
    )
    assert again.status_code == 302
    assert Suggestion.objects.get(pk=item.pk).situation == merged["situation"]


# --- hand-over limit, papers, small things ----------------------------------------------------


def test_hand_over_days_are_a_clock_of_the_office(cast, freeze):
    item, plenary = accepted(cast), accepted(cast, session=Session.PLENARY)
    notes = {
        each.suggestion.pk: each.note
        for kind in office_inbox(cast.office)
        if kind.code == "hand_over"
        for each in kind.first_items
    }
    assert notes == {item.pk: "交办期限 2026年03月09日", plenary.pk: ""}

    services.send_reminders(dt.date(2026, 3, 10))
    services.send_reminders(dt.date(2026, 3, 10))

    assert list(Reminder.objects.values_list("suggestion", "clock", "stage")) == [
        (item.pk, "hand_over", "after")
    ]
    told = Notice.objects.filter(title__startswith="交办已逾期 1 天")
    assert [notice.user for notice in told] == [cast.office]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", uploads.PDF), ("a.png", uploads.PNG), ("a.jpg", uploads.picture("JPEG")),
        ("a.docx", uploads.word()), ("a.xlsx", uploads.excel()),
    ],
)  # fmt: skip
def test_papers_that_open_are_kept(cast, name, data):
    item = draft(cast)

    services.attach_file(
        pk=item.pk, actor=cast.lead.user, kind="draft", upload=ContentFile(data, name=name)
    )

    assert item.attachments.count() == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", b"%PDF-1.4 x"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10"),
        ("a.png", uploads.PNG[:40]),
        ("a.docx", b"PK\x03\x04zz"),
        ("a.docx", uploads.plain_zip()),
        ("a.docx", uploads.word()[:-200]),
        ("a.xlsx", uploads.word()),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_papers_that_do_not_open_are_refused(cast, name, data):
    item = draft(cast)

    with pytest.raises(RefusedError, match=r"打不开|文件内容不是"):
        services.attach_file(
            pk=item.pk, actor=cast.lead.user, kind="draft", upload=ContentFile(data, name=name)
        )


def test_a_lead_unit_is_not_offered_for_release(cast):
    item = handed_over(cast, assisting=1)
    offered = {
        number: "release" in [b.action for b in handling_actions_for(cast.office, part)]
        for number in (0, 1)
        for part in [part_of(item, cast.units[number])]
    }

    assert offered == {0: False, 1: True}


def test_third_round_is_headed_by_its_own_limit(cast, freeze):
    item = in_state(cast, State.REDO)
    freeze("2026-04-10 09:00")
    item = rate(cast, answered(cast, part=item.handlings.get()), "unsatisfied")
    answered(cast, part=item.handlings.get())

    assert running_due(Suggestion.objects.get(pk=item.pk)) == dt.date(2026, 6, 10)


def test_granted_extension_is_told_with_one_full_stop(client, cast):
    part = signed(cast)
    request = services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=dt.date(2026, 7, 1), comment="难"
    )
    services.decide_extension(extension_pk=request.pk, actor=cast.office, grants=True)
    client.force_login(cast.office)

    page = client.get(reverse("suggestions:detail", args=[part.suggestion_id]))

    assert "延至2026年07月01日。" in page.text
    assert "。。" not in page.text


def test_the_lead_agrees_to_publication_later_and_takes_it_back(cast):
    item = answered(cast)
    with pytest.raises(RefusedError, match="没有同意公开"):
        services.publish_suggestion(pk=item.pk, actor=cast.office)
    services.record_consent(pk=item.pk, actor=cast.lead.user, consents=True)
    services.publish_suggestion(pk=item.pk, actor=cast.office)

    with pytest.raises(RefusedError, match="先取消公开"):
        services.record_consent(pk=item.pk, actor=cast.lead.user, consents=False)
    services.publish_suggestion(pk=item.pk, actor=cast.office, is_public=False)
    services.record_consent(pk=item.pk, actor=cast.lead.user, consents=False)
    item.refresh_from_db()
    assert not item.consents_to_publication


def test_the_office_says_how_the_deputy_agreed(client, cast):
    item = answered(cast)
    with pytest.raises(RefusedError, match="怎样表示的"):
        services.record_consent(pk=item.pk, actor=cast.office, consents=True)
    with pytest.raises((NotYoursError, Suggestion.DoesNotExist)):
        services.record_consent(pk=item.pk, actor=cast.stranger.user, consents=True)
    client.force_login(cast.office)
    address = reverse("suggestions:step", args=[item.pk, "consent"])
    form = client.get(address).context["form"]
    given = {"seen": form.initial["seen"], "key": form.initial["key"]}
    client.post(address, {**given, "consents": "yes", "how": "11月3日书面同意"})

    item.refresh_from_db()
    assert item.consents_to_publication
    assert (
        "同意公开。11月3日书面同意"
        in client.get(reverse("suggestions:detail", args=[item.pk])).content.decode()
    )
