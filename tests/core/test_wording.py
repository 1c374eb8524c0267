"""Faults that Django finds by itself, in the words of an office clerk."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Activity
from congress_portal.core.enums import Role
from deputies.models import Deputy
from suggestions.models import HandlingRule, ReviewItem
from tests.admin_pages import sent
from tests.factories.activities import ActivityFactory
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff
from tests.factories.deputies import DeputyFactory
from tests.factories.suggestions import SuggestionFactory

pytestmark = pytest.mark.django_db


def test_a_short_password_is_told_in_chinese():
    with pytest.raises(ValidationError, match="密码太短，至少要 8 个字符"):
        validate_password("abc")


def test_the_old_password_is_no_new_one(client):
    user = UserFactory(must_change_password=True)
    user.set_password("芦花-8812-Qm")
    user.save()
    client.force_login(user)
    same = dict.fromkeys(("old_password", "new_password1", "new_password2"), "芦花-8812-Qm")

    page = client.post(reverse("desk:password_change"), same)

    user.refresh_from_db()
    assert "新密码不能和原来的密码一样" in page.text
    assert user.must_change_password


def test_a_lost_form_is_explained(client):
    client.force_login(staff())

    page = client.get(reverse("evaluations:compute"))

    assert page.status_code == 405
    assert "多半是登录过期了" in page.text


@pytest.mark.parametrize("make", [
    lambda: ReviewItem.objects.create(kind="quality", name="一事一议"),
    lambda: HandlingRule.objects.create(region=CountyFactory()),
])  # fmt: skip
def test_rules_open_and_save_in_the_admin(client, make):
    row = make()
    client.force_login(staff())
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    address = reverse(name, args=[row.pk])

    saved = client.post(address, sent(client.get(address)))

    assert saved.status_code == 302


@pytest.mark.parametrize(("day", "fault"), [
    ("2031-02-03", "日期不能晚于今天"),
    ("0202-02-03", "请核对日期的年份"),
])  # fmt: skip
def test_the_admin_refuses_days_that_cannot_be(client, day, fault):
    row = ActivityFactory()
    client.force_login(staff())
    address = reverse("admin:activities_activity_change", args=[row.pk])

    page = client.post(address, sent(client.get(address), held_on=day))

    assert fault in page.text
    assert Activity.objects.get().held_on == row.held_on


def test_a_birth_in_the_future_is_refused():
    with pytest.raises(ValidationError, match="出生年月不能晚于今天"):
        DeputyFactory.build(town=TownFactory(), birth_month="2031-01-01").full_clean()


def test_namesakes_are_told_apart_where_one_is_chosen(client):
    for town in ("石门镇", "云溪镇"):
        DeputyFactory(name="梁飞天", town=TownFactory(name=town))
    client.force_login(staff())
    of = {"app_label": "activities", "model_name": "visit", "field_name": "deputy"}

    found = client.get(reverse("admin:autocomplete"), {"term": "梁飞天", **of}).json()["results"]

    assert {row["text"] for row in found} == {"梁飞天（石门镇）", "梁飞天（云溪镇）"}
    assert Deputy.objects.count() == 2


@pytest.mark.parametrize("words", ["2026年079", "2026079", "079", "79"])
def test_a_suggestion_is_found_by_its_printed_number(client, words):
    own = {"title": "修路", "lead": DeputyFactory(name="王甲")}  # a factory's name may hold 79
    SuggestionFactory(year=2026, number="079", **own)
    SuggestionFactory(year=2025, number="078", **own)
    client.force_login(staff())

    page = client.get(reverse("suggestions:list"), {"q": words})

    assert [row.number for row in page.context["page"].object_list] == ["079"]


def test_an_administrator_unlocks_an_account(client):
    user = UserFactory(username="locked")
    for _ in range(5):
        client.post(reverse("desk:login"), {"username": "locked", "password": "wrong"})
    assert (
        "账号暂时锁定"
        in client.post(reverse("desk:login"), {"username": "locked", "password": "wrong"}).text
    )
    administrator = UserFactory(role=Role.ADMIN)
    client.force_login(administrator)

    page = client.post(reverse("admin:core_user_unlock", args=[user.pk]), follow=True)

    assert "已解除锁定" in page.text
    client.logout()
    again = client.post(reverse("desk:login"), {"username": "locked", "password": "wrong"})
    assert "用户名或密码不对" in again.text
