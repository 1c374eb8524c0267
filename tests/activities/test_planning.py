"""A plan from the first draft to verification, and who may move it."""

import datetime as dt
import io
import itertools

import openpyxl
import pytest
from django.urls import reverse

from activities.enums import ActivityState, Answer, Presence
from activities.models import Activity, ActivityForm, Attendance, ContactRule, Invitation
from activities.selectors.calling import stage
from activities.selectors.planning import first_term, lead_time, never_called, with_calls
from activities.services import planning
from activities.workflow import (
    TABLE,
    Action,
    NotYoursError,
    ReasonNeededError,
    Side,
    Stage,
    TransitionNotAllowedError,
    available_actions,
    next_state,
)
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.periods import quarter
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.calling import PlanFactory
from tests.factories.core import (
    CountyFactory,
    EntryFactory,
    TownFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import (
    DeputyFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
)
from tests.factories.stations import OfficerFactory, PostingFactory, StationFactory

D = dt.date


# The table


@pytest.mark.parametrize(("action", "now"), list(itertools.product(Action, Stage)))
def test_move_follows_the_table(action, now):
    row = TABLE[action]
    for side in Side:
        allowed = now in row.sources and side == row.who

        assert (action in available_actions(now, {side})) is allowed
        if allowed:
            assert next_state(action, now, {side}, "理由") == row.to
        else:
            error = NotYoursError if now in row.sources else TransitionNotAllowedError
            with pytest.raises(error):
                next_state(action, now, {side}, "理由")


def test_every_action_stands_in_the_table_and_asks_its_reason():
    assert set(TABLE) == set(Action)
    for action, row in TABLE.items():
        if row.needs_reason:
            with pytest.raises(ReasonNeededError):
                next_state(action, min(row.sources), {row.who}, " ")


def test_every_state_is_reached_from_a_plan():
    assert {row.to for row in TABLE.values() if row.to} == {
        ActivityState.NOTIFIED, ActivityState.HELD, ActivityState.CANCELLED,
    }  # fmt: skip


# Steps


@pytest.fixture
def clerk(db, freeze):
    freeze("2026-09-10 09:00")
    return town_clerk(TownFactory())


@pytest.fixture
def town(clerk):
    return clerk.assignments[0].region


@pytest.fixture
def people(town):
    return [
        DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY), seat=True) for _ in range(3)
    ]


def _plan(town, people, state=ActivityState.PLANNED, **given):
    return PlanFactory(region=town, called=people, state=state, **given)


def _data(**given):
    return {
        "title": "视察饮水安全",
        "form": ActivityFormFactory().pk,
        "held_on": "2026-09-18",
        "begins_at": "09:00",
        "place": "柳林村",
        "reply_by": "2026-09-15",
        **given,
    }


def test_clerk_plans_and_twice_is_once(client, clerk, town):
    client.force_login(clerk)
    key = client.get(reverse("activities:new_plan")).context["form"].initial["key"]
    data = _data(region=town.pk, key=str(key))

    for _ in range(2):
        page = client.post(reverse("activities:new_plan"), data, follow=True)

    plan = Activity.objects.get()
    assert (plan.state, plan.verification) == (ActivityState.PLANNED, Verification.PENDING)
    [(address, _)] = page.redirect_chain
    assert address == f"{reverse('activities:call', args=[plan.pk])}?town={town.pk}"


