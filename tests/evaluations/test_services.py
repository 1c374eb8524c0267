import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from congress_portal.core.audit import verify
from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import AuditEntry
from congress_portal.core.periods import quarter
from congress_portal.evaluations.enums import Method, SheetState, SubjectType, WhenEmpty
from congress_portal.evaluations.frozen import is_intact
from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.selectors import (
    changes_between,
    county_totals,
    deputy_keys,
    metrics_report,
    sheet_report,
)
from congress_portal.evaluations.services import (
    NotAllowedError,
    SheetChangedError,
    SheetPublishedError,
    compute_sheet,
    needs_new_version,
    new_version,
    publish_sheet,
    sheet_for,
)
from tests.factories.activities import ActivityFactory
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import InspectionMarkFactory, ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)


@pytest.fixture
def scheme():
    """接待天数 towards 3 for 10 points; the mean mark up to 10, left out without marks."""
    scheme = SchemeFactory(name="家站考评", ranks=True)
    IndicatorFactory(scheme=scheme, name="接待")
    IndicatorFactory(
        scheme=scheme, name="现场考评", metric="考评组评分", method=Method.MANUAL,
        target=None, when_empty=WhenEmpty.SKIP,
    )  # fmt: skip
    return scheme


def received(station, *days):
    for day in days:
        ReceptionFactory(station=station, held_on=dt.date(2026, 7, day))


def compute(scheme, actor=None):
    return compute_sheet(scheme=scheme, period=Q3, actor=actor)


def test_compute_sheet_scores_every_subject(scheme):
    busy, quiet, idle = StationFactory(), StationFactory(), StationFactory()
    received(busy, 1, 2, 3, 4)
    received(quiet, 1)
    InspectionMarkFactory(station=busy, score=Decimal("8.50"))
    InspectionMarkFactory(station=quiet, score=Decimal("9.00"))

    sheet = compute(scheme)

    assert sheet_report(sheet) == {
        busy.number: {"lines": {"接待": "10.00", "现场考评": "8.50"}, "total": "18.50", "rank": 1},
        quiet.number: {"lines": {"接待": "3.33", "现场考评": "9.00"}, "total": "12.33", "rank": 2},
        idle.number: {"lines": {"接待": "0.00", "现场考评": None}, "total": "0.00", "rank": 3},
    }
    line = Score.objects.get(key=busy.number).lines.get(indicator="接待")
    assert (line.is_capped, line.formula) == (
        True,
        "4 天 ÷ 目标 3 天 × 10 分，最多 10 分 = 10.00 分",
    )
    assert line.evidence == {
        "stations.Reception": sorted(busy.receptions.values_list("pk", flat=True))
    }
    skipped = Score.objects.get(key=idle.number)
    assert skipped.formula == "各项相加 0 分 × 满分 20 分 ÷ 计入各项满分 10 分 = 0.00 分"


def test_scheme_without_ranking_gives_no_ranks(scheme):
    scheme.ranks = False
    scheme.save()
    StationFactory()

    assert Score.objects.filter(sheet=compute(scheme)).values_list("rank", flat=True)[0] is None


def test_subject_without_a_counted_line_has_no_total_and_no_rank(scheme):
    scheme.indicators.filter(name="接待").delete()
    station, marked = StationFactory(), StationFactory()
    InspectionMarkFactory(station=marked)

    report = sheet_report(compute(scheme))

    assert report[station.number] == {"lines": {"现场考评": None}, "total": None, "rank": None}
    assert report[marked.number]["rank"] == 1


def test_compute_again_replaces_the_draft(scheme):
    station = StationFactory()
    first = compute(scheme)
    received(station, 1, 2, 3)

    second = compute(scheme)

    assert (second.pk, ScoreSheet.objects.count(), Score.objects.count()) == (first.pk, 1, 1)
    assert second.digest != first.digest
    assert Score.objects.get().total == Decimal("20.00")


def test_compute_is_the_same_twice(scheme):
    StationFactory.create_batch(3)

    assert compute(scheme).digest == compute(scheme).digest


def test_scheme_without_indicators_is_refused():
    with pytest.raises(DomainError, match="还没有指标"):
        compute(SchemeFactory())


def test_unknown_metric_of_a_scheme_is_named(scheme):
    scheme.indicators.update(metric="好人好事")

    with pytest.raises(DomainError, match="没有「好人好事」这个计数口径"):
        compute(scheme)


