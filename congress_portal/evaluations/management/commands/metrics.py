from typing import Any

from django.core.management.base import CommandParser

from congress_portal.core.commands import OfficeCommand
from congress_portal.evaluations.output import write_json
from congress_portal.evaluations.registry import region_metrics
from congress_portal.evaluations.selectors import metrics_report
from deputies.selectors import parse_period

_HEADINGS = (("deputies", "代表"), ("stations", "家站"), ("departments", "承办单位"))


class Command(OfficeCommand):
    help = (
        "统计一个周期的全部数据：代表、家站、承办单位和全县合计。"
        "代表写作“姓名@镇”；同镇同名的，按登记先后第二位写作“姓名@镇#2”，第三位“#3”。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="2026Q3、2026、2026-09 或县人大届次（如 第十八届）。")
        parser.add_argument("--json", metavar="FILE", help="把结果写成 JSON 文件。")

    def handle(self, **options: Any) -> None:
        period = parse_period(options["period"])
        report = metrics_report(period)
        if options["json"]:
            write_json(options["json"], report)
        self.stdout.write(f"{period.label}（{period.first} 至 {period.last}）")
        for key, label in _HEADINGS:
            self.stdout.write(f"  {label} {len(report[key])} 个")
        totals = "，".join(f"{name} {value}" for name, value in _named(report["totals"]))
        self.stdout.write(f"  全县合计：{totals}")
        if options["json"]:
            self.stdout.write(f"已写入 {options['json']}")


def _named(totals: dict[str, Any]) -> list[tuple[str, Any]]:
    names = {each.code: each.name for each in region_metrics()}
    return [(names[code], value) for code, value in totals.items()]
