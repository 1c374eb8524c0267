"""Teams, fair assignment without crossing, disclosure, lock, results, the year."""

import contextlib
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.periods import quarter
from stations.enums import CampaignKind, InspectionCampaignState, StandardSubject
from stations.forms.campaigns import inspectors
from stations.models import (
    Assignment,
    InspectionCampaign,
    InspectionMark,
    InspectionSheet,
    Rectification,
    SheetLine,
    Station,
    Team,
    TeamMember,
    YearGrade,
)
from stations.reports.inspection import bulletin_facts, bulletin_paper, paper_bytes
from stations.selectors.campaigns import results_of
from stations.selectors.waiting import sheets_to_score
from stations.selectors.years import year_book
from stations.services import campaigns, teams
from stations.services.fair_split import Place, split_fairly
from tests.admin_pages import added_row, faults, sent
from tests.factories import homes
from tests.factories import inspection as play_of
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.stations import InspectionMarkFactory, OfficerFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(freeze):
    freeze("2026-09-10 09:00")
    return play_of.make_round()


@pytest.fixture
def disclosed(play):
    play_of.disclosed(play)
    return play


@pytest.fixture
def locked(disclosed, freeze):
    freeze("2026-09-30 09:00")
    campaigns.lock_campaign(actor=disclosed.office, pk=disclosed.campaign.pk)
    disclosed.campaign.refresh_from_db()
    return disclosed


def refused(act, words):
    with pytest.raises(DomainError) as refusal:
        act()
    assert words in refusal.value.message


# --- who inspects where -----------------------------------------------------------------------


def test_fair_split_moves_places_along_a_chain():
    """Team 1 may only go to a, b, c; so b and c reach team 3 only by way of team 2."""
    places = [
        *(Place(name, name, frozenset({1, 2})) for name in "abc"),
        *(Place(name, name, frozenset({2, 3})) for name in "de"),
        Place("f", "f", frozenset({2})),
    ]

    found = split_fairly([1, 2, 3], places, per_place=1, loads={})

    assert sorted(len(rows) for rows in found.places.values()) == [2, 2, 2]
    assert all(team in place.open_to for team, rows in found.places.items() for place in rows)


def test_fair_split_names_places_that_too_few_may_inspect():
    places = [Place("a", "a", frozenset({1})), Place("b", "b", frozenset({1, 2}))]

    found = split_fairly([1, 2], places, per_place=2, loads={})

    assert [place.key for place in found.short] == ["a"]


def test_proposal_never_crosses_and_is_even(play):
    for town in play.towns:
        StationFactory.create_batch(4, region=town)

    done = teams.propose_assignments(actor=play.office, campaign_pk=play.campaign.pk)

    rows = Assignment.objects.select_related("station")
    assert (done.made, len(rows)) == (11, 11)
    assert max(done.loads.values()) - min(done.loads.values()) <= 1
    homes_of = {team.pk: {m.home_id for m in team.members.all()} for team in play.teams}
    assert not [row for row in rows if row.station.region_id in homes_of[row.team_id]]


def test_proposal_keeps_members_from_their_own_station(play):
    """The third team's member comes from the county, but keeps station 0."""
    OfficerFactory(station=play.stations[0], user=play.members[2])

    teams.propose_assignments(actor=play.office, campaign_pk=play.campaign.pk)

    assert Assignment.objects.get(station=play.stations[0]).team == play.teams[1]


def test_proposal_for_towns_and_again_afresh(play):
    standard = play.campaign.standard
    standard.subject = StandardSubject.TOWN
    standard.save()
    given = {"actor": play.office, "campaign_pk": play.campaign.pk}

    teams.propose_assignments(**given)
    assert teams.propose_assignments(**given).made == 0
    assert teams.propose_assignments(**given, afresh=True).made == 2

    places = Assignment.objects.values_list("region__name", "station")
    assert sorted(places) == [("云溪镇", None), ("滨湖镇", None)]


