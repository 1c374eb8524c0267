import pytest
from django.urls import reverse

from deputies.models import Deputy
from tests.admin_pages import faults, sent
from tests.factories.core import TownFactory, staff
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory

pytestmark = pytest.mark.django_db

NUMBER = "421299198001010015"  # 1 January 1980, a man
ADD = "/admin/deputies/deputy/add/"


@pytest.fixture
def as_staff(client):
    client.force_login(staff())
    return client


def add(client, **fields):
    given = {"name": "赵敏", "town": TownFactory().pk, **fields}
    return client.post(ADD, sent(client.get(ADD), **given))


def test_a_deputy_is_found_by_sound_after_adding(as_staff):
    add(as_staff, name="曾国华", identity_number=NUMBER, phone="138 1234 5678")

    deputy = Deputy.objects.get()
    assert (deputy.pinyin, deputy.initials, deputy.phone) == ("zengguohua", "zgh", "13812345678")
    assert deputy.identity_number == NUMBER


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"identity_number": "421299198001010016"}, "身份证号校验位错误"),
        ({"identity_number": "4212991980010100"}, "身份证号位数不对"),
        ({"identity_number": "4.21299E+17"}, "身份证号被存成数字而丢失尾数"),
        ({"identity_number": NUMBER, "birth_month": "1981-01-01"}, "不一致"),
        ({"identity_number": NUMBER, "sex": "female"}, "不一致"),
        ({"phone": "12345"}, "电话位数不对"),
        ({"name": ""}, "请填写"),
    ],
)
def test_what_does_not_agree_is_told_at_its_field(as_staff, fields, told):
    response = add(as_staff, **fields)

    assert told in "".join(faults(response))
    assert Deputy.objects.count() == 0


def test_a_second_deputy_of_the_same_identity_number_is_told(as_staff):
    DeputyFactory(identity_number=NUMBER)

    response = add(as_staff, identity_number=NUMBER)

    assert "这个身份证号码已登记在另一位代表名下" in "".join(faults(response))
    assert Deputy.objects.count() == 1


def test_filters_narrow_by_level_term_and_town(as_staff):
    one = DeputyFactory(seat=True)
    DeputyFactory()
    term = one.mandates.get().term
    page = reverse("admin:deputies_deputy_changelist")

    def shown(**query):
        return list(as_staff.get(page, query).context["cl"].queryset)

    assert shown(level="county") == [one]
    assert shown(level="town") == []
    assert shown(term=term.pk) == [one]
    assert shown(town=one.town.code) == [one]
    assert shown(town="nonsense") == []


def test_a_seat_that_ended_says_so(as_staff):
    MandateFactory(term=TermFactory(), ends_on="2025-01-01", end_kind="resigned")

    text = as_staff.get(reverse("admin:deputies_deputy_changelist")).content.decode()

    assert "县第十八届（已止）" in text
