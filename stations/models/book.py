from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from congress_portal.core.scope import SharedQuerySet
from stations.enums import BookKind


class Book(models.Model):
    """How one 册, 记, 簿 or 档案 is titled and laid out; its content is a view over records.

    ``code`` names the view in ``stations.books``; a standard's item names it in ``rule``.
    """

    code = models.CharField("口径代号", max_length=40, unique=True)
    kind = models.CharField("种类", max_length=10, choices=BookKind.choices)
    title = models.CharField("名称", max_length=60)
    columns = models.JSONField(
        "列",
        default=list,
        blank=True,
        help_text='要印的列的代号和表头，如 [["held_on", "日期"]]；不填为全部列。',
    )
    remark = models.CharField("印在后面的说明", max_length=200, blank=True)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "簿册"
        verbose_name_plural = "簿册"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        if not isinstance(self.columns, list) or not all(map(_is_column, self.columns)):
            raise ValidationError({"columns": '每一列应写成 ["代号", "表头"]。'})


def _is_column(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(t, str) for t in pair)
