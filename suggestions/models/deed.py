"""The ledger of concrete things done for people (为群众办实事, M132)."""

from typing import Self

from django.db import models
from django.db.models import Q

from activities.models import GoodDeed
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.models.record import Record, RecordQuerySet
from congress_portal.core.scope import NOTHING, Scope
from deputies.models import Deputy
from stations.models import Station
from suggestions.enums import DeedSource
from suggestions.models.suggestion import Suggestion
from suggestions.models.voice import Voice


class DeedQuerySet(RecordQuerySet):
    """By its place; the deputy it names reads it, who keeps the station writes it."""

    date_field = "finished_on"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region") | self._kept_by(scope)
        if scope.deputy_user_id:
            rule |= Q(deputy__user=scope.deputy_user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") | self._kept_by(scope)

    def _kept_by(self, scope: Scope) -> Q:
        if not scope.officer_user_id:
            return NOTHING
        return Q(station__in=Station.objects.filter(Station.objects.all().write_rule(scope)))

    def shown(self) -> Self:
        """What everybody reads: verified, and let out by the office."""
        return self.verified().filter(is_published=True)


class Deed(Record):
    """One thing done; «办实事 n 件» is the number of verified rows, never a number typed in."""

    source = models.CharField("来源", max_length=10, choices=DeedSource.choices)
    voice = models.OneToOneField(
        Voice, models.PROTECT, null=True, blank=True, related_name="deed", verbose_name="群众意见"
    )
    suggestion = models.OneToOneField(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="deed", verbose_name="建议"
    )
    good_deed = models.OneToOneField(
        GoodDeed, models.PROTECT, null=True, blank=True, related_name="deed",
        verbose_name="先进事迹",
    )  # fmt: skip
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="deeds", verbose_name="县、镇或街道"
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="deeds", verbose_name="家站"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="deeds", verbose_name="代表"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="deeds", verbose_name="办理单位"
    )
    category = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        limit_choices_to={"dictionary": Dictionary.FIELD},
        related_name="+",
        verbose_name="类别",
    )
    title = models.CharField("办了什么事", max_length=120)
    evidence = models.TextField("凭据和经过", help_text="验收、照片、文件等，凭什么说办成了。")
    photo = models.ImageField("照片", upload_to="done/%Y/%m/", blank=True, editable=False)
    amount = models.DecimalField(
        "投入资金（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    beneficiaries = models.PositiveIntegerField("受益人数", null=True, blank=True)
    finished_on = models.DateField("办成日期")
    is_published = models.BooleanField("在公开网页列出", default=False, editable=False)

    objects = DeedQuerySet.as_manager()

    class Meta:
        verbose_name = "办实事"
        verbose_name_plural = "办实事"
        ordering = ["-finished_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="deed_amount_positive",
                violation_error_message="资金不能为负。",
            ),
            models.CheckConstraint(
                condition=Q(source__in=[DeedSource.VOICE, DeedSource.WISH], voice__isnull=False)
                | Q(source=DeedSource.SUGGESTION, suggestion__isnull=False, voice__isnull=True)
                | Q(
                    source__in=[DeedSource.PROJECT, DeedSource.SELF],
                    voice__isnull=True,
                    suggestion__isnull=True,
                ),
                name="deed_source_named",
                violation_error_message="来源是群众意见、微心愿或建议的，要连着那一件。",
            ),
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(verification="verified"),
                name="deed_published_verified",
                violation_error_message="核实以后才能公开。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
