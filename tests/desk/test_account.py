import pytest
from django.urls import reverse

from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.models import AuditEntry
from tests.factories.core import UserFactory, staff

pytestmark = pytest.mark.django_db

PASSWORD = "芦花-8812-Qm"


@pytest.fixture
def user():
    person = UserFactory(username="zhangwei", role=Role.DEPUTY)
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, password, **headers):
    data = {"username": "zhangwei", "password": password}
    return client.post(reverse("desk:login"), data, **headers)


def test_sign_in_leads_home_and_is_recorded(client, user):
    response = sign_in(client, PASSWORD)

    assert (response.status_code, response.url) == (302, reverse("desk:home"))
    entry = AuditEntry.objects.get(action=AuditAction.LOGIN)
    assert (entry.actor, entry.address) == (user, "127.0.0.1")


def test_wrong_password_is_told_in_chinese_and_recorded(client, user):
    response = sign_in(client, "wrong")

    assert "用户名或密码不对，请重新输入。" in response.text
    assert AuditEntry.objects.get(action=AuditAction.LOGIN_FAILED).label == "用户名 zhangwei"


def test_fifth_wrong_password_locks_for_fifteen_minutes(client, user, freeze):
    freeze("2026-09-03 10:00")

    answers = [sign_in(client, "wrong").status_code for _ in range(5)]
    locked = sign_in(client, PASSWORD)

    assert answers == [200, 200, 200, 200, 429]
    assert locked.status_code == 429
    assert "请在最后一次输入之后等 15 分钟再登录" in locked.text
    freeze("2026-09-03 10:16")
    assert sign_in(client, PASSWORD).status_code == 302


def test_lock_holds_for_one_address_only(client, user):
    for _ in range(5):
        sign_in(client, "wrong", REMOTE_ADDR="10.0.0.1")

    assert sign_in(client, PASSWORD, REMOTE_ADDR="10.0.0.2").status_code == 302


def test_sign_out_is_by_post(client, user):
    client.force_login(user)

    assert client.get(reverse("desk:logout")).status_code == 405
    assert client.post(reverse("desk:logout")).url == reverse("desk:login")


def test_first_password_comes_before_everything_else(client, user):
    user.must_change_password = True
    user.save()
    client.force_login(user)

    assert client.get(reverse("desk:home")).url == reverse("desk:password_change")
    new = {
        "old_password": PASSWORD,
        "new_password1": "新雁-4471-Tz",
        "new_password2": "新雁-4471-Tz",
    }
    client.post(reverse("desk:password_change"), new)

    user.refresh_from_db()
    assert user.must_change_password is False
    assert client.get(reverse("desk:home")).status_code == 200


def test_type_size_is_kept_in_a_cookie(client):
    address = reverse("desk:login")

    response = client.post(reverse("desk:type_size"), {"elder": "1", "next": address})

    assert response.url == address
    assert '<html lang="zh-CN" class="elder">' in client.get(address).text
    client.post(reverse("desk:type_size"), {"elder": "0", "next": address})
    assert '<html lang="zh-CN">' in client.get(address).text


def test_type_size_leads_nowhere_else(client):
    response = client.post(
        reverse("desk:type_size"), {"elder": "1", "next": "https://evil.example/"}
    )

    assert response.url == reverse("desk:home")


def test_admin_has_no_sign_in_page_of_its_own(client):
    response = client.get(reverse("admin:index"), follow=True)

    assert response.redirect_chain[-1][0] == "/login/?next=%2Fadmin%2F"


def test_deputy_is_refused_at_the_admin(client, user):
    client.force_login(user)

    response = client.get(reverse("admin:index"), follow=True)

    assert response.status_code == 403
    assert "您不能做这一步" in response.text


def test_unknown_page_is_told_in_chinese(client):
    client.force_login(staff())

    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "没有找到这个页面" in response.text


def test_manual_is_open_and_escaped(client):
    response = client.get(reverse("desk:manual"))

    assert response.status_code == 200
    for chapter in response.context["chapters"]:
        assert client.get(reverse("desk:manual_chapter", args=[chapter.slug])).status_code == 200
    assert client.get(reverse("desk:manual_chapter", args=["no-such"])).status_code == 404
