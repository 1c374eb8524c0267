"""Scheme files carry raters, quarters and weights; a later version keeps what a file leaves out."""

import pytest

from congress_portal.core.importing.engine import apply, preview
from congress_portal.core.importing.registry import kinds
from congress_portal.core.periods import quarter
from congress_portal.evaluations.models import Grade, Indicator, Scheme
from congress_portal.evaluations.services import compute_sheet, publish_sheet
from tests.factories.core import staff
from tests.factories.evaluations import GradeFactory, IndicatorFactory, SchemeFactory
from tests.factories.sheets import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme():
    found = SchemeFactory(
        name="代表年度评价", subject_type="deputy", objection_days=7, silence="keep"
    )
    IndicatorFactory(
        scheme=found, serial=1, name="综合评价", metric="评分人评分", method="manual", target=None,
        full=40, raters="自评20、小组80",
    )  # fmt: skip
    IndicatorFactory(
        scheme=found, serial=2, name="各季", metric="各季得分", method="quarters", target=100,
        full=60, source="代表季度评价", weights="1、1、1、2",
    )  # fmt: skip
    GradeFactory(scheme=found, name="优秀", at_least=90)
    return found


def exported():
    sheet = kinds()["考评办法"]().export(Indicator.objects.all())
    return [list(sheet.headers), *map(list, sheet)]


def file_of(rows):
    return workbook("考评办法.xlsx", {"考评办法": rows})


def test_an_export_of_marks_and_quarters_changes_nothing(scheme):
    (sheet,) = preview([file_of(exported())]).files[0].sheets

    assert {row.fate.value for row in sheet.rows} == {"未变"}


def test_an_export_makes_the_same_scheme_elsewhere(scheme):
    rows = exported()
    scheme.delete()
    apply([file_of(rows)])

    assert list(Indicator.objects.values_list("name", "raters", "source", "weights")) == [
        ("综合评价", "自评20、小组80", "", ""),
        ("各季", "", "代表季度评价", "1、1、1、2"),
    ]


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("评分人和权重", "邻居20", "看不懂「邻居20」"),
        ("各季权重", "1、2", "各季权重请写四个整数"),
        ("计分方式", "按目标", "这个口径的计分方式要选「人工评分」"),
    ],
)
def test_what_is_not_understood_is_named(scheme, column, text, told):
    rows = exported()
    rows[1][rows[0].index(column)] = text
    if column == "计分方式":
        rows[1][rows[0].index("目标值")] = 3
    (sheet,) = preview([file_of(rows)]).files[0].sheets

    faults = [fault for row in sheet.rows for fault in row.faults]
    assert [(fault.column, told in fault.reason) for fault in faults] == [(column, True)]


def test_a_published_scheme_keeps_its_grades_and_days_in_the_next_version(scheme):
    county = staff()
    sheet = compute_sheet(scheme=scheme, period=quarter(2026, 3), actor=county)
    scheme.objection_days = 0
    scheme.save()
    publish_sheet(sheet=sheet, digest=sheet.digest, actor=county)
    Scheme.objects.filter(pk=scheme.pk).update(objection_days=7)
    rows = exported()
    rows[1][rows[0].index("满分")] = 30
    apply([file_of(rows)])

    newest = Scheme.objects.get(name="代表年度评价", version=2)
    assert (newest.objection_days, newest.silence, newest.is_active) == (7, "keep", True)
    assert list(Grade.objects.filter(scheme=newest).values_list("name", "at_least")) == [
        ("优秀", 90)
    ]
