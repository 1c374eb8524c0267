"""Schemes explain themselves: templates to begin from, what is odd, a trial on one subject."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import AuditEntry
from congress_portal.core.periods import quarter
from congress_portal.evaluations.models import Indicator, Scheme, ScoreSheet
from congress_portal.evaluations.schemes.checks import remarks_on
from congress_portal.evaluations.schemes.templates import scheme_from, templates
from congress_portal.evaluations.scoring import score_everyone, snapshot_of
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.evaluations import GradeFactory, IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db
DAY = "2026-10-08 09:00+08:00"


@pytest.mark.parametrize("template", templates(), ids=lambda each: each.code)
def test_a_template_makes_a_scheme_that_computes(template):
    scheme = scheme_from(actor=staff(), code=template.code, name="本县办法")

    assert template.full == 100
    assert [remark for remark in remarks_on(scheme) if remark.stops] == []
    assert score_everyone(snapshot_of(scheme), quarter(2026, 3)) == []
    assert Indicator.objects.filter(scheme=scheme).count() == len(template.indicators)
    assert AuditEntry.objects.filter(action="create").exists()


def test_a_name_is_taken_once_and_only_the_office_makes_schemes():
    scheme_from(actor=staff(), code="station_100", name="本县办法")

    with pytest.raises(DomainError, match="已有名为「本县办法」的方案"):
        scheme_from(actor=staff(), code="group_100", name="本县办法")
    with pytest.raises(DomainError, match="没有这个模板"):
        scheme_from(actor=staff(), code="nothing", name="另一办法")
    with pytest.raises(DomainError, match="只有常委会工作人员"):
        scheme_from(actor=town_clerk(TownFactory()), code="group_100", name="另一办法")
    assert Scheme.objects.count() == 1


def indicator(**fields):
    scheme = SchemeFactory(subject_type=fields.pop("subject_type", "station"))
    fields.setdefault("full", 100)
    return IndicatorFactory(scheme=scheme, name="甲", **fields).scheme


@pytest.mark.parametrize(
    ("fields", "told", "stops"),
    [
        ({"full": 90}, "各项满分合计 90 分，不是 100 分", False),
        ({"metric": "没有的"}, "没有「没有的」这个计数口径", True),
        ({"metric": "评分人评分"}, "要选「人工评分」", True),
        (
            {"metric": "评分人评分", "method": "manual", "raters": "邻居3"},
            "看不懂「邻居3」", True,
        ),
        (
            {"metric": "评分人评分", "method": "manual", "raters": "自评20、县30"},
            "权重合计 50，不是 100", False,
        ),
        ({"raters": "县100"}, "填的评分人不起作用", False),
        (
            {"method": "first_then_each", "first": 120, "further": 0},
            "首次 120 分超过满分 100 分", False,
        ),
        (
            {"method": "first_then_each", "first": 60, "further": 0},
            "最多得 60 分，得不到满分 100 分", False,
        ),
        ({"method": "deduction", "first": 120}, "一次就扣 120 分", False),
        ({"method": "ratio", "denominator": "reception_days"}, "分子和分母是同一个口径", False),
        (
            {"metric": "各季得分", "method": "quarters", "source": "没有", "target": 100},
            "没有名为「没有」的方案", False,
        ),
        (
            {"metric": "各季得分", "method": "quarters", "source": "x", "weights": "1、2"},
            "各季权重请写四个整数", True,
        ),
    ],
)  # fmt: skip
def test_what_is_odd_is_told(fields, told, stops):
    found = [each for each in remarks_on(indicator(**fields)) if told in each.words]

    assert [each.stops for each in found] == [stops]
    if stops:
        scheme = Scheme.objects.get()
        with pytest.raises(DomainError):
            snapshot_of(scheme)


def test_a_sound_scheme_is_not_remarked_on():
    scheme = indicator()
    GradeFactory(scheme=scheme, name="合格", at_least=0)

    assert remarks_on(scheme) == []
    assert [each.words for each in remarks_on(SchemeFactory())] == ["还没有指标，不能计算。"]


def test_grades_out_of_reach_and_gaps_are_told():
    scheme = indicator()
    GradeFactory(scheme=scheme, name="特优", at_least=101)
    GradeFactory(scheme=scheme, name="合格", at_least=60)
    Scheme.objects.filter(pk=scheme.pk).update(subject_type="deputy", ranks=True)
    scheme.refresh_from_db()

    assert [each.words for each in remarks_on(scheme)] == [
        "对代表个人一般不排名（防治指尖上的形式主义）。",
        "等次「特优」要 101 分，超过满分，没有人能得。",
        "60 分以下的没有等次。",
    ]


@time_machine.travel(DAY, tick=False)
def test_a_trial_tells_one_subject_and_keeps_nothing(client):
    scheme = indicator(target=2)
    stations = [StationFactory() for _ in range(2)]
    ReceptionFactory(station=stations[0], held_on="2026-08-03")
    client.force_login(staff())
    page = reverse("evaluations:try", args=[scheme.pk])
    answer = client.get(page, {"period": "2026Q3", "subject": stations[0].name})

    assert answer.context["scored"].total.points == Decimal("50.00")
    assert answer.context["scored"].lines[0].formula in answer.content.decode()
    assert ScoreSheet.objects.count() == 0


@time_machine.travel(DAY, tick=False)
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"period": "2026Q9", "subject": "1"}, "2026Q9"),
        ({"period": "2026Q3", "subject": "无此站"}, "这一周期里没有「无此站」"),
        ({"period": "2026Q3", "subject": "联络站"}, "「联络站」有 2 个，请写明是哪一个"),
        ({"period": "", "subject": ""}, "请填写周期"),
    ],
)
def test_a_trial_names_what_is_wrong(client, given, told):
    scheme = indicator()
    for name in ("东村联络站", "西村联络站"):
        StationFactory(name=name)
    client.force_login(staff())
    answer = client.get(reverse("evaluations:try", args=[scheme.pk]), given)

    assert answer.status_code == 200
    assert told in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_three(client, django_assert_num_queries, rows):
    for _ in range(rows):
        scheme = SchemeFactory()
        for _ in range(rows):
            IndicatorFactory(scheme=scheme)
            StationFactory()
    client.force_login(staff())
    with django_assert_num_queries(4):
        client.get(reverse("evaluations:schemes"))
    with django_assert_num_queries(8):
        client.get(reverse("evaluations:try", args=[scheme.pk]))


def test_nobody_else_finds_the_schemes(client):
    scheme = indicator()
    pages = [reverse("evaluations:schemes"), reverse("evaluations:try", args=[scheme.pk])]
    for user in (town_clerk(TownFactory()), UserFactory(role=Role.DEPUTY)):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [404, 404]
        assert client.post(pages[0], {"template": "group_100", "name": "甲"}).status_code == 404
    assert Scheme.objects.count() == 1


def test_a_scheme_is_begun_from_a_template_in_two_fields(client):
    client.force_login(staff())
    given = {"template": "group_100", "name": "小组年度考评"}
    answer = client.post(reverse("evaluations:schemes"), given, follow=True)

    assert "已新建方案「小组年度考评」" in answer.content.decode()
    again = client.post(reverse("evaluations:schemes"), given)
    assert "已有名为「小组年度考评」的方案" in again.content.decode()
    assert Scheme.objects.get().subject_type == "group"


@time_machine.travel(DAY, tick=False)
def test_part_of_a_deputys_name_is_enough_and_namesakes_are_told_apart(client):
    scheme = indicator(subject_type="deputy", metric="activities", target=1)
    town = TownFactory(name="甲镇")
    for name in ("王小明", "王大明", "王大明"):
        MandateFactory(deputy=DeputyFactory(name=name, town=town))
    client.force_login(staff())
    page = reverse("evaluations:try", args=[scheme.pk])
    tried = client.get(page, {"period": "2026Q3", "subject": "小明"})
    doubtful = client.get(page, {"period": "2026Q3", "subject": "王大明"}).content.decode()

    assert tried.context["scored"].subject.label == "王小明"
    assert "王大明（王大明@甲镇）、王大明（王大明@甲镇#2）" in doubtful
    assert '<option value="王小明（王小明@甲镇）">' in doubtful