def test_the_choice_opens_on_the_group_of_the_plan(client, clerk, town, people):
    """A plan of one group does not offer the whole county for one slip of the finger."""
    group = GroupFactory(region=town)
    GroupMembershipFactory(group=group, deputy=people[0])
    plan = PlanFactory(region=town, group=group, held_on=dt.date(2026, 9, 18))
    client.force_login(clerk)

    plan_page = client.get(reverse("activities:plan", args=[plan.pk]))
    address = f"{reverse('activities:call', args=[plan.pk])}?group={group.pk}"
    page = client.get(address)

    assert address in plan_page.text
    assert list(page.context["page"].object_list) == [people[0]]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"held_on": "2026-09-09"}, "计划的日期已经过去"),
        ({"reply_by": "2026-09-19"}, "回执截止不能晚于活动日期"),
        ({"ends_at": "08:00"}, "结束时间要晚于开始时间"),
        ({"held_on": "九月"}, "请填写日期"),
    ],
)
def test_faulty_plan_is_told_and_kept(client, clerk, town, given, fault):
    client.force_login(clerk)

    page = client.post(reverse("activities:new_plan"), _data(region=town.pk, **given))

    assert fault in page.text
    assert 'value="柳林村"' in page.text
    assert not Activity.objects.exists()


def test_plan_outside_the_scope_is_no_choice(client, clerk):
    client.force_login(clerk)

    page = client.post(reverse("activities:new_plan"), _data(region=TownFactory().pk))

    assert page.context["form"].errors["region"]
    assert not Activity.objects.exists()


def test_station_officer_plans_for_the_own_station(client, clerk, town):
    officer = UserFactory(role=Role.STATION_OFFICER)
    station = StationFactory(region=town)
    OfficerFactory(station=station, user=officer)
    deputy = DeputyFactory(town=town, seat=True)
    PostingFactory(station=station, deputy=deputy)
    client.force_login(officer)

    client.post(reverse("activities:new_plan"), _data(station=station.pk))
    plan = Activity.objects.get()
    page = client.get(reverse("activities:call", args=[plan.pk]))
    planning.invite(actor=officer, activity_pk=plan.pk, deputies=[deputy])

    assert plan.region == town
    assert list(page.context["page"].object_list) == [deputy]
    assert available_actions(Stage.HELD, {Side.ORGANISER}) == (
        Action.DECIDE_LEAVE, Action.CORRECT, Action.REPORT, Action.REOPEN,
    )  # fmt: skip


def test_notice_reaches_each_once(clerk, town, people):
    plan = _plan(town, people)

    assert planning.notify_invited(actor=clerk, activity_pk=plan.pk) == 3
    with pytest.raises(TransitionNotAllowedError):
        planning.notify_invited(actor=clerk, activity_pk=plan.pk)

    plan.refresh_from_db()
    assert (plan.state, plan.notified_on) == (ActivityState.NOTIFIED, D(2026, 9, 10))
    told = Notice.objects.order_by("user_id")
    assert [each.user for each in told] == [each.user for each in people]
    assert told[0].link == f"/invitations/{plan.invitations.get(deputy=people[0]).pk}/"


def test_who_is_added_later_hears_alone(clerk, town, people):
    plan = _plan(town, people[:2])
    planning.notify_invited(actor=clerk, activity_pk=plan.pk)

    assert planning.invite(actor=clerk, activity_pk=plan.pk, deputies=people) == 1

    assert Notice.objects.count() == 3
    assert Invitation.objects.filter(sent_at=None).count() == 0


def test_deputy_out_of_scope_or_office_is_not_called(clerk, town):
    plan = _plan(town, [])
    stranger = DeputyFactory(seat=True)
    former = DeputyFactory(town=town)

    for deputy in (stranger, former):
        with pytest.raises(planning.CallingError):
            planning.invite(actor=clerk, activity_pk=plan.pk, deputies=[deputy])

    assert not plan.invitations.exists()


def test_new_time_makes_all_answer_anew(clerk, town, people):
    plan = _plan(town, people, ActivityState.NOTIFIED)
    plan.invitations.filter(deputy=people[0]).update(answer=Answer.ACCEPTED)

    planning.change_plan(
        actor=clerk, activity_pk=plan.pk, seen=fingerprint(plan), held_on=D(2026, 9, 20)
    )

    assert set(plan.invitations.values_list("answer", flat=True)) == {Answer.WAITING}
    titles = set(Notice.objects.values_list("title", flat=True))
    assert titles == {f"活动时间有变，请重新回执：{plan.title}"}
    assert Notice.objects.count() == 3


