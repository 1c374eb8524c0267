import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.reminders import run_reminders
from congress_portal.evaluations.enums import DutySubject, PeriodKind
from congress_portal.evaluations.models import Exemption, Nudge, Requirement
from tests.admin_pages import added_row, sent
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.contact import CommitteeMemberFactory
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, GroupFactory, GroupMembershipFactory
from tests.factories.requirements import (
    ExemptionFactory,
    NudgeFactory,
    PartFactory,
    RequirementFactory,
)
from tests.factories.stations import OfficerFactory, ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db
NOW = "2026-09-21 10:00"


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze(NOW)


@pytest.fixture
def office(client):
    client.force_login(staff())
    return client


def inspections(**fields):
    return PartFactory(
        name="视察", forms=[ActivityFormFactory()], requirement=RequirementFactory(**fields)
    ).requirement


def deputy_user(**fields):
    return DeputyFactory(seat=True, user=UserFactory(role=Role.DEPUTY), **fields)


def board(requirement, query=""):
    return reverse("evaluations:duty_board", args=[requirement.pk]) + query


def names(response):
    return [row.who.label for row, _ in response.context["lines"]]


# --- boards ---------------------------------------------------------------------------------


def test_board_says_who_lacks_what_and_by_when(office):
    requirement = inspections(name="每季度视察一次")
    done, lacking = DeputyFactory(name="王二", seat=True), DeputyFactory(name="李一", seat=True)
    ActivityFactory(deputies=[done])

    response = office.get(board(requirement))

    text = response.content.decode()
    assert names(response) == [lacking.name, done.name]  # who lacks something comes first
    assert "2026年9月30日（周三）前，还剩 9 天" in text
    assert "50.0%（1/2）" in text
    assert "四舍五入到整数" in text


@pytest.mark.parametrize("size", [1, 3])
def test_board_query_count(office, size):
    requirement, town = inspections(), TownFactory()
    for _ in range(size):
        NudgeFactory(requirement=requirement, deputy=DeputyFactory(town=town, seat=True))

    with CaptureQueriesContext(connection) as queries:
        response = office.get(board(requirement))

    assert (len(names(response)), len(queries)) == (size, 17)


@pytest.mark.parametrize("size", [1, 3])
def test_index_query_count(office, size):
    DeputyFactory(seat=True)
    for _ in range(size):
        inspections()

    with CaptureQueriesContext(connection) as queries:
        response = office.get(reverse("evaluations:duties"))

    assert (len(response.context["boards"]), len(queries)) == (size, 14)


@pytest.mark.parametrize("size", [1, 3])
def test_history_query_count(office, size):
    requirement = inspections()
    for _ in range(size):
        DeputyFactory(seat=True)

    with CaptureQueriesContext(connection) as queries:
        response = office.get(reverse("evaluations:duty_history", args=[requirement.pk]))

    assert (len(response.context["grid"].rows), len(queries)) == (size, 26)


def test_board_narrows_by_town_group_and_state(office):
    requirement = inspections()
    one = TownFactory(name="甲镇", code="421299101000")
    other = TownFactory(name="乙镇", code="421299102000")
    a, b = DeputyFactory(town=one, seat=True), DeputyFactory(town=other, seat=True)
    membership = GroupMembershipFactory(deputy=b)
    ActivityFactory(deputies=[a])

    assert names(office.get(board(requirement, f"?town={one.pk}"))) == [a.name]
    assert names(office.get(board(requirement, f"?group={membership.group_id}"))) == [b.name]
    assert names(office.get(board(requirement, "?state=open"))) == [b.name]
    assert names(office.get(board(requirement, "?state=done"))) == [a.name]
    assert names(office.get(board(requirement, f"?q={b.name}"))) == [b.name]


@pytest.mark.parametrize("query", ["?period=2026", "?period=x", "?period=2026-07"])
def test_a_period_that_is_none_of_it_is_404(office, query):
    assert office.get(board(inspections(), query)).status_code == 404


@pytest.mark.parametrize("page", ["duty_board", "duty_history", "duty_nudge"])
def test_strangers_meet_404(client, page):
    requirement = inspections()
    address = reverse(f"evaluations:{page}", args=[requirement.pk])
    officer = UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory())
    for user in (UserFactory(), deputy_user().user, officer):
        client.force_login(user)
        assert client.get(address).status_code == 404
    for kind in ("pdf", "xlsx"):
        assert client.get(f"{board(requirement)}{kind}/").status_code == 404


