import secrets
import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.reference import load_reference
from congress_portal.desk.demo import create_accounts, write_counting_text
from congress_portal.evaluations.models import Scheme
from congress_portal.evaluations.services import publish_sheet, sheet_for
from deputies.selectors import parse_period

SAMPLE = Path(settings.BASE_DIR) / "congress_portal" / "core" / "data" / "anlan"
PERIOD = "2026Q3"
EARLIER = ("2026Q1", "2026Q2")  # what the third quarter is compared with
PORTS = range(8000, 8020)


class Command(BaseCommand):
    help = "从零开始演示：建库，导入样例县，考评 2026 年第三季度，写出通报，开账号，启动网站。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, default=SAMPLE, help="要导入的文件夹。")
        parser.add_argument("--no-server", action="store_true", help="做完就结束，不启动网站。")
        parser.add_argument(
            "--new-password", action="store_true", help="给演示账号换一个新密码并显示。"
        )
        parser.add_argument("--host", default="127.0.0.1", help="网站监听的地址。")
        parser.add_argument("--port", type=int, help="网站端口，默认从 8000 起找空闲的。")

    def handle(self, **options: Any) -> None:
        if not options["data"].is_dir():
            raise CommandError(f"没有这个文件夹：{options['data']}")
        out = Path(settings.BASE_DIR) / "var" / "bulletins"
        self._step("一、建立数据库")
        call_command("migrate", verbosity=0, stdout=self.stdout)
        load_reference()
        self._step("二、导入样例数据")
        call_command("import_records", str(options["data"]), stdout=self.stdout)
        self._step("三、账号")
        self._accounts(new_password=options["new_password"])
        self._step("四、考评 2026年第三季度并发布，写出通报")
        self._evaluate(out)
        if options["no_server"]:
            return
        port = options["port"] or _free_port(options["host"])
        self._step(f"五、网站：http://{options['host']}:{port}/  （按 Ctrl+C 结束）")
        call_command("runserver", f"{options['host']}:{port}", use_reloader=False)

    def _step(self, title: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n{title}"))
        self.stdout.flush()

    def _evaluate(self, out: Path) -> None:
        """Published by the system itself, so that every role finds them without a window."""
        try:
            for code in (*EARLIER, PERIOD):
                for scheme in Scheme.objects.active().order_by("pk"):
                    sheet = sheet_for(scheme=scheme, period=parse_period(code))
                    if not sheet.is_published:
                        publish_sheet(sheet=sheet, actor=None)
                        self.stdout.write(f"  已发布 {scheme.name} {sheet.period.label}")
        except DomainError as error:
            raise CommandError(error.message) from error
        call_command("evaluate", PERIOD, out=str(out), stdout=self.stdout)

    def _accounts(self, *, new_password: bool) -> None:
        password = secrets.token_urlsafe(9)
        try:
            created = create_accounts(password)
        except DomainError as error:
            raise CommandError(error.message) from error
        write_counting_text()
        for account in created:
            line = f"  {account.username:<10} {account.role}：{account.name}（{account.where}）"
            self.stdout.write(line)
        if new_password:
            names = ["staff", "town", "liaison", "deputy", "unit", "chief", "government", "leader"]
            others = ["inspector", "auditor", "admin"]
            for user in User.objects.filter(username__in=[*names, *others]):
                user.set_password(password)
                user.save(update_fields=["password"])
        if created or new_password:
            self.stdout.write(f"  密码（只显示这一次）：{password}")
        else:
            self.stdout.write("  账号已在，密码不变；忘了密码请加 --new-password。")


def _free_port(host: str) -> int:
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)):
                return port
    raise CommandError(f"端口 {PORTS[0]}–{PORTS[-1]} 都被占用，请用 --port 指定。")
