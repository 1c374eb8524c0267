"""The way of a voter's matter: steps, merging, units, answer, reopening, who sees what."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Level, Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.reference import load_reference
from congress_portal.core.stale import StaleRecordError
from congress_portal.core.workdays import seed_calendar
from stations.models import ReceptionNumber
from suggestions import services
from suggestions.enums import Share, VoiceState
from suggestions.models import Reply, ReviewItem, Suggestion, Voice, VoiceCase, VoiceLog, VoicePart
from suggestions.selectors.voice_desk import similar_voices
from suggestions.selectors.voice_doors import open_steps
from suggestions.selectors.voice_figures import backlog, satisfaction
from suggestions.selectors.voice_states import state_of
from suggestions.services import remind_of_voices
from suggestions.services.voices import voter
from suggestions.services.voices.handling import Facts, take_voice_step
from suggestions.services.voices.relaying import relay_reply
from suggestions.services.voices.steps import DoneBeforeError, VoiceError, seen_of
from suggestions.voice_workflow import VoiceAction
from suggestions.workflow import NotYoursError, TransitionNotAllowedError
from tests.factories import workflow as flow
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.stations import OfficerFactory, StationFactory
from tests.factories.suggestions import OpinionFactory, SuggestionFactory, VoiceFactory
from tests.factories.voices import RightDoorFactory, VoiceCaseFactory, VoiceRuleFactory

pytestmark = pytest.mark.django_db
A, S = VoiceAction, VoiceState


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-09 10:00")
    seed_calendar(2026)


@pytest.fixture
def station():
    return StationFactory(number="JZ001")


@pytest.fixture
def officer(station):
    return OfficerFactory(station=station, user=UserFactory(role=Role.STATION_OFFICER)).user


@pytest.fixture
def voice(station):
    voice = VoiceFactory(
        station=station, region=station.region, raised_on=dt.date(2026, 10, 8),
        visitor_name="王记号", visitor_phone="13812345678", has_consent=True,
    )  # fmt: skip
    VoiceCaseFactory(voice=voice)
    return voice


@pytest.fixture
def unit():
    unit = UnitFactory(name="县住建局")
    unit.clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    return unit


@pytest.fixture
def do(officer, voice):
    def take(action, comment="说明", actor=officer, row=voice, **facts):
        given = {"action": action, "voice_pk": row.pk, "actor": actor, "comment": comment}
        return take_voice_step(**given, facts=Facts(**facts))

    return take


def at_unit(do, unit):
    do(A.ACCEPT)
    do(A.ASSIGN, lead=unit)


def test_chain_from_unit_to_voter_and_back_to_a_suggestion(do, voice, unit):
    other = VoiceFactory(station=voice.station, region=voice.region)
    do(A.ACCEPT)
    do(A.MERGE, row=other, main=voice)
    do(A.ASSIGN, lead=unit)
    do(A.ANSWER, "路灯已修好", actor=unit.clerk)
    states = [state_of(voice), state_of(other)]
    voter.say_not_solved(case=VoiceCase.objects.get(voice=voice), reason="还是不亮")
    deputy = DeputyFactory(town=voice.region, seat=True)
    clerk = staff()  # the county's: the deputy sits in its congress
    do(A.TURN, actor=clerk, deputy=deputy)
    do(A.ANSWER, "建议已有答复，换了新灯", actor=clerk)
    voter.confirm_solved(case=VoiceCase.objects.get(voice=voice), rating="satisfied")

    voice.refresh_from_db()
    assert states == [S.ANSWERED, S.ANSWERED]
    assert VoiceCase.objects.get(voice=other).answer == "建议已有答复，换了新灯"
    assert (state_of(voice), voice.rating) == (S.CLOSED, "satisfied")
    assert voice.closed_on == dt.date(2026, 10, 9)
    assert voice.suggestion == Suggestion.objects.get()
    assert VoiceCase.objects.get(voice=voice).reopened == 1
    labels = list(VoiceLog.objects.filter(voice=voice).values_list("action", flat=True))
    assert labels == [
        "accept", "assign", "answer", "reopen", "turn", "answer", "confirm",
    ]  # fmt: skip


@pytest.fixture
def cast(freeze):
    """Whose suggestion is answered in March; the voters' matters are October's."""
    freeze("2026-03-02 09:00")
    cast = flow.make_cast()
    freeze("2026-10-09 10:00")
    return cast


def answered(cast, voice, freeze):
    """The matter's suggestion gets its reply; the unit's part of it."""
    freeze("2026-03-03 09:00")
    part = flow.reply_drafted(cast)
    Voice.objects.filter(pk=voice.pk).update(suggestion=part.suggestion)
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())
    return part


def test_a_suggestions_reply_goes_back_to_every_voter_behind_it(do, voice, cast, freeze):
    other = VoiceFactory(station=voice.station, region=voice.region)
    do(A.ACCEPT)
    do(A.MERGE, row=other, main=voice)
    do(A.TURN, "请写成建议", actor=staff(), deputy=DeputyFactory(seat=True, user=UserFactory()))
    asked = Notice.objects.get(key__startswith="voice-turned")
    assert "请写成建议" in asked.body
    part = answered(cast, voice, freeze)

    for each in (voice, other):
        assert state_of(Voice.objects.get(pk=each.pk)) == S.ANSWERED
        assert "已经完成修补" in VoiceCase.objects.get(voice=each).answer
    assert Notice.objects.filter(key__startswith="voice-relayed").exists()
    again = relay_reply(part.suggestion, Reply.objects.get())
    assert again == 2  # a second round answers anew
    part.suggestion.lead.user = UserFactory(role=Role.DEPUTY)
    part.suggestion.lead.save()
    voter.say_not_solved(case=VoiceCase.objects.get(voice=voice), reason="还是不亮")
    told = Notice.objects.get(user=part.suggestion.lead.user)
    assert told.title == f"选民说没有解决：《{part.suggestion.title}》"
    assert list(Voice.objects.visible_to(told.user).filter(suggestion=part.suggestion)) == [voice]
    assert relay_reply(part.suggestion, Reply.objects.get()) == 2  # the next reply reaches both
    assert state_of(Voice.objects.get(pk=voice.pk)) == S.ANSWERED
    voter.say_not_solved(case=VoiceCase.objects.get(voice=voice), reason="还是不亮")
    do(A.ASSIGN, actor=staff(), lead=UnitFactory())
    assert relay_reply(part.suggestion, Reply.objects.get()) == 0, "given another way since"


def test_a_matter_whose_draft_is_thrown_away_is_free_again(do, voice):
    deputy = DeputyFactory(seat=True, user=UserFactory(role=Role.DEPUTY))
    do(A.ACCEPT)
    do(A.TURN, actor=staff(), deputy=deputy)
    services.discard_draft(pk=Suggestion.objects.get().pk, actor=deputy.user)

    voice.refresh_from_db()
    assert (state_of(voice), voice.suggestion) == (S.ACCEPTED, None)
    assert VoiceLog.objects.filter(voice=voice).last().action == "free"
    do(A.SOLVE_AT_ONCE, "马上修好")


def test_a_closed_matter_stays_closed_and_its_voter_hears_the_suggestions_reply(
    do, voice, cast, freeze
):
    do(A.ACCEPT)
    do(A.SOLVE_AT_ONCE, "先临时修好")
    voter.confirm_solved(case=VoiceCase.objects.get(voice=voice), rating="satisfied")
    answered(cast, voice, freeze)

    voice.refresh_from_db()
    case = VoiceCase.objects.get(voice=voice)
    assert (state_of(voice), voice.rating, voice.closed_on) == (
        S.CLOSED, "satisfied", dt.date(2026, 10, 9),
    )  # fmt: skip
    assert "已经完成修补" in case.answer
    page = Client().get(reverse("public:voice", args=[case.token])).text
    assert "由这件事写成的代表建议有了答复" in page
    assert "已经完成修补" in page


@pytest.mark.parametrize("end", ["refuse", "withdraw"])
def test_a_matter_whose_suggestion_comes_to_nothing_is_free_again(do, voice, officer, freeze, end):
    """The voter's page no longer says that a deputy is at it, and the office is told."""
    freeze("2026-03-02 09:00")
    cast = flow.make_cast()
    suggestion = flow.submitted(cast)
    freeze("2026-10-09 10:00")
    do(A.ACCEPT)
    do(A.TURN, actor=staff(), deputy=DeputyFactory(seat=True, user=UserFactory()))
    Voice.objects.filter(pk=voice.pk).update(suggestion=suggestion)
    if end == "refuse":
        load_reference()
        kind = ReviewItem.objects.filter(kind="refusal").first()
        services.refuse_suggestion(pk=suggestion.pk, actor=cast.office, items=[kind])
    else:
        services.withdraw_suggestion(
            pk=suggestion.pk, actor=cast.office, comment="领衔代表书面要求"
        )

    voice.refresh_from_db()
    assert (state_of(voice), voice.suggestion) == (S.ACCEPTED, None)
    assert Notice.objects.filter(user=officer, key__startswith="voice-free").exists()
    do(A.SOLVE_AT_ONCE, "马上修好")


