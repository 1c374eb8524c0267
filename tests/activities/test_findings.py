"""Findings: entered together, answered, mended, re-checked, closed; one voice each."""

import datetime as dt
import itertools
import uuid

import pytest
from django.urls import reverse

from activities.enums import ActivityState, FindingKind, FindingPhase
from activities.models import Finding
from activities.selectors import findings as selectors
from activities.services import findings as services
from activities.services.findings import FindingError
from activities.supervision_workflow import (
    FINDING,
    FindingAction,
    FindingStage,
    Side,
    available,
    finding_stage,
    next_state,
)
from activities.workflow import NotYoursError, ReasonNeededError, TransitionNotAllowedError
from congress_portal.core.enums import Role, Verification
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.reminders import run_reminders
from congress_portal.core.stale import StaleRecordError, fingerprint
from suggestions.models import Voice
from suggestions.services.from_activity import FromActivityError, voice_from_finding
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.calling import InvitationFactory
from tests.factories.core import (
    CountyFactory,
    TownFactory,
    UnitFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory
from tests.factories.suggestions import OpinionFactory, SuggestionFactory
from tests.factories.supervision import FindingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return TownFactory()


@pytest.fixture
def office(town):
    return town_clerk(town)


@pytest.fixture
def officer():
    return UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory(name="县水利局"))


@pytest.fixture
def unit(officer):
    return officer.role_assignments.get().unit


@pytest.fixture
def deputy(town):
    return DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def activity(town, deputy):
    return ActivityFactory(region=town, title="视察供水工程", deputies=[deputy])


@pytest.fixture
def finding(activity, unit, deputy):
    return FindingFactory(activity=activity, unit=unit, raised_by=deputy)


def seen(finding):
    return fingerprint(Finding.objects.get(pk=finding.pk))


# The table


@pytest.mark.parametrize(
    ("stage", "action", "side"), list(itertools.product(FindingStage, FindingAction, Side))
)
def test_the_table_is_whole(stage, action, side):
    office_only = {"change", "adopt", "close"}
    to_unit = {"open": {"respond", "mend"}, "answered": {"respond", "mend"}}
    to_unit |= {"mended": {"mend"}, "undone": {"mend"}}
    allowed = set(to_unit.get(stage, ())) if side in ("unit", "office") else set()
    if side == "office":
        allowed |= {"reopen"} if stage == "closed" else office_only
        allowed |= {"recheck"} if stage == "mended" else set()

    if action in allowed:
        assert next_state(FINDING, action, stage, {side}, "原因") is None
        assert action in available(FINDING, stage, {side})
        return
    with pytest.raises((TransitionNotAllowedError, NotYoursError)):
        next_state(FINDING, action, stage, {side}, "原因")


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({}, FindingStage.OPEN),
        ({"responded": True}, FindingStage.ANSWERED),
        ({"responded": True, "mended": True}, FindingStage.MENDED),
        ({"mended": True, "rechecked": True, "recheck": "partly"}, FindingStage.UNDONE),
        ({"mended": True, "rechecked": True, "recheck": "done"}, FindingStage.RECHECKED),
        ({"closed": True}, FindingStage.CLOSED),
    ],
)
def test_the_stage_is_read_from_the_dates(facts, stage):
    blank = dict.fromkeys(("responded", "mended", "rechecked", "closed"), False)

    assert finding_stage(**{**blank, "recheck": "", **facts}) == stage


# Entering several at once


def rows_of(*texts, **fields):
    data = {"finding-TOTAL_FORMS": 3, "finding-INITIAL_FORMS": 0}
    for place in range(3):
        data |= {f"finding-{place}-kind": "problem", f"finding-{place}-phase": "during"}
    for place, text in enumerate(texts):
        data[f"finding-{place}-text"] = text
        data |= {f"finding-{place}-{name}": value for name, value in fields.items()}
    return data


