"""Fields that pick deputies."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet

from deputies.models import Deputy

_BETWEEN = re.compile(r"[、，,；;\s]+")
_WITH_TOWN = re.compile(r"^(.+?)[（(](.+?)[)）]$")


class DeputyNamesField(forms.CharField):
    """Names of deputies in one line, for pages on which a list of 200 would be no help.

    ``rows`` is set by the form. Two of one name are told apart by the town: 张伟（云溪镇）.
    """

    rows: QuerySet[Deputy] = Deputy.objects.none()

    def __init__(self, label: str, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "写姓名，用顿号分开；同名的加镇名，如 张伟（云溪镇）。")
        super().__init__(label=label, max_length=600, **kwargs)

    def clean(self, value: Any) -> list[Deputy]:  # type: ignore[override]
        text = super().clean(value)
        found: dict[int, Deputy] = {}
        for name in filter(None, _BETWEEN.split(text)):
            deputy = self._one(name)
            found[deputy.pk] = deputy
        return list(found.values())

    def _one(self, words: str) -> Deputy:
        match = _WITH_TOWN.match(words)
        name, town = (match[1], match[2]) if match else (words, "")
        rows = self.rows.filter(name=name)
        if town:
            rows = rows.filter(town__name=town)
        found = list(rows[:2])
        if not found:
            raise forms.ValidationError(f"没有找到代表「{words}」。")
        if len(found) > 1:
            raise forms.ValidationError(f"有几位代表叫「{name}」，请加镇名，如 {name}（云溪镇）。")
        return found[0]