def test_a_team_is_not_sent_home(play):
    own = {"actor": play.office, "team_pk": play.teams[0].pk, "station": play.stations[0]}
    with pytest.raises(Exception, match="来自这个镇"):
        teams.assign(**own)

    play_of.assign_all(play)
    member = {"team_pk": play.teams[0].pk, "user": UserFactory(role=Role.INSPECTOR)}
    with pytest.raises(Exception, match="不能再加来自该地的成员"):
        teams.add_member(actor=play.office, home=play.towns[1], **member)
    keeper = UserFactory(role=Role.INSPECTOR)
    OfficerFactory(station=play.stations[2], user=keeper)
    with pytest.raises(Exception, match="那里的人员或者进站代表"):
        teams.add_member(actor=play.office, home=None, team_pk=play.teams[0].pk, user=keeper)


def test_a_clerk_in_a_team_cannot_hide_the_own_town(play):
    clerk = play.clerks[0]

    with pytest.raises(Exception, match="来自云溪镇"):
        teams.add_member(actor=play.office, team_pk=play.teams[2].pk, user=clerk, home=None)


def test_a_visit_lies_within_the_campaign(play):
    team = play.teams[2]
    given = {"actor": play.office, "team_pk": team.pk, "station": play.stations[0]}
    late = team.campaign.closes_on + dt.timedelta(days=1)
    refused(lambda: teams.assign(**given, visit_on=late), "安排日期要在考评期间")
    assert teams.assign(**given, visit_on=team.campaign.closes_on).visit_on


def test_crossing_is_refused_by_direct_post(client, play):
    client.force_login(play.office)
    page = reverse("inspection:team", args=[play.teams[0].pk])

    response = client.post(page, {"place": play.stations[0].pk, "visit_on": ""})

    assert "不能考评本地的家站" in response.text
    assert not Assignment.objects.exists()


def test_crossing_is_refused_in_the_admin_within_one_page(client, play):
    """Member and place both new: neither form sees the other, the database does."""
    client.force_login(play.office)
    team = play.teams[2]
    address = reverse("admin:stations_team_change", args=[team.pk])
    data = sent(client.get(address))
    person = UserFactory(role=Role.INSPECTOR)
    data = added_row(data, "members", user=person.pk, home=play.towns[0].pk)
    place = play.stations[0]
    data = added_row(data, "assignments", station=place.pk, region=place.region_id)

    response = client.post(address, data)

    assert "考评组不能考评成员所在镇（街道）的家站。" in faults(response)[0]
    assert (TeamMember.objects.filter(team=team).count(), Assignment.objects.count()) == (1, 0)


def test_others_do_not_organise(client, play):
    """Readers get 403, strangers 404; nothing changes."""
    pages = [
        reverse("inspection:team", args=[play.teams[0].pk]),
        reverse("inspection:propose", args=[play.campaign.pk]),
        reverse("inspection:step", args=[play.campaign.pk, "start"]),
        reverse("inspection:edit", args=[play.campaign.pk]),
    ]

    def seen(user):
        client.force_login(user)
        return {client.post(page, {}).status_code for page in pages}

    assert seen(play.members[0]) == {403}
    assert seen(UserFactory()) == {404}
    assert seen(town_clerk(TownFactory())) == {404}
    assert Team.objects.count() == 3


# --- steps ------------------------------------------------------------------------------------


def test_new_campaign_counts_objections_in_working_days(client, play):
    """From Friday 18 December five working days lead to Friday the 25th."""
    client.force_login(play.office)
    data = {
        "kind": "quarter", "region": play.county.pk, "year": "2026", "quarter": "4", "title": "",
        "standard": play.campaign.standard_id, "opens_on": "2026-12-01",
        "closes_on": "2026-12-18", "objection_days": "5", "rectify_by": "2027-01-31",
        "teams_per_place": "2", "mark_full": "20",
    }  # fmt: skip

    far = client.post(reverse("inspection:new"), data | {"year": "2100"})
    client.post(reverse("inspection:new"), data)
    again = client.post(reverse("inspection:new"), data)

    assert "考评的年度要和考评开始的日期相合" in far.text
    old = client.post(reverse("inspection:new"), data | {"quarter": "2"})
    assert "结束后三个月内开始" in old.text
    made = InspectionCampaign.objects.get(quarter=4)
    assert (made.title, made.objections_until, made.mark_full) == (
        "2026年第四季度家站交叉考评",
        dt.date(2026, 12, 25),
        20,
    )
    assert "这一季度的考评已经建立" in again.text


