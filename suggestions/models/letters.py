"""What the office writes itself in letters and forms; placeholders are plain words in 【】."""

from collections.abc import Mapping
from typing import Self

from django.db import models

from congress_portal.core.scope import SharedQuerySet
from suggestions.enums import LetterPart


class LetterTextQuerySet(SharedQuerySet):
    def as_mapping(self: Self) -> Mapping[str, str]:
        """Code to text; a part without a row, or emptied by the office, is left out of papers."""
        return dict(self.values_list("code", "text"))


class LetterText(models.Model):
    """One wording of the papers. It is never compiled: known 【words】 are replaced once."""

    code = models.CharField("用在哪里", max_length=24, choices=LetterPart.choices, unique=True)
    text = models.TextField("文字", blank=True, help_text="一行一段；留空则不印这一段。")
    help = models.CharField("可用的代入词", max_length=200, blank=True)

    objects = LetterTextQuerySet.as_manager()

    class Meta:
        verbose_name = "文书用语"
        verbose_name_plural = "文书用语"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_code_display()
