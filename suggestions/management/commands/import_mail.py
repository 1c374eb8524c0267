"""``manage.py import_mail``: saved mails (.eml) into the open mailbox (M98)."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from congress_portal.core.commands import OfficeCommand
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region
from suggestions import services


def _existing_path(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        raise ArgumentTypeError(f"找不到“{text}”")
    return path


class Command(OfficeCommand):
    help = "把另存的邮件（.eml 文件，或装有邮件的文件夹）导入代表建议开放邮箱；导入过的不会重复。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=_existing_path, metavar="PATH", help="文件或文件夹"
        )
        parser.add_argument("--region", required=True, metavar="CODE", help="哪里的人大，区划代码")

    def handle(self, **options: Any) -> None:
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(f"没有区划 {options['region']}。")
        files = [file for path in options["paths"] for file in _mails(path)]
        counts = {"new": 0, "known": 0, "faulty": 0}
        for file in files:
            try:
                _, is_new = services.import_mail(actor=None, region=region, data=file.read_bytes())
            except DomainError as error:
                counts["faulty"] += 1
                self.stderr.write(f"{file.name}：{error.message}")
            else:
                counts["new" if is_new else "known"] += 1
        self.stdout.write(
            f"新登记 {counts['new']} 件，以前导入过 {counts['known']} 件，"
            f"不能导入 {counts['faulty']} 件。"
        )
        if counts["faulty"]:
            raise CommandError("有文件不能导入，见上面逐个说明。")


def _mails(path: Path) -> list[Path]:
    return sorted(path.glob("*.eml")) if path.is_dir() else [path]
