import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet

_KEPT = dt.timedelta(days=2)


class SubmissionQuerySet(ScopedQuerySet):
    """Nobody reads or writes these but the machinery."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return NOTHING

    def forget_old(self, now: dt.datetime) -> None:
        self.filter(at__lt=now - _KEPT).delete()


class Submission(models.Model):
    """The number of a blank form that has been saved, so that sending it again adds nothing."""

    number = models.UUIDField("表单编号", unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="提交人"
    )
    model = models.CharField("对象种类", max_length=60)
    object_key = models.CharField("对象编号", max_length=60, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "已提交的表单"
        verbose_name_plural = "已提交的表单"

    def __str__(self) -> str:
        return str(self.number)