def test_a_limit_before_today_is_refused(do, unit):
    do(A.ACCEPT)
    with pytest.raises(VoiceError, match="不能早于今天"):
        do(A.ASSIGN, lead=unit, due_on=dt.date(2026, 10, 8))
    do(A.ASSIGN, lead=unit, due_on=dt.date(2026, 10, 9))


def test_the_unit_hears_that_its_answer_did_not_help(do, voice, unit):
    at_unit(do, unit)
    do(A.ANSWER, "路灯已修好", actor=unit.clerk)
    voter.say_not_solved(
        case=VoiceCase.objects.get(voice=voice), reason="还是不亮，电话13812345678"
    )
    told = Notice.objects.get(user=unit.clerk, key__startswith="voice-again")
    assert told.body == "还是不亮，电话（号码略）"


def test_the_offices_ask_only_deputies_they_may_write_for(client, officer, voice, do):
    do(A.ACCEPT)
    own = DeputyFactory(town=voice.region)
    term = TermFactory(level=Level.TOWN, region=voice.region, begins_on=dt.date(2026, 1, 1))
    MandateFactory(deputy=own, term=term, level=Level.TOWN, region=voice.region)
    DeputyFactory(town=voice.region, seat=True)  # of the county's congress
    turn = reverse("suggestions:voice_step", args=[voice.pk, "turn"])
    client.force_login(town_clerk(voice.region))
    assert list(client.get(turn).context["form"].fields["deputy"].queryset) == [own]

    client.force_login(officer)
    page = client.get(reverse("suggestions:voice_detail", args=[voice.pk]))
    assert "转为建议" not in [label for _, label in page.context["doors"]]


