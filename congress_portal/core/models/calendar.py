from django.core.exceptions import ValidationError
from django.db import models

from congress_portal.core.scope import SharedQuerySet


class CalendarDay(models.Model):
    """A day on which work differs from its weekday: the State Council's yearly notice (调休).

    Whether the rows of a year are all of it says ``CalendarYear``.
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


LEAST_REST_DAYS = 7  # on weekdays; Spring Festival and National Day alone are more


class CalendarYear(models.Model):
    """That a year is laid down as a whole; until then no limit is computed in it.

    One day alone proves nothing: the others would silently count as weekdays and weekends.
    """

    year = models.PositiveSmallIntegerField("年份", unique=True)
    source = models.CharField(
        "依据", max_length=120, blank=True, help_text="如 国办发明电〔2025〕7号。"
    )

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "已录完的工作日历"
        verbose_name_plural = "已录完的工作日历"
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"{self.year}年"

    def clean(self) -> None:
        """The days come first; a year with hardly any is not yet laid down."""
        days = CalendarDay.objects.filter(date__year=self.year or 0, is_workday=False)
        found = sum(date.weekday() < 5 for date in days.values_list("date", flat=True))
        if found < LEAST_REST_DAYS:
            raise ValidationError(
                f"{self.year} 年只录了 {found} 个工作日放假，请先在「工作日历」里把国务院通知的"
                "放假和调休上班日都录上。"
            )
