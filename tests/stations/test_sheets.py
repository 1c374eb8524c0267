"""Scoring, sending once, who sees a sheet when, objections and their answers."""

import datetime as dt
import io
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Notice, RoleAssignment
from stations.enums import InspectionCampaignState, ObjectionState, RectificationState, SheetState
from stations.models import Objection
from stations.services import objections, sheets
from stations.services.campaigns import total_of
from stations.services.sheets import SheetStaleError
from stations.workflow import (
    CAMPAIGN_TABLE,
    FINDING_TABLE,
    OBJECTION_TABLE,
    SHEET_TABLE,
    Part,
    Step,
    StepNotAllowedError,
    next_state,
    open_steps,
)
from tests.factories import homes
from tests.factories import inspection as play_of
from tests.factories.core import UserFactory
from tests.factories.stations import OfficerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(freeze):
    freeze("2026-09-10 09:00")
    play = play_of.make_round()
    play_of.assign_all(play)
    play_of.start(play)
    return play


@pytest.fixture
def disclosed(freeze):
    freeze("2026-09-10 09:00")
    play = play_of.make_round()
    play_of.disclosed(play)
    return play


def posted(sheet, *, then="save", edition=None, key=None, day="2026-09-02", **lost):
    """What the page sends: ``lost`` is item → (deduction, reason)."""
    data = {
        "client_key": str(key or uuid.uuid4()),
        "edition": sheet.edition if edition is None else edition,
        "inspected_on": day,
        "note": "",
        "then": then,
    }
    for line in sheet.lines.all():
        points, reason = lost.get(line.name, ("", ""))
        data |= {f"deduction_{line.pk}": points, f"reason_{line.pk}": reason}
    return data


def photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")


# --- the tables -------------------------------------------------------------------------------

_STATES = {
    "campaign": (CAMPAIGN_TABLE, InspectionCampaignState),
    "sheet": (SHEET_TABLE, SheetState),
    "objection": (OBJECTION_TABLE, ObjectionState),
    "finding": (FINDING_TABLE, RectificationState),
}
_CASES = [
    (name, step, state, part)
    for name, (table, states) in _STATES.items()
    for step in table
    for state in states
    for part in Part
]


@pytest.mark.parametrize(("name", "step", "state", "part"), _CASES)
def test_next_state_follows_the_table(name, step, state, part):
    table = _STATES[name][0]
    move = table[step]
    allowed = state in move.sources and part in move.who

    if allowed:
        assert next_state(table, step, state=state, parts={part}) == move.to
    else:
        with pytest.raises(StepNotAllowedError):
            next_state(table, step, state=state, parts={part})
    assert (step in open_steps(table, state=state, parts={part})) == allowed


def test_a_step_that_needs_words_says_so():
    with pytest.raises(StepNotAllowedError, match="要写明情况"):
        next_state(SHEET_TABLE, Step.RETURN, state="submitted", parts={Part.OFFICE}, words=" ")


# --- scoring ----------------------------------------------------------------------------------


def test_total_is_exact(play):
    """0.1 + 0.2 taken off 100 leaves 99.7, not 99.69999…"""
    play_of.send(play, 1, 0, 设施="0.1", 台账="0.2")

    assert total_of(play.sheet(1, 0).lines.all()) == Decimal("99.7")


def test_page_scores_with_a_photo_and_answers_json(client, play, media_root):
    sheet = play.sheet(1, 0)
    client.force_login(play.members[1])
    data = posted(sheet, 设施=("1.75", "灯不亮"))
    line = sheet.lines.get(name="设施")

    answer = client.post(
        reverse("inspection:score", args=[sheet.pk]),
        {**data, f"photo_{line.pk}": photo()},
        headers={"Accept": "application/json"},
    )

    assert answer.json() == {"edition": 1, "total": "98.25", "submitted": False}
    line.refresh_from_db()
    assert (line.deduction, line.reason, bool(line.photo)) == (Decimal("1.75"), "灯不亮", True)
    sent = client.get(reverse("inspection:line_photo", args=[line.pk]))
    assert b"".join(sent.streaming_content).startswith(b"\xff\xd8")
    client.force_login(play.members[0])
    assert client.get(reverse("inspection:line_photo", args=[line.pk])).status_code == 404