def test_new_agenda_keeps_the_answers_and_tells_once(clerk, town, people):
    plan = _plan(town, people, ActivityState.NOTIFIED)
    plan.invitations.update(answer=Answer.ACCEPTED)

    planning.change_plan(actor=clerk, activity_pk=plan.pk, seen=fingerprint(plan), notice="带雨具")

    assert set(plan.invitations.values_list("answer", flat=True)) == {Answer.ACCEPTED}
    assert Notice.objects.filter(title__startswith="活动安排有变").count() == 3


def test_stale_change_is_refused(client, clerk, town, people):
    plan = _plan(town, people)
    client.force_login(clerk)

    page = client.post(
        reverse("activities:edit_plan", args=[plan.pk]), _data(seen="0" * 64, place="新地点")
    )

    assert "刚被别人改过" in page.text
    assert Activity.objects.get().place == "县人大三楼会议室"


def test_cancelling_tells_all_once_with_the_reason(client, clerk, town, people):
    plan = _plan(town, people, ActivityState.NOTIFIED)
    client.force_login(clerk)
    address = reverse("activities:plan_step", args=[plan.pk, "cancel"])
    seen = fingerprint(plan)

    silent = client.post(address, {"seen": seen, "reason": ""})
    for _ in range(2):
        client.post(address, {"seen": seen, "reason": "汛情紧急"})

    plan.refresh_from_db()
    assert "请写明原因" in silent.text
    assert (plan.state, plan.cancel_reason) == (ActivityState.CANCELLED, "汛情紧急")
    assert [each.title for each in Notice.objects.all()] == [f"活动取消：{plan.title}"] * 3


def _hold_data(page, **given):
    form = page.context["form"]
    data = {"seen": form.initial["seen"], "others": "", "audience": ""}
    for line in form.lines:
        for name in ("presence", "part", "speech"):
            data[line[name].html_name] = line[name].value() or ""
    return data | given


def _all(people, presence):
    return {f"presence_{each.pk}": presence for each in people}


def test_attendance_is_filled_from_the_answers(client, clerk, town, people, freeze):
    plan = _plan(town, people, ActivityState.NOTIFIED)
    rows = {row.deputy: row for row in plan.invitations.all()}
    Invitation.objects.filter(pk=rows[people[0]].pk).update(answer=Answer.ACCEPTED)
    leave = {"answer": Answer.LEAVE_GRANTED, "leave_kind": "ill"}
    Invitation.objects.filter(pk=rows[people[1]].pk).update(**leave)
    freeze("2026-09-18 17:00")
    client.force_login(clerk)
    address = reverse("activities:hold", args=[plan.pk])
    guest = DeputyFactory(name="临时到", town=town, seat=True)

    data = _hold_data(client.get(address), others="临时到", audience="30")
    data[f"speech_{people[0].pk}"] = "建议增加水质检测"
    silent = client.post(address, data)
    filled = client.post(address, data | {"rest": "absent"})
    asked = Attendance.objects.exists()
    client.post(address, _hold_data(filled, others="临时到", audience="30"))

    plan.refresh_from_db()
    assert f"请选{people[2].name}是出席、请假还是缺席" in silent.text
    assert not asked
    assert stage(plan) == Stage.HELD
    assert list(plan.attendances.values_list("deputy", "presence", "speech")) == [
        (people[0].pk, Presence.PRESENT, "建议增加水质检测"),
        (people[1].pk, Presence.LEAVE, ""),
        (people[2].pk, Presence.ABSENT, ""),
        (guest.pk, Presence.PRESENT, ""),
    ]
    assert plan.audience == 30


def test_nothing_is_held_before_its_day(client, clerk, town, people):
    plan = _plan(town, people, ActivityState.NOTIFIED)
    client.force_login(clerk)
    address = reverse("activities:hold", args=[plan.pk])

    shown = client.get(address)
    page = client.post(address, _hold_data(shown) | _all(people, Presence.PRESENT))

    assert "当天起在这里登记到会" in shown.text
    assert "保存到会情况" not in shown.text
    assert "还没到活动日期" in page.text
    assert not Attendance.objects.exists()


