"""Overdue redos count everywhere, silence is not punctual, the government office has its desk."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from congress_portal.core.enums import Rating
from congress_portal.desk.selectors.leader import stuck_units
from congress_portal.desk.selectors.others import unit_desk
from suggestions import services
from suggestions.enums import State
from suggestions.models import ClockChange, HandlingRule, Suggestion
from suggestions.selectors import (
    due_soon,
    government_inbox,
    league_table,
    office_inbox,
    overdue,
    overdue_parts,
    postponed,
    year_report,
)
from tests.factories.workflow import (
    accepted,
    answered,
    handed_over,
    in_state,
    make_cast,
    rate,
    signed,
    with_government,
)

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return make_cast()


def test_overdue_redo_counts_on_every_board(client, cast, freeze):
    item = in_state(cast, State.REDO)  # due 2 May
    rows = Suggestion.objects.all()
    assert set(due_soon(rows, D(2026, 4, 20))) == {item}
    freeze("2026-06-01 09:00")

    assert set(overdue(rows, D(2026, 5, 2))) == set()
    assert set(overdue(rows, D(2026, 5, 3))) == {item}
    assert overdue_parts(rows, D(2026, 6, 1)).count() == 1
    stuck = stuck_units(cast.office, D(2026, 6, 1))
    assert [(each.pk, each.overdue, each.days) for each in stuck] == [(cast.units[0].pk, 1, 30)]
    client.force_login(cast.office)
    page = client.get(reverse("suggestions:list"), {"state": "overdue"})
    assert [row.pk for row in page.context["page"].object_list] == [item.pk]
    assert "其中主办（含重新办理）1 件" in client.get(reverse("suggestions:board")).text


def test_paused_redo_is_not_overdue(cast):
    item = in_state(cast, State.REDO)
    services.suspend_clock(pk=item.pk, actor=cast.office, comment="等上级文件")

    assert not overdue(Suggestion.objects.all(), D(2026, 6, 1)).exists()


def test_silence_is_not_punctual_in_the_league(cast, freeze):
    rate(cast, answered(cast))
    signed(cast)
    freeze("2026-07-01 09:00")

    line = league_table(Suggestion.objects.all(), HandlingRule(), D(2026, 7, 1))[0]

    assert (str(line.punctual), str(line.rates.on_time)) == ("50.0%（1/2）", "100.0%（1/1）")
    assert (line.speed, line.total) == (Decimal("10.00"), Decimal("90.00"))
    on_the_day = league_table(Suggestion.objects.all(), HandlingRule(), D(2026, 6, 2))[0]
    assert on_the_day.speed == Decimal("20.00")


def test_unit_that_never_answers_is_last_not_unranked(cast):
    signed(cast)

    line = league_table(Suggestion.objects.all(), HandlingRule(), D(2026, 7, 1))[0]

    assert (line.total, line.rank) == (Decimal("0.00"), 1)


def test_report_counts_second_replies_and_granted_extensions_only(cast):
    HandlingRule.objects.create(region=cast.county, reply_months=2)
    in_state(cast, State.REDO)
    again = in_state(cast, State.REDO)
    rate(cast, answered(cast, part=again.handlings.get()), Rating.SATISFIED)
    part = signed(cast)
    request = services.ask_extension(
        handling_pk=part.pk, actor=cast.officer(), until=D(2026, 7, 1), comment="难"
    )
    services.decide_extension(extension_pk=request.pk, actor=cast.office, grants=True)

    report = year_report(Suggestion.objects.all(), 2026)

    assert (report.redone, report.second_replies, report.extended) == (2, 1, 1)


def test_a_shorter_rule_postpones_nothing(client, cast):
    HandlingRule.objects.create(region=cast.county, reply_months=2)
    item = handed_over(cast)
    client.force_login(cast.office)

    assert (item.extended_to, postponed(item)) == (D(2026, 5, 2), False)
    assert "已顺延或延期" not in client.get(reverse("suggestions:detail", args=[item.pk])).text


def test_government_office_sees_what_waits_for_it(client, cast):
    with_government(cast)
    office = cast.officer(2)
    item = accepted(cast)
    services.pass_to_government(pk=item.pk, actor=cast.office)
    client.force_login(office)

    kinds = government_inbox(office)
    assert [(kind.code, kind.count) for kind in kinds] == [("forward", 1)]
    assert item.title in client.get(reverse("suggestions:workspace")).text
    assert item.title in client.get(reverse("desk:home")).text
    assert unit_desk(office, D(2026, 3, 2)).passed_on
    assert government_inbox(cast.officer(0)) == []
    found = {kind.code: kind.count for kind in office_inbox(cast.office)}
    assert (found["at_government"], found["hand_over"]) == (1, 0)


def test_government_office_reads_no_more_what_it_handed_back(client, cast):
    with_government(cast)
    item = accepted(cast)
    services.pass_to_government(pk=item.pk, actor=cast.office)
    services.hand_back(pk=item.pk, actor=cast.officer(2), comment="属党群部门")

    client.force_login(cast.officer(2))
    assert client.get(reverse("suggestions:detail", args=[item.pk])).status_code == 404


def _plain(value):
    return "" if value is None or value is False else value


def _change(client, item, **data):
    address = reverse("admin:suggestions_suggestion_change", args=[item.pk])
    page = client.get(address)
    form = page.context["adminform"].form
    sent = {name: _plain(form[name].value()) for name in form.fields}
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        sent |= {management[name].html_name: management[name].value() for name in management.fields}
        for row in formset.formset.initial_forms:
            sent |= {row[name].html_name: _plain(row[name].value()) for name in row.fields}
    return client.post(address, {**sent, **data})


def test_admin_moves_limits_through_the_service_or_not_at_all(client, cast, freeze):
    part = signed(cast)
    freeze("2026-03-05 09:00")
    client.force_login(cast.office)

    _change(client, part.suggestion, extended_to="2027-12-31")
    item = Suggestion.objects.get(pk=part.suggestion_id)
    assert (item.extended_to, item.due_on) == (None, D(2026, 6, 2))
    refused = _change(client, item, handed_over_on="2026-03-04")
    assert "交办日期不能晚于签收日期" in refused.text

    item.handlings.update(signed_on=None)
    _change(client, item, handed_over_on="2026-03-04")

    part.refresh_from_db()
    assert (part.suggestion.due_on, part.due_on) == (D(2026, 6, 4), D(2026, 6, 4))
    assert part.assigned_on == D(2026, 3, 4)
    assert set(ClockChange.objects.values_list("reason", flat=True)) == {"后台更正交办日期"}
