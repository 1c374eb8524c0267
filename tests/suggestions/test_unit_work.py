"""Hand-over, units' work, extension, pauses, opinions, replies."""

import datetime as dt

import pytest

from congress_portal.core.models import CalendarDay, CalendarYear, Notice
from suggestions import services
from suggestions.enums import HandlingState, Share, State
from suggestions.models import ClockChange, Handling, HandlingRule, Reply, ReplyDraft, Suggestion
from suggestions.selectors import parts_of, without_lead_unit
from suggestions.services import Assignment, RefusedError
from suggestions.workflow import NotYoursError
from tests.factories.core import UserFactory
from tests.factories.workflow import (
    accepted,
    contacted,
    handed_over,
    make_cast,
    part_of,
    reply_data,
    reply_drafted,
    signed,
    with_government,
)

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return make_cast()


def test_hand_over_sets_every_limit(cast):
    item = handed_over(cast, assisting=1)

    lead, assisting = (part_of(item, unit) for unit in cast.units[:2])
    assert (item.state, item.handed_over_on, item.due_on) == (
        State.HANDLING, D(2026, 3, 2), D(2026, 6, 2),
    )  # fmt: skip
    assert (lead.sign_due_on, lead.return_due_on, lead.due_on) == (
        D(2026, 3, 11), D(2026, 3, 11), D(2026, 6, 2),
    )  # fmt: skip
    assert (assisting.share, assisting.due_on) == (Share.ASSIST, D(2026, 4, 2))


def test_hand_over_refuses_a_unit_twice(cast):
    item = accepted(cast)

    with pytest.raises(RefusedError, match="主办单位不能同时会办"):
        services.hand_over(
            pk=item.pk, actor=cast.office, lead=cast.units[0], assisting=[cast.units[0]]
        )


def test_batch_is_whole_or_nothing(cast):
    items = [accepted(cast) for _ in range(3)]
    rows = [Assignment(item.pk, cast.units[0], (cast.units[1],)) for item in items]
    bad = [*rows[:2], Assignment(items[2].pk, cast.units[0], (cast.units[0],))]

    with pytest.raises(RefusedError, match="第003号：主办单位不能同时会办"):
        services.hand_over_batch(rows=bad, actor=cast.office)
    assert Handling.objects.count() == 0

    services.hand_over_batch(rows=rows, actor=cast.office, on=D(2026, 3, 2))
    assert set(Suggestion.objects.values_list("state", "handed_over_on")) == {
        (State.HANDLING, D(2026, 3, 2))
    }


def test_government_office_forwards_or_hands_back(cast):
    item = accepted(cast)
    with pytest.raises(RefusedError, match="没有设政府办"):
        services.pass_to_government(pk=item.pk, actor=cast.office)
    with_government(cast)
    office = cast.officer(2)
    services.pass_to_government(pk=item.pk, actor=cast.office)

    services.hand_back(pk=item.pk, actor=office, comment="属法院职责")
    services.pass_to_government(pk=item.pk, actor=cast.office)
    services.hand_over(pk=item.pk, actor=office, lead=cast.units[0])

    actions = list(item.log.order_by("pk").values_list("action", flat=True))
    assert actions[-4:] == ["pass_on", "hand_back", "pass_on", "forward"]


def test_other_units_officer_cannot_hand_over(cast):
    with_government(cast)
    item = accepted(cast)
    services.pass_to_government(pk=item.pk, actor=cast.office)

    with pytest.raises(Suggestion.DoesNotExist):
        services.hand_over(pk=item.pk, actor=cast.officer(0), lead=cast.units[0])


@pytest.mark.parametrize(("day", "is_late"), [("2026-03-11", False), ("2026-03-12", True)])
def test_return_is_asked_within_the_limit(cast, freeze, day, is_late):
    part = signed(cast)
    freeze(f"{day} 09:00")
    ask = {"handling_pk": part.pk, "actor": cast.officer(), "comment": "不属我局职责"}

    if is_late:
        with pytest.raises(RefusedError, match="退办期限是 2026年03月11日（7 个工作日）"):
            services.ask_return(**ask)
    else:
        assert services.ask_return(**ask).state == HandlingState.RETURN_ASKED


