"""Faults of the office's commands: one Chinese line, exit code 1."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from congress_portal.core.commands import usage_fault


def run(database, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DEBUG": "1", "DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["import_records"], "缺少参数：PATH。用 --help 查看用法。"),
        (["metrics", "2026Q3", "--all"], "没有这个参数：--all。用 --help 查看用法。"),
        (["evaluate", "2026Q3", "--out"], "参数 --out 后面要写内容。用 --help 查看用法。"),
        (["verify_audit", "x"], "没有这个参数：x。用 --help 查看用法。"),
        (["load_reference", "-v", "9"], "参数 --verbosity 不能是 9。用 --help 查看用法。"),
    ],
)
def test_wrong_arguments_end_with_one_line_and_code_1(tmp_path, arguments, told):
    done = run(tmp_path / "none.sqlite3", *arguments)
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (1, "", [told])


def test_a_database_without_tables_is_told_in_one_line(tmp_path):
    done = run(tmp_path / "empty.sqlite3", "verify_audit")
    assert done.returncode == 1
    assert re.fullmatch(r"CommandError: 数据库无法读写（.*\n", done.stderr)


def test_a_caller_in_python_gets_an_exception():
    with pytest.raises(CommandError, match="没有这个参数：--bad"):
        call_command("metrics", "2026Q3", "--bad")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("argument PATH: 找不到“甲.xlsx”", "找不到“甲.xlsx”"),
        ("argument --dry-run: ignored explicit argument '1'", "参数 --dry-run 后面不能写 1"),
        (
            "ambiguous option: --d could match --dry-run, --data",
            "参数 --d 不完整，可能是 --dry-run, --data",
        ),
        ("something that nobody foresaw", "命令的参数不对"),
    ],
)
def test_what_argparse_finds_is_told_in_chinese(message, told):
    assert usage_fault(message) == f"{told}。用 --help 查看用法。"
