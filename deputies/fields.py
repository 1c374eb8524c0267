"""Fields that pick deputies."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from deputies.models import Deputy

_BETWEEN = re.compile(r"[、，,；;\s]+")
_WITH_MARK = re.compile(r"^(.+?)[（(](.+?)[)）]$")
_FOUR_DIGITS = re.compile(r"^[0-9]{4}$")
_MOST_NAMESAKES = 9


class DeputyChoiceField(forms.ModelChoiceField):
    """One of a short list; the town stands with the name, so that namesakes are told apart."""

    def label_from_instance(self, deputy: Deputy) -> str:
        return deputy.choice_label


class DeputyNamesField(forms.CharField):
    """Names of deputies in one line, for pages on which a list of 200 would be no help.

    ``rows`` is set by the form, and ``near``: prefixes of region codes, the nearest first. Of
    several of one name the only one near is meant. Else they are told apart by the town, 张伟
    （云溪镇）, in one town by the village or the last four digits of the phone.
    """

    rows: QuerySet[Deputy] = Deputy.objects.none()
    near: Sequence[str] = ()

    def __init__(self, label: str, **kwargs: Any) -> None:
        usual = "写姓名，用顿号分开；同名的先认本镇的，外镇的加镇名，如 张伟（云溪镇）。"
        kwargs.setdefault("help_text", usual)
        super().__init__(label=label, max_length=600, **kwargs)

    def clean(self, value: Any) -> list[Deputy]:  # type: ignore[override]
        text = super().clean(value)
        found: dict[int, Deputy] = {}
        for name in filter(None, _BETWEEN.split(text)):
            deputy = self._one(name)
            found[deputy.pk] = deputy
        return list(found.values())

    def _one(self, words: str) -> Deputy:
        match = _WITH_MARK.match(words)
        name, mark = (match[1], match[2]) if match else (words, "")
        rows = self.rows.filter(name=name).select_related("town", "village").order_by("pk")
        if mark:
            tail = Q(phone__endswith=mark) if _FOUR_DIGITS.match(mark) else Q()
            rows = rows.filter(Q(town__name=mark) | Q(village__name=mark) | tail)
        found = list(rows.distinct()[:_MOST_NAMESAKES])
        if not found:
            raise forms.ValidationError(f"没有找到代表「{words}」。")
        if len(found) > 1 and not mark:
            found = self._nearest(found)
        if len(found) > 1:
            ways = "、".join(_told_apart(found))
            told = f"有 {len(found)} 位代表叫「{name}」，请写明是哪一位：{ways}。"
            raise forms.ValidationError(told)
        return found[0]

    def _nearest(self, found: list[Deputy]) -> list[Deputy]:
        for prefix in self.near:
            close = [each for each in found if each.town.code.startswith(prefix)]
            if len(close) == 1:
                return close
        return found


def _told_apart(found: list[Deputy]) -> list[str]:
    """张伟（云溪镇）; two in one town by the village, else by the end of the phone number."""
    towns = Counter(each.town_id for each in found)
    villages = Counter(each.village_id for each in found if each.village_id)
    ways = []
    for each in found:
        mark = each.town.name
        if towns[each.town_id] > 1:
            village = each.village if villages.get(each.village_id or 0) == 1 else None
            mark = village.name if village else each.phone[-4:] or mark
        ways.append(f"{each.name}（{mark}）")
    return ways
