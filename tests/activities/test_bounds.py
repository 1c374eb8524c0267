"""Days before the mandate, far years and impossible hours are refused, for staff too."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Activity, GoodDeed, NotebookEntry, Visit
from activities.services import log_activity
from congress_portal.core.enums import Dictionary, Role
from suggestions.models import Voice
from tests.factories.activities import ActivityFormFactory
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory

EARLY = "梁飞天从2024年3月1日起任代表"


@pytest.fixture
def deputy(db, freeze):
    """In office since 2024-03-01, after a by-election."""
    freeze("2026-10-08 10:00")
    row = DeputyFactory(name="梁飞天", user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=row, begins_on=dt.date(2024, 3, 1))
    return row


def _visit(day):
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    return {"held_on": day, "channel": channel.pk, "people": "3"}


def _activity(day="2026-10-01", *, training=False, hours=""):
    form = ActivityFormFactory(name="活动", counts_as="training" if training else "other")
    return {"title": "夜校", "form": form.pk, "held_on": day, "hours": hours}


def _as(client, who, deputy):
    """Signed in as the deputy or as the clerk of the town; the address of an entry form."""
    user = deputy.user if who == "deputy" else town_clerk(deputy.town)
    client.force_login(user)
    return lambda name: reverse(f"activities:{name}") + f"?deputy={deputy.pk}" * (who == "clerk")


@pytest.mark.parametrize("who", ["deputy", "clerk"])
@pytest.mark.parametrize("day", ["2024-02-29", "2000-01-01"])
def test_visit_and_activity_before_the_mandate_are_refused(client, deputy, who, day):
    page = _as(client, who, deputy)

    visit = client.post(page("log_visit"), _visit(day))
    activity = client.post(page("log_activity"), _activity(day))

    assert EARLY in visit.context["form"].errors["held_on"][0]
    assert EARLY in activity.context["form"].errors["held_on"][0]
    assert not Visit.objects.exists()
    assert not Activity.objects.exists()


def test_first_day_of_the_mandate_is_taken(client, deputy):
    page = _as(client, "deputy", deputy)

    client.post(page("log_visit"), _visit("2024-03-01"))

    assert Visit.objects.get().held_on == dt.date(2024, 3, 1)


def test_day_after_the_last_mandate_is_refused(client, deputy):
    deputy.mandates.update(ends_on=dt.date(2026, 9, 30))
    page = _as(client, "clerk", deputy)

    told = client.post(page("log_visit"), _visit("2026-10-01"))
    client.post(page("log_visit"), _visit("2026-09-30"))

    assert "任职到2026年9月30日为止" in told.text
    assert [visit.held_on for visit in Visit.objects.all()] == [dt.date(2026, 9, 30)]


def test_two_mandates_bound_by_the_first_and_the_last(client, deputy):
    town = TermFactory(level="town", region=deputy.town, name="第五届")
    MandateFactory(deputy=deputy, term=town, begins_on=dt.date(2022, 1, 5))
    page = _as(client, "deputy", deputy)

    client.post(page("log_visit"), _visit("2022-01-05"))

    assert Visit.objects.exists()


def test_fellow_who_was_not_yet_a_deputy_is_named(deputy):
    late = DeputyFactory(name="后来者", town=deputy.town)
    MandateFactory(deputy=late, begins_on=dt.date(2026, 6, 1))
    given = {"deputy": deputy, "form": ActivityFormFactory(), "title": "视察", "fellows": [late]}

    with pytest.raises(ValidationError, match="后来者从2026年6月1日起任代表") as fault:
        log_activity(actor=deputy.user, held_on=dt.date(2026, 5, 1), **given)
    log_activity(actor=deputy.user, held_on=dt.date(2026, 6, 1), **given)

    assert list(fault.value.error_dict) == ["fellows"]
    assert Activity.objects.count() == 1


def test_changing_an_own_entry_keeps_the_bound(client, deputy):
    page = _as(client, "deputy", deputy)
    client.post(page("log_visit"), _visit("2026-10-01"))
    visit = Visit.objects.get()
    address = reverse("activities:edit_visit", args=[visit.pk])
    seen = client.get(address).context["form"].initial["seen"]
    data = {"held_on": "2023-01-01", "channel": visit.channel_id, "people": "3", "seen": seen}

    told = client.post(address, data)

    visit.refresh_from_db()
    assert EARLY in told.text
    assert visit.held_on == dt.date(2026, 10, 1)


def test_notebook_voice_and_deed_keep_the_bound(client, deputy):
    client.force_login(deputy.user)
    kind = EntryFactory(dictionary=Dictionary.DEED_KIND, name="办实事")
    posts = {
        "activities:notebook": {"text": "记一笔", "noted_on": "2023-01-01"},
        "suggestions:log_voice": {"matter": "路灯不亮", "raised_on": "2023-01-01"},
        "activities:new_deed": {"held_on": "2023-01-01", "kind": kind.pk, "title": "修路"},
    }
    for name, data in posts.items():
        page = client.post(reverse(name), data)

        assert EARLY in page.text, name
    assert not NotebookEntry.objects.exists()
    assert not Voice.objects.exists()
    assert not GoodDeed.objects.exists()


@pytest.mark.parametrize("who", ["deputy", "clerk"])
@pytest.mark.parametrize(
    ("training", "hours", "fault"),
    [
        (True, "999", "学时要大于 0，最多 24。"),
        (True, "24.5", "学时要大于 0，最多 24。"),
        (True, "0", "学时要大于 0，最多 24。"),
        (True, "-1", "学时要大于 0，最多 24。"),
        (True, "", "培训学习请填写学时。"),
        (False, "4", "不是培训学习，不记学时"),
    ],
)
def test_impossible_hours_are_told_at_the_field(client, deputy, who, training, hours, fault):
    page = _as(client, who, deputy)

    told = client.post(page("log_activity"), _activity(training=training, hours=hours))

    assert fault in "".join(told.context["form"].errors["hours"])
    assert not Activity.objects.exists()


def test_a_whole_day_of_training_is_taken(client, deputy):
    page = _as(client, "deputy", deputy)

    client.post(page("log_activity"), _activity(training=True, hours="24"))

    assert Activity.objects.get().hours == 24


def test_plan_keeps_the_bounds_of_hours_and_years(client, deputy):
    client.force_login(staff())
    data = _activity("2031-10-08", hours="4") | {"region": TownFactory().pk}

    far = client.post(reverse("activities:new_plan"), data)
    near = client.post(reverse("activities:new_plan"), data | {"held_on": "2026-12-08"})

    assert far.context["form"].errors["held_on"] == ["请核对日期的年份。"]
    assert "不记学时" in near.text
    assert not Activity.objects.exists()
