import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from congress_portal.core.periods import quarter
from congress_portal.evaluations.services import compute_sheet, publish_sheet
from tests.factories.deputies import DeputyFactory, TermFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme():
    scheme = SchemeFactory(name="家站考评", ranks=True)
    IndicatorFactory(scheme=scheme, name="接待")
    return scheme


def run(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_metrics_writes_every_metric_of_every_subject(tmp_path):
    deputy, station = DeputyFactory(seat=True), StationFactory()
    ReceptionFactory(station=station, deputies=[deputy])
    file = tmp_path / "metrics.json"

    told = run("metrics", "2026Q3", json=str(file))

    found = json.loads(file.read_text(encoding="utf-8"))
    assert sorted(found) == ["departments", "deputies", "stations", "totals"]
    assert found["deputies"][deputy.key] == {
        "activities": 0, "duty_reports": 0, "inspections": 0, "opinions_closed": 0,
        "opinions_taken": 0, "reception_days": 1, "suggestions_cosigned": 0,
        "suggestions_led": 0, "training_hours": 0, "trainings": 0, "villages_contacted": 0,
        "voters_contacted": 0,
    }  # fmt: skip
    assert sorted(found["stations"][station.number]) == [
        "activities", "books_kept", "books_missing", "books_required", "deputies_active",
        "deputies_attached", "facilities", "inspection_score", "opinions_closed",
        "opinions_taken", "reception_days", "voters_received",
    ]  # fmt: skip
    assert "2026年第三季度（2026-07-01 至 2026-09-30）" in told


def test_metrics_takes_a_term_by_its_name(tmp_path):
    TermFactory(name="第十八届")

    assert "第十八届（2021-12-01 至 2026-11-30）" in run("metrics", "第十八届")


@pytest.mark.parametrize("command", ["metrics", "evaluate"])
@pytest.mark.parametrize("period", ["2026Q5", "26Q3", "2026-13", "第九十九届", ""])
def test_unknown_period_is_told_in_one_line(command, period):
    with pytest.raises(CommandError, match=f"「{period}」不是考评周期"):
        call_command(command, period)


def test_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(CommandError, match="不能写入文件"):
        run("metrics", "2026Q3", json=str(tmp_path / "none" / "metrics.json"))


def test_evaluate_writes_lines_total_and_rank(scheme, tmp_path):
    station = StationFactory()
    ReceptionFactory(station=station)
    file = tmp_path / "scores.json"

    run("evaluate", "2026Q3", json=str(file))

    assert json.loads(file.read_text(encoding="utf-8")) == {
        "家站考评": {station.number: {"lines": {"接待": "3.33"}, "total": "3.33", "rank": 1}}
    }


def test_evaluate_writes_one_bulletin_a_scheme(scheme, tmp_path):
    StationFactory()

    run("evaluate", "2026Q3", out=str(tmp_path / "papers"))

    [paper] = (tmp_path / "papers").iterdir()
    assert (paper.name, paper.read_bytes()[:5]) == ("2026Q3-家站考评.pdf", b"%PDF-")


def test_evaluate_takes_one_scheme_by_name(scheme, tmp_path):
    IndicatorFactory(scheme=SchemeFactory(name="另一方案"))
    file = tmp_path / "scores.json"

    run("evaluate", "2026Q3", scheme="另一方案", json=str(file))

    assert list(json.loads(file.read_text(encoding="utf-8"))) == ["另一方案"]


def test_evaluate_names_the_known_schemes_for_an_unknown_one(scheme):
    with pytest.raises(CommandError, match="没有「代表」这个考评方案。在用的方案：家站考评"):
        run("evaluate", "2026Q3", scheme="代表")


def test_evaluate_without_schemes_says_what_to_do():
    with pytest.raises(CommandError, match="请先导入考评办法"):
        run("evaluate", "2026Q3")


def test_evaluate_of_a_published_period_gives_the_same_bytes(scheme, tmp_path):
    station = StationFactory()
    publish_sheet(
        sheet=compute_sheet(scheme=scheme, period=quarter(2026, 3), actor=None), actor=None
    )
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    run("evaluate", "2026Q3", json=str(before))
    ReceptionFactory(station=station)

    told = run("evaluate", "2026Q3", json=str(after))

    assert before.read_bytes() == after.read_bytes()
    assert "发布之后记录有改动；结果未变" in told


def test_bulletins_of_schemes_with_odd_names_are_files_of_their_own(tmp_path):
    names = ["甲/乙:方案*?", "甲_乙_方案__", ".."]
    numbers = [IndicatorFactory(scheme=SchemeFactory(name=name)).scheme.pk for name in names]
    StationFactory()

    run("evaluate", "2026Q3", out=str(tmp_path))
    run("evaluate", "2026Q3", scheme="..", out=str(tmp_path))

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [
            f"2026Q3-甲_乙_方案-方案{numbers[0]}.pdf",
            f"2026Q3-甲_乙_方案-方案{numbers[1]}.pdf",
            f"2026Q3-方案{numbers[2]}.pdf",
        ]
    )
