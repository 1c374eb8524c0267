"""The sample county against its answer key: every figure of three quarters (DESIGN §3)."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from congress_portal.core.reference import load_reference
from congress_portal.desk.management.commands.demo import SAMPLE

EXPECTED = json.loads(
    (Path(__file__).parent / "data" / "check" / "expected.json").read_text(encoding="utf-8")
)
QUARTERS = EXPECTED["quarters"]

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def county(django_db_setup, django_db_blocker):
    """Imported once for all tests of this file, and rolled back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        call_command("import_records", str(SAMPLE), verbosity=0)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("period", QUARTERS)
def test_metrics_equal_the_answer_key(period, tmp_path):
    call_command("metrics", period, json=str(tmp_path / "metrics.json"))

    found = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    key = {name: QUARTERS[period][name] for name in found}
    assert found == key
    assert json.dumps(found, sort_keys=True) == json.dumps(key, sort_keys=True)


@pytest.mark.parametrize("period", QUARTERS)
def test_scores_equal_the_answer_key(period, tmp_path):
    call_command("evaluate", period, json=str(tmp_path / "scores.json"))

    assert (
        json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
        == (QUARTERS[period]["scores"])
    )


def test_metrics_of_a_quarter_take_at_most_thirty_queries(tmp_path):
    with CaptureQueriesContext(connection) as queries:
        call_command("metrics", "2026Q3", json=str(tmp_path / "metrics.json"))

    assert len(queries) == 18


@pytest.mark.parametrize("period", ["2026", "2026-09", "第十八届"])
def test_other_periods_list_every_subject(period, tmp_path):
    call_command("metrics", period, json=str(tmp_path / "metrics.json"))

    found = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert [len(found[name]) for name in ("deputies", "stations", "departments")] == [564, 64, 14]


def test_year_holds_at_least_its_three_quarters(tmp_path):
    call_command("metrics", "2026", json=str(tmp_path / "metrics.json"))

    totals = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["totals"]
    for code in ("activities", "visits", "news", "voters_received"):
        of_three = sum(quarter["totals"][code] for quarter in QUARTERS.values())
        assert totals[code] >= of_three
