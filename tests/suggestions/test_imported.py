"""The catalogue's rows in the workflow: states, clocks, ledger; no figure changes."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from congress_portal.core.enums import Rating
from congress_portal.core.workdays import seed_calendar
from suggestions import services
from suggestions.enums import HandlingState, Share, State
from suggestions.models import (
    ClockChange,
    Extension,
    Handling,
    Promise,
    Reply,
    Suggestion,
    TransitionLog,
)
from tests.factories.core import staff
from tests.factories.suggestions import (
    HandlingFactory,
    ReplyClassFactory,
    ReplyFactory,
    SuggestionFactory,
)
from tests.factories.workflow import handed_over, make_cast

pytestmark = pytest.mark.django_db
D = dt.date
HANDED, REPLIED = D(2026, 3, 2), D(2026, 5, 20)
EXPECTED = Path(settings.BASE_DIR) / "tests/data/check/expected.json"
SAMPLE = Path(settings.BASE_DIR) / "congress_portal/core/data/anlan"


def _row(reply_class=None, rating="", *, handed=HANDED, **kwargs):
    """A suggestion as the sheet sets it, before anything is settled."""
    item = SuggestionFactory(submitted_on=D(2026, 2, 20), handed_over_on=handed, **kwargs)
    if handed:
        lead = HandlingFactory(suggestion=item)
        HandlingFactory(suggestion=item, share=Share.ASSIST)
        if reply_class:
            ReplyFactory(
                handling=lead,
                replied_on=REPLIED,
                rating=rating,
                reply_class=ReplyClassFactory(name=f"{reply_class}类", code=reply_class),
            )
    return item


@pytest.fixture(autouse=True)
def _calendar():
    seed_calendar(2026)


@pytest.mark.parametrize(
    ("reply_class", "rating", "state", "lead_state"),
    [
        ("A", Rating.SATISFIED, State.CLOSED, HandlingState.ANSWERED),
        ("C", Rating.BASICALLY, State.CLOSED, HandlingState.ANSWERED),
        ("B", Rating.SATISFIED, State.TRACKING, HandlingState.ANSWERED),
        ("A", "", State.ANSWERED, HandlingState.ANSWERED),
        ("B", Rating.UNSATISFIED, State.REDO, HandlingState.UNDERWAY),
        (None, "", State.HANDLING, HandlingState.UNDERWAY),
    ],
)
def test_state_follows_from_reply_and_rating(reply_class, rating, state, lead_state):
    item = _row(reply_class, rating)

    services.settle_imported([item.pk])

    item.refresh_from_db()
    assert item.state == state
    assert item.handlings.get(share=Share.LEAD).state == lead_state


def test_row_not_handed_over_waits():
    item = _row(handed=None)

    services.settle_imported([item.pk])

    assert Suggestion.objects.get().state == State.ACCEPTED


def test_clocks_come_from_the_dates():
    item = _row(extended_to=D(2026, 7, 15))

    services.settle_imported([item.pk])

    lead, assisting = item.handlings.order_by("pk")
    assert (lead.assigned_on, lead.sign_due_on, lead.due_on) == (
        D(2026, 3, 2), D(2026, 3, 11), D(2026, 7, 15),
    )  # fmt: skip
    assert assisting.due_on == D(2026, 4, 2)
    assert Extension.objects.get().granted_until == D(2026, 7, 15)
    assert Suggestion.objects.get().extended_to == D(2026, 7, 15)


def test_dissatisfied_row_starts_its_second_round():
    item = _row("B", Rating.UNSATISFIED)

    services.settle_imported([item.pk])

    lead = item.handlings.get(share=Share.LEAD)
    assert (lead.round, lead.redo_from, lead.due_on) == (2, D(2026, 5, 20), D(2026, 7, 20))
    assert Reply.objects.get().round == 1


def test_settling_twice_changes_nothing():
    items = [_row("B", Rating.SATISFIED), _row(), _row(extended_to=D(2026, 7, 15))]
    keys = [item.pk for item in items]
    assert services.settle_imported(keys) == 3

    before = list(Handling.objects.order_by("pk").values())
    assert services.settle_imported(keys) == 0

    assert list(Handling.objects.order_by("pk").values()) == before
    assert (Promise.objects.count(), Extension.objects.count()) == (1, 1)
    assert TransitionLog.objects.count() == 3


@pytest.mark.parametrize(
    ("today", "report", "traces"),
    [
        ("2026-06-01", D(2026, 8, 20), 0),  # the reply's own three months are still to come
        ("2026-11-22", D(2026, 12, 22), 1),  # long past: a month after the import, with a trace
    ],
)
def test_imported_promise_is_not_overdue_at_once(freeze, today, report, traces):
    freeze(f"{today} 09:00")
    item = _row("B", Rating.SATISFIED)

    services.settle_imported([item.pk])

    assert Promise.objects.get().next_report_on == report
    assert [change.new for change in ClockChange.objects.all()] == [report] * traces
    assert services.send_reminders(D.fromisoformat(today))["after"] == 0


def test_later_reply_of_the_sheet_moves_it_on():
    item = _row()
    services.settle_imported([item.pk])
    ReplyFactory(
        handling=item.handlings.get(share=Share.LEAD),
        replied_on=D(2026, 5, 20),
        rating=Rating.SATISFIED,
        reply_class=ReplyClassFactory(),
    )

    services.settle_imported([item.pk])

    item.refresh_from_db()
    assert (item.state, item.closed_on) == (State.CLOSED, D(2026, 5, 20))


def test_case_worked_on_in_the_portal_is_left_alone():
    cast = make_cast(1)
    item = handed_over(cast)
    before = Handling.objects.values().get()

    assert services.settle_imported([item.pk]) == 0

    assert Handling.objects.values().get() == before


def test_settling_reads_and_writes_in_bulk(django_assert_max_num_queries):
    keys = [_row("B", Rating.SATISFIED).pk for _ in range(30)]

    with django_assert_max_num_queries(30):
        services.settle_imported(keys)


def test_imported_case_goes_on_in_the_portal():
    cast = make_cast(1)
    item = _row(region=cast.county, lead=cast.lead)
    part = item.handlings.get(share=Share.LEAD)
    Handling.objects.filter(pk=part.pk).update(unit=cast.units[0])
    services.settle_imported([item.pk])

    services.log_contact(
        handling_pk=part.pk,
        actor=cast.officer(),
        form="phone",
        deputies=[cast.lead],
        content="沟通",
    )

    assert item.handlings.get(pk=part.pk).contacts.count() == 1


def test_sample_lives_in_the_workflow(tmp_path, capsys):
    call_command("load_reference", verbosity=0)
    call_command("import_records", str(SAMPLE), verbosity=0)

    assert Counter(Suggestion.objects.values_list("state", flat=True)) == {
        State.CLOSED: 38,
        State.TRACKING: 34,
        State.HANDLING: 19,
        State.REDO: 4,
        State.ACCEPTED: 1,
    }
    assert Handling.objects.exclude(clock_warning="").count() == 0
    for quarter, figures in json.loads(EXPECTED.read_text(encoding="utf-8"))["quarters"].items():
        out = tmp_path / f"{quarter}.json"
        call_command("metrics", quarter, "--json", str(out), verbosity=0)
        got = json.loads(out.read_text(encoding="utf-8"))
        assert got["departments"] == figures["departments"]
        assert got["totals"] == figures["totals"]


@pytest.mark.parametrize(
    ("noted", "shown"),
    [
        ("JZ005 2026-02-12 接待丁晶淑", "来源：JZ005 2026-02-12 接待"),
        ("JZ005 2026-02-12 接待 欧阳晶淑 ", "来源：JZ005 2026-02-12 接待"),
        ("县住建局来信", "来源：县住建局来信"),
        ("接待日 2026-02-12", "来源：接待日 2026-02-12"),
    ],
)
def test_the_story_names_no_voter_of_the_offices_note(client, freeze, noted, shown):
    freeze("2026-10-08 10:00")
    row = SuggestionFactory(source_text=noted)
    client.force_login(staff())
    page = client.get(reverse("suggestions:detail", args=[row.pk])).content.decode()

    assert shown in page
    assert "晶淑" not in page
