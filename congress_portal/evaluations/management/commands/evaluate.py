from collections import Counter
from typing import Any

from django.core.management.base import CommandParser

from congress_portal.core.commands import OfficeCommand
from congress_portal.core.errors import DomainError
from congress_portal.core.periods import Period
from congress_portal.evaluations.models import Scheme, Score, ScoreSheet
from congress_portal.evaluations.output import (
    file_name,
    make_folder,
    write_bytes,
    write_json,
)
from congress_portal.evaluations.reports import bulletin_pdf
from congress_portal.evaluations.selectors import sheet_report
from congress_portal.evaluations.services import needs_new_version, sheet_for
from deputies.selectors import parse_period


class Command(OfficeCommand):
    help = "按考评方案给一个周期打分，并写出每个方案的通报。已发布的结果不会改动。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="2026Q3、2026、2026-09 或县人大届次（如 第十八届）。")
        parser.add_argument("--scheme", metavar="NAME", help="只算这一个方案。")
        parser.add_argument("--out", metavar="DIR", help="把各方案的通报（PDF）写入这个文件夹。")
        parser.add_argument("--json", metavar="FILE", help="把结果写成 JSON 文件。")

    def handle(self, **options: Any) -> None:
        period = parse_period(options["period"])
        sheets = [self._sheet(each, period) for each in _schemes(options["scheme"])]
        if options["json"]:
            write_json(options["json"], {s.scheme.name: sheet_report(s) for s in sheets})
            self.stdout.write(f"已写入 {options['json']}")
        if options["out"]:
            self._bulletins(sheets, options["out"])

    def _sheet(self, scheme: Scheme, period: Period) -> ScoreSheet:
        sheet = sheet_for(scheme=scheme, period=period)
        scores = Score.objects.filter(sheet=sheet)
        counted = scores.exclude(total=None).count()
        self.stdout.write(
            f"{scheme.name} {period.label}：{scores.count()} 个对象，{counted} 个有总分"
            f"（{sheet.get_state_display()}，第{sheet.version}版）"
        )
        if sheet.is_published and needs_new_version(sheet):
            self.stdout.write("  发布之后记录有改动；结果未变，如要更正请发布新版本。")
        return sheet

    def _bulletins(self, sheets: list[ScoreSheet], out: str) -> None:
        folder = make_folder(out)
        for sheet, name in zip(sheets, _bulletin_names(sheets), strict=True):
            path = folder / f"{name}.pdf"
            write_bytes(path, bulletin_pdf(sheet))
            self.stdout.write(f"  通报 {path}")


def _bulletin_names(sheets: list[ScoreSheet]) -> list[str]:
    """Period and scheme; with the scheme's number where the names of two of the schemes in use
    would be one file's, or a name says nothing that a file may be called."""
    known = Scheme.objects.active().values_list("name", flat=True)
    shared = Counter(file_name(name).casefold() for name in known)
    names = []
    for sheet in sheets:
        name = file_name(sheet.scheme.name)
        number = f"方案{sheet.scheme_id}" if not name or shared[name.casefold()] > 1 else ""
        names.append(file_name(sheet.period_code, name, number))
    return names


def _schemes(name: str | None) -> list[Scheme]:
    rows = Scheme.objects.active().order_by("pk")
    if name is None:
        schemes = list(rows)
        if not schemes:
            raise DomainError("还没有在用的考评方案，请先导入考评办法。")
        return schemes
    if found := list(rows.filter(name=name)):
        return found
    known = "、".join(rows.values_list("name", flat=True)) or "（无）"
    raise DomainError(f"没有「{name}」这个考评方案。在用的方案：{known}")
