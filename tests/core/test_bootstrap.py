import os
import subprocess
import sys
from pathlib import Path

import pytest

from congress_portal import bootstrap
from congress_portal.bootstrap import Need

PRESENT = Need("libthere", "在的", lambda: True)
MISSING = Need("libmissing", "缺的", lambda: False)
ELSEWHERE = Need("chromium", "网页测试", lambda: False, "fetch chromium")


@pytest.fixture
def venv(monkeypatch, tmp_path):
    """A virtual environment in which nothing is installed yet."""
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    return tmp_path


@pytest.mark.parametrize("command", ["demo", "test"])
def test_demo_and_test_run_without_a_secret(command, monkeypatch):
    monkeypatch.setattr(bootstrap, "BASE_DIR", Path("/nowhere"))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("DEBUG", raising=False)

    bootstrap.allow_debug([command])

    assert os.environ["DEBUG"] == "1"


@pytest.mark.parametrize("arguments", [[], ["migrate"], ["runserver"]])
def test_other_commands_need_their_secret(arguments, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("DEBUG", raising=False)

    bootstrap.allow_debug(arguments)

    assert "DEBUG" not in os.environ


def test_a_configured_installation_is_left_alone(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "s" * 50)
    monkeypatch.delenv("DEBUG", raising=False)

    bootstrap.allow_debug(["demo"])

    assert "DEBUG" not in os.environ


def test_missing_packages_are_named_in_one_line(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")  # a system without apt

    bootstrap.bring_system_packages([PRESENT, MISSING, ELSEWHERE])

    assert capsys.readouterr().err == (
        "› 系统还缺：libmissing（缺的）、chromium（网页测试）。"
        "请由管理员执行：apt-get install -y libmissing && fetch chromium\n"
    )


def test_nothing_is_said_when_nothing_is_missing(capsys):
    bootstrap.bring_system_packages([PRESENT])

    assert capsys.readouterr().err == ""


def test_stamp_of_the_tests_serves_the_demo_too(venv):
    bootstrap.STAMP.write_text(bootstrap._stamp(dev=True))

    assert bootstrap._is_stamped(dev=True)
    assert bootstrap._is_stamped(dev=False)


def test_stamp_of_the_demo_does_not_serve_the_tests(venv):
    bootstrap.STAMP.write_text(bootstrap._stamp(dev=False))

    assert not bootstrap._is_stamped(dev=True)
    assert bootstrap._is_stamped(dev=False)


def test_stamp_of_another_lock_is_not_accepted(venv):
    bootstrap.STAMP.write_text("requirements.txt 0000 3.11")

    assert not bootstrap._is_stamped(dev=False)


def test_environment_that_was_moved_is_made_anew(venv, monkeypatch):
    bootstrap.STAMP.write_text(bootstrap._stamp(dev=True))
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")

    assert not bootstrap._is_stamped(dev=True)


def test_second_start_without_packages_ends_with_one_line(monkeypatch):
    monkeypatch.setenv(bootstrap.HANDED_OVER, "1")

    with pytest.raises(SystemExit) as stopped:
        bootstrap.run(["demo"])

    assert stopped.value.code == "运行环境 .venv 不完整：请删除 .venv 后再试。"


def test_bootstrap_needs_nothing_but_python():
    code = "import sys; sys.path.insert(0, '.'); from congress_portal import bootstrap"

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=bootstrap.BASE_DIR, check=False
    )

    assert done.returncode == 0
