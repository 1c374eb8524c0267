"""The rota from rules to a released plan, its changes, swaps, reminders and papers."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from congress_portal.core.enums import Level, Role
from congress_portal.core.models import AuditEntry, CalendarYear, Notice
from congress_portal.core.workdays import seed_calendar
from stations.enums import DutyState, MonthPattern, RotaState, RulePattern, SwapState
from stations.models import Rota, RotaDuty, RotaRule, RotaSlot, SwapRequest, Unavailability
from stations.services import rota as services
from stations.services import rota_changes as changes
from stations.services import swaps
from stations.services.absences import add_absence
from stations.services.rota import RotaError
from stations.services.rota_reminders import remind_of_duties
from stations.services.themed import plan_themed
from tests.factories import homes
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.stations import OfficerFactory, PostingFactory, StationFactory

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
CLOCK = "2025-12-20 09:00"


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze(CLOCK)


@pytest.fixture
def town():
    seed_calendar(2026)
    return TownFactory()


@pytest.fixture
def term():
    return TermFactory(
        level=Level.TOWN, begins_on=dt.date(2021, 1, 1), ends_on=dt.date(2026, 12, 31)
    )


def posted(station, term, *, level=Level.TOWN, user=True, **fields):
    """A deputy in office who is posted to the station."""
    account = UserFactory(role=Role.DEPUTY) if user else None
    deputy = DeputyFactory(town=station.region, user=account, **fields)
    MandateFactory(deputy=deputy, term=term, level=level)
    PostingFactory(station=station, deputy=deputy)
    return deputy


@pytest.fixture
def home(town):
    """A home that receives on the 15th of each month, with nobody posted yet."""
    station = StationFactory(region=town, name="云溪代表之家")
    homes.RotaRuleFactory(station=station, day_of_month=15, begins_on=FIRST)
    return station


def released(station, term, people=3, last=LAST):
    deputies = [posted(station, term) for _ in range(people)]
    clerk = town_clerk(station.region)
    rota = services.draw_up(actor=clerk, region=station.region, first_on=FIRST, last_on=last)
    services.release(actor=clerk, rota_pk=rota.pk)
    return rota, deputies


def duty_of(deputy, n=0):
    return RotaDuty.objects.filter(deputy=deputy).order_by("held_on")[n]


def test_a_year_is_planned_by_the_rule_and_shared_evenly(home, term, town):
    deputies = [posted(home, term) for _ in range(5)]

    rota = services.draw_up(actor=town_clerk(town), region=town, first_on=FIRST, last_on=LAST)

    days = list(rota.slots.order_by("held_on").values_list("held_on", flat=True))
    assert len(days) == 12
    assert days[1] == dt.date(
        2026, 2, 24
    )  # the 15th lies in the Spring Festival, off till the 23rd
    assert sorted(RotaDuty.objects.filter(deputy=each).count() for each in deputies) == [
        2, 2, 2, 3, 3,
    ]  # fmt: skip
    assert rota.state == RotaState.DRAFT
    assert Notice.objects.count() == 0


def test_absences_postings_and_mandates_are_honoured(home, term, town):
    away, left, ended, here = (posted(home, term) for _ in range(4))
    Unavailability.objects.create(deputy=away, first_on=FIRST, last_on=dt.date(2026, 6, 30))
    left.postings.update(ends_on=dt.date(2026, 3, 31))
    ended.mandates.update(ends_on=dt.date(2026, 5, 31))

    services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)

    def days(deputy):
        return list(RotaDuty.objects.filter(deputy=deputy).values_list("held_on", flat=True))

    assert min(days(away)) > dt.date(2026, 6, 30)
    assert max(days(left)) <= dt.date(2026, 3, 31)
    assert max(days(ended)) <= dt.date(2026, 5, 31)
    assert RotaDuty.objects.count() == 12
    assert days(here)


def test_a_level_is_there_each_time_or_the_gap_is_named(client, home, term, town):
    RotaRule.objects.update(level_needed=Level.COUNTY, deputies_needed=2)
    county = posted(home, term, level=Level.COUNTY)
    [posted(home, term) for _ in range(3)]
    Unavailability.objects.create(
        deputy=county, first_on=dt.date(2026, 4, 15), last_on=dt.date(2026, 4, 15)
    )
    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)

    client.force_login(town_clerk(town))
    page = client.get(reverse("stations:rota", args=[rota.pk]))

    assert RotaDuty.objects.filter(deputy=county).count() == 11
    [gap] = page.context["short_days"]
    assert (gap.slot.held_on, gap.lacking, gap.level) == (dt.date(2026, 4, 15), 1, "县")
    assert "没有县级代表" in page.text


def test_days_without_any_deputy_are_named(client, home, town):
    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)
    client.force_login(town_clerk(town))

    page = client.get(reverse("stations:rota", args=[rota.pk]))

    assert len(page.context["empty_days"]) == 12
    assert "没有代表的接待日 12 天" in page.text


def test_a_missing_calendar_is_told_on_the_page(client, home, town):
    CalendarYear.objects.all().delete()
    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)
    client.force_login(town_clerk(town))

    page = client.get(reverse("stations:rota", args=[rota.pk]))

    assert page.context["years"] == [2026]
    assert "还没有 2026 年的工作日历" in page.text
    assert rota.slots.filter(held_on=dt.date(2026, 2, 15)).exists()


def test_nobody_stands_in_two_places_on_a_day(home, term, town):
    other = StationFactory(region=town)
    homes.RotaRuleFactory(station=other, day_of_month=15, begins_on=FIRST)
    both = posted(home, term)
    PostingFactory(station=other, deputy=both)
    posted(other, term)

    services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)

    days = list(RotaDuty.objects.filter(deputy=both).values_list("held_on", flat=True))
    assert len(days) == len(set(days)) == 12


def test_duties_in_another_town_count_and_block(home, term, town):
    both, local = posted(home, term), posted(home, term)
    elsewhere = homes.RotaSlotFactory(held_on=dt.date(2026, 1, 15))
    homes.RotaDutyFactory(slot=elsewhere, deputy=both)

    services.draw_up(actor=None, region=town, first_on=FIRST, last_on=dt.date(2026, 3, 31))

    here = RotaDuty.objects.filter(slot__station=home)
    assert here.filter(deputy=both).count() == 1
    assert here.filter(deputy=local).count() == 2
    assert not here.filter(deputy=both, held_on=dt.date(2026, 1, 15)).exists()


def test_a_second_rota_of_the_same_days_is_refused(home, term, town):
    clerk = town_clerk(town)
    services.draw_up(actor=clerk, region=town, first_on=FIRST, last_on=LAST)

    with pytest.raises(RotaError, match="日期不能重叠"):
        services.draw_up(actor=clerk, region=town, first_on=LAST, last_on=LAST)


@pytest.mark.parametrize("last", [FIRST + dt.timedelta(days=401), FIRST])
def test_a_rota_that_is_too_long_or_has_no_days_is_refused(home, town, last):
    with pytest.raises(RotaError):
        services.draw_up(actor=None, region=town, first_on=FIRST, last_on=last)


def test_a_stranger_can_neither_draw_up_nor_release(home, term, town):
    stranger = town_clerk(TownFactory())
    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)

    with pytest.raises(RotaError):
        services.release(actor=stranger, rota_pk=rota.pk)
    with pytest.raises(RotaError):
        services.draw_up(
            actor=stranger, region=town, first_on=dt.date(2027, 1, 1), last_on=dt.date(2027, 2, 1)
        )


def test_release_tells_each_deputy_once(home, term, town):
    rota, deputies = released(home, term)

    with pytest.raises(RotaError):
        services.release(actor=town_clerk(town), rota_pk=rota.pk)

    titles = sorted(Notice.objects.values_list("title", flat=True))
    assert titles == sorted(f"{rota.title}已发布，您值班 4 天" for _ in deputies)
    rota.refresh_from_db()
    assert rota.state == RotaState.RELEASED


def test_a_draft_is_planned_anew_after_an_absence(home, term, town):
    away, _ = posted(home, term), posted(home, term)
    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)
    add_absence(actor=away.user, deputy=away, first_on=FIRST, last_on=LAST)

    services.draw_again(actor=town_clerk(town), rota_pk=rota.pk)

    assert not RotaDuty.objects.filter(deputy=away).exists()
    assert rota.slots.count() == 12


def test_a_released_rota_is_neither_planned_anew_nor_thrown_away(home, term, town):
    rota, _ = released(home, term)

    for step in (services.draw_again, services.discard):
        with pytest.raises(RotaError, match="已经发布"):
            step(actor=town_clerk(town), rota_pk=rota.pk)


def test_a_swap_needs_consent_and_changes_the_rota(home, term):
    _, (giver, taker, _) = released(home, term)
    duty = duty_of(giver)

    request = swaps.ask_swap(actor=giver.user, duty_pk=duty.pk, asked=taker, reason="出差")
    assert not RotaDuty.objects.filter(slot=duty.slot, deputy=taker).exists()
    swaps.answer_swap(actor=taker.user, swap_pk=request.pk, agrees=True)

    duty.refresh_from_db()
    taken = RotaDuty.objects.get(slot=duty.slot, deputy=taker)
    assert (duty.state, taken.state) == (DutyState.SWAPPED, DutyState.PLANNED)
    assert Notice.objects.filter(user=taker.user, title__contains="请您替").count() == 1
    assert Notice.objects.filter(user=giver.user, title__contains="同意替").count() == 1


def test_an_exchange_changes_both_days(home, term):
    _, (giver, taker, _) = released(home, term)
    mine, theirs = duty_of(giver), duty_of(taker)

    request = swaps.ask_swap(actor=giver.user, duty_pk=mine.pk, asked=taker, in_return=theirs)
    swaps.answer_swap(actor=taker.user, swap_pk=request.pk, agrees=True)

    assert RotaDuty.objects.all().standing().get(slot=mine.slot).deputy == taker
    assert RotaDuty.objects.all().standing().get(slot=theirs.slot).deputy == giver


def test_a_refusal_leaves_everything(home, term):
    _, (giver, taker, _) = released(home, term)
    duty = duty_of(giver)
    request = swaps.ask_swap(actor=giver.user, duty_pk=duty.pk, asked=taker)

    swaps.answer_swap(actor=taker.user, swap_pk=request.pk, agrees=False)

    duty.refresh_from_db()
    request.refresh_from_db()
    assert (duty.state, request.state) == (DutyState.PLANNED, SwapState.DECLINED)


def test_only_the_asked_or_staff_answer_and_only_once(home, term, town):
    _, (giver, taker, third) = released(home, term)
    request = swaps.ask_swap(actor=giver.user, duty_pk=duty_of(giver).pk, asked=taker)

    for wrong in (giver.user, third.user):
        with pytest.raises(RotaError):
            swaps.answer_swap(actor=wrong, swap_pk=request.pk, agrees=True)
    swaps.answer_swap(actor=town_clerk(town), swap_pk=request.pk, agrees=True)
    with pytest.raises(RotaError, match="已有结果"):
        swaps.answer_swap(actor=taker.user, swap_pk=request.pk, agrees=False)


def test_a_duty_that_is_past_is_not_swapped(freeze, home, term):
    _, (giver, taker, _) = released(home, term)
    freeze("2026-12-31 09:00")

    with pytest.raises(RotaError, match="已经过去"):
        swaps.ask_swap(actor=giver.user, duty_pk=duty_of(giver).pk, asked=taker)


def test_nobody_asks_for_the_duty_of_another(home, term):
    _, (giver, taker, third) = released(home, term)

    with pytest.raises(RotaError, match="本人"):
        swaps.ask_swap(actor=third.user, duty_pk=duty_of(giver).pk, asked=taker)


def test_a_swap_to_who_is_taken_away_or_not_posted_is_refused(home, term, town):
    _, (giver, taken, away) = released(home, term)
    duty = duty_of(giver)
    slot = homes.RotaSlotFactory(held_on=duty.held_on)
    homes.RotaDutyFactory(slot=slot, deputy=taken)
    Unavailability.objects.create(deputy=away, first_on=duty.held_on, last_on=duty.held_on)
    elsewhere = posted(StationFactory(region=town), term)

    for asked, words in ((taken, "别处值班"), (away, "不便"), (elsewhere, "进站代表")):
        with pytest.raises(RotaError, match=words):
            swaps.ask_swap(actor=giver.user, duty_pk=duty.pk, asked=asked)
    assert SwapRequest.objects.count() == 0


def test_a_swap_that_takes_the_needed_level_away_is_refused(home, term, town):
    RotaRule.objects.update(level_needed=Level.COUNTY)
    county, plain = posted(home, term, level=Level.COUNTY), posted(home, term)
    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)
    services.release(actor=town_clerk(town), rota_pk=rota.pk)

    with pytest.raises(RotaError, match="至少要有一名县代表"):
        swaps.ask_swap(actor=county.user, duty_pk=duty_of(county).pk, asked=plain)


def test_staff_put_another_in_and_open_requests_fall_away(home, term, town):
    _, (giver, taker, third) = released(home, term)
    duty = duty_of(giver)
    request = swaps.ask_swap(actor=giver.user, duty_pk=duty.pk, asked=taker)

    changes.replace(actor=town_clerk(town), duty_pk=duty.pk, deputy=third, reason="生病")

    request.refresh_from_db()
    assert request.state == SwapState.WITHDRAWN
    assert RotaDuty.objects.all().standing().get(slot=duty.slot).deputy == third


def test_moving_a_day_takes_its_duties_along(home, term, town):
    _, (first, *_) = released(home, term)
    duty = duty_of(first)
    day = duty.held_on + dt.timedelta(days=1)

    changes.move(actor=town_clerk(town), slot_pk=duty.slot_id, day=day, reason="停电")

    duty.refresh_from_db()
    assert duty.held_on == day
    assert Notice.objects.filter(user=first.user, title__contains="改期").count() == 1


def test_calling_off_needs_words_and_frees_the_deputy(home, term, town):
    _, (first, *_) = released(home, term)
    duty = duty_of(first)

    with pytest.raises(RotaError, match="原因"):
        changes.call_off(actor=town_clerk(town), slot_pk=duty.slot_id, reason=" ")
    changes.call_off(actor=town_clerk(town), slot_pk=duty.slot_id, reason="防汛")

    assert Notice.objects.filter(user=first.user, title__contains="取消：防汛").count() == 1
    with pytest.raises(RotaError, match="已经取消"):
        changes.move(actor=town_clerk(town), slot_pk=duty.slot_id, day=LAST)


def test_reminders_come_once_and_some_days_before(home, term):
    _, (first, *_) = released(home, term)
    day = duty_of(first).held_on
    Notice.objects.all().delete()

    counts = [remind_of_duties(day - dt.timedelta(days=n))["接待值班"] for n in (4, 3, 3, 1)]

    assert counts == [0, 1, 0, 0]
    assert Notice.objects.get().title.startswith("3 天后您在")


def test_drafts_and_handed_on_duties_are_not_reminded_of(home, term, town):
    deputy = posted(home, term)
    services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)

    assert sum(remind_of_duties(duty_of(deputy).held_on).values()) == 0


def test_one_line_in_the_trail_says_what_was_planned(home, term, town):
    posted(home, term)

    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)

    entry = AuditEntry.objects.get(model="stations.Rota", action="create")
    assert entry.changes == {"slots": [None, 12], "duties": [None, 12]}
    assert entry.object_key == str(rota.pk)


# Pages


def test_strangers_do_not_find_a_rota_its_days_or_swaps(client, home, term):
    rota, (giver, taker, _) = released(home, term)
    duty = duty_of(giver)
    request = swaps.ask_swap(actor=giver.user, duty_pk=duty.pk, asked=taker)
    client.force_login(town_clerk(TownFactory()))
    pages = [
        ("stations:rota", rota.pk), ("stations:release_rota", rota.pk),
        ("stations:rota_day", duty.slot_id), ("stations:rota_move", duty.slot_id),
        ("stations:rota_replace", duty.pk), ("stations:ask_swap", duty.pk),
        ("stations:swap", request.pk), ("stations:rota_station_calendar", home.pk),
    ]  # fmt: skip

    found = [client.get(reverse(name, args=[pk])).status_code for name, pk in pages]
    posted_to = client.post(reverse("stations:answer_swap", args=[request.pk]), {"answer": "agree"})
    wall = client.get(reverse("stations:rota_wall", args=[rota.pk, "a4"]))

    assert found == [404] * len(pages)
    assert (posted_to.status_code, wall.status_code) == (404, 404)


def test_a_deputy_does_not_see_a_draft(client, home, term, town):
    deputy = posted(home, term)
    rota = services.draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST)
    client.force_login(deputy.user)

    assert client.get(reverse("stations:rota", args=[rota.pk])).status_code == 404
    slot = rota.slots.first()
    assert client.get(reverse("stations:rota_day", args=[slot.pk])).status_code == 404
    assert "没有排您值班" in client.get(reverse("stations:rota_mine")).text


def test_a_clerk_draws_up_checks_and_releases(client, freeze, home, term, town):
    freeze(CLOCK)
    [posted(home, term) for _ in range(3)]
    client.force_login(town_clerk(town))
    data = {"regions": [town.pk], "first_on": "2026-01-01", "last_on": "2026-12-31"}

    response = client.post(reverse("stations:new_rota"), data, follow=True)
    again = client.post(reverse("stations:new_rota"), data)
    rota = Rota.objects.get()
    check = client.get(reverse("stations:release_rota", args=[rota.pk]))
    done = client.post(reverse("stations:release_rota", args=[rota.pk]), follow=True)
    twice = client.post(reverse("stations:release_rota", args=[rota.pk]), follow=True)

    assert response.context["rota"] == rota
    assert "日期不能重叠" in again.text
    assert "请核对" in check.text
    assert "已发布" in done.text
    assert "已经发布" in twice.text
    assert Notice.objects.count() == 3


def test_a_county_plans_all_its_towns_at_once(client, freeze, home, term, town):
    freeze(CLOCK)
    bare = StationFactory(region=TownFactory())
    client.force_login(staff())
    data = {
        "regions": [town.pk, bare.region_id], "first_on": "2026-01-01", "last_on": "2026-12-31",
    }  # fmt: skip

    response = client.post(reverse("stations:new_rota"), data, follow=True)

    assert [rota.region for rota in Rota.objects.all()] == [town]
    assert f"{bare.region}的家站还没有接待日规则" in response.text


def test_one_rule_is_registered_for_many_stations_once(client, town):
    stations = StationFactory.create_batch(3, region=town)
    client.force_login(town_clerk(town))
    data = {
        "stations": [each.pk for each in stations], "pattern": RulePattern.MONTHLY, "interval": 1,
        "months": MonthPattern.ODD, "day_of_month": 15, "begins_on": "2026-01-01",
        "starts_at": "09:00", "ends_at": "11:00", "holiday_shift": "next", "deputies_needed": 1,
        "notice_days": 3,
    }  # fmt: skip

    for _ in range(2):
        response = client.post(reverse("stations:new_rota_rules"), data, follow=True)
    fault = client.post(reverse("stations:new_rota_rules"), {**data, "day_of_month": ""})

    assert RotaRule.objects.count() == 3
    assert "单月 15 日" in response.text
    assert "请按规则填写" in fault.text


def test_my_days_show_swaps_and_clashes(client, freeze, home, term):
    freeze(CLOCK)
    _, (giver, taker, _) = released(home, term)
    duty = duty_of(giver)
    client.force_login(giver.user)

    page = client.get(reverse("stations:rota_mine"))
    client.post(reverse("stations:ask_swap", args=[duty.pk]), {"asked": taker.pk})
    told = client.post(
        reverse("stations:rota_mine"),
        {"first_on": duty.held_on, "last_on": duty.held_on},
        follow=True,
    )

    assert page.text.count("请人换班") == 4
    assert f"已请{taker.name}换班" in told.text
    assert "这段时间里已排了您的值班" in told.text
    client.force_login(taker.user)
    assert "请我换班的" in client.get(reverse("stations:rota_mine")).text


def test_calendar_files_hold_released_days_in_local_time(client, freeze, home, term):
    freeze(CLOCK)
    _, (first, *_) = released(home, term)
    client.force_login(first.user)

    text = client.get(reverse("stations:rota_own_calendar")).content.decode()

    day = duty_of(first).held_on
    assert text.count("BEGIN:VEVENT") == 4
    assert f"DTSTART;TZID=Asia/Shanghai:{day:%Y%m%d}T090000\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.replace("\r\n ", "").count("代表接待选民（云溪代表之家）") == 4


@pytest.mark.parametrize(("size", "width"), [("a4", 595), ("a3", 842)])
def test_the_wall_print_shows_every_day_and_name(client, home, term, size, width):
    rota, deputies = released(home, term)
    client.force_login(town_clerk(home.region))

    content = client.get(reverse("stations:rota_wall", args=[rota.pk, size])).content

    pdf = PdfReader(io.BytesIO(content))
    text = pdf.pages[0].extract_text().replace("\n", "")
    assert round(float(pdf.pages[0].mediabox.width)) == width
    assert all(each.name in text for each in deputies)
    assert all(f"{slot.held_on.month}月{slot.held_on.day}日" in text for slot in rota.slots.all())


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("stations:rota_list", 5),
        ("stations:rota_days", 8),
        ("stations:rota_month", 7),
        ("stations:rota_rules", 6),
        ("stations:swaps", 5),
        ("suggestions:themed_list", 7),
    ],
)
def test_lists_ask_a_fixed_number_of_queries(
    client, freeze, django_assert_num_queries, name, queries, rows
):
    freeze("2026-07-10 09:00")
    homes.SwapRequestFactory.create_batch(rows)
    homes.RotaRuleFactory.create_batch(rows)
    homes.ThemedReceptionFactory.create_batch(rows)
    TownFactory.create_batch(2)
    client.force_login(staff())

    with django_assert_num_queries(queries):
        response = client.get(reverse(name))
    assert response.status_code == 200


def test_the_officer_of_a_station_changes_its_days_only(client, home, term):
    _, (first, *_) = released(home, term)
    officer = UserFactory(role=Role.STATION_OFFICER)
    OfficerFactory(station=home, user=officer)
    other = homes.RotaSlotFactory(held_on=LAST)
    client.force_login(officer)
    data = {"reason": "停电"}

    done = client.post(reverse("stations:rota_call_off", args=[duty_of(first).slot_id]), data)
    refused = client.post(reverse("stations:rota_call_off", args=[other.pk]), data)

    assert (done.status_code, refused.status_code) == (302, 404)
    assert list(RotaSlot.objects.exclude(cancelled_reason="")) == [duty_of(first).slot]


def test_a_plan_beyond_the_term_says_until_when_there_are_deputies(client, home, town):
    term = TermFactory(
        level=Level.TOWN, begins_on=dt.date(2021, 1, 1), ends_on=dt.date(2026, 6, 30)
    )
    posted(home, term)
    rota = services.draw_up(actor=town_clerk(town), region=town, first_on=FIRST, last_on=LAST)
    client.force_login(town_clerk(town))
    page = client.get(reverse("stations:rota", args=[rota.pk]))

    assert "进站代表的任期都到 2026年6月30日" in page.text
    assert "以后的 6 个接待日现在排不出人" in page.text
    assert "没有代表的接待日" not in page.text


@pytest.mark.parametrize(
    ("pattern", "shift", "saved"),
    [("cycle", "next", 0), ("cycle", "previous", 0), ("cycle", "keep", 1), ("weekly", "next", 1)],
)
def test_a_market_day_is_not_moved_to_another_day(client, home, town, pattern, shift, saved):
    RotaRule.objects.all().delete()
    client.force_login(town_clerk(town))
    data = {
        "stations": [home.pk], "pattern": pattern, "interval": "5", "months": "every",
        "weekday": "2", "begins_on": "2026-01-03", "starts_at": "09:00", "ends_at": "11:00",
        "holiday_shift": shift, "deputies_needed": "1", "notice_days": "3",
    }  # fmt: skip
    if pattern == "cycle":
        del data["weekday"]
    answer = client.post(reverse("stations:new_rota_rules"), data)

    assert RotaRule.objects.count() == saved
    assert ("圩日不能挪到别的日子" in answer.text) is (not saved)


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "已经过去"), (400, "请在这段时间里选")], ids=["past", "beyond"]
)
def test_a_day_is_moved_only_to_a_day_of_the_rota_that_comes(home, term, town, freeze, days, words):
    _, (first, *_) = released(home, term)
    duty = duty_of(first)
    freeze(f"{duty.held_on:%Y-%m-%d} 06:00")
    with pytest.raises(RotaError, match=words):
        changes.move(
            actor=town_clerk(town), slot_pk=duty.slot_id,
            day=duty.held_on + dt.timedelta(days=days),
        )  # fmt: skip
    duty.refresh_from_db()
    assert duty.slot.planned_on in (None, duty.held_on)


def test_an_absence_over_released_duties_is_told_to_the_office(client, home, term, town):
    clerk = town_clerk(town)
    _, (first, *_) = released(home, term)
    duty = duty_of(first)
    client.force_login(first.user)
    day = f"{duty.held_on:%Y-%m-%d}"
    client.post(reverse("stations:rota_mine"), {"first_on": day, "last_on": day})

    notice = Notice.objects.get(user=clerk, key__startswith="rota-away")
    assert f"{first.name}{duty.held_on.month}月{duty.held_on.day}日不便" in notice.title


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("2026-02-01", "2099-01-01", "一次最多填一年"), ("1999-01-01", "2000-01-01", "已经过去")],
)
def test_an_absence_of_the_wrong_year_is_asked_about(client, home, term, first, last, words):
    deputy = posted(home, term)
    client.force_login(deputy.user)
    told = client.post(reverse("stations:rota_mine"), {"first_on": first, "last_on": last})

    assert words in told.text
    assert not Unavailability.objects.exists()


def test_a_theme_on_a_planned_day_takes_its_hours_and_who_is_asked(home, term, town):
    _, (first, *others) = released(home, term)
    slot = duty_of(first).slot
    asked = next(each for each in others if not slot.duties.filter(deputy=each).exists())
    themed = plan_themed(
        actor=town_clerk(town), station=home, held_on=slot.held_on, starts_at=dt.time(8),
        ends_at=dt.time(12), deputies=[first, asked], title="圩日联合接待",
    )  # fmt: skip

    slot.refresh_from_db()
    assert (slot.themed, slot.starts_at, slot.ends_at) == (themed, dt.time(8), dt.time(12))
    assert slot.duties.filter(deputy=asked).exists()
    assert Notice.objects.filter(user=first.user, title__contains="时间改为08:00").exists()


def test_a_missed_day_is_not_moved_out_of_sight(client, home, term, town, freeze):
    """It stays among what was not registered, on the clerk's desk too, until it is accounted for."""
    clerk = town_clerk(town)
    _, (first, *_) = released(home, term)
    duty = duty_of(first)
    after = duty.held_on + dt.timedelta(days=2)
    freeze(f"{after:%Y-%m-%d} 09:00")

    with pytest.raises(RotaError, match="已经过去，不能改期"):
        changes.move(actor=clerk, slot_pk=duty.slot_id, day=after + dt.timedelta(days=3))
    client.force_login(clerk)
    day = client.get(reverse("stations:rota_day", args=[duty.slot_id])).text
    desk = client.get(reverse("desk:home")).text

    assert reverse("stations:rota_move", args=[duty.slot_id]) not in day
    assert "过了还没登记的接待日" in desk