def test_clock_counts_working_days_of_the_rule(do, voice, unit):
    VoiceRuleFactory(region=voice.region, unit_days=2)

    at_unit(do, unit)

    part = voice.parts.get()
    assert (part.due_on, part.share) == (dt.date(2026, 10, 12), Share.LEAD)  # 10日（周六）上班
    assert Notice.objects.filter(user=unit.clerk).count() == 1


def test_only_the_lead_unit_answers_and_the_assisting_gives_an_opinion(do, voice, unit):
    helper = UnitFactory()
    clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=helper)
    do(A.ACCEPT)
    do(A.ASSIGN, lead=unit, assisting=[helper])

    with pytest.raises(VoiceError):
        do(A.ANSWER, actor=clerk)
    with pytest.raises(NotYoursError):
        do(A.ANSWER)
    do(A.OPINION, actor=clerk)
    assert state_of(voice) == S.WITH_UNITS
    do(A.ANSWER, actor=unit.clerk)
    assert state_of(voice) == S.ANSWERED


def test_stranger_unit_and_deputy_cannot_reach_it(do, voice, unit):
    at_unit(do, unit)
    for role in (Role.UNIT_OFFICER, Role.DEPUTY):
        stranger = UserFactory(
            role=role, role__unit=UnitFactory() if role == Role.UNIT_OFFICER else None
        )
        with pytest.raises(Voice.DoesNotExist):
            do(A.ANSWER, actor=stranger)


def test_deputy_forwards_but_does_not_solve(do, voice):
    deputy = DeputyFactory(town=voice.region, user=UserFactory(role=Role.DEPUTY))
    Voice.objects.filter(pk=voice.pk).update(deputy=deputy)

    do(A.FORWARD, actor=deputy.user)
    with pytest.raises(NotYoursError):
        do(A.SOLVE_AT_ONCE, actor=deputy.user)

    assert state_of(voice) == S.LOGGED