def test_a_title_that_nobody_typed_follows_the_campaign(play):
    """A change of the standard left «镇街人大工作…» on a campaign of stations, and its 通报."""
    row = play.campaign
    given = {
        name: getattr(row, name)
        for name in (
            "region", "kind", "year", "quarter", "standard", "opens_on", "closes_on",
            "objection_days", "rectify_by",
        )
    }  # fmt: skip
    own = campaigns.default_title("quarter", row.year, row.quarter, row.standard.subject)
    InspectionCampaign.objects.filter(pk=row.pk).update(title=own)

    moved = campaigns.save_campaign(
        actor=play.office, pk=row.pk, title=own, **given | {"quarter": 4}
    )
    typed = campaigns.save_campaign(
        actor=play.office, pk=row.pk, title="百日考评", **given | {"quarter": 3}
    )

    assert moved.title == f"{row.year}年第四季度家站交叉考评"
    assert typed.title == "百日考评"


def test_a_campaign_of_towns_is_named_after_them():
    assert (
        campaigns.default_title("quarter", 2026, 4, "town") == "2026年第四季度镇街人大工作交叉考评"
    )
    assert campaigns.default_title("year_end", 2026, None, "station") == "2026年家站年终检查"


def test_start_needs_a_leader_and_enough_teams(play):
    start = {"actor": play.office, "pk": play.campaign.pk}
    refused(lambda: campaigns.start_campaign(**start), "还没有分工")
    play_of.assign_all(play)
    TeamMember.objects.filter(team=play.teams[0]).update(is_leader=False)
    refused(lambda: campaigns.start_campaign(**start), "第一考评组还没有组长")
    TeamMember.objects.update(is_leader=True)
    InspectionCampaign.objects.update(teams_per_place=2)
    refused(lambda: campaigns.start_campaign(**start), "每处应有 2 个组")


def test_start_hands_out_sheets_with_copied_items(play):
    play_of.assign_all(play)
    play_of.start(play)
    play.campaign.standard.items.update(points=1)

    lines = play.sheet(0, 2).lines.order_by("pk").values_list("name", "points")

    assert list(lines) == [(name, Decimal(points)) for name, points in play_of.ITEMS]
    told = Notice.objects.filter(key=f"campaign:{play.campaign.pk}:start")
    assert set(told.values_list("user", flat=True)) == {user.pk for user in play.members}


def test_a_step_twice_is_refused_the_second_time(client, play):
    play_of.assign_all(play)
    client.force_login(play.office)
    page = reverse("inspection:step", args=[play.campaign.pk, "start"])

    first = client.post(page, {"seen": "draft"})
    second = client.post(page, {"seen": "draft"})

    assert first.status_code == 302
    assert "刚被别人改过" in second.text
    assert InspectionSheet.objects.count() == 3


def test_disclosure_waits_for_every_sheet(play):
    play_of.assign_all(play)
    play_of.start(play)

    refused(
        lambda: campaigns.disclose(actor=play.office, pk=play.campaign.pk), "还有打分表没有提交"
    )


def test_disclosure_is_stated_and_told_once(disclosed):
    """Five working days after Thursday the 10th end on Thursday the 17th; closing day is later."""
    campaign = disclosed.campaign
    assert (campaign.state, campaign.objections_until) == ("objections", dt.date(2026, 9, 20))
    told = Notice.objects.filter(key=f"campaign:{campaign.pk}:disclose")
    expected = {disclosed.officer.pk, *(clerk.pk for clerk in disclosed.clerks)}
    assert set(told.values_list("user", flat=True)) == expected


