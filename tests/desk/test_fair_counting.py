"""What a deputy may rely on: leave is no absence, part of a quarter owes only that part (issue 4)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from activities.enums import Presence
from activities.reports.brief import brief_of
from activities.services.calling import answer_invitation, decide_leave
from activities.services.planning import Seat, hold_activity, suggested_presence
from congress_portal.core.enums import Role
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.periods import quarter
from congress_portal.core.stale import fingerprint
from congress_portal.core.verification import verify
from congress_portal.evaluations.services import compute_sheet, publish_sheet
from deputies.models import Deputy
from tests.factories.activities import ActivityFactory
from tests.factories.calling import PlanFactory
from tests.factories.core import UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)


@pytest.fixture
def deputy(freeze):
    freeze("2026-09-10 09:00")
    return DeputyFactory(name="张伟", user=UserFactory(role=Role.DEPUTY), seat=True)


def test_deputy_on_approved_leave_is_not_counted_absent(client, deputy, freeze):
    clerk = town_clerk(deputy.town)
    came, missing = DeputyFactory(name="李静"), DeputyFactory(name="王强", town=deputy.town)
    plan = PlanFactory(region=deputy.town, called=[deputy, came, missing], state="notified")
    row = plan.invitations.get(deputy=deputy)
    answer_invitation(
        actor=deputy.user, invitation_pk=row.pk, accepts=False, leave_kind="ill",
        leave_reason="住院", round_seen=plan.notice_round,
    )  # fmt: skip
    row.refresh_from_db()
    decide_leave(actor=clerk, invitation_pk=row.pk, grants=True, seen=fingerprint(row))
    freeze("2026-09-18 17:00")
    seats = {each.deputy: suggested_presence(each) for each in plan.invitations.all()}
    seats[came] = Presence.PRESENT
    held = hold_activity(
        actor=clerk, activity_pk=plan.pk, seats=[Seat(who, how) for who, how in seats.items()]
    )
    verify(held, actor=clerk)

    brief = brief_of(held)
    client.force_login(deputy.user)
    file = client.get(reverse("desk:duty_file", args=[deputy.pk])).text
    detail = client.get(reverse("activities:detail", args=[plan.pk])).text
    figures = measure([find_metric(Deputy, "activities")], Q3, Deputy.objects.all())["activities"]

    assert (brief.present, brief.on_leave, brief.absent) == (("李静",), ("张伟",), ("王强",))
    assert "1 次：出席 0 次，请假 1 次，缺席 0 次" in file
    assert "张伟（请假）" in detail
    assert [figures[each.pk] for each in (came, deputy, missing)] == [1, 0, 0]


def test_deputy_elected_in_mid_quarter_reads_that_only_a_part_is_owed(client, deputy, freeze):
    late = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=late, begins_on=dt.date(2026, 8, 16))
    ActivityFactory(deputies=[late, deputy])
    scheme = SchemeFactory(subject_type="deputy", name="代表履职情况")
    IndicatorFactory(scheme=scheme, name="活动", metric="activities", target=Decimal(2))
    freeze("2026-10-08 09:00")
    publish_sheet(sheet=compute_sheet(scheme=scheme, period=Q3, actor=None), actor=None)

    pages = {}
    for person in (late, deputy):
        client.force_login(person.user)
        home = client.get(reverse("desk:home"))
        score = home.context["blocks"][0].data["desk"].scores[0]
        pages[person] = client.get(reverse("evaluations:score", args=[score.pk])).text

    assert "本期在任 46 天" in pages[late]
    assert "1 次 ÷（目标 2 次 × 在任 46 天 ÷ 全期 92 天）× 10 分 = 10.00 分" in pages[late]
    assert "本期在任" not in pages[deputy]
    assert "1 次 ÷ 目标 2 次 × 10 分 = 5.00 分" in pages[deputy]


def test_deputy_questions_the_own_score_and_nobody_elses(client, deputy, freeze):
    other = DeputyFactory(user=UserFactory(role=Role.DEPUTY), seat=True)
    scheme = SchemeFactory(subject_type="deputy")
    IndicatorFactory(scheme=scheme, name="活动", metric="activities", target=Decimal(2))
    freeze("2026-10-08 09:00")
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=None)
    publish_sheet(sheet=sheet, actor=None)
    score = sheet.scores.get(deputy=deputy)
    address = f"{reverse('activities:ask_correction')}?about=evaluations.score.{score.pk}"
    client.force_login(deputy.user)

    assert address in client.get(reverse("evaluations:score", args=[score.pk])).text
    assert client.get(address).status_code == 200
    client.force_login(other.user)
    assert client.get(address).status_code == 404