def test_guided_voice_names_the_right_door_and_ends(do, voice):
    with pytest.raises(VoiceError):
        do(A.GUIDE)
    do(A.GUIDE, door=RightDoorFactory(text="请到法院"))

    voice.refresh_from_db()
    assert (state_of(voice), voice.closed_on) == (S.GUIDED, dt.date(2026, 10, 9))
    with pytest.raises(TransitionNotAllowedError):
        do(A.REOPEN)


def test_look_back_that_finds_nothing_done_reopens(do, voice):
    do(A.SOLVE_AT_ONCE)
    do(A.LOOK_BACK, is_solved=True)
    assert state_of(voice) == S.ANSWERED

    do(A.LOOK_BACK, is_solved=False)

    assert state_of(voice) == S.REDO


def test_voter_reopens_only_within_the_days(do, voice, freeze):
    do(A.SOLVE_AT_ONCE)
    case = VoiceCase.objects.get(voice=voice)

    freeze("2026-11-08 10:00")
    assert voter.may_reopen(case) is True
    freeze("2026-11-09 00:01")
    assert voter.may_reopen(case) is False
    with pytest.raises(VoiceError):
        voter.say_not_solved(case=case, reason="没有解决")
    assert voter.close_silent(today=dt.date(2026, 11, 9)) == 1
    assert state_of(voice) == S.CLOSED


def test_double_tap_and_stale_page_change_nothing(officer, voice):
    key, seen = uuid.uuid4(), seen_of(voice)
    given = {"action": A.ACCEPT, "voice_pk": voice.pk, "actor": officer, "key": key, "seen": seen}
    take_voice_step(**given)

    with pytest.raises(DoneBeforeError):
        take_voice_step(**given)
    with pytest.raises(StaleRecordError):
        take_voice_step(**given | {"key": uuid.uuid4(), "action": A.CONSULT, "comment": "会商"})
    assert VoiceLog.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, S.LOGGED),
        ({"closed_on": dt.date(2026, 7, 20)}, S.CLOSED),
    ],
)
def test_imported_reception_stands_where_its_row_says(facts, state):
    assert state_of(OpinionFactory(reception__held_on=dt.date(2026, 7, 13), **facts)) == state


def test_imported_reception_at_a_unit_or_in_a_suggestion():
    assert state_of(OpinionFactory(unit=UnitFactory())) == S.WITH_UNITS
    assert state_of(OpinionFactory(suggestion=SuggestionFactory())) == S.TURNED


def test_backlog_counts_by_owner_and_age(do, voice, unit):
    Voice.objects.filter(pk=voice.pk).update(raised_on=dt.date(2026, 7, 20))
    at_unit(do, unit)

    row = backlog(Voice.objects.all(), dt.date(2026, 10, 9))[0]

    assert (row.owner, row.total, row.ages) == ("县住建局", 1, (1, 1, 0))


def test_satisfaction_hides_small_numbers(station):
    for rating in ("satisfied", "basically", "unsatisfied"):
        VoiceFactory(
            station=station, region=station.region, rating=rating, closed_on=dt.date(2026, 7, 20)
        )

    rule = VoiceRuleFactory(region=station.region.parent, least_ratings=4)
    assert satisfaction(Voice.objects.all(), "station")[0].rate is None
    rule.least_ratings = 3
    rule.save()
    shown = satisfaction(Voice.objects.all(), "station")[0]
    assert (shown.rated, shown.satisfied, shown.least, shown.rate) == (3, 2, 3, 67)
    VoiceRuleFactory(region=station.region, least_ratings=6)  # the town's own goes first
    assert satisfaction(Voice.objects.all(), "station")[0].rate is None


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_costs_the_same_for_one_and_three(
    client, officer, station, count, django_assert_num_queries
):
    for _ in range(count):
        VoiceFactory(station=station, region=station.region)
    client.force_login(officer)

    with django_assert_num_queries(7):
        page = client.get(reverse("suggestions:voice_inbox"))

    assert page.text.count("路灯不亮") == count


@pytest.mark.parametrize("count", [1, 3])
def test_unit_desk_costs_the_same_for_one_and_three(
    client, officer, station, unit, count, django_assert_num_queries
):
    for _ in range(count):
        row = VoiceFactory(station=station, region=station.region)
        for action in (A.ACCEPT, A.ASSIGN):
            take_voice_step(action=action, voice_pk=row.pk, actor=officer, facts=Facts(lead=unit))
    client.force_login(unit.clerk)

    with django_assert_num_queries(5):
        page = client.get(reverse("suggestions:voice_unit_desk"))

    assert page.text.count("路灯不亮") == count