def test_lock_waits_for_the_end_of_objections_and_for_answers(disclosed, freeze):
    lock = {"actor": disclosed.office, "pk": disclosed.campaign.pk}
    freeze("2026-09-20 23:59")
    refused(lambda: campaigns.lock_campaign(**lock), "异议期到9月20日")
    freeze("2026-09-21 00:00")
    homes.ObjectionFactory(line=disclosed.sheet(1, 0).lines.first())
    refused(lambda: campaigns.lock_campaign(**lock), "还有 1 件异议没有答复")


def test_lock_refuses_marks_entered_beside(client, disclosed, freeze):
    address = reverse("inspection:campaign", args=[disclosed.campaign.pk])
    client.force_login(disclosed.office)
    assert "另外登记或导入" not in client.get(address).text
    InspectionMarkFactory(station=disclosed.stations[0], year=2026, quarter=3)
    freeze("2026-09-30 09:00")
    client.force_login(disclosed.office)
    told = client.get(address).text
    assert "已有 1 条另外登记或导入的现场考评打分（云溪联络站）" in told, "said before the lock"
    marks = reverse("admin:stations_inspectionmark_changelist")
    listed = client.get(marks, {"year__exact": 2026, "quarter__exact": 3})
    assert listed.context["cl"].result_count == 1
    client.force_login(disclosed.members[1])
    assert "另外登记或导入" not in client.get(address).text

    refused(
        lambda: campaigns.lock_campaign(actor=disclosed.office, pk=disclosed.campaign.pk),
        "已有 1 条另外登记或导入",
    )


# --- after the lock ---------------------------------------------------------------------------


def test_lock_writes_the_marks_that_the_metric_reads(locked):
    """Of a sheet of 100 points a tenth: marks entered or imported are out of ten as well."""
    marks = InspectionMark.objects.order_by("score").values_list("station__name", "score")
    assert list(marks) == [
        ("白鹤联络站", Decimal("8.95")),
        ("云溪联络站", Decimal("9.58")),  # 95.75, half up
        ("滨湖联络站", Decimal("10.00")),
    ]
    inside = InspectionMark.objects.all().in_period(quarter(2026, 3))
    assert inside.count() == 3


def test_results_equal_the_hand_computation(locked):
    """Towns: (95.75 + 89.50) / 2 = 92.625 → 92.63; mean of three 95.083…; σ = 4.31."""
    found = results_of(locked.campaign, line_percent=90)

    assert [(p.rank, p.name, p.mean) for p in found.places] == [
        (1, "滨湖联络站", Decimal("100.00")),
        (2, "云溪联络站", Decimal("95.75")),
        (3, "白鹤联络站", Decimal("89.50")),
    ]
    assert [(t.rank, t.region.name, t.mean) for t in found.towns] == [
        (1, "滨湖镇", Decimal("100.00")),
        (2, "云溪镇", Decimal("92.63")),
    ]
    spread = found.spread
    assert (spread.mean, spread.width, spread.deviation, spread.line) == (
        Decimal("95.08"), Decimal("10.50"), Decimal("4.31"), Decimal("90.00"),
    )  # fmt: skip
    assert [place.name for place in spread.below] == ["白鹤联络站"]


def test_several_teams_stand_side_by_side(freeze):
    """95.75 and 90: mean 92.875 → 92.88, spread 5.75."""
    freeze("2026-09-10 09:00")
    play = play_of.make_round(per_place=2)
    for team in (1, 2):
        teams.assign(actor=play.office, team_pk=play.teams[team].pk, station=play.stations[0])
    teams.remove_team(actor=play.office, team_pk=play.teams[0].pk)
    play_of.start(play)
    play_of.send(play, 1, 0, 设施="1.75", 台账="2.5")
    play_of.send(play, 2, 0, 活动="10")

    place = results_of(play.campaign).places[0]

    assert [(m.team, m.score) for m in place.marks] == [
        ("第二考评组", Decimal("95.75")),
        ("第三考评组", Decimal("90.00")),
    ]
    assert (place.mean, place.spread) == (Decimal("92.88"), Decimal("5.75"))


