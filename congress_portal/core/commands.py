"""The base of the office's commands: a fault is one Chinese line and exit code 1."""

import re
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from congress_portal.core.errors import DomainError

# What argparse says, and how a clerk is told.
_TOLD = (
    (r"the following arguments are required: (.+)", "缺少参数：{}"),
    (r"unrecognized arguments: (.+)", "没有这个参数：{}"),
    (r"argument (\S+): expected (?:one|at least one) argument", "参数 {} 后面要写内容"),
    (r"argument (\S+): (?:invalid choice|invalid \w+ value): ('[^']*'|\S+).*", "参数 {} 不能是 {}"),
    (r"argument (\S+): ignored explicit argument ('[^']*')", "参数 {} 后面不能写 {}"),
    (r"argument (\S+): not allowed with argument (\S+)", "参数 {} 和 {} 不能同时用"),
    (r"ambiguous option: (\S+) could match (.+)", "参数 {} 不完整，可能是 {}"),
    (r"argument \S+: (.*[\u4e00-\u9fff].*)", "{}"),
)


def usage_fault(message: str) -> str:
    """What argparse found wrong, in one Chinese line."""
    for pattern, told in _TOLD:
        if match := re.fullmatch(pattern, " ".join(message.split())):
            parts = [part.split("/")[-1].strip("'") for part in match.groups()]
            whole = told == "{}"
            return f"{match[1] if whole else told.format(*parts)}。用 --help 查看用法。"
    return "命令的参数不对。用 --help 查看用法。"


class OfficeCommand(BaseCommand):
    """Arguments that are wrong, refusals of the domain and a database that fails end the command
    with one line; exit codes above 1 are a command's own."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = self._refuse  # type: ignore[method-assign]  # Django builds the parser
        return parser

    def _refuse(self, message: str) -> NoReturn:
        told = usage_fault(message)
        if not getattr(self, "_called_from_command_line", False):
            raise CommandError(told)
        self.stderr.write(told, self.style.ERROR)
        sys.exit(1)

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DomainError as error:
            raise CommandError(error.message) from error
        except DatabaseError as error:
            told = " ".join(str(error).split())
            raise CommandError(
                f"数据库无法读写（是否已经建库：manage.py migrate）：{told}"
            ) from error
