from typing import Self

from django.db import models

from congress_portal.core.enums import Dictionary
from congress_portal.core.scope import SharedQuerySet


class DictionaryEntryQuerySet(SharedQuerySet):
    def of(self, dictionary: str) -> Self:
        return self.filter(dictionary=dictionary)

    def active(self) -> Self:
        return self.filter(is_active=True)


class DictionaryEntry(models.Model):
    """A word of the office's own dictionaries; one no longer used keeps its records."""

    dictionary = models.CharField("字典", max_length=20, choices=Dictionary.choices)
    name = models.CharField("名称", max_length=60)
    code = models.CharField(
        "代号",
        max_length=20,
        blank=True,
        help_text="办理结果的 A、B、C、D 等；程序按代号识别含义。",
    )
    synonyms = models.CharField(
        "别名", max_length=200, blank=True, help_text="用顿号分开，导入时视同本词。"
    )
    description = models.CharField("说明", max_length=200, blank=True)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = DictionaryEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "字典项"
        verbose_name_plural = "字典项"
        ordering = ["dictionary", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dictionary", "name"],
                name="dictionary_entry_name_unique",
                violation_error_message="这个字典里已有同名的项。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