def test_nothing_locked_is_changed_by_sql(locked):
    mark = InspectionMark.objects.first()
    attempts = [
        lambda: InspectionCampaign.objects.update(title="改"),
        lambda: Team.objects.update(name="改"),
        lambda: TeamMember.objects.update(home=None),
        lambda: TeamMember.objects.all()._raw_delete("default"),
        lambda: Assignment.objects.update(visit_on="2026-09-01"),
        lambda: InspectionSheet.objects.update(note="改"),
        lambda: SheetLine.objects.update(deduction=0),
        lambda: InspectionMark.objects.update(score=1),
        lambda: homes.TeamFactory(campaign=locked.campaign),
        lambda: homes.TeamMemberFactory(team=locked.teams[0]),
        lambda: homes.AssignmentFactory(team=locked.teams[0]),
        lambda: homes.ObjectionFactory(line=SheetLine.objects.first()),
        lambda: InspectionMarkFactory(station=mark.station, year=2026, quarter=3),
        lambda: connection.cursor().execute("DELETE FROM stations_inspectionsheet"),
    ]
    for number, attempt in enumerate(attempts):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            attempt()
        assert "guard:" in str(refusal.value), number


def test_nothing_locked_is_changed_by_services_and_posts(client, locked):
    client.force_login(locked.office)
    team, campaign = locked.teams[0], locked.campaign
    before = results_of(campaign)
    posts = [
        (reverse("inspection:team", args=[team.pk]), {"user": UserFactory(role="inspector").pk}),
        (reverse("inspection:remove_team", args=[team.pk]), {}),
        (reverse("inspection:propose", args=[campaign.pk]), {}),
        (reverse("inspection:step", args=[campaign.pk, "lock"]), {"seen": "objections"}),
        (reverse("inspection:give_back", args=[locked.sheet(1, 0).pk]), {"words": "再看看"}),
    ]

    answers = [client.post(address, data) for address, data in posts]

    assert [a.status_code for a in answers if a.status_code >= 500] == []
    assert results_of(campaign) == before
    assert (Team.objects.count(), TeamMember.objects.count()) == (3, 3)


def test_the_admin_shows_what_is_locked_and_changes_nothing(client, locked):
    client.force_login(locked.office)
    mark = InspectionMark.objects.first()
    pages = [
        ("stations_inspectioncampaign", locked.campaign.pk),
        ("stations_team", locked.teams[0].pk),
        ("stations_inspectionsheet", locked.sheet(1, 0).pk),
        ("stations_inspectionmark", mark.pk),
    ]
    for name, pk in pages:
        address = reverse(f"admin:{name}_change", args=[pk])
        assert client.get(address).status_code == 200
        assert client.post(address, {"title": "改", "name": "改", "score": "1"}).status_code == 403

    response = client.post(
        reverse("admin:stations_inspectionmark_add"),
        {"station": mark.station_id, "year": 2026, "quarter": 3, "team": "另一组", "score": "60"},
    )

    assert "这个家站这一季度的考评已经锁定，不能再登记打分。" in faults(response)[0]


def test_a_record_changed_afterwards_changes_nothing_locked(locked):
    before = [(p.name, p.region.name, p.mean, p.rank) for p in results_of(locked.campaign).places]
    item = locked.campaign.standard.items.first()
    item.points, item.name = Decimal(99), "另一项"
    item.save()
    Station.objects.filter(pk=locked.stations[0].pk).update(area=1)
    moved = locked.stations[1]
    moved.region = TownFactory(name="新镇")
    moved.save()

    after = [(p.name, p.region.name, p.mean, p.rank) for p in results_of(locked.campaign).places]

    assert after == before
    assert list(locked.sheet(1, 0).lines.values_list("points", flat=True)) == [
        Decimal(points) for _, points in play_of.ITEMS
    ]
    Station.objects.update(name="改过的名字")
    names = [place.name for place in results_of(locked.campaign).places]
    assert names == [name for name, *_ in before]
    year = year_book(locked.county, 2026).stations
    assert sorted(line.name for line in year) == sorted(names)
    paper = bulletin_paper(bulletin_facts(locked.campaign))
    assert "改过的名字" not in str(paper)
    assert names[0] in str(paper)


