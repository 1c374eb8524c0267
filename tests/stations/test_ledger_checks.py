"""An imported ledger that contradicts a check takes the check's dates with it."""

import csv
import datetime as dt

import pytest
from django.core.management import call_command

from stations.models import StationCheck
from stations.services import record_checks
from tests.factories.core import TownFactory, staff
from tests.factories.stations import StandardFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("mark", "state", "since"), [("×", "no", None), ("√", "yes", dt.date(2026, 9, 1))]
)
def test_import_keeps_the_day_only_while_the_state_stays(freeze, tmp_path, mark, state, since):
    freeze("2026-10-08 09:00")
    town = TownFactory(name="云溪镇")
    standard = StandardFactory(items=["有组织"])
    station = StationFactory(number="JZ001", name="云溪联络站", region=town)
    record_checks(
        actor=staff(), station_pk=station.pk, standard=standard,
        found={standard.items.get().pk: ("yes", "")}, on=dt.date(2026, 9, 1),
    )  # fmt: skip
    path = tmp_path / "台账.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["编号", "名称", "类型", "所属镇（街道）", "联络员", "进站代表", "有组织"])
        writer.writerow(["JZ001", "云溪联络站", "代表联络站", "云溪镇", "", "", mark])

    call_command("import_records", str(path), verbosity=0)

    check = StationCheck.objects.get()
    assert (check.state, check.since, check.checked_on) == (state, since, since)