def test_another_deputys_standing_is_404(client):
    requirement, mine, other = inspections(), deputy_user(), deputy_user()
    client.force_login(mine.user)

    own = reverse("evaluations:duty_of", args=[requirement.pk, mine.pk])
    theirs = reverse("evaluations:duty_of", args=[requirement.pk, other.pk])
    assert client.get(own).status_code == 200
    assert client.get(theirs).status_code == 404
    assert (
        client.get(reverse("evaluations:duties_of", args=["deputy", other.pk])).status_code == 404
    )
    assert client.get(reverse("evaluations:duties_of", args=["nobody", 1])).status_code == 404


def test_town_staff_see_their_own_town(client):
    requirement = inspections()
    town = TownFactory(name="甲镇", code="421299101000")
    mine = DeputyFactory(town=town, seat=True)
    other = DeputyFactory(town=TownFactory(code="421299102000"), seat=True)
    client.force_login(town_clerk(town))

    assert names(client.get(board(requirement))) == [mine.name]
    address = reverse("evaluations:duty_of", args=[requirement.pk, other.pk])
    assert client.get(address).status_code == 404


def test_station_officers_see_their_stations_only(client):
    requirement = RequirementFactory(subject_kind=DutySubject.STATION)
    PartFactory(requirement=requirement, metric="contacts_held")
    officer = UserFactory(role=Role.STATION_OFFICER)
    kept = OfficerFactory(user=officer).station
    StationFactory()
    client.force_login(officer)

    assert names(client.get(board(requirement))) == [kept.name]
    assert client.get(board(inspections())).status_code == 404
    assert client.get(reverse("evaluations:duties")).status_code == 200


def test_pages_of_one_subject_open_the_records(office):
    requirement, deputy = inspections(), DeputyFactory(seat=True)
    ActivityFactory(title="水库视察", deputies=[deputy])
    NudgeFactory(requirement=requirement, deputy=deputy, missing="听证")

    text = office.get(
        reverse("evaluations:duty_of", args=[requirement.pk, deputy.pk])
    ).content.decode()
    listed = office.get(reverse("evaluations:duties_of", args=["deputy", deputy.pk]))

    assert "水库视察" in text
    assert "要求不少于 1 次" in text
    assert "还缺听证" in text
    assert [row.requirement for row in listed.context["standings"]] == [requirement]


def test_print_and_workbook_carry_the_figures_of_the_page(office):
    requirement = inspections(name="每季度视察一次")
    ActivityFactory(deputies=[DeputyFactory(name="王二", seat=True)])
    DeputyFactory(name="李一", seat=True)

    pdf = office.get(f"{board(requirement)}pdf/?state=open")
    sheet = openpyxl.load_workbook(
        io.BytesIO(office.get(f"{board(requirement)}xlsx/").content)
    ).active

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "李一" in text
    assert "王二" not in text
    assert "50.0%（1/2）" in text
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in rows[-2:]] == ["李一", "王二"]
    assert rows[-1][3:5] == [1, 1]
    assert AuditEntry.objects.filter(action=AuditAction.EXPORT).count() == 2


# --- a word to who lacks something ------------------------------------------------------------


def nudge(client, requirement, *deputies):
    address = reverse("evaluations:duty_nudge", args=[requirement.pk])
    return client.post(address, {"subjects": [each.pk for each in deputies]}, follow=True)


def test_a_nudge_reaches_the_deputy_once_a_day(office, client, freeze):
    requirement, deputy = inspections(name="每季度视察一次"), deputy_user()

    nudge(office, requirement, deputy)
    text = nudge(office, requirement, deputy).content.decode()

    assert "今天已经提醒过" in text
    row, notice = Nudge.objects.get(), Notice.objects.get(user=deputy.user)
    assert (row.deputy, row.missing, row.people) == (deputy, "视察", 1)
    assert notice.title == "请完成「每季度视察一次」：还缺视察"
    assert f"提醒人：{row.sent_by}" in notice.body
    assert AuditEntry.objects.filter(action=AuditAction.CREATE, label=str(row)).count() == 1

    freeze("2026-09-22 00:01")
    office.force_login(row.sent_by)  # signed out over night
    nudge(office, requirement, deputy)
    assert Notice.objects.filter(user=deputy.user).count() == 2


