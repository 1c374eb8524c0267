from django.db import models
from django.db.models import Q

from congress_portal.core.enums import Dictionary
from congress_portal.core.models.dictionary import DictionaryEntry
from congress_portal.core.scope import SharedQuerySet


class UnitQuerySet(SharedQuerySet):
    def active(self) -> "UnitQuerySet":
        return self.filter(is_active=True)


class Unit(models.Model):
    """A department or other body that handles suggestions (承办单位)."""

    name = models.CharField("单位全称", max_length=80, unique=True)
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.UNIT_KIND},
        related_name="+",
        verbose_name="类别",
    )
    region = models.ForeignKey(
        "core.Region", models.PROTECT, null=True, blank=True, verbose_name="所属区划"
    )
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=40, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "承办单位"
        verbose_name_plural = "承办单位"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["short_name"],
                condition=~Q(short_name=""),
                name="unit_short_name_unique",
                violation_error_message="已有单位使用这个简称。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