def test_deductions_become_findings_and_places_are_told_once(locked):
    rows = Rectification.objects.order_by("pk").values_list("station__name", "words", "due_on")
    due = dt.date(2026, 10, 31)
    assert sorted(rows) == [
        ("云溪联络站", "台账：缺记录", due),
        ("云溪联络站", "设施：缺记录", due),
        ("白鹤联络站", "活动：缺记录", due),
    ]
    told = Notice.objects.filter(user=locked.officer, key__contains=":findings:")
    assert told.get().title.endswith("云溪联络站有 2 项要整改")


def test_lock_is_in_the_trail(locked):
    models = AuditEntry.objects.filter(model="stations.InspectionMark").count()
    assert models == 3


def test_an_import_changes_no_locked_quarter(locked, tmp_path):
    """The same mark again is skipped; another score and another team's mark are refused."""
    path = tmp_path / "现场考评打分.csv"
    lines = ["季度,家站编号,家站名称,考评组,得分,说明"]
    station = locked.stations[0]
    for team, score in (("第二考评组", "9.58"), ("第二考评组", "6"), ("另一组", "7")):
        lines.append(f"2026年第三季度,{station.number},{station.name},{team},{score},")
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    out = io.StringIO()

    with contextlib.suppress(CommandError):
        call_command("import_records", str(path), stdout=out)

    assert out.getvalue().count("已经锁定，不能再登记或者修改打分") == 2
    scores = InspectionMark.objects.filter(station=station).values_list("score", flat=True)
    assert list(scores) == [Decimal("9.58")]


# --- the 通报 and the year ---------------------------------------------------------------------


def test_bulletin_prints_the_ranks(locked):
    paper = bulletin_paper(bulletin_facts(locked.campaign))
    pages = PdfReader(io.BytesIO(paper_bytes(paper, "pdf"))).pages
    text = "".join(page.extract_text() for page in pages)

    assert paper.title == "关于2026年第三季度家站交叉考评情况的通报"
    for words in ("100.00", "92.63", "标准差4.31分", "缺记录", "2026年10月31日"):
        assert words in text


def test_bulletin_is_for_all_towns_after_the_lock_only(client, disclosed, freeze):
    address = reverse("inspection:bulletin", args=[disclosed.campaign.pk, "docx"])
    results = reverse("inspection:results", args=[disclosed.campaign.pk])
    client.force_login(disclosed.clerks[0])
    assert (client.get(address).status_code, client.get(results).status_code) == (404, 403)

    freeze("2026-09-30 09:00")
    campaigns.lock_campaign(actor=disclosed.office, pk=disclosed.campaign.pk)

    client.force_login(disclosed.clerks[0])
    assert (client.get(address).status_code, client.get(results).status_code) == (200, 200)
    client.force_login(UserFactory())
    assert (client.get(address).status_code, client.get(results).status_code) == (404, 404)


def lock_part(play, number, score):
    """A locked campaign of the quarter (5: year-end) with one sheet of 50 points."""
    kind = CampaignKind.QUARTER if number < 5 else CampaignKind.YEAR_END
    campaign = homes.InspectionCampaignFactory(
        region=play.county, kind=kind, quarter=number if number < 5 else None,
        standard=play.campaign.standard,
    )  # fmt: skip
    team = homes.TeamFactory(campaign=campaign)
    place = homes.AssignmentFactory(team=team, station=play.stations[0])
    line = homes.SheetLineFactory(
        sheet=homes.SheetFactory(assignment=place), points=50, deduction=50 - score, reason="缺"
    )
    now = dt.datetime(2026, 12, 31, tzinfo=dt.UTC)
    InspectionSheet.objects.filter(pk=line.sheet_id).update(
        state="locked", score=score, submitted_at=now, locked_at=now
    )
    InspectionCampaign.objects.filter(pk=campaign.pk).update(
        state=InspectionCampaignState.LOCKED, locked_at=now
    )