def test_several_are_entered_at_once_and_the_unit_is_told_once(
    client, office, officer, unit, activity
):
    client.force_login(office)
    address = reverse("activities:add_findings", args=[activity.pk])
    data = rows_of("一处漏水", "二处漏水", unit=unit.pk, due_on="2026-10-01")
    data["key"] = str(uuid.uuid4())

    page = client.post(address, data, follow=True)
    client.post(address, data)  # a double tap

    assert [row.text for row in activity.findings.all()] == ["一处漏水", "二处漏水"]
    assert "已记下 2 条" in page.text
    notice = Notice.objects.get(user=officer)
    assert notice.title == "人大转来2个问题（意见），请回应"
    client.force_login(officer)
    assert len(client.get(notice.link).context["page"].object_list) == 2


def test_the_deputy_who_logged_it_enters_findings_until_it_is_verified(deputy, activity):
    activity.entered_by, activity.verification = deputy.user, Verification.PENDING
    activity.save()
    given = {"actor": deputy.user, "activity_pk": activity.pk, "findings": [{"text": "漏水"}]}

    services.add_findings(**given)

    activity.verification = Verification.VERIFIED
    activity.save()
    with pytest.raises(FindingError):
        services.add_findings(**given)
    assert Finding.objects.count() == 1


def test_nothing_written_is_told(client, office, activity):
    client.force_login(office)

    page = client.post(reverse("activities:add_findings", args=[activity.pk]), rows_of())

    assert "请至少写一条" in page.text


def test_a_stranger_finds_nothing(client, finding):
    other = UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory())
    for user in (other, town_clerk(TownFactory())):
        client.force_login(user)
        for name in ("finding", "add_findings"):
            pk = finding.pk if name == "finding" else finding.activity_id
            assert client.get(reverse(f"activities:{name}", args=[pk])).status_code == 404
        step = reverse("activities:finding_step", args=[finding.pk, "respond"])
        assert client.post(step, {"response": "好"}).status_code == 404
        assert not client.get(reverse("activities:findings")).context["page"].object_list


# From the unit's answer to the end


def test_a_finding_walks_to_its_end(client, office, officer, deputy, finding):
    def step(user, action, **data):
        client.force_login(user)
        address = reverse("activities:finding_step", args=[finding.pk, action])
        return client.post(address, {"seen": seen(finding), **data}, follow=True)

    step(officer, "respond", response="下周开工")
    step(office, "adopt", is_adopted="yes")
    step(officer, "mend", mended="换管 2 公里")
    assert "写明还差什么" in step(office, "recheck", recheck="partly").text
    step(office, "recheck", recheck="partly", recheck_note="还有 1 公里")
    step(officer, "mend", mended="又换 1 公里")
    step(office, "recheck", recheck="done")
    done = step(office, "close")

    finding.refresh_from_db()
    assert selectors.stage(finding) == FindingStage.CLOSED
    assert finding.is_adopted is True
    assert finding.mended.splitlines()[0] == "换管 2 公里"
    assert "部分整改，还有 1 公里" in finding.mended.splitlines()[1]
    assert finding.mended.splitlines()[2] == "又换 1 公里"
    assert "✓" in done.text
    told = Notice.objects.filter(user=deputy.user).values_list("title", flat=True)
    assert {"县水利局回应了发现的问题", "您提出的意见已采纳", "您提出的问题已办结"} <= set(told)
    trail = AuditEntry.objects.filter(object_key=str(finding.pk), model="activities.Finding")
    assert trail.count() == 7


def test_closing_without_a_recheck_says_why(office, finding):
    given = {"actor": office, "finding_pk": finding.pk, "seen": seen(finding)}

    with pytest.raises(ReasonNeededError):
        services.close(**given)
    services.close(**given, reason="情况不实，已核查")
    services.close(**given)  # posted twice: done already

    assert AuditEntry.objects.filter(reason="情况不实，已核查").count() == 1


def test_reopening_keeps_what_was_reported(office, activity, unit):
    finding = FindingFactory(
        activity=activity, unit=unit, is_rechecked=True, closed_on=dt.date(2026, 8, 11)
    )

    services.reopen(actor=office, finding_pk=finding.pk, seen=seen(finding), reason="又漏了")

    finding.refresh_from_db()
    assert selectors.stage(finding) == FindingStage.ANSWERED  # not mended any more
    assert "已换管网 3 公里" in finding.mended
    assert "重新办理：又漏了" in finding.mended


