"""The settings are read in a process of their own, as at a real start."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SECRETS = {"SECRET_KEY": "s" * 40, "FIELD_KEY": "f" * 40, "ALLOWED_HOSTS": "portal.example.org"}


def start(tmp_path, **environment):
    """Exit code, standard error and the values asked for of a start with just this environment."""
    code = (
        "from congress_portal import settings as s;"
        "print(s.DEBUG, s.ALLOWED_HOSTS, s.SESSION_COOKIE_SECURE, s.DATABASES['default']['ENGINE'])"
    )
    given = {"DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", **environment}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **given},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"SECRET_KEY": ""}, "没有设置环境变量 SECRET_KEY"),
        ({"FIELD_KEY": ""}, "没有设置环境变量 FIELD_KEY"),
        ({"SECRET_KEY": "short"}, "环境变量 SECRET_KEY 至少要有 32 个字符。"),
        ({"ALLOWED_HOSTS": ""}, "没有设置环境变量 ALLOWED_HOSTS"),
        ({"SITE_URL": "portal.example.org"}, "环境变量 SITE_URL 要以 http:// 或 https:// 开头。"),
        ({"DATABASE_URL": "nonsense"}, "环境变量 DATABASE_URL 无法识别。"),
        ({"PROXY_COUNT": "many"}, "环境变量 PROXY_COUNT 的值无法识别。"),
        ({"SMS_HOOK_URL": "http://sms.example.org"}, "环境变量 SMS_HOOK_URL 要以 https:// 开头。"),
        (
            {"CHAT_HOOK_URL": "https://chat.example.org", "CHAT_HOOK_SECRET": "short"},
            "环境变量 CHAT_HOOK_SECRET 至少要有 16 个字符。",
        ),
        ({"SMS_HOOK_TEMPLATE": "{to"}, "环境变量 SMS_HOOK_TEMPLATE 的值无法识别。"),
        ({"NOTICE_EMAIL": "1"}, "启用 NOTICE_EMAIL 时要设置 EMAIL_URL"),
        ({"DEBUG": "perhaps"}, "环境变量 DEBUG 的值无法识别。"),
    ],
)
def test_bad_value_stops_the_start_with_one_line(changed, line, tmp_path):
    done = start(tmp_path, **{**SECRETS, **changed})

    assert done.returncode == 1
    assert done.stderr.startswith(f"配置错误：{line}")
    assert done.stderr.count("\n") == 1


def test_production_starts_with_its_three_values(tmp_path):
    done = start(tmp_path, **SECRETS)

    assert done.stdout == "False ['portal.example.org'] False django.db.backends.sqlite3\n"


def test_https_address_secures_the_cookies(tmp_path):
    done = start(tmp_path, **SECRETS, SITE_URL="https://portal.example.org")

    assert done.stdout == "False ['portal.example.org'] True django.db.backends.sqlite3\n"


def test_postgresql_address_keeps_its_options(tmp_path):
    address = "postgres://portal:secret@db.example.org/portal?sslmode=require"
    code = "from congress_portal import settings as s; print(s.DATABASES['default']['OPTIONS'])"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={**SECRETS, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "{'sslmode': 'require', 'pool': {'min_size': 1, 'max_size': 8}}\n"