def test_year_figure_from_four_quarters_and_the_year_end(client, play):
    """80, 90, 100, 70 and 96 of 100 with 10/20/20/20/30 %: 8+18+20+14+28.8 = 88.80 → 4.44 of 5."""
    InspectionCampaign.objects.all().delete()
    homes.YearWeightsFactory(
        region=play.county, first=10, second=20, third=20, fourth=20, year_end=30
    )
    for name, least in (("优秀", 90), ("良好", 80)):
        YearGrade.objects.create(name=name, least=least)
    for number, score in ((1, 40), (2, 45), (3, 50), (4, 35)):
        lock_part(play, number, score)
    open_book = year_book(play.county, 2026)
    lock_part(play, 5, 48)

    book = year_book(play.county, 2026)

    assert (open_book.stations[0].figure, open_book.open_parts) == (None, ["年终检查"])
    line = book.stations[0]
    assert (line.figure, line.rank, line.grade, line.performance) == (
        Decimal("88.80"), 1, "良好", Decimal("4.44"),
    )  # fmt: skip
    assert book.towns[0].figure == Decimal("88.80")
    left = [(town.name, town.parts) for town in book.towns[1:]]
    assert left == [(town.name, [None] * 5) for town in play.towns[1:]], "not inspected, yet seen"
    client.force_login(play.office)
    assert "88.80" in client.get(reverse("inspection:year", args=[2026])).text
    file = client.get(reverse("inspection:export", args=[2026])).content
    rows = load_workbook(io.BytesIO(file))["家站"].iter_rows(min_row=3, values_only=True)
    assert next(rows)[:9] == (1, "云溪镇", "云溪联络站", 80, 90, 100, 70, 96, 88.8)


def test_a_year_without_weights_is_exported_too(client, play):
    client.force_login(play.office)

    file = client.get(reverse("inspection:export", args=[2026])).content

    heads = [cell.value for cell in load_workbook(io.BytesIO(file))["镇街"][2]]
    assert "绩效折算（满分5）" in heads


def test_year_belongs_to_the_county(client, play):
    client.force_login(UserFactory())
    assert client.get(reverse("inspection:year", args=[2026])).status_code == 404
    client.force_login(play.office)
    assert client.get(reverse("inspection:year", args=[1])).status_code == 404


# --- pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_campaign_list_asks_a_fixed_number_of_queries(
    client, django_assert_num_queries, freeze, rows
):
    freeze("2026-09-10 09:00")
    for number in range(rows):
        homes.AssignmentFactory(team__campaign=homes.InspectionCampaignFactory(quarter=number + 1))
    client.force_login(staff())

    with django_assert_num_queries(5):
        client.get(reverse("inspection:list"))


@pytest.mark.parametrize("rows", [1, 3])
def test_campaign_page_asks_a_fixed_number_of_queries(
    client, django_assert_num_queries, play, rows
):
    for station in play.stations[:rows]:
        teams.assign(actor=play.office, team_pk=play.teams[2].pk, station=station)
    client.force_login(play.office)

    with django_assert_num_queries(13):
        client.get(reverse("inspection:campaign", args=[play.campaign.pk]))


@pytest.mark.parametrize("state", ["draft", "running", "objections", "locked"])
def test_campaign_page_opens_in_every_state(client, play, freeze, state):
    play_of.assign_all(play)
    if state == "running":
        play_of.start(play)
    if state in ("objections", "locked"):
        Assignment.objects.all().delete()
        play_of.disclosed(play)
    if state == "locked":
        freeze("2026-09-30 09:00")
        campaigns.lock_campaign(actor=play.office, pk=play.campaign.pk)
    address = reverse("inspection:campaign", args=[play.campaign.pk])

    seen = {}
    for name, user in {
        "office": play.office, "member": play.members[0], "clerk": play.clerks[0],
        "officer": play.officer, "stranger": UserFactory(),
    }.items():  # fmt: skip
        client.force_login(user)
        seen[name] = client.get(address).status_code

    reads = 404 if state == "draft" else 200
    assert seen == {
        "office": 200, "member": 200, "clerk": reads, "officer": reads, "stranger": 404,
    }  # fmt: skip


