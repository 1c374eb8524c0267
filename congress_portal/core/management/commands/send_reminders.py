from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from congress_portal.core.reminders import run_reminders


class Command(BaseCommand):
    help = (
        "发出各类提醒（办理期限、活动回执、活动前一天），并把没送出的消息再送一次；"
        "可以重复、推迟或同时运行，每条只发一次。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="日期", help="按哪一天计算，如 2026-10-08；默认今天。")

    def handle(self, **options: Any) -> None:
        on = timezone.localdate()
        if options["on"]:
            try:
                day = parse_date(options["on"])
            except ValueError:
                day = None
            if day is None:
                raise CommandError(f"「{options['on']}」不是日期，请写成 2026-10-08 这样。")
            on = day
        words = "，".join(f"{kind} {n} 条" for kind, n in run_reminders(on).items())
        self.stdout.write(f"{on}：{words}。")