def test_returned_and_reassigned(cast, freeze):
    part = signed(cast)
    services.ask_return(handling_pk=part.pk, actor=cast.officer(), comment="不属我局职责")
    services.decide_return(handling_pk=part.pk, actor=cast.office, grants=True)
    assert list(without_lead_unit(Suggestion.objects.all())) == [part.suggestion]
    freeze("2026-03-08 09:00")

    fresh = services.reassign(
        pk=part.suggestion_id,
        actor=cast.office,
        unit=cast.units[1],
        comment="属交通局",
        instead_of=part.pk,
    )

    assert (fresh.share, fresh.assigned_on, fresh.due_on) == (
        Share.LEAD, D(2026, 3, 8), D(2026, 6, 2),
    )  # fmt: skip
    fresh.refresh_from_db()
    assert (fresh.sign_due_on, fresh.due_on) == (D(2026, 3, 17), D(2026, 6, 2))
    assert Suggestion.objects.visible_to(cast.officer(0)).count() == 0
    assert Suggestion.objects.visible_to(cast.officer(1)).count() == 1
    assert [view.handling.unit for view in parts_of(part.suggestion, D(2026, 3, 8))] == [
        cast.units[1], cast.units[0],
    ]  # fmt: skip


def test_returned_time_is_left_out_where_the_rule_says_so(cast, freeze):
    HandlingRule.objects.create(region=cast.county, returned_time_counts=False)
    part = signed(cast)
    services.ask_return(handling_pk=part.pk, actor=cast.officer(), comment="不属我局职责")
    freeze("2026-03-08 09:00")
    services.decide_return(handling_pk=part.pk, actor=cast.office, grants=True)

    services.reassign(
        pk=part.suggestion_id, actor=cast.office, unit=cast.units[1], comment="属交通局"
    )

    item = Suggestion.objects.get()
    assert item.due_on == D(2026, 6, 8)
    assert part_of(item, cast.units[1]).due_on == D(2026, 6, 8)


def test_unit_may_have_the_same_suggestion_again_after_a_return(cast):
    part = signed(cast)
    services.ask_return(handling_pk=part.pk, actor=cast.officer(), comment="不属我局职责")
    services.decide_return(handling_pk=part.pk, actor=cast.office, grants=True)

    services.reassign(
        pk=part.suggestion_id, actor=cast.office, unit=cast.units[0], comment="县长批示由其主办"
    )

    assert Suggestion.objects.get().handlings.count() == 2


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (D(2026, 6, 2), "要晚于现在的期限 2026年06月02日"),
        (D(2026, 9, 3), "最长不超过交办后 6 个月，即 2026年09月02日"),
    ],
)
def test_extension_stays_within_six_months(cast, until, words):
    part = signed(cast)

    with pytest.raises(RefusedError, match=words):
        services.ask_extension(
            handling_pk=part.pk, actor=cast.officer(), until=until, comment="涉及面广"
        )


def test_granted_extension_moves_the_limit_with_a_trace(cast):
    part = signed(cast)
    request = services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=D(2026, 8, 1), comment="涉及面广"
    )

    services.decide_extension(extension_pk=request.pk, actor=cast.office, grants=True)

    part.refresh_from_db()
    assert (part.suggestion.due_on, part.due_on) == (D(2026, 8, 1), D(2026, 8, 1))
    change = ClockChange.objects.get()
    assert (change.old, change.new, change.reason) == (D(2026, 6, 2), D(2026, 8, 1), "同意延期")


def test_denied_extension_moves_nothing(cast):
    part = signed(cast)
    request = services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=D(2026, 8, 1), comment="涉及面广"
    )

    services.decide_extension(
        extension_pk=request.pk, actor=cast.office, grants=False, comment="不复杂"
    )

    part.refresh_from_db()
    assert part.due_on == D(2026, 6, 2)


def test_suspended_clock_runs_on_after_resuming(cast, freeze):
    part = signed(cast)
    services.suspend_clock(pk=part.suggestion_id, actor=cast.office, comment="等上级批复")
    with pytest.raises(RefusedError, match="已经暂停"):
        services.suspend_clock(pk=part.suggestion_id, actor=cast.office, comment="再次")
    freeze("2026-03-22 09:00")

    services.resume_clock(pk=part.suggestion_id, actor=cast.office)

    part.refresh_from_db()
    assert (part.suggestion.due_on, part.due_on) == (D(2026, 6, 22), D(2026, 6, 22))


def test_edited_calendar_recomputes_open_cases_with_a_trace(cast):
    part = signed(cast)
    CalendarDay.objects.create(date=D(2026, 3, 10), is_workday=False, name="全县停工")

    assert services.recompute_deadlines() == 2
    assert services.recompute_deadlines() == 0

    part.refresh_from_db()
    assert (part.sign_due_on, part.return_due_on) == (D(2026, 3, 12), D(2026, 3, 12))
    assert set(ClockChange.objects.values_list("reason", flat=True)) == {"工作日历修订"}


