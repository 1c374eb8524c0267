from typing import Any

from django.core.management.base import CommandError

from congress_portal.core.audit import verify
from congress_portal.core.commands import OfficeCommand
from congress_portal.core.models import AuditEntry


class Command(OfficeCommand):
    help = "检查操作记录是否完整：改动、删除、截尾都会被发现（有问题时退出码为 1）。"

    def handle(self, **options: Any) -> None:
        faults = list(verify())
        for fault in faults[:50]:
            self.stderr.write(fault.reason)
        if faults:
            raise CommandError(f"操作记录不完整，发现 {len(faults)} 处问题。", returncode=1)
        self.stdout.write(f"操作记录完整，共 {AuditEntry.objects.count()} 条。")
