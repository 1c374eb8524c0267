from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from stations.services.findings import remind_of_findings
from stations.services.rota_reminders import remind_of_duties
from suggestions.enums import ReminderStage
from suggestions.services import send_reminders


class Command(BaseCommand):
    help = (
        "发出办理期限提醒（到期前、到期当日、逾期）和接待值班提醒；"
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
        counts = send_reminders(on)
        words = "，".join(f"{ReminderStage(name).label} {n} 条" for name, n in counts.items())
        self.stdout.write(
            f"{on}：{words}，接待值班 {remind_of_duties(on)} 条，"
            f"整改逾期 {remind_of_findings(on)} 条。"
        )