def test_missing_calendar_shows_a_warning_until_it_is_there(freeze):
    freeze("2026-11-20 09:00")
    cast = make_cast(1, years=())
    CalendarYear.objects.create(year=2026)
    CalendarDay.objects.create(date=D(2027, 1, 1), is_workday=False)  # one day is no year
    item = accepted(cast)
    freeze("2026-12-30 09:00")
    item = services.hand_over(pk=item.pk, actor=cast.office, lead=cast.units[0])
    part = item.handlings.get()

    assert (part.sign_due_on, part.due_on) == (None, D(2027, 3, 30))
    assert part.clock_warning.startswith("缺少 2027 年的工作日历，签收期限暂不能推算。")

    CalendarYear.objects.create(year=2027)
    services.recompute_deadlines()
    part.refresh_from_db()
    assert (part.sign_due_on, part.clock_warning) == (D(2027, 1, 11), "")


def test_opinion_is_the_assisting_units(cast):
    item = handed_over(cast, assisting=1)
    lead, assisting = (part_of(item, unit) for unit in cast.units[:2])
    for number, part in enumerate((lead, assisting)):
        services.sign_receipt(handling_pk=part.pk, actor=cast.officer(number))

    services.give_opinion(handling_pk=assisting.pk, actor=cast.officer(1), opinion="同意修路")

    assert part_of(item, cast.units[1]).opinion == "同意修路"
    with pytest.raises(RefusedError, match="不是会办意见"):
        services.give_opinion(handling_pk=lead.pk, actor=cast.officer(0), opinion="同意")
    with pytest.raises(NotYoursError):
        services.log_contact(
            handling_pk=lead.pk, actor=cast.officer(1), form="phone", deputies=[cast.lead],
            content="电话",
        )  # fmt: skip


def test_reply_needs_a_contact_first(cast):
    part = signed(cast)

    with pytest.raises(RefusedError, match="答复前要先与代表联系沟通"):
        services.draft_reply(handling_pk=part.pk, actor=cast.officer(), data=reply_data(cast))


def test_followed_class_needs_a_promise(cast):
    part = signed(cast)
    contacted(cast, part)

    with pytest.raises(RefusedError, match="B类要写明承诺事项"):
        services.draft_reply(
            handling_pk=part.pk, actor=cast.officer(), data=reply_data(cast, "B", promise="")
        )


def test_contact_only_with_the_proposers(cast):
    part = signed(cast)

    with pytest.raises(RefusedError, match="没有提出这件建议"):
        services.log_contact(
            handling_pk=part.pk, actor=cast.officer(), form="phone", deputies=[cast.stranger],
            content="电话",
        )  # fmt: skip


def test_draft_goes_back_and_is_kept(cast):
    part = reply_drafted(cast)
    with pytest.raises(NotYoursError, match="承办单位负责人"):
        services.approve_reply(handling_pk=part.pk, actor=cast.officer())

    services.send_back_reply(handling_pk=part.pk, actor=cast.leader(), comment="写明工期")
    services.draft_reply(
        handling_pk=part.pk, actor=cast.officer(), data=reply_data(cast, body="六月底完工。")
    )
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())

    assert list(ReplyDraft.objects.order_by("pk").values_list("state", "comment")) == [
        ("sent_back", "写明工期"),
        ("approved", ""),
    ]
    reply = Reply.objects.get()
    assert (reply.body, reply.round, reply.signer) == ("六月底完工。", 1, str(cast.leader()))


def test_draft_stays_inside_the_unit(cast):
    reply_drafted(cast)

    for reader in (cast.office, cast.lead.user, cast.officer(1), UserFactory()):
        assert ReplyDraft.objects.visible_to(reader).count() == 0
    assert ReplyDraft.objects.visible_to(cast.leader()).count() == 1


def test_reply_reaches_every_proposer_once(cast):
    part = reply_drafted(cast, cosigned=True)
    Notice.objects.all().delete()

    services.approve_reply(handling_pk=part.pk, actor=cast.leader())

    sheets = Reply.objects.get().appraisals.order_by("pk")
    assert [(sheet.deputy, sheet.due_on) for sheet in sheets] == [
        (cast.lead, D(2026, 3, 30)),
        (cast.mate, D(2026, 3, 30)),
    ]
    told = Notice.objects.filter(title__startswith="送达答复").order_by("user")
    assert [notice.user for notice in told] == [cast.office, cast.lead.user, cast.mate.user]