def test_pages_work_from_accept_to_answer(client, officer, voice, unit):
    VoiceFactory(station=voice.station, region=voice.region, matter="路灯不亮了")
    client.force_login(officer)
    detail = reverse("suggestions:voice_detail", args=[voice.pk])
    assert "路灯不亮了" in client.get(detail).text

    def take(action, **data):
        address = reverse("suggestions:voice_step", args=[voice.pk, action])
        initial = client.get(address).context["form"].initial
        given = {"seen": initial["seen"], "key": str(initial["key"]), **data}
        return client.post(address, given, follow=True)

    assert "已受理" in take("accept").text
    assert (
        "单位办理中" in take("assign", lead=unit.pk).text or "交单位办理" in client.get(detail).text
    )
    client.force_login(unit.clerk)
    page = take("answer", comment="路灯已修好")
    assert "已答复" in page.text
    assert "王记号" not in page.text
    for name in ("voice_inbox", "voice_figures"):
        client.force_login(officer)
        assert client.get(reverse(f"suggestions:{name}")).status_code == 200


def test_stranger_finds_nothing(client, voice):
    for stranger in (UserFactory(role=Role.DEPUTY), town_clerk(TownFactory()), UserFactory()):
        client.force_login(stranger)
        for name, args in (
            ("voice_detail", [voice.pk]), ("voice_step", [voice.pk, "accept"]),
            ("voice_contact", [voice.pk]),
        ):  # fmt: skip
            assert client.get(reverse(f"suggestions:{name}", args=args)).status_code == 404


def test_contact_is_masked_until_a_reason_is_kept(client, officer, voice):
    client.force_login(officer)
    detail = reverse("suggestions:voice_detail", args=[voice.pk])
    assert "13812345678" not in client.get(detail).text

    address = reverse("suggestions:voice_contact", args=[voice.pk])
    client.post(address, {"reason": "打电话核实地点"})

    assert "13812345678" in client.get(detail).text
    assert AuditEntry.objects.get(action="unmask").reason == "打电话核实地点"


def test_deputy_asks_for_a_contact_only_of_own_open_case(client, voice):
    deputy = DeputyFactory(town=voice.region, user=UserFactory(role=Role.DEPUTY))
    Voice.objects.filter(pk=voice.pk).update(deputy=deputy)
    client.force_login(deputy.user)
    detail = reverse("suggestions:voice_detail", args=[voice.pk])
    address = reverse("suggestions:voice_contact", args=[voice.pk])
    assert "13812345678" not in client.get(detail).text
    client.post(address, {"reason": "约时间去看现场"})
    assert "13812345678" in client.get(detail).text

    Voice.objects.filter(pk=voice.pk).update(closed_on=dt.date(2026, 10, 9))

    assert "13812345678" not in client.get(detail).text
    assert client.get(address).status_code == 404


def test_late_unit_is_told_once_and_silence_closes(do, voice, unit, officer):
    VoiceRuleFactory(region=voice.region, unit_days=1, reopen_days=5)
    at_unit(do, unit)
    late = dt.date(2026, 10, 20)

    assert remind_of_voices(late)["群众意见超期"] == 2  # the unit, and the station that answers
    assert remind_of_voices(late)["群众意见超期"] == 0
    assert Notice.objects.filter(user=officer, key__startswith="voice-part-late").exists()
    do(A.ANSWER, actor=unit.clerk)

    assert remind_of_voices(dt.date(2026, 10, 14))["群众意见办结"] == 0
    assert remind_of_voices(dt.date(2026, 10, 15))["群众意见办结"] == 1
    assert state_of(voice) == S.CLOSED


def test_merge_refuses_itself_a_foreign_main_and_a_merged_one(do, voice, station):
    with pytest.raises(VoiceError):
        do(A.MERGE, main=voice)
    with pytest.raises(NotYoursError):
        do(A.MERGE, main=VoiceFactory())
    other, third = VoiceFactory.create_batch(2, station=station, region=station.region)
    do(A.MERGE, row=other, main=third)
    with pytest.raises(VoiceError):
        do(A.MERGE, main=other)
    with pytest.raises(VoiceError):
        do(A.MERGE, row=third, main=voice)


