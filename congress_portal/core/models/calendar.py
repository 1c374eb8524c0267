from django.db import models

from congress_portal.core.scope import SharedQuerySet


class CalendarDay(models.Model):
    """A day on which work differs from its weekday, or any day of a year that is laid down.

    The State Council's yearly notice (调休) as data: a year is known when it has rows.
    """

    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班")
    name = models.CharField("说明", max_length=40, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "工作日历"
        verbose_name_plural = "工作日历"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {'上班' if self.is_workday else '休息'}"
