import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from congress_portal.core.commands import OfficeCommand
from congress_portal.core.retention import erase, expired, of_person


class Command(OfficeCommand):
    help = (
        "删除过了保留期限的选民姓名和联系方式；事情、答复和统计都不变。"
        "写 --phone 按本人要求删除。先用 --dry-run 看看有多少。可以重复运行。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只数一数，不删除")
        parser.add_argument("--phone", help="本人要求删除：留的电话号码")
        parser.add_argument("--reason", default="", help="按本人要求删除时写明谁、什么时候提出")
        parser.add_argument("--json", metavar="FILE", help="把结果写进文件")

    def handle(self, **options: Any) -> None:
        phone, reason = options["phone"], options["reason"]
        found = of_person(phone) if phone else expired(timezone.localdate())
        counts: dict[str, int] = {}
        for kept, rows in found:
            counts[kept.name] = rows.count()
            if not options["dry_run"]:
                for row in rows.iterator(chunk_size=200):
                    erase(kept, row, reason=reason if phone else "过了保留期限")
        self._say(counts, is_dry=options["dry_run"])
        if options["json"]:
            text = json.dumps({"erased": counts, "dry_run": options["dry_run"]}, ensure_ascii=False)
            Path(options["json"]).write_text(text, encoding="utf-8")

    def _say(self, counts: dict[str, int], *, is_dry: bool) -> None:
        done = "应删除" if is_dry else "已删除"
        words = "，".join(f"{name} {count} 条" for name, count in counts.items())
        self.stdout.write(f"{done}：{words or '没有启用的保留期限'}。")