def test_the_nudged_deputy_meets_it_on_the_first_page(office, client):
    requirement, deputy = inspections(name="每季度视察一次", warn_days=0), deputy_user()
    nudge(office, requirement, deputy)
    client.force_login(deputy.user)

    text = client.get("/").content.decode()

    address = reverse("evaluations:duty_of", args=[requirement.pk, deputy.pk])
    assert f'<a href="{address}">每季度视察一次：还缺视察</a>' in text


def test_what_falls_due_much_later_does_not_crowd_the_first_page(client):
    inspections(name="每年视察一次", period_kind=PeriodKind.YEAR)
    deputy = deputy_user()
    client.force_login(deputy.user)

    assert "每年视察一次" not in client.get("/").content.decode()
    assert "每年视察一次" in client.get(reverse("evaluations:my_duties")).content.decode()


def test_who_is_done_or_has_no_account_is_not_written_to(office):
    requirement = inspections()
    done, silent = deputy_user(), DeputyFactory(name="无号", seat=True)
    ActivityFactory(deputies=[done])

    page = office.get(reverse("evaluations:duty_nudge", args=[requirement.pk]))
    answer = nudge(office, requirement, done, silent)

    assert [row.who.label for row in page.context["unreachable"]] == ["无号"]
    assert answer.status_code == 200
    assert "名单刚有变化" in answer.content.decode()
    assert not Nudge.objects.exists()


def test_town_staff_nudge_their_own_and_leaders_nobody(client):
    requirement = inspections()
    town = TownFactory(name="甲镇", code="421299101000")
    mine = deputy_user(town=town)
    other = deputy_user(town=TownFactory(code="421299102000"))
    client.force_login(town_clerk(town))

    nudge(client, requirement, other)
    assert not Nudge.objects.exists()
    nudge(client, requirement, mine)
    assert Nudge.objects.get().deputy == mine

    client.force_login(UserFactory(role=Role.LEADER, role__region=town.parent))
    assert nudge(client, requirement, other).status_code == 403


@pytest.mark.parametrize("kind", ["station", "group", "town", "member"])
def test_every_kind_is_told_through_its_people(office, kind):
    requirement = RequirementFactory(subject_kind=kind)
    PartFactory(requirement=requirement, metric="pairs" if kind == "member" else "activities")
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(user=user)
    if kind == "station":
        subject = OfficerFactory(user=user).station
    elif kind == "group":
        subject = GroupFactory()
        GroupMembershipFactory(group=subject, deputy=deputy, role="leader")
    elif kind == "town":
        subject = TownFactory()
        user = town_clerk(subject)
    else:
        subject = CommitteeMemberFactory(deputy=deputy)

    nudge(office, requirement, subject)

    assert [row.user for row in Notice.objects.all()] == [user]
    assert Nudge.objects.get().subject == subject


# --- reminders --------------------------------------------------------------------------------


def test_reminders_come_once_a_period_before_its_end(freeze):
    requirement = inspections(name="每季度视察一次", warn_days=9)
    lacking, done = deputy_user(), deputy_user()
    DeputyFactory(seat=True)  # no account
    ActivityFactory(deputies=[done])

    def run(moment):
        return run_reminders(freeze(moment).date())["履职要求"]

    assert run("2026-09-20 08:00") == 0  # ten days are left
    assert run("2026-09-21 08:00") == 1
    assert run("2026-09-21 20:00") == 0
    assert run("2026-09-30 23:59") == 0
    assert run("2026-10-01 00:00") == 0  # the next quarter has begun
    assert run("2026-12-31 08:00") == 2
    titles = Notice.objects.filter(user=lacking.user).values_list("title", flat=True)
    assert set(titles) == {f"请完成「{requirement}」：还缺视察"}
    assert titles.count() == 2


def test_a_missed_day_of_the_command_is_made_up_for(freeze):
    inspections(warn_days=9)
    deputy_user()

    assert run_reminders(freeze("2026-09-28 08:00").date())["履职要求"] == 1


# --- desks ------------------------------------------------------------------------------------