def test_the_same_sending_twice_changes_nothing(client, play):
    sheet = play.sheet(1, 0)
    client.force_login(play.members[1])
    address = reverse("inspection:score", args=[sheet.pk])
    data = posted(sheet, then="submit") | {"all_clear": "on"}

    answers = [client.post(address, data, headers={"Accept": "application/json"}) for _ in range(2)]

    assert [a.json()["edition"] for a in answers] == [1, 1]
    sheet.refresh_from_db()
    assert (sheet.edition, sheet.state) == (1, "submitted")


def test_a_second_phone_does_not_overwrite_the_first(client, play):
    sheet = play.sheet(1, 0)
    client.force_login(play.members[1])
    address = reverse("inspection:score", args=[sheet.pk])
    client.post(address, posted(sheet, 设施=("1", "灯不亮")))

    answer = client.post(
        address,
        posted(sheet, edition=0, 设施=("9", "别的")),
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 409
    assert "组里已有人" in answer.json()["said"]
    assert sheet.lines.get(name="设施").deduction == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"设施": ("1", "")}, "扣了分，请写明原因"),
        ({"设施": ("", "灯不亮")}, "写了原因没有填扣分"),
        ({"then": "submit"}, "各项都没有扣分的，请勾选后再提交"),
        ({"设施": ("30.01", "坏")}, "30"),
        ({"设施": ("-1", "坏")}, "0"),
        ({"设施": ("1.234", "坏")}, "小数"),
        ({"day": "2026-08-31"}, "9月1日至9月20日"),
        ({"day": "2026-09-11"}, "不能晚于今天"),
        ({"day": "", "then": "submit"}, "请填写考评日期"),
    ],
)
def test_faults_are_named_and_nothing_is_kept(client, play, change, words):
    sheet = play.sheet(1, 0)
    client.force_login(play.members[1])
    address = reverse("inspection:score", args=[sheet.pk])

    answer = client.post(address, posted(sheet, **change), headers={"Accept": "application/json"})
    page = client.post(address, posted(sheet, **change))

    assert answer.status_code == 400
    assert words in answer.json()["said"]
    assert page.status_code == 200
    sheet.refresh_from_db()
    assert (sheet.edition, sheet.lines.filter(deduction__gt=0).count()) == (0, 0)


def test_a_phone_may_send_after_the_last_day_what_was_done_before(play, freeze):
    freeze("2026-09-25 09:00")

    play_of.send(play, 1, 0)

    assert play.sheet(1, 0).state == "submitted"


def test_only_the_own_team_scores(client, play):
    sheet = play.sheet(1, 0)
    address = reverse("inspection:score", args=[sheet.pk])
    seen = {}
    for name, user in {
        "own": play.members[1], "other": play.members[0], "office": play.office,
        "clerk": play.clerks[0], "officer": play.officer, "stranger": UserFactory(),
    }.items():  # fmt: skip
        client.force_login(user)
        seen[name] = client.post(address, posted(sheet)).status_code

    assert seen == {
        "own": 302, "other": 404, "office": 403, "clerk": 404, "officer": 404, "stranger": 404,
    }  # fmt: skip


def test_a_sheet_is_seen_by_the_place_only_after_disclosure(client, play):
    leader = UserFactory(role=Role.LEADER, role__region=play.county)
    people = {
        "own": play.members[1], "other": play.members[0], "office": play.office,
        "leader": leader, "clerk": play.clerks[0], "other clerk": play.clerks[1],
        "officer": play.officer,
    }  # fmt: skip
    address = reverse("inspection:sheet", args=[play.sheet(1, 0).pk])

    def seen():
        found = []
        for name, user in people.items():
            client.force_login(user)
            if client.get(address).status_code == 200:
                found.append(name)
        return found

    before = seen()
    type(play.campaign).objects.update(state="objections")

    assert before == ["own", "office", "leader"]
    assert seen() == ["own", "office", "leader", "clerk", "officer"]