def test_hand_back_frees_the_unit(do, voice, unit):
    at_unit(do, unit)

    do(A.HAND_BACK, "不归我局管", actor=unit.clerk)

    voice.refresh_from_db()
    assert (state_of(voice), voice.unit) == (S.ACCEPTED, None)
    assert not voice.parts.running().exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"等着", "旧的", "别站"}),
        ("state=logged", {"等着", "旧的", "别站"}),
        ("state=with_units", {"在单位"}),
        ("state=all", {"等着", "旧的", "别站", "在单位"}),
        ("age=60", {"旧的"}),
        ("owner=none", {"等着", "旧的", "别站"}),
        ("owner={unit}", {"在单位"}),
        ("station={station}", {"等着", "旧的"}),
        ("town={town}", {"别站"}),
        ("q=旧&state=all", {"旧的"}),
        ("state=closed", set()),
        ("owner=x", set()),
    ],
)
def test_inbox_is_narrowed(client, station, unit, query, found):
    days = {"raised_on": dt.date(2026, 10, 1), "station": station, "region": station.region}
    VoiceFactory(matter="等着", **days)
    VoiceFactory(matter="旧的", **days | {"raised_on": dt.date(2026, 7, 1)})
    at_a_unit = VoiceFactory(matter="在单位", unit=unit, **days | {"station": None})
    VoiceCaseFactory(voice=at_a_unit, state=S.WITH_UNITS)
    VoiceFactory(matter="结了", closed_on=dt.date(2026, 10, 2), **days)
    other = StationFactory()
    VoiceFactory(matter="别站", **days | {"station": other, "region": other.region})
    client.force_login(staff())
    query = query.format(unit=unit.pk, station=station.pk, town=other.region_id)

    page = client.get(f"{reverse('suggestions:voice_inbox')}?{query}")

    assert {row.matter for row in page.context["page"]} == found


def test_inbox_keeps_its_filters_from_page_to_page(client, station, officer):
    for _ in range(26):
        VoiceFactory(station=station, region=station.region, raised_on=dt.date(2026, 7, 1))
    client.force_login(officer)

    page = client.get(reverse("suggestions:voice_inbox"), {"age": "60", "state": "logged"})

    assert "?age=60&amp;state=logged&amp;page=2" in page.text


def test_a_wrong_merge_is_taken_back(do, voice, unit):
    other = VoiceFactory(station=voice.station, region=voice.region)
    do(A.ACCEPT)
    do(A.MERGE, row=other, main=voice)
    do(A.TAKE_BACK, "不是同一处", row=other)
    do(A.ASSIGN, lead=unit)
    do(A.ANSWER, "路灯已修好", actor=unit.clerk)

    case = VoiceCase.objects.get(voice=other)
    assert (state_of(other), case.merged_into, case.answer) == (S.ACCEPTED, None, "")
    assert state_of(voice) == S.ANSWERED


def test_a_matter_shown_to_the_wrong_door_is_taken_back(do, voice):
    do(A.GUIDE, door=RightDoorFactory())
    do(A.TAKE_BACK, "归我们办")

    voice.refresh_from_db()
    case = VoiceCase.objects.get(voice=voice)
    assert (state_of(voice), voice.closed_on) == (S.ACCEPTED, None)
    assert (case.door, case.answered_at) == (None, None)


def test_the_office_enters_what_a_unit_without_an_account_sends(do, voice):
    do(A.ACCEPT)
    do(A.ASSIGN, lead=UnitFactory())
    do(A.ANSWER, "县交通运输局来函：已修好")

    assert state_of(voice) == S.ANSWERED
    assert VoicePart.objects.get(voice=voice).answer == "县交通运输局来函：已修好"


def test_the_office_does_not_answer_for_a_unit_with_an_account(do, voice, unit):
    at_unit(do, unit)

    with pytest.raises(NotYoursError, match="由主办单位答复"):
        do(A.ANSWER, "已修好")


def test_a_station_officer_cannot_turn_it_into_a_suggestion(do):
    do(A.ACCEPT)

    with pytest.raises(NotYoursError, match="家站请转给代表"):
        do(A.TURN, deputy=DeputyFactory(seat=True))