@pytest.fixture
def held(clerk, town, people, freeze):
    plan = _plan(town, people, ActivityState.NOTIFIED)
    freeze("2026-09-18 17:00")
    seats = [planning.Seat(deputy, Presence.PRESENT) for deputy in people]
    return planning.hold_activity(actor=clerk, activity_pk=plan.pk, seats=seats)


def test_reopening_takes_the_attendance_back_until_verified(clerk, held):
    planning.reopen_activity(actor=clerk, activity_pk=held.pk, reason="改期再办")

    held.refresh_from_db()
    assert (stage(held), held.attendances.count()) == (Stage.NOTIFIED, 0)


def test_verified_activity_stays_as_it_is(client, clerk, held):
    client.force_login(clerk)
    address = reverse("activities:verify_plan", args=[held.pk])
    client.post(address, {"seen": "0" * 64})
    held.refresh_from_db()
    assert stage(held) == Stage.HELD
    client.post(address, {"seen": fingerprint(held)})

    held.refresh_from_db()
    assert stage(held) == Stage.VERIFIED
    with pytest.raises(TransitionNotAllowedError):
        planning.reopen_activity(actor=clerk, activity_pk=held.pk, reason="改期")


def test_only_what_was_held_and_verified_counts(clerk, town, people, held):
    _plan(town, people, ActivityState.NOTIFIED, held_on=D(2026, 9, 17))

    def count():
        metric = find_metric(Deputy, "activities")
        measures = measure([metric], quarter(2026, 3), Deputy.objects.all())
        return measures["activities"][people[0].pk]

    assert count() == 0
    planning.verify_activity(actor=clerk, activity_pk=held.pk)
    assert count() == 1


def test_direct_posts_out_of_turn_change_nothing(client, clerk, town, people, held):
    planning.verify_activity(actor=clerk, activity_pk=held.pk)
    client.force_login(clerk)
    before = Activity.objects.filter(pk=held.pk).values().get()
    entries = AuditEntry.objects.count()
    held.refresh_from_db()
    seen = fingerprint(held)
    posts = {
        "edit_plan": _data(seen=seen),
        "call": {"names": people[0].name, "then": "ticked"},
        "hold": {"seen": seen, **{f"presence_{p.pk}": "absent" for p in people}},
        "report": {"seen": seen, "content": "改写"},
    }

    for name, data in posts.items():
        client.post(reverse(f"activities:{name}", args=[held.pk]), data)
    for action in ("notify", "cancel", "reopen"):
        address = reverse("activities:plan_step", args=[held.pk, action])
        client.post(address, {"seen": seen, "reason": "试试"})
    for row in held.invitations.all():
        client.post(reverse("activities:uninvite", args=[row.pk]))

    assert Activity.objects.filter(pk=held.pk).values().get() == before
    assert held.invitations.count() == 3
    assert set(held.attendances.values_list("presence", flat=True)) == {Presence.PRESENT}
    assert AuditEntry.objects.count() == entries


STAFF_PAGES = ("plan", "edit_plan", "call", "hold", "report", "chat_text", "phones", "letters")


@pytest.mark.parametrize("who", ["other_clerk", "officer", "deputy", "auditor", "nobody"])
def test_strangers_find_no_page_of_a_plan(client, town, people, who):
    plan = _plan(town, people, ActivityState.NOTIFIED)
    row = plan.invitations.first()
    strangers = {
        "other_clerk": town_clerk(TownFactory()),
        "officer": UserFactory(role=Role.STATION_OFFICER),
        "deputy": people[0].user,
        "auditor": UserFactory(role=Role.AUDITOR),
        "nobody": UserFactory(),
    }
    client.force_login(strangers[who])
    pages = [reverse(f"activities:{name}", args=[plan.pk]) for name in STAFF_PAGES]
    answers = ("record_answer", "decide_leave")
    pages += [reverse(f"activities:{name}", args=[row.pk]) for name in answers]
    pages += [
        reverse("activities:plan_step", args=[plan.pk, "cancel"]),
        reverse("activities:sign_in", args=[plan.pk, "pdf"]),
        reverse("activities:brief", args=[plan.pk, "pdf"]),
        reverse("activities:all_letters", args=[plan.pk]),
    ]

    assert {client.get(page).status_code for page in pages} == {404}