def test_the_office_gives_a_sheet_back_with_a_reason(client, play):
    play_of.send(play, 1, 0)
    sheet = play.sheet(1, 0)
    client.force_login(play.office)

    client.post(reverse("inspection:give_back", args=[sheet.pk]), {"words": "日期不对"})

    sheet.refresh_from_db()
    assert (sheet.state, sheet.submitted_at) == ("draft", None)
    assert Notice.objects.filter(user=play.members[1], key__contains="returned").count() == 1
    play_of.send(play, 1, 0)
    assert play.sheet(1, 0).edition == 2


def test_a_submitted_sheet_is_not_scored_again(play):
    play_of.send(play, 1, 0)

    with pytest.raises(StepNotAllowedError):
        play_of.send(play, 1, 0)


def test_stale_is_told_by_its_own_error(play):
    sheet = play.sheet(1, 0)
    play_of.send(play, 1, 0, submit=False)

    with pytest.raises(SheetStaleError):
        sheets.receive_sheet(
            actor=play.members[1], sheet_pk=sheet.pk, client_key=uuid.uuid4(), seen_edition=0,
            entries={}, inspected_on=dt.date(2026, 9, 2),
        )  # fmt: skip


@pytest.mark.parametrize("name", ["inspection:score", "inspection:sheet"])
@pytest.mark.parametrize("rows", [1, 3])
def test_sheet_pages_ask_a_fixed_number_of_queries(
    client, django_assert_num_queries, play, name, rows
):
    sheet = play.sheet(1, 0)
    keep = list(sheet.lines.values_list("pk", flat=True)[:rows])
    sheet.lines.exclude(pk__in=keep).delete()
    client.force_login(play.members[1])

    with django_assert_num_queries({"inspection:score": 6, "inspection:sheet": 7}[name]):
        client.get(reverse(name, args=[sheet.pk]))


# --- objections -------------------------------------------------------------------------------


def object_to(play, item="设施", user=None):
    sheet = play.sheet(1, 0)
    line = sheet.lines.get(name=item)
    return objections.raise_objection(
        actor=user or play.officer, sheet_pk=sheet.pk, line_pk=line.pk, words="当天停电。"
    )


def test_objection_upheld_changes_the_line_and_tells_the_place(client, disclosed):
    objection = object_to(disclosed)
    assert Notice.objects.filter(user=disclosed.office, key=f"objection:{objection.pk}").exists()
    client.force_login(disclosed.office)
    page = reverse("inspection:objection", args=[objection.pk])

    heavier = client.post(page, {"upheld": "yes", "new_deduction": "2", "answer": "再扣"})
    assert "原来扣 1.75 分，异议成立只能少扣" in heavier.text
    client.post(page, {"upheld": "yes", "new_deduction": "0.5", "answer": "属实，扣半分"})
    again = client.post(page, {"upheld": "no", "answer": "不对"})

    objection.refresh_from_db()
    assert (objection.state, objection.old_deduction, objection.new_deduction) == (
        "upheld", Decimal("1.75"), Decimal("0.5"),
    )  # fmt: skip
    assert total_of(disclosed.sheet(1, 0).lines.all()) == Decimal("97.0")
    assert "现在的状态不能" in again.text
    told = Notice.objects.filter(key=f"objection:{objection.pk}:answered")
    assert {n.user_id for n in told} == {disclosed.officer.pk, disclosed.clerks[0].pk}


def test_objection_refused_leaves_the_score(disclosed):
    objection = object_to(disclosed, user=disclosed.clerks[0])

    objections.answer_objection(
        actor=disclosed.office, objection_pk=objection.pk, upheld=False, answer="照片可证"
    )

    assert total_of(disclosed.sheet(1, 0).lines.all()) == Decimal("95.75")
    with pytest.raises(DomainError, match="已经答复，不能再提"):
        object_to(disclosed)


