"""Three stations of the sample county, recomputed by plain loops over the records: the page says
the same (2026, third quarter)."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from activities.models import Activity, Attendance, DutyReport, NewsItem, Visit
from stations.models import Posting, Reception, ReceptionDuty, Station, StationCheck
from suggestions.models import Suggestion, Voice
from tests.factories.core import staff
from tests.factories.sheets import import_sample

HOME, SUBDISTRICT, VILLAGE = (
    "云溪镇人大代表之家", "临江街道人大代表之家", "云溪镇永兴村代表联络站",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def county(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        import_sample()
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


def _in_quarter(day):
    return day is not None and dt.date(2026, 7, 1) <= day <= dt.date(2026, 9, 30)


def _in_year(day):
    return day is not None and dt.date(2026, 1, 1) <= day <= dt.date(2026, 9, 30)


def _recomputed(name):
    """``{code: is there}`` for one station; nothing here knows the books' own code."""
    station = Station.objects.get(name=name)
    is_home = station.type.name == "代表之家"
    posted = {p.deputy_id for p in Posting.objects.all() if p.station_id == station.pk}

    def is_ours(row):
        if row.station_id is None:
            return is_home and row.region_id == station.region_id
        return row.station_id == station.pk

    ours = [a for a in Activity.objects.select_related("form") if is_ours(a)]
    attended = [
        a for a in Attendance.objects.select_related("activity__form")
        if a.deputy_id in posted and a.presence == "present"
    ]  # fmt: skip
    trained = [
        a.activity.held_on for a in attended
        if a.activity.form.counts_as == "training" and a.activity.station_id is None
    ]  # fmt: skip
    trained += [a.held_on for a in ours if a.form.counts_as == "training"]
    voices = [
        v for v in Voice.objects.select_related("reception")
        if (v.station_id or (v.reception and v.reception.station_id)) == station.pk
    ]  # fmt: skip
    suggested = [s for s in Suggestion.objects.all() if s.lead_id in posted and s.submitted_on]
    visits = [v.held_on for v in Visit.objects.all() if v.deputy_id in posted]
    reports = [r.held_on for r in DutyReport.objects.all() if r.deputy_id in posted]
    duties = [
        d.reception.held_on for d in ReceptionDuty.objects.select_related("reception")
        if d.deputy_id in posted
    ]  # fmt: skip
    news = [
        n.held_on for n in NewsItem.objects.all() if is_home and n.region_id == station.region_id
    ]
    received = [r.held_on for r in Reception.objects.all() if r.station_id == station.pk]
    done = any(_in_year(day) for day in reports)
    worked = [a.activity.held_on for a in attended] + visits + reports + duties
    return {
        "deputies": bool(posted),
        "chronicle": any(map(_in_quarter, [a.held_on for a in ours] + news)),
        "trainings": any(map(_in_quarter, trained)),
        "meetings": any(_in_quarter(a.held_on) for a in ours if a.form.is_meeting),
        "receptions": any(map(_in_quarter, received)),
        "visits": any(map(_in_quarter, visits)),
        "activities": any(_in_quarter(a.held_on) for a in ours if a.form.counts_as != "training"),
        "inspections": any(
            _in_quarter(a.held_on) for a in ours if a.form.counts_as == "inspection"
        ),
        "opinions": any(_in_quarter(v.raised_on) for v in voices)
        or any(_in_quarter(s.submitted_on) for s in suggested),
        "duty_reports": done,
        "duty_report_files": done,
        "duty_files": any(map(_in_year, worked)),
        "suggestion_files": any(_in_year(s.closed_on) for s in suggested),
        "opinion_files": any(_in_year(v.closed_on) for v in voices),
        # The sample has no papers, photos, findings, rules or plans.
        "supervision_files": False,
        "meeting_files": False,
        "rules_and_plans": False,
        "activity_files": False,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "items"), [(HOME, 16), (SUBDISTRICT, 12), (VILLAGE, 9)])
def test_books_of_three_stations_equal_the_hand_count(client, freeze, name, items):
    freeze("2026-09-30 18:00")
    station = Station.objects.get(name=name)
    client.force_login(staff())

    page = client.get(reverse("stations:standing", args=["stations", station.pk]))

    shown = next(each for each in page.context["progress"] if each.standard.kind == "books")
    by_hand = _recomputed(name)
    found = {line.item.rule: line.is_there for line in shown.lines}
    assert found == {code: by_hand[code] for code in found}
    assert len(found) == items
    present = sum(found.values())
    assert 0 < present < items
    assert f"（{present}/{items}）" in page.text
    missing = [line.item.name for line in shown.lines if not by_hand[line.item.rule]]
    assert f"缺 {len(missing)} 项：{'、'.join(missing)}。" in page.text


@pytest.mark.django_db
@pytest.mark.parametrize("name", [HOME, SUBDISTRICT, VILLAGE])
def test_ten_items_of_three_stations_equal_the_ledger(client, freeze, name):
    freeze("2026-09-30 18:00")
    station = Station.objects.get(name=name)
    client.force_login(staff())

    page = client.get(reverse("stations:standing", args=["stations", station.pk]))

    ten = next(each for each in page.context["progress"] if each.standard.name == "十有")
    states = dict(StationCheck.objects.filter(station=station).values_list("item__name", "state"))
    assert len(states) == 10
    assert {line.item.name: line.state for line in ten.lines} == states
    assert f"（{list(states.values()).count('yes')}/10）" in page.text
