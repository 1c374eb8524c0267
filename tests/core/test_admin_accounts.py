import re

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, User
from tests.admin_pages import added_row, faults, sent
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff

pytestmark = pytest.mark.django_db

ADD = "/admin/core/user/add/"


@pytest.fixture
def as_admin(client):
    client.force_login(UserFactory(role=Role.ADMIN))
    return client


def password_page(user):
    return reverse("admin:core_user_password", args=[user.pk])


def test_an_account_is_opened_with_its_roles_and_no_password(as_admin):
    town = TownFactory()
    data = sent(as_admin.get(ADD), username="zhoumin", name="周敏")
    data = added_row(data, "role_assignments", role="town_staff", region=town.pk)

    as_admin.post(ADD, data)

    user = User.objects.get(username="zhoumin")
    assert not user.has_usable_password()
    assert user.scope.write_prefixes == (town.prefix,)


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("town_staff", "镇街人大工作人员必须填写区域"),
        ("unit_officer", "承办单位人员必须填写承办单位"),
    ],
)
def test_a_role_without_its_place_is_told(as_admin, role, told):
    data = added_row(sent(as_admin.get(ADD), username="zhoumin"), "role_assignments", role=role)

    response = as_admin.post(ADD, data)

    assert told in "".join(faults(response))
    assert not User.objects.filter(username="zhoumin").exists()


def test_a_town_s_clerk_cannot_be_given_the_county(as_admin):
    data = added_row(
        sent(as_admin.get(ADD), username="zhoumin"),
        "role_assignments", role="town_staff", region=CountyFactory().pk,
    )  # fmt: skip

    assert "应是镇、街道或农场" in "".join(faults(as_admin.post(ADD, data)))


def test_a_one_time_password_works_once_and_must_be_changed(as_admin, client):
    user = UserFactory(username="zhoumin", role=Role.LEADER)

    text = as_admin.post(password_page(user)).content.decode()
    password = re.search(r'class="password">([^<]+)<', text)[1]

    user.refresh_from_db()
    assert user.check_password(password)
    assert user.must_change_password
    entry = AuditEntry.objects.get(reason="发放一次性密码")
    assert password not in str(entry.changes) + entry.label
    client.logout()
    client.post("/login/", {"username": "zhoumin", "password": password})
    assert client.get("/").url == "/password/"


def test_the_password_is_never_given_by_a_link(as_admin):
    assert as_admin.get(password_page(UserFactory())).status_code == 405


def test_the_office_sees_accounts_and_cannot_change_them(client):
    client.force_login(staff())
    user = UserFactory()

    assert client.get(reverse("admin:core_user_change", args=[user.pk])).status_code == 200
    assert client.post(reverse("admin:core_user_change", args=[user.pk])).status_code == 403
    assert client.post(password_page(user)).status_code == 403


def test_nobody_makes_a_superuser_or_deletes_an_account(as_admin):
    user = UserFactory()
    page = reverse("admin:core_user_change", args=[user.pk])

    as_admin.post(page, sent(as_admin.get(page), is_superuser="on", is_staff="on"))

    user.refresh_from_db()
    assert not user.is_superuser
    assert as_admin.get(reverse("admin:core_user_delete", args=[user.pk])).status_code == 403


def test_accounts_are_filtered_by_role(as_admin):
    leader = UserFactory(role=Role.LEADER)

    page = as_admin.get(reverse("admin:core_user_changelist"), {"role": "leader"})

    assert list(page.context["cl"].queryset) == [leader]


def test_the_trail_is_read_by_the_auditor_and_written_by_nobody(client):
    client.force_login(UserFactory(role=Role.AUDITOR))
    client.get("/admin/deputies/deputy/1/change/")  # refused, so there is an entry
    entry = AuditEntry.objects.get(action="refused")
    page = reverse("admin:core_auditentry_change", args=[entry.pk])

    assert "拒绝访问" in client.get(page).content.decode()
    assert client.post(page, {"label": "x"}).status_code == 403
    assert client.get(reverse("admin:core_auditentry_add")).status_code == 403