def test_a_stale_step_is_refused_and_the_text_stays(client, office, officer, finding):
    old = seen(finding)
    services.adopt(actor=office, finding_pk=finding.pk, seen=old, is_adopted=True)
    client.force_login(officer)
    address = reverse("activities:finding_step", args=[finding.pk, "respond"])

    page = client.post(address, {"seen": old, "response": "我们的回应"})

    assert "刚被别人改过" in page.text
    assert "我们的回应" in page.text
    with pytest.raises(StaleRecordError):
        services.respond(actor=officer, finding_pk=finding.pk, seen=old, response="甲")


def test_the_unit_does_not_judge_itself(client, officer, finding):
    client.force_login(officer)

    page = client.get(reverse("activities:finding", args=[finding.pk]))
    assert [str(action.value) for action in page.context["actions"]] == ["respond", "mend"]
    assert not page.context["opens_activity"]
    step = reverse("activities:finding_step", args=[finding.pk, "adopt"])
    assert client.post(step, {"seen": seen(finding), "is_adopted": "yes"}).status_code == 403


# The board


def test_the_board_counts_by_unit_and_age(client, activity, unit, freeze):
    freeze("2026-09-01 09:00")
    for due in ("2026-08-20", "2026-09-10", None):
        FindingFactory(activity=activity, unit=unit, due_on=due and dt.date.fromisoformat(due))
    FindingFactory(activity=activity, unit=unit, is_mended=True, due_on=dt.date(2026, 8, 1))
    FindingFactory(activity=activity, unit=unit, closed_on=dt.date(2026, 8, 1))
    FindingFactory(activity=ActivityFactory(held_on=dt.date(2026, 8, 31)))
    client.force_login(staff())

    page = client.get(reverse("activities:findings"))

    first, second = page.context["units"]
    assert (first.unit, first.open, first.late, first.oldest) == (unit, 4, 1, 55)
    assert (second.open, second.late, second.oldest) == (1, 0, 1)
    assert "■</span> 待回应，已逾期 12 天" in page.text
    assert "▲</span> 待回应，还剩 9 天" in page.text
    late = client.get(reverse("activities:findings"), {"state": "late"})
    assert [row.due_on for row, _ in late.context["page"].object_list] == [dt.date(2026, 8, 20)]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, rows, django_assert_num_queries):
    activity = ActivityFactory()
    FindingFactory.create_batch(rows, activity=activity)
    client.force_login(staff())
    client.get(reverse("activities:findings"))

    with django_assert_num_queries(9):
        client.get(reverse("activities:findings"))


# One voice each


def test_a_finding_becomes_one_voice(client, office, officer, finding):
    Finding.objects.update(due_on=dt.date(2026, 10, 30))
    client.force_login(office)
    address = reverse("suggestions:voice_from_finding", args=[finding.pk])

    client.post(address)
    page = client.post(address, follow=True)

    voice = Voice.objects.get()
    assert (voice.finding, voice.activity, voice.matter) == (
        finding,
        finding.activity,
        finding.text,
    )
    assert page.redirect_chain[-1][0] == reverse("suggestions:voice_detail", args=[voice.pk])
    client.force_login(officer)  # the unit that must mend it has it at once
    assert client.get(page.redirect_chain[-1][0]).status_code == 200
    assert voice.parts.get().due_on == dt.date(2026, 10, 30)


def test_only_the_office_makes_voices_and_not_of_what_is_closed(client, office, officer, finding):
    with pytest.raises(FromActivityError, match="由组织活动的工作人员"):
        voice_from_finding(actor=officer, finding_pk=finding.pk)
    Finding.objects.update(closed_on=dt.date(2026, 9, 1))
    with pytest.raises(FromActivityError, match="已经办结"):
        voice_from_finding(actor=office, finding_pk=finding.pk)
    client.force_login(town_clerk(TownFactory()))
    address = reverse("suggestions:voice_from_finding", args=[finding.pk])
    assert client.post(address).status_code == 404


def test_the_activity_shows_what_it_brought(client, office, activity):
    """M60: three issues, one suggestion."""
    FindingFactory.create_batch(3, activity=activity)
    OpinionFactory(activity=activity, suggestion=SuggestionFactory())
    client.force_login(office)

    page = client.get(reverse("activities:detail", args=[activity.pk]))

    assert "发现问题 3 个、意见建议 0 条" in page.text
    assert "建议 1 件" in page.text