def test_publish_freezes_the_sheet(scheme):
    station, actor = StationFactory(), staff()
    received(station, 1)
    sheet = publish_sheet(sheet=compute(scheme), actor=actor)
    before = sheet_report(sheet)

    received(station, 2, 3)
    scheme.indicators.update(full=Decimal(50))

    stored = ScoreSheet.objects.get()
    assert (stored.state, stored.published_by, sheet_report(stored)) == (
        SheetState.PUBLISHED, actor, before,
    )  # fmt: skip
    assert is_intact(stored)
    assert sheet_for(scheme=scheme, period=Q3) == stored
    assert needs_new_version(stored)
    with pytest.raises(SheetPublishedError):
        compute(scheme)


def test_unchanged_records_need_no_new_version(scheme):
    received(StationFactory(), 1)
    sheet = publish_sheet(sheet=compute(scheme), actor=None)

    assert not needs_new_version(sheet)


def published(scheme):
    StationFactory()
    return publish_sheet(sheet=compute(scheme), actor=None)


WRITES = {
    "save": lambda sheet, score, line: sheet.save(),
    "delete": lambda sheet, score, line: sheet.delete(),
    "update": lambda sheet, score, line: ScoreSheet.objects.update(reason="x"),
    "delete many": lambda sheet, score, line: ScoreSheet.objects.all().delete(),
    "bulk update": lambda sheet, score, line: ScoreSheet.objects.bulk_update([sheet], ["reason"]),
    "score save": lambda sheet, score, line: score.save(),
    "score delete": lambda sheet, score, line: score.delete(),
    "score update": lambda sheet, score, line: Score.objects.update(total=1),
    "score delete many": lambda sheet, score, line: Score.objects.all().delete(),
    "score bulk update": lambda sheet, score, line: Score.objects.bulk_update([score], ["total"]),
    "score create": lambda sheet, score, line: Score.objects.create(
        sheet=sheet, serial=9, key="x", label="x", station=score.station
    ),
    "score bulk create": lambda sheet, score, line: Score.objects.bulk_create(
        [Score(sheet=sheet, serial=9, key="x", label="x", station=score.station)]
    ),
    "line save": lambda sheet, score, line: line.save(),
    "line delete": lambda sheet, score, line: line.delete(),
    "line update": lambda sheet, score, line: ScoreLine.objects.update(points=1),
    "line bulk create": lambda sheet, score, line: ScoreLine.objects.bulk_create(
        [ScoreLine(score=score, serial=9, full=1)]
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_no_row_of_a_published_sheet_can_be_written(scheme, write):
    sheet = published(scheme)
    score = sheet.scores.get()
    line = score.lines.first()
    before = sheet_report(sheet)

    with (
        pytest.raises(DomainError, match="已发布的考评结果不能改动"),
        transaction.atomic(),
    ):
        write(sheet, score, line)

    assert sheet_report(ScoreSheet.objects.get()) == before


def test_row_of_a_published_sheet_cannot_be_moved_to_a_draft(scheme):
    score = published(scheme).scores.get()
    score.sheet = compute_sheet(scheme=scheme, period=quarter(2026, 2), actor=None)

    with pytest.raises(DomainError, match="已发布的考评结果不能改动"):
        score.save()


def test_stale_draft_object_cannot_undo_the_publication(scheme):
    StationFactory()
    draft = compute(scheme)
    publish_sheet(sheet=draft, actor=None)

    with pytest.raises(DomainError):
        draft.save()
    with pytest.raises(SheetPublishedError):
        publish_sheet(sheet=draft, actor=None)


def test_publish_refuses_a_draft_other_than_the_one_looked_at(scheme):
    station = StationFactory()
    seen = compute(scheme)
    received(station, 1)
    compute(scheme)

    with pytest.raises(SheetChangedError, match="刚被重新计算"):
        publish_sheet(sheet=seen, actor=None, digest=seen.digest)


def test_publish_refuses_rows_that_do_not_follow_from_their_inputs(scheme):
    StationFactory()
    sheet = compute(scheme)
    Score.objects.update(total=Decimal("99"))

    with pytest.raises(SheetChangedError, match="不一致"):
        publish_sheet(sheet=sheet, actor=None)
    assert not is_intact(sheet)


def test_new_version_keeps_the_first_and_shows_the_difference(scheme):
    station = StationFactory()
    first = publish_sheet(sheet=compute(scheme), actor=None)
    received(station, 1, 2, 3)

    second = new_version(sheet=first, reason=" 申诉成立 ", actor=None)

    assert (second.version, second.state, second.reason) == (2, SheetState.DRAFT, "申诉成立")
    assert sheet_for(scheme=scheme, period=Q3) == first
    publish_sheet(sheet=second, actor=None)
    assert sheet_for(scheme=scheme, period=Q3) == second
    [change] = changes_between(first, second)
    assert (change["before"].total, change["score"].total) == (Decimal("0.00"), Decimal("20.00"))
    assert is_intact(first)


def test_new_version_needs_a_reason_and_the_newest_sheet(scheme):
    first = published(scheme)

    with pytest.raises(DomainError, match="理由"):
        new_version(sheet=first, reason="  ", actor=None)
    new_version(sheet=first, reason="更正", actor=None)
    with pytest.raises(SheetChangedError):
        new_version(sheet=first, reason="更正", actor=None)


def people():
    town = TownFactory()
    return [
        town_clerk(town),
        UserFactory(role=Role.LEADER),
        UserFactory(role=Role.DEPUTY),
        UserFactory(),
    ]


def test_only_the_office_computes_and_publishes(scheme):
    StationFactory()
    sheet = compute(scheme, actor=staff())

    for person in people():
        with pytest.raises(NotAllowedError):
            compute(scheme, actor=person)
        with pytest.raises(NotAllowedError):
            publish_sheet(sheet=sheet, actor=person)
        with pytest.raises(NotAllowedError):
            new_version(sheet=sheet, reason="x", actor=person)
    assert not ScoreSheet.objects.published().exists()


def test_each_step_leaves_one_entry_in_the_trail(scheme):
    StationFactory()
    sheet = publish_sheet(sheet=compute(scheme), actor=None)
    new_version(sheet=sheet, reason="更正", actor=None)

    entries = AuditEntry.objects.filter(model="evaluations.ScoreSheet").order_by("sequence")
    assert list(entries.values_list("action", flat=True)) == [
        AuditAction.CREATE, AuditAction.PUBLISH, AuditAction.CREATE,
    ]  # fmt: skip
    assert list(verify()) == []


def attendance_scheme():
    scheme = SchemeFactory(subject_type=SubjectType.DEPUTY)
    IndicatorFactory(scheme=scheme, name="活动", metric="activities", target=Decimal(2))
    return scheme


def test_late_starter_owes_only_the_days_in_office():
    late, whole = DeputyFactory(), DeputyFactory(seat=True)
    MandateFactory(deputy=late, begins_on=dt.date(2026, 8, 16))
    ActivityFactory(deputies=[late, whole])

    compute(attendance_scheme())

    scores = {score.deputy: score for score in Score.objects.all()}
    assert (scores[late].days, scores[late].total) == (46, Decimal("10.00"))
    assert (scores[whole].days, scores[whole].total) == (None, Decimal("5.00"))
    assert scores[late].lines.get().formula == (
        "1 次 ÷（目标 2 次 × 在任 46 天 ÷ 全期 92 天）× 10 分 = 10.00 分"
    )


def test_two_mandates_that_cover_the_period_together_are_the_whole():
    deputy = DeputyFactory()
    MandateFactory(deputy=deputy, ends_on=dt.date(2026, 8, 20))
    MandateFactory(
        deputy=deputy, begins_on=dt.date(2026, 8, 10), term__name="第十九届",
    )  # fmt: skip

    compute(attendance_scheme())

    assert Score.objects.get().days is None


def test_deputies_out_of_office_are_not_listed():
    MandateFactory(ends_on=dt.date(2026, 6, 30))
    seated = DeputyFactory(seat=True)

    assert list(metrics_report(Q3)["deputies"]) == [seated.key]


def test_namesakes_of_one_town_have_keys_of_their_own():
    town = TownFactory(name="云溪镇")
    first, second = (DeputyFactory(name="张伟", town=town) for _ in range(2))

    assert deputy_keys([second, first]) == {first.pk: "张伟@云溪镇", second.pk: "张伟@云溪镇#2"}


def test_totals_of_an_empty_county_are_zeros():
    assert county_totals(Q3) == dict.fromkeys(
        [
            "activities", "attendances", "news", "reception_days", "replied_on_time",
            "suggestions_replied", "suggestions_submitted", "visits", "voters_received",
        ], 0,
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 3])
def test_metrics_take_the_same_queries_for_any_number_of_subjects(size):
    deputies = [DeputyFactory(seat=True) for _ in range(size)]
    for station in StationFactory.create_batch(size):
        ReceptionFactory(station=station, deputies=deputies)
        ActivityFactory(station=station, deputies=deputies)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        metrics_report(Q3)

    assert len(queries) == 18


@pytest.mark.parametrize("size", [1, 3])
def test_a_sheet_takes_the_same_queries_for_any_number_of_subjects(scheme, size):
    for station in StationFactory.create_batch(size):
        received(station, 1)

    with CaptureQueriesContext(connection) as queries:
        compute(scheme)

    assert len(queries) == 27
