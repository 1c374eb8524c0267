from typing import Any

from django.core.management import call_command

from congress_portal.core.batches.own_worker import alone, step_back
from congress_portal.core.commands import OfficeCommand


class Command(OfficeCommand):
    help = "把排队的后台工作（批量文件、大的导入）做完就结束；同一台机器上只运行一个。"

    def handle(self, **options: Any) -> None:
        with alone() as is_first:
            if not is_first:
                self.stdout.write("已有一个在处理，本次不再重复。")
                return
            step_back()
            call_command("db_worker", batch=True, reload=False, startup_delay=False, verbosity=0)
