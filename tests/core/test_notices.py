import pytest

from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from congress_portal.core.notices import (
    Message,
    mark_read,
    notify,
    notify_each,
    office_people,
    unit_people,
    unread_count,
)
from tests.factories.core import (
    CountyFactory,
    TownFactory,
    UnitFactory,
    UserFactory,
    staff,
    town_clerk,
)

pytestmark = pytest.mark.django_db


def test_message_reaches_each_person_once():
    one, two = UserFactory(), UserFactory()

    assert notify([one, one], Message("step:1", "交办")) == 1
    assert notify([one, two], Message("step:1", "交办")) == 1

    assert list(Notice.objects.order_by("user").values_list("user", "title")) == [
        (one.pk, "交办"), (two.pk, "交办"),
    ]  # fmt: skip


def test_disabled_account_gets_nothing():
    assert notify([UserFactory(is_active=False)], Message("a", "交办")) == 0


def test_notices_are_the_persons_own():
    one, two = UserFactory(), staff()
    notify([one, two], Message("a", "交办"))

    assert mark_read(one) == 1
    assert (unread_count(one), unread_count(two)) == (0, 1)
    assert Notice.objects.visible_to(two).count() == 1


def test_each_person_may_get_an_own_message_under_one_key():
    one, two = UserFactory(), UserFactory()
    told = [(one, Message("a", "甲")), (two, Message("a", "乙"))]

    assert (notify_each(told), notify_each(told)) == (2, 0)
    assert list(Notice.objects.order_by("user_id").values_list("title", flat=True)) == ["甲", "乙"]


def test_office_of_a_county_is_its_staff_not_the_towns():
    county, town = CountyFactory(), TownFactory()
    office, everywhere = staff(role__region=county), staff()
    clerk = town_clerk(town)

    assert office_people(county) == [office, everywhere]
    assert office_people(town) == [clerk]
    assert office_people(TownFactory()) == [office, everywhere]


def test_unit_people_by_role():
    unit = UnitFactory()
    officer = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    leader = UserFactory(role=Role.UNIT_LEADER, role__unit=unit)
    UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory())

    assert unit_people(unit) == [officer, leader]
    assert unit_people(unit, Role.UNIT_LEADER) == [leader]
