"""All one-page score sheets of a result (全部得分单), a file for each town, in the background."""

from congress_portal.core.batches.registry import ItemOrder, Order
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Batch, BatchItem, User
from congress_portal.evaluations.models import Score, ScoreSheet
from congress_portal.evaluations.output import file_name
from congress_portal.evaluations.reports import subject_sheets_pdf

MOST_AT_ONCE = 30  # so many pages are made while one waits
_NO_TOWN = "0"


class ScorePages:
    """Papers are towns: what is handed out together is one file."""

    code = "score_pages"

    def make(self, batch: Batch, item: BatchItem) -> bytes:
        sheet = ScoreSheet.objects.visible_to(batch.actor).get(pk=batch.arguments["sheet"])
        if sheet.digest != batch.arguments["digest"]:
            raise DomainError("考评结果在制作途中重新计算过，请重新制作。")
        region = None if item.key == _NO_TOWN else int(item.key)
        rows = Score.objects.visible_to(batch.actor).filter(sheet=sheet, region=region)
        if not rows.exists():
            raise DomainError("这里已没有您能查看的得分。")
        return subject_sheets_pdf(rows.order_by("serial"))

    def may_take(self, batch: Batch, user: User) -> bool:
        rows = Score.objects.visible_to(user).filter(sheet=batch.arguments["sheet"])
        return rows.count() >= batch.arguments["rows"]


def score_pages_order(sheet: ScoreSheet, user: User) -> Order:
    """The pages that the person may read, a file for each town in the order of the codes."""
    rows = Score.objects.visible_to(user).filter(sheet=sheet)
    towns = rows.order_by("region__code").values_list("region", "region__name").distinct()
    name = file_name(sheet.scheme.name, sheet.period.label, "得分单")
    items = [
        ItemOrder(str(pk or _NO_TOWN), town or "全部", f"{file_name(town or name)}.pdf")
        for pk, town in towns
    ]
    return Order(
        ScorePages.code,
        title=f"{sheet.scheme.name}得分单（{sheet.period.label}）",
        file_name=name,
        items=items,
        arguments={"sheet": sheet.pk, "digest": sheet.digest, "rows": rows.count()},
    )
