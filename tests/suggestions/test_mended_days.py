"""Days of steps are bounded by the days before them; late replies stay late."""

import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import CalendarDay, CalendarYear, Notice
from suggestions import services
from suggestions.enums import Decision, Finding, Session, State
from suggestions.models import Appraisal, Contact, Extension, Handling, Suggestion
from suggestions.selectors import cases_of, office_inbox, open_list, rates_of
from suggestions.services import RefusedError
from tests.admin_pages import sent
from tests.factories.core import UserFactory
from tests.factories.workflow import (
    accepted,
    answered,
    handed_over,
    in_state,
    make_cast,
    part_of,
    rate,
    reply_data,
    reply_drafted,
    signed,
    submitted,
    with_government,
)

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return make_cast()


@pytest.mark.parametrize("on", [D(2026, 5, 20), D(2010, 3, 4), D(2026, 7, 18)])
def test_a_late_reply_cannot_be_dated_back(cast, freeze, on):
    part = signed(cast)
    freeze("2026-07-17 09:00")
    reply_drafted(cast, part=part)

    with pytest.raises(RefusedError, match="签发日期不能"):
        services.approve_reply(handling_pk=part.pk, actor=cast.leader(), on=on)

    reply = services.approve_reply(handling_pk=part.pk, actor=cast.leader())
    assert reply.replied_on == D(2026, 7, 17)
    assert rates_of(cases_of(Suggestion.objects.all())).on_time.part == 0


def test_sheets_are_delivered_on_the_real_day(cast, freeze):
    part = reply_drafted(cast)
    freeze("2026-04-01 09:00")

    reply = services.approve_reply(handling_pk=part.pk, actor=cast.leader(), on=D(2026, 3, 2))

    sheet = Appraisal.objects.get()
    assert (reply.replied_on, sheet.delivered_on) == (D(2026, 3, 2), D(2026, 4, 1))
    with pytest.raises(RefusedError, match="还在评价期限内"):
        services.conclude_appraisals(pk=part.suggestion_id, actor=cast.office)


BEFORE = D(2026, 2, 1)


def _accept(cast):
    services.accept_suggestion(pk=submitted(cast).pk, actor=cast.office, on=BEFORE)


def _hand_over(cast):
    services.hand_over(pk=accepted(cast).pk, actor=cast.office, lead=cast.units[0], on=BEFORE)


def _pass_on(cast):
    with_government(cast)
    services.pass_to_government(pk=accepted(cast).pk, actor=cast.office, on=BEFORE)


def _sign(cast):
    part = handed_over(cast).handlings.get()
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer(), on=BEFORE)


def _contact(cast):
    services.log_contact(
        handling_pk=signed(cast).pk, actor=cast.officer(), form="phone", deputies=[cast.lead],
        content="谈过", on=BEFORE,
    )  # fmt: skip


def _opinion(cast):
    part = part_of(handed_over(cast, assisting=1), cast.units[1])
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer(1))
    services.give_opinion(handling_pk=part.pk, actor=cast.officer(1), opinion="同意", on=BEFORE)


def _reassign(cast):
    part = signed(cast)
    services.reassign(
        pk=part.suggestion_id, actor=cast.office, unit=cast.units[2], comment="改",
        instead_of=part.pk, on=BEFORE,
    )  # fmt: skip


def _look_back(cast):
    services.record_look_back(
        pk=answered(cast).pk, actor=cast.office, finding=Finding.SOLVED, words="好",
        deputies=[cast.lead], on=BEFORE,
    )  # fmt: skip


def _report(cast):
    promise = in_state(cast, State.TRACKING).promises.get()
    services.report_promise(promise_pk=promise.pk, actor=cast.officer(), content="在办", on=BEFORE)


def _promise(cast):
    part = signed(cast)
    Contact.objects.create(
        handling=part, held_on=D(2026, 3, 2), form="phone", content="谈", entered_by=cast.office
    )
    services.draft_reply(
        handling_pk=part.pk, actor=cast.officer(),
        data=reply_data(cast, "B", promise_due_on=D(2020, 1, 1)),
    )  # fmt: skip


