"""``manage.py import_records``: the office's spreadsheets into the database (DESIGN §3)."""

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from congress_portal.core.commands import OfficeCommand
from congress_portal.core.errors import DomainError
from congress_portal.core.importing.engine import apply, preview
from congress_portal.core.importing.reader import SourceFile, find_files, find_returned
from congress_portal.core.importing.report import Fate, FileReport, ImportReport, SheetReport
from congress_portal.core.importing.returned import write_returned
from congress_portal.core.models import User

_ROWS_REFUSED = 3
_SHOWN_ROWS = 50
_LARGE = 20_000
_STEPS = 10


def _existing_path(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        raise ArgumentTypeError(f"找不到“{text}”")
    return path


class Command(OfficeCommand):
    help = "导入机关的电子表格（.xlsx、.xls、.csv，或装有这些文件的文件夹）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=_existing_path, metavar="PATH", help="文件或文件夹"
        )
        parser.add_argument("--dry-run", action="store_true", help="只检查，不保存")
        parser.add_argument(
            "--partial",
            action="store_true",
            help="保存合格的行，不合格的行写入“<文件名>-退回.xlsx”；已有的退回文件不覆盖",
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="把结果写成 JSON 文件")
        parser.add_argument("--user", help="以这个用户的名义和范围导入；不填为系统")

    def handle(self, **options: Any) -> None:
        user = self._user(options["user"])
        sources = self._sources(options["paths"])
        passed_over = list(dict.fromkeys(find_returned(options["paths"])))
        self._told = 0
        try:
            if options["dry_run"]:
                report = preview(sources, user, progress=self._progress)
            else:
                report = apply(sources, user, partial=options["partial"], progress=self._progress)
        except DatabaseError as error:
            raise CommandError(f"数据库无法读写，什么都没有保存：{error}") from error
        if options["partial"] and not options["dry_run"]:
            self._give_back(report, sources)
        for file in report.files:
            self._tell(file, dry_run=options["dry_run"])
        for path in passed_over:
            self.stdout.write(f"跳过退回文件 {path}：改正后请单独导入，不随文件夹导入。")
        if options["json"]:
            self._write_json(options["json"], report, passed_over)
        self._finish(report, dry_run=options["dry_run"])

    def _user(self, name: str | None) -> User | None:
        if not name:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"没有“{name}”这个用户。")
        return user

    def _sources(self, paths: list[Path]) -> list[SourceFile]:
        files = list(dict.fromkeys(find_files(paths)))
        if not files and any(find_returned(paths)):
            raise CommandError("文件夹里只有退回文件；改正后请写明文件名，单独导入。")
        if not files:
            raise CommandError("文件夹里没有可导入的文件（.xlsx、.xls、.csv）。")
        try:
            return [SourceFile.from_path(path) for path in files]
        except DomainError as error:
            raise CommandError(error.message) from error

    def _progress(self, done: int, total: int, label: str) -> None:
        step = done * _STEPS // total if total >= _LARGE else 0
        if step > self._told:
            self._told = step
            self.stderr.write(f"已处理 {done} / {total} 行 {label}")

    def _give_back(self, report: ImportReport, sources: list[SourceFile]) -> None:
        for file, source in zip(report.files, sources, strict=True):
            if file.refused_rows:
                try:
                    file.returned = write_returned(file, source, [one.name for one in sources])
                except OSError as error:
                    raise CommandError(f"退回文件无法写入：{error.strerror}。") from error

    # Telling people

    def _tell(self, file: FileReport, *, dry_run: bool) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(file.name))
        if file.error:
            self.stdout.write(self.style.ERROR(f"  {file.error}"))
            return
        for sheet in file.sheets:
            self._tell_sheet(sheet, kept=dry_run or file.saved)
        if not file.saved and file.refused_rows and not dry_run:
            self.stdout.write(
                self.style.ERROR(
                    f"  有 {file.refused_rows} 行不合格，整个文件没有保存。改正后请重新导入。"
                )
            )
        if file.returned:
            self.stdout.write(f"  不合格的 {file.refused_rows} 行写入 {file.returned}")

    def _tell_sheet(self, sheet: SheetReport, *, kept: bool) -> None:
        if sheet.kind is None:
            self.stdout.write(f"  〔{sheet.name}〕认不出是哪一类表，已跳过")
            return
        counts = "，".join(f"{fate.value} {sheet.count(fate)}" for fate in Fate)
        if not kept:
            good, refused = len(sheet.rows) - len(sheet.refused), len(sheet.refused)
            counts = f"合格 {good} 行（未保存），退回 {refused}"
        self.stdout.write(f"  〔{sheet.name}〕{sheet.kind}：共 {len(sheet.rows)} 行，{counts}")
        for note in sheet.notes:
            self.stdout.write(f"    提示：{note}")
        for row in sheet.refused[:_SHOWN_ROWS]:
            for fault in row.faults:
                value = f"“{fault.value}”" if fault.value and not fault.personal else ""
                told = f"第 {row.number} 行 {fault.column}{value}：{fault.reason}。{fault.advice}"
                self.stdout.write(self.style.WARNING(f"    {told}"))
        if len(sheet.refused) > _SHOWN_ROWS:
            self.stdout.write(f"    ……另有 {len(sheet.refused) - _SHOWN_ROWS} 行不合格")

    def _write_json(self, path: Path, report: ImportReport, passed_over: list[Path]) -> None:
        """``passed_over`` stands in the file only where a folder held returned files."""
        content = report.as_json()
        if passed_over:
            content["passed_over"] = [item.name for item in passed_over]
        text = json.dumps(content, ensure_ascii=False, indent=1)
        try:
            path.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"无法写入 {path}：{error.strerror}。") from error

    def _finish(self, report: ImportReport, *, dry_run: bool) -> None:
        if report.exit_code == _ROWS_REFUSED:
            raise CommandError(f"共有 {report.refused_rows} 行不合格。", returncode=_ROWS_REFUSED)
        if report.errors:
            raise CommandError(f"有 {len(report.errors)} 个文件无法读取。")
        if report.exit_code:
            raise CommandError("没有认出任何工作表，什么都没有导入。")
        done = "检查完毕，什么都没有保存。" if dry_run else "导入完毕。"
        self.stdout.write(self.style.SUCCESS(done))
