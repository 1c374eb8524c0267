from typing import Any

from congress_portal.core.commands import OfficeCommand
from congress_portal.core.reference import load_reference


class Command(OfficeCommand):
    help = "补上字典、活动形式、家站类型、建设标准和工作日历里缺少的初始项；已有的和改过的都不动。"

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"补充初始项 {load_reference()} 条。")