# 民情反映会 (M73)


@pytest.fixture
def meeting(town, deputy):
    row = ActivityFactory(
        region=town, form=ActivityFormFactory(name="民情反映会", counts_as="other"),
        title="云溪镇上半年民情反映会", state=ActivityState.NOTIFIED, held_on=dt.date(2026, 6, 20),
        verification=Verification.PENDING,
    )  # fmt: skip
    InvitationFactory(activity=row, deputy=deputy, sent_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    return row


def test_a_called_deputy_hands_in_before_the_meeting_and_not_after(client, deputy, office, meeting):
    client.force_login(deputy.user)
    address = reverse("activities:hand_in", args=[meeting.pk])
    data = {"text": "村口没有路灯", "key": str(uuid.uuid4())}

    client.post(address, data)
    client.post(address, data)

    row = Finding.objects.get()
    assert (row.phase, row.raised_by, row.kind) == ("before", deputy, FindingKind.OPINION)
    assert Notice.objects.filter(user=office).count() == 1
    meeting.state = ActivityState.HELD
    meeting.save()
    assert client.post(address, data).status_code == 403


def test_six_issues_of_which_four_are_adopted(client, office, meeting, unit):
    phases = [FindingPhase.BEFORE] * 3 + [FindingPhase.DURING] * 2 + [FindingPhase.AFTER]
    for number, phase in enumerate(phases):
        FindingFactory(
            activity=meeting, unit=unit, phase=phase, answered=number < 5, is_adopted=number < 4
        )
    client.force_login(office)

    page = client.get(reverse("activities:opinion_meeting", args=[meeting.pk]))

    assert "采纳率 66.7%（4/6）" in page.text
    assert "部门回应 83.3%（5/6）" in page.text
    assert [len(phase.lines) for phase in page.context["meeting"].phases] == [3, 2, 1]
    paper = client.get(reverse("activities:feedback_paper", args=[meeting.pk, "pdf"]))
    assert paper.content[:4] == b"%PDF"


def test_the_duty_board_flags_the_missing_half(client, town, meeting, freeze):
    freeze("2027-01-10 09:00")
    meeting.state, meeting.verification = ActivityState.HELD, Verification.VERIFIED
    meeting.save()
    CountyFactory()
    client.force_login(staff())

    page = client.get(reverse("activities:opinion_meetings"), {"year": 2026})

    [line] = page.context["board"].towns
    assert (line.first.is_done, line.second.is_done, line.second.is_due) == (True, False, True)
    assert page.text.count("■</span> 没有开") == 1
    assert "上半年 100.0%（1/1），下半年 0.0%（0/1）" in page.text
    assert client.get(reverse("activities:opinion_meetings"), {"year": "x"}).status_code == 404


def test_another_form_is_no_opinion_meeting(client, office, activity):
    client.force_login(office)

    address = reverse("activities:opinion_meeting", args=[activity.pk])
    assert client.get(address).status_code == 404


def test_the_unit_is_reminded_ahead_and_everybody_when_late_once_each(office, officer, finding):
    Finding.objects.update(due_on=dt.date(2026, 9, 10))

    said = [run_reminders(dt.date(2026, 9, day))["整改"] for day in (2, 3, 4, 11, 12)]

    assert said == [0, 1, 0, 2, 0]
    titles = Notice.objects.filter(user=officer).order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["整改将到期（9月10日）", "整改已逾期（9月10日）"]


def test_a_finding_is_not_due_before_its_activity(client, office, activity):
    client.force_login(office)
    address = reverse("activities:add_findings", args=[activity.pk])
    key = client.get(address).context["form"]["key"].value()
    data = {
        "key": key, "finding-TOTAL_FORMS": "1", "finding-INITIAL_FORMS": "0",
        "finding-0-text": "渠道漏水", "finding-0-kind": "problem", "finding-0-phase": "during",
    }  # fmt: skip
    told = client.post(address, data | {"finding-0-due_on": "2020-01-01"})
    assert "不能早于活动的日期" in told.text
    told = client.post(address, data, follow=True).text
    assert "已记下 1 条。" in told
