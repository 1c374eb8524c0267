import datetime as dt

import pytest
from django.utils import timezone

from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories.core import TownFactory, UnitFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory

pytestmark = pytest.mark.django_db


def _sheet(**fields):
    given = {
        "period_code": "2026Q3", "computed_at": timezone.now(),
        "first_day": dt.date(2026, 7, 1), "last_day": dt.date(2026, 9, 30),
    }  # fmt: skip
    fields.setdefault("scheme", SchemeFactory())
    return ScoreSheet.objects.create(**{**given, **fields})


def _score(sheet, **fields):
    given = {"serial": 1, "key": "甲", "label": "甲", "region": TownFactory(code="421299101000")}
    return Score.objects.create(sheet=sheet, **{**given, **fields})


def _sheets():
    scheme = SchemeFactory()
    twice(_sheet, scheme=scheme)()


def _scores():
    sheet = _sheet()
    twice(_score, sheet=sheet, deputy=DeputyFactory())()


def _lines():
    score = _score(_sheet(), deputy=DeputyFactory())
    values = {"indicator": "活动", "metric": "activities", "method": "target", "full": 10}
    twice(ScoreLine.objects.create, score=score, serial=1, formula="", **values)()


def _names():
    first = IndicatorFactory()
    IndicatorFactory(scheme=first.scheme, name=first.name)


BROKEN = {
    "scheme_version_unique": twice(SchemeFactory, name="家站考评", is_active=False),
    "scheme_one_active_version": lambda: [SchemeFactory(name="家站", version=n) for n in (1, 2)],
    "indicator_name_unique": _names,
    "indicator_full_positive": lambda: IndicatorFactory(full=0),
    "indicator_target_given": lambda: IndicatorFactory(target=None),
    "indicator_denominator_given": lambda: IndicatorFactory(method="ratio"),
    "indicator_first_given": lambda: IndicatorFactory(method="deduction"),
    "score_sheet_version_unique": _sheets,
    "score_sheet_published_stamped": lambda: _sheet(state="published"),
    "score_subject_once": _scores,
    "score_one_subject": lambda: _score(_sheet(), deputy=DeputyFactory(), unit=UnitFactory()),
    "score_line_once": _lines,
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("evaluations")