def test_the_scorer_does_not_answer(client, disclosed):
    """Staff who sit in the team that scored read «not by you»; others of the office may."""
    objection = object_to(disclosed)
    homes.TeamMemberFactory(team=disclosed.teams[1], user=disclosed.office)
    client.force_login(disclosed.office)

    answer = client.post(
        reverse("inspection:objection", args=[objection.pk]), {"upheld": "no", "answer": "不"}
    )

    assert "您是打分的考评组成员" in answer.text
    assert Objection.objects.get().state == ObjectionState.RAISED


def test_the_same_objection_twice_is_one(disclosed):
    object_to(disclosed)

    with pytest.raises(DomainError, match="已经提出异议"):
        object_to(disclosed)


def test_objections_end_with_their_last_day(disclosed, freeze):
    freeze("2026-09-20 23:59")
    object_to(disclosed)
    freeze("2026-09-21 00:00")

    with pytest.raises(DomainError, match="异议期到9月20日"):
        object_to(disclosed, "台账")


def test_only_the_place_objects(client, disclosed):
    address = reverse("inspection:object", args=[disclosed.sheet(1, 0).pk])
    seen = {}
    for name, user in {
        "officer": disclosed.officer, "clerk": disclosed.clerks[0], "team": disclosed.members[1],
        "office": disclosed.office, "other clerk": disclosed.clerks[1],
    }.items():  # fmt: skip
        client.force_login(user)
        seen[name] = client.post(address, {"line_pk": "", "words": name}).status_code

    assert seen == {
        "officer": 302, "clerk": 200, "team": 403, "office": 403, "other clerk": 404,
    }  # fmt: skip
    assert [row.words for row in Objection.objects.all()] == ["officer"]


def test_an_objection_is_found_by_who_may_see_the_sheet(client, disclosed):
    objection = object_to(disclosed)
    address = reverse("inspection:objection", args=[objection.pk])
    seen = {}
    for name, user in {
        "office": disclosed.office, "officer": disclosed.officer,
        "other clerk": disclosed.clerks[1], "stranger": UserFactory(),
    }.items():  # fmt: skip
        client.force_login(user)
        seen[name] = client.get(address).status_code

    assert seen == {"office": 200, "officer": 302, "other clerk": 404, "stranger": 404}


def test_a_whole_sheet_s_objection_names_the_line_in_the_answer(client, disclosed):
    sheet = disclosed.sheet(1, 0)
    objection = objections.raise_objection(
        actor=disclosed.officer, sheet_pk=sheet.pk, words="总体偏严"
    )
    client.force_login(disclosed.office)
    page = reverse("inspection:objection", args=[objection.pk])
    line = sheet.lines.get(name="台账")
    data = {"upheld": "yes", "new_deduction": "0", "answer": "属实"}

    missing = client.post(page, {**data, "line_pk": ""})
    more = client.post(
        page, {**data, "line_pk": sheet.lines.get(name="活动").pk, "new_deduction": 3}
    )
    done = client.post(page, {**data, "line_pk": line.pk})

    assert "请写明改哪一项" in missing.text
    assert "异议成立只能少扣" in more.text
    assert done.status_code == 302
    assert total_of(sheet.lines.all()) == Decimal("98.25")


def test_a_role_given_after_the_draw_is_no_way_round_the_crossing(client, play):
    sheet, member = play.sheet(1, 0), play.members[1]
    client.force_login(member)
    address = reverse("inspection:score", args=[sheet.pk])
    role = RoleAssignment.objects.create(
        user=member, role=Role.INSPECTOR, region=sheet.assignment.region
    )

    told = client.post(address, posted(sheet, 设施=("1", "灯不亮")))
    assert "不能给它打分" in told.text
    sheet.refresh_from_db()
    assert sheet.edition == 0

    role.delete()
    OfficerFactory(station=sheet.assignment.station, user=member)
    assert "不能给它打分" in client.post(address, posted(sheet)).text
