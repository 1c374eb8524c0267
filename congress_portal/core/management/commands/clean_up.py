from typing import Any

from django.core.management import call_command
from django.utils import timezone

from congress_portal.core.batches import services, tasks
from congress_portal.core.commands import OfficeCommand
from congress_portal.core.importing.leftovers import forget_unconfirmed
from congress_portal.core.models import Batch


class Command(OfficeCommand):
    help = "删除过期的批量文件和上传后一直没有确认的导入文件，接着做中断了的批量文件；可重复运行。"

    def handle(self, **options: Any) -> None:
        now = timezone.now()
        expired = sum(map(services.expire, Batch.objects.exclude(state=Batch.State.EXPIRED)))
        resumed = 0
        for batch in Batch.objects.open():
            if services.is_stalled(batch, now):
                tasks.work_on_batch.enqueue(batch.pk)
                resumed += 1
        forgotten = forget_unconfirmed(now)
        call_command("prune_db_task_results", verbosity=0)
        self.stdout.write(
            f"已删除过期的批量文件 {expired} 个、未确认的导入 {forgotten} 个；"
            f"重新排队的批量文件 {resumed} 个。"
        )