# Whom to call


def test_filters_narrow_whom_to_call(client, clerk, town, people):
    form = ActivityForm.objects.get_or_create(name="视察")[0]
    medical = EntryFactory(dictionary=Dictionary.EXPERTISE, name="医疗")
    people[0].expertise.add(medical)
    Deputy.objects.filter(pk=people[1].pk).update(sector="农民")
    member = GroupMembershipFactory(deputy=people[2], group__region=town)
    ActivityFactory(form=form, region=town, deputies=[people[0]])
    plan = _plan(town, [], form=form)
    client.force_login(clerk)

    def listed(**filters):
        page = client.get(reverse("activities:call", args=[plan.pk]), filters)
        return {each.pk for each in page.context["page"].object_list}

    assert listed(expertise=medical.pk) == {people[0].pk}
    assert listed(sector="农民") == {people[1].pk}
    assert listed(group=member.group_id) == {people[2].pk}
    assert listed(history="never") == {people[1].pk, people[2].pk}


def test_all_that_are_listed_are_called_at_one_click(client, clerk, town, people):
    plan = _plan(town, [])
    Deputy.objects.filter(pk__in=[p.pk for p in people[:2]]).update(sector="农民")
    client.force_login(clerk)
    address = reverse("activities:call", args=[plan.pk])

    client.post(f"{address}?sector=农民", {"then": "everyone", "names": ""})

    assert set(plan.invitations.values_list("deputy", flat=True)) == {p.pk for p in people[:2]}


def test_first_term_is_neither_reelected_nor_of_an_earlier_term(clerk, town):
    new = DeputyFactory(town=town, seat=True)
    again = DeputyFactory(town=town)
    MandateFactory(deputy=again, is_reelected=True)

    assert set(first_term(Deputy.objects.all(), D(2026, 9, 18))) == {new}


def test_lead_time_warns_and_does_not_block(client, clerk, town, people):
    ContactRule.objects.create(region=CountyFactory(), notice_days=9)
    plan = _plan(town, people)
    client.force_login(clerk)
    address = reverse("activities:plan_step", args=[plan.pk, "notify"])

    page = client.get(address)
    client.post(address, {"seen": page.context["form"].initial["seen"]})

    assert "只有 8 天，少于规定的提前 9 天" in page.text
    assert lead_time(plan, D(2026, 9, 9)).is_short is False
    plan.refresh_from_db()
    assert plan.state == ActivityState.NOTIFIED


# 列席 by turns (M54)


def test_never_invited_is_invited_attends_and_counts_one(client, clerk, town, people, freeze):
    form = ActivityFormFactory(name="列席会议")
    ActivityForm.objects.update(is_meeting=False)
    ActivityForm.objects.filter(pk=form.pk).update(is_meeting=True)
    Deputy.objects.filter(pk=people[0].pk).update(sector="农民")
    plan = _plan(town, [], form=form)
    client.force_login(clerk)
    board = reverse("activities:rotation")
    assert client.get(board, {"who": "never"}).context["never"] == 3

    client.post(f"{board}?sector=农民", {"activity": plan.pk, "then": "never"})
    called = [row.deputy for row in plan.invitations.all()]
    client.post(board, {"activity": plan.pk, "then": "never"})
    planning.notify_invited(actor=clerk, activity_pk=plan.pk)
    freeze("2026-09-18 17:00")
    client.force_login(clerk)
    seats = [planning.Seat(deputy, Presence.PRESENT) for deputy in people]
    planning.hold_activity(actor=clerk, activity_pk=plan.pk, seats=seats)

    page = client.get(board)
    assert called == people[:1], "of those that were listed"
    assert page.context["never"] == 0
    rows = with_calls(Deputy.objects.filter(pk=people[0].pk), forms=[form.pk]).get()
    assert (rows.times_called, rows.times_present) == (1, 1)
    assert page.context["shares"][0].words == "33.3%（1/3）"
    assert not never_called(Deputy.objects.filter(pk=people[0].pk), [form.pk]).exists()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("plans", 5), ("plan", 8), ("call", 13)])
