from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from suggestions.services import recompute_deadlines


class Command(BaseCommand):
    help = "工作日历修订后，重新推算在办建议的各项期限，并留下变动记录。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="工作日历修订", help="写进变动记录的原因。")

    def handle(self, **options: Any) -> None:
        moved = recompute_deadlines(reason=options["reason"])
        self.stdout.write(f"变动期限 {moved} 项。")
