"""The life of a sheet: who may take which step from which state, and what each leaves behind."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.periods import quarter
from congress_portal.core.workdays import seed_calendar
from congress_portal.evaluations.enums import AppealState, Rater, SheetState, Silence
from congress_portal.evaluations.models import Appeal, Score, ScoreSheet, Unlock
from congress_portal.evaluations.selectors import changes_between, sheet_report
from congress_portal.evaluations.services import (
    check_sheet,
    close_objections,
    compute_sheet,
    decide_appeal,
    disclose_sheet,
    needs_new_version,
    new_version,
    open_sheet,
    publish_sheet,
    raise_appeal,
    rate,
    remind_of_objections,
    reopen_sheet,
    sheet_for,
    unlock_place,
)
from congress_portal.evaluations.workflow import (
    TABLE,
    Facts,
    SheetStep,
    StepNotAllowedError,
    available_steps,
    require,
)
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)
DAY = dt.datetime(2026, 10, 9, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
AFTER = DAY + dt.timedelta(days=14)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(DAY, tick=False) as moment:
        yield moment


@pytest.fixture
def town():
    seed_calendar(2026)
    return TownFactory()


@pytest.fixture
def deputy(town):
    found = DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=found)
    return found


@pytest.fixture
def scheme():
    scheme = SchemeFactory(subject_type="deputy", objection_days=5)
    IndicatorFactory(scheme=scheme, name="接待")
    return scheme


@pytest.fixture
def disclosed(scheme, deputy):
    return walk(scheme, staff())


def walk(scheme, actor, upto=SheetState.DISCLOSED):
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=actor)
    if upto == SheetState.DRAFT:
        return sheet
    sheet = check_sheet(actor=actor, sheet_pk=sheet.pk, digest=sheet.digest)
    return disclose_sheet(actor=actor, sheet_pk=sheet.pk) if upto != SheetState.CHECKED else sheet


def objection(sheet, deputy, **given):
    score = Score.objects.get(sheet=sheet, deputy=deputy)
    return raise_appeal(actor=deputy.user, score_pk=score.pk, words="少记一天", **given)


ALLOWED = {
    ("compute", "open"), ("compute", "draft"), ("check", "draft"), ("reopen", "checked"),
    ("disclose", "checked"), ("close", "disclosed"), ("publish", "decided"),
    ("correct", "decided"), ("correct", "published"), ("unlock", "checked"),
    ("unlock", "disclosed"), ("unlock", "decided"), ("unlock", "published"),
}  # fmt: skip


@pytest.mark.parametrize("state", SheetState)
@pytest.mark.parametrize("step", SheetStep)
def test_the_table_allows_exactly_these_steps(step, state):
    facts = Facts(state=state)

    if (step, state) in ALLOWED:
        assert require(step, facts, "理由") == TABLE[step].to
    else:
        with pytest.raises(StepNotAllowedError):
            require(step, facts, "理由")


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        (Facts("draft", has_window=False), ["compute", "check", "publish"]),
        (Facts("checked", has_window=False), ["reopen", "publish", "unlock"]),
        (Facts("checked", is_correction=True), ["reopen", "disclose", "publish", "unlock"]),
        (Facts("draft", is_correction=True), ["compute", "check"]),
        (Facts("decided", has_later=True), []),
    ],
)
def test_the_scheme_and_the_version_decide_about_publishing(facts, steps):
    assert available_steps(facts) == steps


def test_steps_with_a_reason_ask_for_it():
    with pytest.raises(StepNotAllowedError, match="理由"):
        require(SheetStep.REOPEN, Facts("checked"), " ")


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.STAFF, Role.TOWN_STAFF, Role.DEPUTY)]
)
def test_no_other_role_takes_a_step(role, scheme, deputy):
    sheet = walk(scheme, staff(), SheetState.CHECKED)
    unit = {"role__unit": UnitFactory()} if role.startswith("unit") else {}
    person = UserFactory(role=role, **unit)

    for act in _acts(sheet, person, deputy.town):
        with pytest.raises(DomainError):
            act()

    assert ScoreSheet.objects.get().state == SheetState.CHECKED


def test_clerk_and_deputy_take_no_step(scheme, deputy):
    sheet = walk(scheme, staff(), SheetState.CHECKED)

    for person in (town_clerk(deputy.town), deputy.user):
        for act in _acts(sheet, person, deputy.town):
            with pytest.raises(DomainError):
                act()

    assert ScoreSheet.objects.get().state == SheetState.CHECKED


def _acts(sheet, person, town):
    until = DAY + dt.timedelta(days=1)
    return [
        lambda: open_sheet(scheme=sheet.scheme, period=quarter(2026, 2), actor=person),
        lambda: compute_sheet(scheme=sheet.scheme, period=Q3, actor=person),
        lambda: check_sheet(actor=person, sheet_pk=sheet.pk, digest=sheet.digest),
        lambda: reopen_sheet(actor=person, sheet_pk=sheet.pk, words="重算"),
        lambda: disclose_sheet(actor=person, sheet_pk=sheet.pk),
        lambda: close_objections(actor=person, sheet_pk=sheet.pk),
        lambda: publish_sheet(sheet=sheet, actor=person),
        lambda: new_version(sheet=sheet, actor=person, reason="更正"),
        lambda: unlock_place(
            actor=person, sheet_pk=sheet.pk, place=town, until=until, reason="补评"
        ),
    ]


def test_disclosing_opens_a_window_in_working_days_and_tells_the_scored(disclosed, deputy):
    assert disclosed.objections_until == dt.date(2026, 10, 15)  # 10月10日调休上班
    notice = Notice.objects.get(user=deputy.user)
    assert "异议" in notice.title
    assert Score.objects.visible_to(deputy.user).count() == 1


def test_a_checked_sheet_is_not_shown_and_not_computed_again(scheme, deputy):
    sheet = walk(scheme, staff(), SheetState.CHECKED)

    with pytest.raises(StepNotAllowedError):
        compute_sheet(scheme=scheme, period=Q3, actor=staff())

    assert not Score.objects.visible_to(deputy.user).exists()
    assert sheet_for(scheme=scheme, period=Q3) == sheet


def test_what_was_not_looked_at_is_not_checked(scheme, deputy):
    sheet = walk(scheme, staff(), SheetState.DRAFT)

    with pytest.raises(DomainError, match="刚被重新计算"):
        check_sheet(actor=staff(), sheet_pk=sheet.pk, digest="0" * 64)


def test_the_window_is_not_closed_early_nor_over_open_objections(disclosed, deputy, clock):
    appeal = objection(disclosed, deputy)
    office = staff()

    with pytest.raises(DomainError, match="还没有结束"):
        close_objections(actor=office, sheet_pk=disclosed.pk)
    clock.move_to(AFTER)
    with pytest.raises(DomainError, match="没有答复"):
        close_objections(actor=office, sheet_pk=disclosed.pk)
    decide_appeal(actor=office, appeal_pk=appeal.pk, upheld=False, answer="核对过，没有少")
    close_objections(actor=office, sheet_pk=disclosed.pk)
    sheet = publish_sheet(sheet=disclosed, actor=office)

    assert (sheet.state, sheet.version) == (SheetState.PUBLISHED, 1)


def test_an_upheld_objection_leads_to_a_second_version(client, disclosed, deputy, clock):
    other = staff()
    appeal = objection(disclosed, deputy)
    before = sheet_report(disclosed)
    decide_appeal(actor=other, appeal_pk=appeal.pk, upheld=True, answer="漏了7月1日")
    clock.move_to(AFTER)
    close_objections(actor=other, sheet_pk=disclosed.pk)
    ReceptionFactory(held_on=dt.date(2026, 7, 1), deputies=[deputy])

    with pytest.raises(DomainError, match="异议成立"):
        publish_sheet(sheet=disclosed, actor=other)
    client.force_login(other)
    offered = client.get(reverse("evaluations:correct", args=[disclosed.pk])).context["form"]
    assert offered["reason"].value() == "有异议成立，更正「总分」", "nobody is named in public"
    second = new_version(sheet=disclosed, reason="异议成立", actor=other)
    second = check_sheet(actor=other, sheet_pk=second.pk, digest=second.digest)
    second = publish_sheet(sheet=second, actor=other)

    assert (second.version, second.state, second.reason) == (2, "published", "异议成立")
    first = ScoreSheet.objects.visible_to(deputy.user).get(version=1)
    assert sheet_report(first) == before
    assert [each["score"].deputy for each in changes_between(first, second)] == [deputy]


def test_scorer_objector_and_deputies_never_decide(scheme, deputy):
    scorer = staff()
    appeal = objection(walk(scheme, scorer), deputy)

    for person in (scorer, deputy.user, town_clerk(deputy.town)):
        with pytest.raises(DomainError):
            decide_appeal(actor=person, appeal_pk=appeal.pk, upheld=False, answer="不成立")

    assert Appeal.objects.get().state == AppealState.OPEN
    asked = Notice.objects.filter(link__contains="appeals").values_list("user", flat=True)
    assert scorer.pk in asked  # the only staff member there is


def test_only_another_officer_is_asked_when_there_is_one(scheme, deputy):
    scorer, other = staff(), staff()

    objection(walk(scheme, scorer), deputy)

    asked = Notice.objects.filter(link__contains="appeals").values_list("user", flat=True)
    assert list(asked) == [other.pk]


def test_who_is_not_scored_cannot_object(disclosed, deputy):
    stranger = DeputyFactory(town=deputy.town, user=UserFactory(role=Role.DEPUTY))
    score = Score.objects.get(deputy=deputy)

    with pytest.raises(Score.DoesNotExist):
        raise_appeal(actor=stranger.user, score_pk=score.pk, words="不对")
    with pytest.raises(DomainError, match="被评的"):
        raise_appeal(actor=town_clerk(deputy.town), score_pk=score.pk, words="不对")


def test_an_objection_after_the_window_or_twice_is_refused(disclosed, deputy, clock):
    objection(disclosed, deputy)
    with pytest.raises(DomainError, match="已经提出"):
        objection(disclosed, deputy)
    line = Score.objects.get(deputy=deputy).lines.get()
    objection(disclosed, deputy, line_pk=line.pk)

    clock.move_to(AFTER)
    with pytest.raises(DomainError, match="已经过了"):
        objection(disclosed, deputy)


def test_silence_keeps_or_blocks_as_the_scheme_says(disclosed, deputy, clock):
    appeal = objection(disclosed, deputy)
    clock.move_to(AFTER)

    assert remind_of_objections(AFTER.date())["得分异议逾期维持"] == 0
    scheme = disclosed.scheme
    scheme.silence = Silence.KEEP
    scheme.save()
    assert remind_of_objections(AFTER.date())["得分异议逾期维持"] == 1

    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by) == (AppealState.LAPSED, None)


def test_the_scored_are_reminded_once_before_the_window_closes(disclosed):
    eve = dt.date(2026, 10, 14)

    assert remind_of_objections(dt.date(2026, 10, 12))["得分异议期"] == 0
    assert remind_of_objections(eve)["得分异议期"] == 1
    assert remind_of_objections(eve)["得分异议期"] == 0


def test_after_publication_a_subject_may_appeal_in_its_window(disclosed, deputy, clock):
    office = staff()
    clock.move_to(AFTER)
    close_objections(actor=office, sheet_pk=disclosed.pk)
    publish_sheet(sheet=disclosed, actor=office)

    assert objection(disclosed, deputy).is_late_stage is True


def test_unlock_opens_marks_of_one_town_for_a_time_and_leaves_the_sheet(scheme, deputy, clock):
    IndicatorFactory(
        scheme=scheme, name="自评", metric="rating", method="manual", target=None, raters="自评1"
    )
    elsewhere = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=elsewhere)
    office = staff()
    sheet = walk(scheme, office)
    digest = sheet.digest

    def mark(person):
        given = {"indicator": "自评", "rater": Rater.SELF, "points": Decimal("8")}
        return rate(actor=person.user, sheet=sheet, subject=person, **given)

    with pytest.raises(DomainError, match="关闭"):
        mark(deputy)
    until = DAY + dt.timedelta(days=2)
    unlock_place(actor=office, sheet_pk=sheet.pk, place=deputy.town, until=until, reason="漏评")
    mark(deputy)
    with pytest.raises(DomainError, match="关闭"):
        mark(elsewhere)
    clock.move_to(DAY + dt.timedelta(days=3))
    with pytest.raises(DomainError, match="关闭"):
        mark(deputy)

    sheet.refresh_from_db()
    assert sheet.digest == digest
    assert needs_new_version(sheet)
    assert AuditEntry.objects.filter(model="evaluations.Unlock").count() == 1


@pytest.mark.parametrize("days", [-1, 15])
def test_unlock_is_limited_in_time(scheme, deputy, days):
    sheet = walk(scheme, staff())

    with pytest.raises(DomainError, match="14 天"):
        unlock_place(
            actor=staff(), sheet_pk=sheet.pk, place=deputy.town, reason="补评",
            until=DAY + dt.timedelta(days=days),
        )  # fmt: skip
    assert not Unlock.objects.exists()
