"""The registers over the sample county, against the answer key; and a farm's own region list."""

import csv
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from congress_portal.core.reference import load_reference
from tests.factories.core import staff

pytestmark = pytest.mark.django_db
ANLAN = Path(settings.BASE_DIR) / "congress_portal" / "core" / "data" / "anlan"
KEY = Path(settings.BASE_DIR) / "tests" / "data" / "check" / "expected.json"


def _open(client, path):
    return client.get(f"/registers/{path}").context


def test_registers_of_the_sample_equal_the_answer_key(client, freeze):
    freeze("2026-10-08 09:00")
    load_reference()
    call_command("import_records", str(ANLAN), verbosity=0)
    expected = json.loads(KEY.read_text(encoding="utf-8"))
    counts, client_user = expected["counts"], staff()
    client.force_login(client_user)

    strength = _open(client, "deputies/")["strength"]
    seats = {line.label: line.seats for line in strength.levels}
    assert strength.heads == counts["deputies"]
    assert seats == {
        "省": counts["province_mandates"], "市": counts["city_mandates"],
        "县": counts["county_deputies"], "镇": counts["town_mandates"],
    }  # fmt: skip

    dimensions = {d.title: d for d in _open(client, "deputies/")["dimensions"]}
    main = {line.label: line.rate.part for line in dimensions["要点"].lines}
    sectors = {line.label: line.rate.part for line in dimensions["代表构成"].lines}
    assert main == {
        "妇女代表": expected["composition"]["women"],
        "少数民族代表": expected["composition"]["minority"],
        "中共党员": expected["composition"]["party_members"],
    }
    assert sectors == expected["composition"]["by_sector"]
    for dimension in dimensions.values():
        for line in dimension.lines:
            assert client.get(line.url).context["page"].paginator.count == line.rate.part

    network = _open(client, "network/")["network"]
    assert {line.type.name: line.count for line in network.types} == expected["stations_by_kind"]

    totals = {total.level: total.places for total in _open(client, "places/")["totals"]}
    assert sum(totals.values()) == counts["regions"]
    assert totals["village"] + totals["community"] == counts["villages"]

    term = client.get("/registers/terms/", follow=True).context["totals"]
    figures = {figure.label: figure.value for figure in term.figures}
    assert figures["活动（不含学习培训）"] + figures["学习培训"] == counts["activities"]
    assert figures["参加活动"] == counts["attendances"]
    assert figures["接待选民"] == counts["receptions"]
    assert figures["群众意见"] == counts["reception_rows"]
    assert figures["联系走访"] == counts["visits"]
    assert figures["代表建议"] == counts["suggestions"]
    assert figures["向选民述职"] == counts["duty_reports"]
    assert figures["信息报送"] == counts["news"]


def test_region_list_with_a_farm_grids_and_cells_adds_up(client, tmp_path):
    rows = [
        ("421388000000", "大柏县", "县", 60000, 900),
        ("421388400000", "红旗华侨农场", "农场", 20000, 300),
        ("421388400200", "东风社区", "社区", 9000, 150),
    ]
    rows += [(f"421388400200{n:03d}", f"第{n}网格", "网格", "", 10) for n in range(1, 16)]
    rows += [
        (f"421388400200{n % 15 + 1:03d}{n // 15 + 1:03d}", f"第{n}单元", "单元", "", 1)
        for n in range(133)
    ]
    path = tmp_path / "区划.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["区划代码", "名称", "级别", "户籍人口", "企业数"])
        writer.writerows(rows)

    call_command("import_records", str(path), verbosity=0)
    client.force_login(staff())

    totals = _open(client, "places/")["totals"]
    assert {t.level: (t.places, t.sums[0], t.sums[3]) for t in totals} == {
        "county": (1, 60000, 900), "farm": (1, 20000, 300), "community": (1, 9000, 150),
        "grid": (15, None, 150), "cell": (133, None, 133),
    }  # fmt: skip
