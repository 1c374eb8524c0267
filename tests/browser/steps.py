"""What people do in a browser, as the journeys call it."""

from tests.factories.core import UserFactory

PASSWORD = "芦花-8812-Qm"
PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}


def account(role, **place):
    return with_password(UserFactory(username=f"{role}-1", role=role, **place))


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page, username, password=PASSWORD):
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("main").get_by_role("button", name="登录").click()


def fits(page):
    """Nothing scrolls sideways."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def press(page, button):
    """Click what leads to another page, and wait for that page."""
    with page.expect_navigation():
        button.click()