def _reclassify(cast):
    services.reclassify(
        pk=in_state(cast, State.TRACKING).pk, actor=cast.office, reply_class=cast.classes["B"],
        comment="再跟踪", promise="明年办", promise_due_on=BEFORE,
    )  # fmt: skip


def _supervise(cast):
    services.record_supervision(
        pk=handed_over(cast).pk, actor=cast.office, form="meeting", content="督办", on=BEFORE
    )


@pytest.mark.parametrize(
    "step",
    [
        _accept, _hand_over, _pass_on, _sign, _contact, _opinion, _reassign, _look_back, _report,
        _promise, _reclassify, _supervise,
    ],
)  # fmt: skip
def test_no_step_is_dated_before_what_it_follows(cast, step):
    with pytest.raises(RefusedError, match="不能早于"):
        step(cast)


def test_extension_to_a_day_that_has_passed_is_refused(cast, freeze):
    part = signed(cast)
    freeze("2026-08-03 09:00")

    with pytest.raises(RefusedError, match="不能早于今天"):
        services.ask_extension(
            handling_pk=part.pk, actor=cast.officer(), until=D(2026, 7, 1), comment="难"
        )


def test_what_a_session_received_is_numbered_with_its_year(cast, freeze):
    freeze("2026-11-20 09:00")
    plenary = submitted(cast, session=Session.PLENARY)
    interval = submitted(cast)
    freeze("2027-01-04 09:00")

    years = [
        services.accept_suggestion(pk=item.pk, actor=cast.office).year
        for item in (plenary, interval)
    ]

    assert years == [2026, 2027]


def test_reply_without_a_calendar_warns_and_is_repaired(client, cast, freeze):
    part = signed(cast)
    freeze("2026-12-10 09:00")
    reply_drafted(cast, part=part)
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())

    sheet = Appraisal.objects.get()
    assert sheet.due_on is None
    assert sheet.clock_warning.startswith("缺少 2027 年的工作日历")
    with pytest.raises(RefusedError, match="缺少 2027 年的工作日历"):
        services.conclude_appraisals(pk=part.suggestion_id, actor=cast.office)
    warning = "缺少 2027 年的工作日历，代表评价期限暂不能推算。"
    client.force_login(cast.office)
    assert warning in client.get(f"/suggestions/{part.suggestion_id}/").text
    assert warning in client.get(f"/suggestions/sheets/{sheet.pk}/").text
    kind = next(kind for kind in office_inbox(cast.office) if kind.code == "calendar")
    assert [item.suggestion.pk for item in kind.first_items] == [part.suggestion_id]

    CalendarDay.objects.create(date=D(2027, 1, 1), is_workday=False)
    CalendarYear.objects.create(year=2027)
    assert services.recompute_deadlines() == 1
    assert services.recompute_deadlines() == 0
    sheet.refresh_from_db()
    assert (sheet.due_on, sheet.clock_warning) == (D(2027, 1, 8), "")


def test_reopened_case_counts_by_its_new_reply(cast):
    item = in_state(cast, State.TRACKING)
    services.settle_promise(promise_pk=item.promises.get().pk, actor=cast.office)
    services.record_look_back(
        pk=item.pk, actor=cast.office, finding=Finding.UNSOLVED, words="没有修",
        deputies=[cast.lead], reopen=True,
    )  # fmt: skip
    answered(cast, "C", part=item.handlings.get())

    item.refresh_from_db()
    rates = rates_of(cases_of(Suggestion.objects.all()))
    assert (item.final_class, rates.solved.part, rates.by_class["C"]) == (None, 0, 1)