def test_an_inspector_of_a_town_cannot_hide_it_either(play):
    """The select left at «县里的同志» must not undo the crossing (M38)."""
    user = UserFactory(role=Role.INSPECTOR, role__region=play.towns[0])
    given = {"actor": play.office, "team_pk": play.teams[2].pk, "user": user}

    for home in (None, play.towns[1]):
        with pytest.raises(Exception, match="来自云溪镇"):
            teams.add_member(**given, home=home)
    assert teams.add_member(**given, home=play.towns[0]).home == play.towns[0]


def test_leaders_lead_teams_and_find_their_sheets_on_the_first_page(client, play):
    leader = UserFactory(role=Role.LEADER, role__region=play.campaign.region)
    assert leader in inspectors(play.campaign)
    teams.add_member(actor=play.office, team_pk=play.teams[2].pk, user=leader, home=None)
    play_of.assign_all(play)
    play_of.start(play)
    client.force_login(leader)

    page = client.get(reverse("desk:home")).text

    [mine] = sheets_to_score(leader)
    assert (mine.team, mine.station) == (play.teams[2], play.stations[1])
    assert reverse("inspection:sheet", args=[mine.sheet.pk]) in page
    assert client.get(reverse("inspection:sheet", args=[mine.sheet.pk])).status_code == 200


def test_a_leader_who_scores_reads_no_other_teams_marks_until_they_are_open(client, play, freeze):
    freeze("2026-09-10 09:00")
    leader = UserFactory(role=Role.LEADER, role__region=play.campaign.region)
    other = UserFactory(role=Role.LEADER, role__region=play.campaign.region)
    teams.add_member(actor=play.office, team_pk=play.teams[2].pk, user=leader, home=None)
    play_of.assign_all(play)
    play_of.start(play)
    rivals = InspectionSheet.objects.exclude(assignment__team=play.teams[2])
    results = reverse("inspection:results", args=[play.campaign.pk])

    def reads(user):
        user = type(user).objects.get(pk=user.pk)  # scopes are remembered for one request
        client.force_login(user)
        seen = InspectionSheet.objects.visible_to(user)
        page = client.get(reverse("inspection:sheet", args=[rivals.first().pk])).status_code
        return seen.filter(pk__in=rivals).exists(), page, client.get(results).status_code

    assert reads(leader) == (False, 404, 403)
    assert reads(other) == (True, 200, 200)
    assert reads(play.office) == (True, 200, 200)
    InspectionCampaign.objects.update(state=InspectionCampaignState.OBJECTIONS)
    assert reads(leader) == (True, 200, 200)


def test_a_campaign_drafted_by_mistake_is_taken_out_with_its_teams(client, play):
    play_of.assign_all(play)
    address = reverse("inspection:discard", args=[play.campaign.pk])
    client.force_login(play.members[1])
    assert client.post(address).status_code in (403, 404)
    client.force_login(play.office)
    assert address in client.get(reverse("inspection:campaign", args=[play.campaign.pk])).text
    assert "不能恢复" in client.get(address).text

    client.post(address)

    assert not InspectionCampaign.objects.exists()
    assert not Team.objects.exists()
    assert AuditEntry.objects.filter(model="stations.InspectionCampaign", action="delete").exists()


def test_a_campaign_that_has_begun_is_not_taken_out(client, play):
    play_of.assign_all(play)
    play_of.start(play)
    client.force_login(play.office)

    page = client.post(reverse("inspection:discard", args=[play.campaign.pk]), follow=True)

    assert "考评已经开始，不能删去。" in page.text
    assert InspectionCampaign.objects.exists()
