from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from stations.models import Station


class RuleDocumentQuerySet(ScopedQuerySet):
    """Rules are for everybody signed in; whoever keeps the place writes them."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return scope.writes("region") | Q(station__in=kept)


class RuleDocument(models.Model):
    """A rule that hangs on the wall (制度上墙; M34); its text stands in its versions."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": (RegionLevel.COUNTY, *TOWN_LEVELS)},
        related_name="rule_documents",
        verbose_name="哪里的制度",
    )
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rule_documents",
        verbose_name="家站",
        help_text="全县、全镇通用的不填。",
    )
    title = models.CharField("名称", max_length=80)
    topic = models.CharField(
        "类别", max_length=40, blank=True, help_text="如：工作流程、工作职责、接待日制度。"
    )
    is_public = models.BooleanField("对外公开", default=True)
    is_active = models.BooleanField("在用", default=True)

    objects = RuleDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "制度文件"
        verbose_name_plural = "制度文件"
        ordering = ["region", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "title"],
                condition=Q(station__isnull=True),
                name="rule_document_title_unique",
                violation_error_message="这里已有同名的制度。",
            ),
            models.UniqueConstraint(
                fields=["station", "title"],
                name="rule_document_station_title_unique",
                violation_error_message="这个家站已有同名的制度。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RuleVersionQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        rule = RuleDocument.objects.all().write_rule(scope)
        return Q(document__in=RuleDocument.objects.filter(rule))


class RuleVersion(models.Model):
    """One version of a rule; old ones stay. The one in force is the latest that has begun."""

    document = models.ForeignKey(
        RuleDocument, models.CASCADE, related_name="versions", verbose_name="制度"
    )
    version = models.PositiveSmallIntegerField("版本")
    issuer = models.CharField("发布单位", max_length=80)
    effective_on = models.DateField("施行日期")
    text = models.TextField("正文", blank=True)
    file = models.FileField("文件", upload_to="rules/%Y/", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="录入人",
    )

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "制度版本"
        verbose_name_plural = "制度版本"
        ordering = ["document", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "version"],
                name="rule_version_once",
                violation_error_message="这个制度已有这一版。",
            ),
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(file=""),
                name="rule_version_not_empty",
                violation_error_message="请填写正文，或者上传文件。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}（第 {self.version} 版）"