def test_withdrawn_suggestion_is_public_no_more(cast):
    item = handed_over(cast, consents_to_publication=True)
    services.publish_suggestion(pk=item.pk, actor=cast.office)
    services.withdraw_suggestion(pk=item.pk, actor=cast.lead.user, comment="另提")

    item.refresh_from_db()
    assert item.published_on is None
    Suggestion.objects.filter(pk=item.pk).update(published_on=D(2026, 3, 2))  # an old row
    assert not open_list().exists()
    assert not Suggestion.objects.visible_to(cast.stranger.user).exists()


def test_signed_reply_ends_an_extension_nobody_decided(cast):
    part = signed(cast)
    services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=D(2026, 7, 1), comment="难"
    )
    reply_drafted(cast, part=part)

    services.approve_reply(handling_pk=part.pk, actor=cast.leader())

    request = Extension.objects.get()
    assert (request.decision, request.comment) == (Decision.DENIED, "答复已签发，不用再决定。")
    kinds = {kind.code: kind.count for kind in office_inbox(cast.office)}
    assert kinds["extensions"] == 0


@pytest.mark.parametrize("number", ["99999999999999999999", "123456789012345678"])
def test_long_numbers_are_refused_and_never_stop_numbering(cast, number):
    with pytest.raises(RefusedError, match="不能超过六位"):
        services.accept_suggestion(pk=submitted(cast).pk, actor=cast.office, number=number)
    old = accepted(cast)
    Suggestion.objects.filter(pk=old.pk).update(number=number)

    assert accepted(cast).number == "002"


def test_unit_that_lost_its_part_is_led_to_its_desk(cast):
    part = signed(cast)
    services.ask_return(handling_pk=part.pk, actor=cast.officer(), comment="不属我局")
    services.decide_return(handling_pk=part.pk, actor=cast.office, grants=True)

    notice = Notice.objects.filter(user=cast.officer()).latest("pk")
    assert (notice.title[:4], notice.link) == ("同意退办", "/suggestions/desk/")


def test_unit_already_in_hand_is_named_as_what_it_is(cast):
    item = handed_over(cast, assisting=1)
    lead = part_of(item, cast.units[0])

    with pytest.raises(RefusedError, match="已经是这件建议的会办单位"):
        services.reassign(
            pk=item.pk, actor=cast.office, unit=cast.units[1], comment="改", instead_of=lead.pk
        )
    assert Handling.objects.get(pk=lead.pk).ended_on is None


def test_satisfied_reply_keeps_closing(cast):
    assert rate(cast, answered(cast)).state == State.CLOSED


@pytest.fixture
def as_admin(client, cast):
    client.force_login(UserFactory(role=Role.ADMIN))
    return client


def test_calendar_edited_in_the_admin_moves_open_limits_at_once(cast, as_admin):
    part = signed(cast)
    add = reverse("admin:core_calendarday_add")

    answer = as_admin.post(
        add, sent(as_admin.get(add), date="2026-03-10", is_workday="", name="全县停工")
    )

    assert answer.status_code == 302
    part.refresh_from_db()
    assert part.sign_due_on == D(2026, 3, 12)
    day = CalendarDay.objects.get(date=D(2026, 3, 10))
    as_admin.post(reverse("admin:core_calendarday_delete", args=[day.pk]), {"post": "yes"})
    part.refresh_from_db()
    assert part.sign_due_on == D(2026, 3, 11)


def test_year_confirmed_in_the_admin_clears_the_warning(cast, as_admin):
    item = accepted(cast)
    CalendarYear.objects.filter(year=2026).delete()
    item = services.hand_over(pk=item.pk, actor=cast.office, lead=cast.units[0])
    assert item.handlings.get().clock_warning.startswith("缺少 2026 年的工作日历")
    add = reverse("admin:core_calendaryear_add")

    few = as_admin.post(add, sent(as_admin.get(add), year="2031"))
    as_admin.post(add, sent(as_admin.get(add), year="2026"))

    assert "2031 年只录了 0 个工作日放假" in few.text
    part = item.handlings.get()
    assert (part.clock_warning, part.sign_due_on) == ("", D(2026, 3, 11))