@pytest.mark.parametrize(
    ("share", "shut"), [("lead", {A.OPINION}), ("assist", {A.ANSWER, A.HAND_BACK})]
)
def test_a_unit_is_offered_the_steps_of_its_share(do, voice, unit, share, shut):
    other = UnitFactory()
    do(A.ACCEPT)
    lead, assisting = (unit, [other]) if share == "lead" else (other, [unit])
    do(A.ASSIGN, lead=lead, assisting=assisting)

    steps = {A.OPINION, A.ANSWER, A.HAND_BACK, A.COMMENT}
    assert set(open_steps(unit.clerk, voice, S.WITH_UNITS)) == steps - shut


def test_the_office_is_not_offered_the_answer_of_a_unit_with_an_account(do, voice, unit, officer):
    do(A.ACCEPT)
    do(A.ASSIGN, lead=UnitFactory())
    assert A.ANSWER in open_steps(officer, voice, S.WITH_UNITS)
    do(A.ASSIGN, lead=unit)

    assert A.ANSWER not in open_steps(officer, voice, S.WITH_UNITS)


def test_a_message_about_a_matter_names_no_number(do, voice, unit, officer):
    Voice.objects.filter(pk=voice.pk).update(matter="路灯不亮，我的电话13812345678")
    at_unit(do, unit)
    do(A.ANSWER, "已修好", actor=unit.clerk)

    told = Notice.objects.filter(user=officer)
    assert told.exists()
    assert not told.filter(body__contains="13812345678").exists()


def test_merged_voters_hear_the_reply_as_the_main_one_does(do, voice, cast, freeze):
    other = VoiceFactory(station=voice.station, region=voice.region)
    do(A.ACCEPT)
    do(A.MERGE, row=other, main=voice)
    do(A.SOLVE_AT_ONCE, "先临时修好")
    voter.confirm_solved(case=VoiceCase.objects.get(voice=other), rating="satisfied")
    answered(cast, voice, freeze)

    for each, state in ((voice, S.ANSWERED), (other, S.CLOSED)):
        assert state_of(each) == state
        assert "已经完成修补" in VoiceCase.objects.get(voice=each).answer


def test_the_voters_contact_is_taken_out_once_it_is_closed(client, do, voice, officer):
    client.force_login(officer)
    address = reverse("suggestions:voice_forget", args=[voice.pk])
    reason = {"reason": "本人11月20日来站里提出"}
    assert "办结以后再删去" in client.post(address, reason).text
    do(A.SOLVE_AT_ONCE, "王记号家门口的灯已修好，13812345678")
    voter.confirm_solved(case=VoiceCase.objects.get(voice=voice), rating="satisfied")
    detail = reverse("suggestions:voice_detail", args=[voice.pk])
    assert address in client.get(detail).text
    assert "请写明理由" in client.post(address, {"reason": " "}).text

    client.post(address, reason)

    voice.refresh_from_db()
    case = VoiceCase.objects.get(voice=voice)
    assert (voice.visitor_name, voice.visitor_phone) == ("", "")
    assert "王记号" not in case.answer
    assert "13812345678" not in case.answer
    assert AuditEntry.objects.filter(reason=reason["reason"]).count() == 1
    assert address not in client.get(detail).text
    client.force_login(town_clerk(TownFactory()))
    assert client.get(address).status_code == 404
    assert client.post(address, reason).status_code == 404


def test_a_page_with_a_contact_on_it_is_kept_by_no_browser(client, officer, voice):
    client.force_login(officer)
    detail = reverse("suggestions:voice_detail", args=[voice.pk])
    assert "no-store" not in client.get(detail).headers.get("Cache-Control", "")
    client.post(reverse("suggestions:voice_contact", args=[voice.pk]), {"reason": "打电话核实"})

    assert "no-store" in client.get(detail).headers["Cache-Control"]


def test_the_voter_reads_until_when_silence_does_not_close(client, do, voice):
    VoiceRuleFactory(region=voice.region, reopen_days=5)
    do(A.SOLVE_AT_ONCE, "已修好")
    page = client.get(reverse("public:voice", args=[VoiceCase.objects.get(voice=voice).token]))

    assert "2026年10月14日前可以说没有解决；到时候什么也没有说的，按办结处理。" in page.text