def test_town_staff_see_what_their_town_owes(client):
    requirement = RequirementFactory(subject_kind=DutySubject.TOWN)
    PartFactory(requirement=requirement, metric="news")
    town = TownFactory()
    TownFactory(code="421299109000")
    client.force_login(town_clerk(town))

    waiting = client.get("/").context["data"]["waiting"]

    assert [each.count for each in waiting if "未完成的要求" in each.name] == [1]


# --- the office's rows ------------------------------------------------------------------------


def test_the_office_makes_a_requirement_with_a_part(office):
    address = reverse("admin:evaluations_requirement_add")
    data = sent(office.get(address), name="每季度接待", subject_kind="deputy", source="办法")
    data = added_row(
        {**data, "period_kind": "quarter", "warn_days": 10, "order": 5},
        "parts", serial=1, name="接待", metric="reception_days", comparison="at_least",
        threshold=2, is_prorated="on",
    )  # fmt: skip

    response = office.post(address, data)

    assert response.status_code == 302, response.context["errors"]
    part = Requirement.objects.get(name="每季度接待").parts.get()
    assert (part.metric, part.threshold) == ("reception_days", 2)


def test_a_metric_of_another_kind_is_refused(office):
    requirement = PartFactory(metric="reception_days").requirement
    address = reverse("admin:evaluations_requirement_change", args=[requirement.pk])

    response = office.post(address, sent(office.get(address), subject_kind="group"))

    assert "没有「reception_days」这个计数口径（对象：代表小组）" in response.content.decode()
    requirement.refresh_from_db()
    assert requirement.subject_kind == "deputy"


def test_forms_are_refused_where_nothing_is_told_apart_by_them(office):
    part = PartFactory(metric="reception_days")
    address = reverse("admin:evaluations_requirementpart_change", args=[part.pk])
    form = ActivityFormFactory()

    response = office.post(address, sent(office.get(address), forms=[form.pk]))

    assert "这个计数口径不分活动形式和主题" in response.content.decode()
    assert not part.forms.exists()


def test_the_office_exempts_a_deputy(office):
    deputy, address = DeputyFactory(), reverse("admin:evaluations_exemption_add")

    office.post(address, sent(office.get(address), deputy=deputy.pk, reason="长期病假"))

    assert Exemption.objects.get().subject == deputy
    assert office.get(reverse("admin:evaluations_exemption_changelist")).status_code == 200


def test_an_exemption_of_two_at_once_is_refused(office):
    address = reverse("admin:evaluations_exemption_add")
    data = sent(office.get(address), deputy=DeputyFactory().pk, reason="病假")

    response = office.post(address, {**data, "town": TownFactory().pk})

    assert "只写一个对象" in response.content.decode()
    assert not Exemption.objects.exists()


@pytest.mark.parametrize("model", ["nudge", "requirementpart", "requirement"])
def test_lists_of_the_office_open(office, model):
    NudgeFactory(requirement=PartFactory().requirement)

    assert office.get(reverse(f"admin:evaluations_{model}_changelist")).status_code == 200


def test_scope_of_nudges_and_exemptions():
    town = TownFactory(name="甲镇", code="421299101000")
    mine, other = deputy_user(town=town), deputy_user(town=TownFactory(code="421299102000"))
    rows = {each: NudgeFactory(deputy=each) for each in (mine, other)}
    leave = ExemptionFactory(deputy=other)

    clerk = town_clerk(town)
    assert list(Nudge.objects.visible_to(clerk)) == [rows[mine]]
    assert list(Nudge.objects.visible_to(mine.user)) == [rows[mine]]
    assert not Nudge.objects.editable_by(mine.user).exists()
    assert not Exemption.objects.visible_to(clerk).exists()
    assert not Exemption.objects.visible_to(UserFactory()).exists()
    assert list(Exemption.objects.editable_by(staff())) == [leave]


def test_receptions_count_for_a_station(office):
    requirement = RequirementFactory(subject_kind=DutySubject.STATION)
    PartFactory(requirement=requirement, metric="contacts_held", threshold=2)
    station = StationFactory()
    ReceptionFactory(station=station)
    ActivityFactory(station=station)

    (line,) = office.get(board(requirement)).context["lines"]
    assert line[0].count == "2/2"