def test_pages_of_plans_ask_a_fixed_number_of_queries(
    client, clerk, town, django_assert_num_queries, name, queries, rows
):
    deputies = [DeputyFactory(town=town, seat=True) for _ in range(2 * rows)]
    plans = [_plan(town, deputies[:rows], ActivityState.NOTIFIED) for _ in range(rows)]
    client.force_login(clerk)
    args = [] if name == "plans" else [plans[0].pk]

    with django_assert_num_queries(queries):
        page = client.get(reverse(f"activities:{name}", args=args))

    assert page.status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_rotation_asks_a_fixed_number_of_queries(
    db, client, django_assert_num_queries, freeze, rows
):
    freeze("2026-09-10 09:00")
    ActivityForm.objects.filter(pk=ActivityFormFactory(name="列席会议").pk).update(is_meeting=True)
    DeputyFactory.create_batch(rows, town=TownFactory(code="421299101000"), seat=True)
    client.force_login(staff())

    with django_assert_num_queries(18):
        page = client.get(reverse("activities:rotation"))

    assert page.context["everyone"] == rows


def test_plan_is_not_exported_as_an_activity_of_the_register(client, clerk, town, held):
    plan = _plan(town, [])
    client.force_login(clerk)
    rows = [plan.pk, held.pk]

    file = client.post(
        reverse("admin:activities_activity_changelist"),
        {"action": "export_selected", "_selected_action": rows},
    )

    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    text = str([cell for row in sheet.iter_rows(values_only=True) for cell in row])
    assert held.title in text
    assert plan.title not in text


def test_plan_is_not_verified_in_the_admin(client, clerk, town):
    plan = _plan(town, [])
    client.force_login(clerk)

    page = client.post(
        reverse("admin:activities_activity_changelist"),
        {"action": "verify_selected", "_selected_action": [plan.pk]},
        follow=True,
    )

    plan.refresh_from_db()
    assert "还没有举行的活动不能核实" in page.text
    assert plan.verification == Verification.PENDING


def test_lists_say_in_words_how_far_an_activity_is(client, clerk, town, people):
    for state in ActivityState.values:
        _plan(town, people[:1], state)
    client.force_login(clerk)

    page = client.get(reverse("activities:list")).text
    plan = Activity.objects.get(state=ActivityState.NOTIFIED)
    told = client.get(reverse("activities:detail", args=[plan.pk]))

    for shape, words in (("●", "筹备"), ("▲", "已通知"), ("■", "已取消"), ("●", "待核实")):
        assert f'<span aria-hidden="true">{shape}</span> {words}' in page
    assert "还没有举行，不计入履职和考评" in told.text
    assert told.context["calling"].plan is True


def test_plan_is_not_changed_or_deleted_past_its_own_pages(client, clerk, town):
    plan = _plan(town, [])
    client.force_login(clerk)

    page = client.get(reverse("admin:activities_activity_change", args=[plan.pk]))
    client.post(reverse("admin:activities_activity_delete", args=[plan.pk]), {"post": "yes"})
    client.post(
        reverse("admin:activities_activity_changelist"),
        {"action": "delete_selected", "_selected_action": [plan.pk], "post": "yes"},
    )

    assert page.context["has_change_permission"] is False
    assert Activity.objects.filter(pk=plan.pk).exists()