def numbered(station, serial):
    number = ReceptionNumber.objects.create(station=station, year=2026, serial=serial)
    return VoiceFactory(station=station, region=station.region, number=number, matter="桥栏断了")


@pytest.mark.parametrize(
    "typed", ["JZ001-2026-0007", " jz001-2026-7 ", "ＪＺ００１－２０２６－０００７"]
)
def test_a_matter_is_merged_by_its_number_however_unlike_the_words(
    client, officer, voice, station, typed
):
    main = numbered(station, 7)
    client.force_login(officer)
    detail = reverse("suggestions:voice_detail", args=[voice.pk])
    step = reverse("suggestions:voice_step", args=[voice.pk, "merge"])
    assert step in client.get(detail).text
    form = client.get(step).context["form"]
    sent = {"seen": form["seen"].value(), "key": form["key"].value()}

    assert "没有找到这个登记号" in client.post(step, sent | {"number": "JZ001-2026-0008"}).text
    assert "请选合并到哪一件" in client.post(step, sent).text
    client.post(step, sent | {"number": typed})

    assert VoiceCase.objects.get(voice=voice).merged_into == main


def test_a_matter_is_not_merged_into_one_of_another_station(client, officer, voice):
    other = numbered(StationFactory(number="JZ009"), 1)
    client.force_login(officer)
    step = reverse("suggestions:voice_step", args=[voice.pk, "merge"])
    form = client.get(step).context["form"]
    sent = {"seen": form["seen"].value(), "key": form["key"].value()}

    assert "不归您办理" in client.post(step, sent | {"number": str(other.number)}).text


def test_what_is_merged_with_an_answered_matter_is_answered_at_once(client, do, voice, unit):
    other = VoiceFactory(station=voice.station, region=voice.region)
    VoiceCaseFactory(voice=other)
    at_unit(do, unit)
    do(A.ANSWER, "路灯已修好", actor=unit.clerk)
    do(A.MERGE, row=other, main=voice)

    case = VoiceCase.objects.get(voice=other)
    assert (state_of(other), case.answer, case.merged_into) == (S.ANSWERED, "路灯已修好", voice)
    page = client.get(reverse("public:voice", args=[case.token])).text
    assert "路灯已修好" in page
    assert "解决了吗？" in page
    third = VoiceFactory(station=voice.station, region=voice.region, matter=voice.matter)
    assert other not in [each.voice for each in similar_voices(staff(), third)]
    with pytest.raises(VoiceError, match="已经合并"):
        do(A.MERGE, row=third, main=other)


def test_the_voter_reads_every_answer_also_the_one_that_did_not_help(client, do, voice):
    do(A.SOLVE_AT_ONCE, "换了灯泡，有事打13812345678")
    case = VoiceCase.objects.get(voice=voice)
    voter.say_not_solved(case=case, reason="还是不亮")
    page = client.get(reverse("public:voice", args=[case.token])).text
    assert "当时的答复：换了灯泡" in page
    assert "13812345678" not in page

    do(A.SOLVE_AT_ONCE, "换了线路")

    page = client.get(reverse("public:voice", args=[case.token])).text
    assert "当时的答复：换了灯泡" in page
    assert page.count("换了线路") == 1, "the standing answer is said once"


def test_the_trail_holds_no_number_that_somebody_typed(do, voice):
    do(A.SOLVE_AT_ONCE, "请打13812345678")
    voter.say_not_solved(case=VoiceCase.objects.get(voice=voice), reason="打我13987654321")
    voice.refresh_from_db()
    voice.matter = "路灯不亮，打13812345678"
    save_recorded(voice)

    for entry in AuditEntry.objects.all():
        said = f"{entry.changes}{entry.label}{entry.reason}"
        assert not re.search("13812345678|13987654321", said)
    assert AuditEntry.objects.filter(reason="打我（号码略）").exists()


def test_a_matter_goes_to_its_unit_also_before_the_next_years_calendar(do, voice, unit, freeze):
    VoiceRuleFactory(region=voice.region, unit_days=3)
    freeze("2026-12-30 10:00")  # a Wednesday; 2027 is not laid down
    do(A.ACCEPT)
    do(A.ASSIGN, lead=unit)

    assert VoicePart.objects.get(voice=voice).due_on == dt.date(2027, 1, 4)
