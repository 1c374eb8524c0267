"""Deputies, their seats and groups, terms and districts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin, PortalInline, PortalStack
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.admin.forms import PortalModelForm
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.admin.scoping import may_edit
from congress_portal.core.crypto import keyed_hash
from congress_portal.core.enums import Level
from congress_portal.core.importing import values
from congress_portal.core.importing.errors import ValueFault
from deputies.enums import Sex
from deputies.models import (
    ByElection,
    Candidate,
    Deputy,
    District,
    ExitCase,
    ExitStep,
    GateCheck,
    Group,
    GroupMembership,
    Mandate,
    Term,
)


class MandateInline(PortalStack):
    model = Mandate
    fields = (
        ("term", "level", "region"),
        ("district", "delegation"),
        ("begin_kind", "is_reelected", "begins_on"),
        ("end_kind", "ends_on", "end_reason"),
    )
    autocomplete_fields = ("district",)
    select_related = ("term__region", "region", "district", "deputy__town")
    owner_fields = ("region",)
    can_delete = False

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.exclude(level__in=("village", "community", "grid", "cell"))
        return rows.select_related("region") if name == "term" else rows


class MembershipInline(PortalInline):
    model = GroupMembership
    fields = ("group", "role", "serial", "begins_on", "ends_on")
    autocomplete_fields = ("group",)
    select_related = ("group", "deputy__town")


class GroupMemberInline(PortalInline):
    model = GroupMembership
    fields = ("deputy", "role", "serial", "begins_on", "ends_on")
    autocomplete_fields = ("deputy",)
    select_related = ("group", "deputy__town")


class LevelFilter(admin.SimpleListFilter):
    title = "层级"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Level.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.of_level(self.value()) if self.value() else queryset


class TermFilter(admin.SimpleListFilter):
    title = "届次"
    parameter_name = "term"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        terms = Term.objects.visible_to(request.user).select_related("region")
        return [(str(term.pk), str(term)) for term in terms]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (self.value() or "").isdigit():
            return queryset
        return queryset.filter(pk__in=Mandate.objects.filter(term=self.value()).values("deputy"))


class DeputyForm(PortalModelForm):
    """The identity number says who is who: check digit, birth month and sex must agree."""

    identity_number = forms.CharField(label="身份证号码", required=False, max_length=30)

    def clean_identity_number(self) -> str:
        number = _read(values.identity_number, self.cleaned_data["identity_number"])
        others = Deputy.objects.exclude(pk=self.instance.pk)
        if number and others.filter(identity_hash=keyed_hash(number)).exists():
            raise ValidationError("这个身份证号码已登记在另一位代表名下。")
        return number

    def clean_phone(self) -> str:
        return _read(values.mobile, self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        number = cleaned.get("identity_number")
        if number:
            self._compare(number, cleaned.get("birth_month"), cleaned.get("sex"))
        return cleaned

    def _compare(self, number: str, birth_month: Any, sex: str | None) -> None:
        born = values.identity_birthday(number)
        if birth_month and (born.year, born.month) != (birth_month.year, birth_month.month):
            self.add_error("birth_month", f"与身份证号码（{born:%Y年%m月}出生）不一致。")
        if sex and values.identity_sex(number) != Sex(sex).label:
            self.add_error("sex", "与身份证号码不一致。")


def _read(reader: Any, text: str) -> str:
    try:
        return reader(text) if text else ""
    except ValueFault as fault:
        raise ValidationError(f"{fault.reason}。{fault.advice}") from fault


@admin.register(Deputy)
class DeputyAdmin(PortalAdmin):
    form = DeputyForm
    list_display = ("name", "sex", "town", "seats", "groups_joined", "employer")
    list_filter = (LevelFilter, TermFilter, TownFilter.by("town"), "sex")
    search_fields = ("name", "pinyin", "initials")
    search_help_text = "姓名、拼音或拼音首字母"
    list_select_related = ("town",)
    autocomplete_fields = ("village", "user")
    owner_fields = ()
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    inlines = (MandateInline, MembershipInline)
    has_import = True
    export_kinds = ("县代表花名册", "镇代表名册")
    fieldsets = (
        (None, {"fields": (("name", "sex"), ("ethnicity", "birth_month"))}),
        ("身份", {"fields": ("phone", "identity_number", ("education", "party"), "employer")}),
        ("归属", {"fields": (("town", "village"), "sector", "expertise", "notes", "user")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deputy]:
        seats = Mandate.objects.select_related("term", "region")
        groups = GroupMembership.objects.select_related("group")
        rows = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("mandates", seats), Prefetch("memberships", groups))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Deputy], search_term: str
    ) -> tuple[QuerySet[Deputy], bool]:
        return queryset.search(search_term), False

    def shows_personal(self, request: HttpRequest, row: models.Model | None, name: str) -> bool:
        """Whoever keeps the roster needs the telephone; the identity number stays masked."""
        if name == "phone" and row is not None and may_edit(request, row):
            return True
        return super().shows_personal(request, row, name)

    def export_rows(self, kind: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        level = Level.COUNTY if kind == "县代表花名册" else Level.TOWN
        seats = Mandate.objects.visible_to(request.user)
        return seats.filter(deputy__in=rows.order_by().values("pk"), level=level)

    @admin.display(description="代表职务")
    def seats(self, deputy: Deputy) -> str:
        return "、".join(
            f"{seat.get_level_display()}{seat.term.name}" + ("（已止）" if seat.ends_on else "")
            for seat in deputy.mandates.all()
        )

    @admin.display(description="代表小组")
    def groups_joined(self, deputy: Deputy) -> str:
        return "、".join(m.group.name for m in deputy.memberships.all() if not m.ends_on)


@admin.register(Group)
class GroupAdmin(PortalAdmin):
    list_display = ("name", "kind", "region", "field", "partner", "is_active")
    list_select_related = ("region", "field", "partner")
    list_filter = ("kind", TownFilter, "is_active")
    search_fields = ("name",)
    owner_fields = ("region",)
    inlines = (GroupMemberInline,)
    has_import = True
    export_kinds = ("代表小组",)
    fields = (("name", "kind"), "region", ("field", "partner"), "is_active")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return _congress_places(rows) if name == "region" else rows


@admin.register(Term)
class TermAdmin(PortalAdmin):
    list_display = ("name", "level", "region", "begins_on", "ends_on", "dates_assumed")
    list_select_related = ("region",)
    list_filter = ("level", "dates_assumed")
    search_fields = ("name", "region__name")
    owner_fields = ("region",)
    fields = (("name", "level"), "region", ("begins_on", "ends_on"), "dates_assumed")
    export_columns = ("name", "level", "region", "begins_on", "ends_on")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return _congress_places(rows) if name == "region" else rows


@admin.register(District)
class DistrictAdmin(PortalAdmin):
    list_display = ("name", "region", "term", "seats")
    list_select_related = ("region", "term__region")
    list_filter = (TownFilter,)
    search_fields = ("name", "region__name")
    owner_fields = ("term", "region")
    fields = ("term", "region", "name", "seats", "villages")
    autocomplete_fields = ("villages",)
    export_columns = ("term", "region", "name", "seats")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.select_related("region") if name == "term" else rows


def _congress_places(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.exclude(level__in=("village", "community", "grid", "cell"))


class CandidateInline(ReadOnly, PortalInline):
    model = Candidate
    fields = ("serial", "name", "sex", "town", "proposed_by", "votes")
    select_related = ("town",)


@admin.register(ByElection)
class ByElectionAdmin(ReadOnly, PortalAdmin):
    """Read only: every step is taken on the pages of vacant seats."""

    list_display = ("term", "district", "state", "planned_on", "held_on")
    list_select_related = ("term__region", "district")
    list_filter = ("state",)
    inlines = (CandidateInline,)
    fields = (
        ("term", "district"),
        ("vacated", "reason"),
        ("state", "planned_on", "held_on"),
        ("registered", "voted"),
        ("mandate", "result"),
        ("entered_by", "entered_at"),
    )


@admin.register(GateCheck)
class GateCheckAdmin(ReadOnly, PortalAdmin):
    list_display = ("candidate", "gate", "passed", "office", "checked_on")
    list_select_related = ("candidate",)
    list_filter = ("gate", "passed")
    fields = ("candidate", ("gate", "passed"), ("office", "checked_on"), "opinion", "author")


class ExitStepInline(ReadOnly, PortalInline):
    model = ExitStep
    fields = ("held_on", "action", "words", "author")
    select_related = ("author",)


@admin.register(ExitCase)
class ExitCaseAdmin(ReadOnly, PortalAdmin):
    """Read only, and only for those who may see the cases at all."""

    list_display = ("mandate", "state", "found_on", "outcome", "effect_on")
    list_select_related = ("mandate__deputy", "mandate__term__region")
    list_filter = ("state",)
    inlines = (ExitStepInline,)
    fields = (
        "mandate",
        ("state", "found_on"),
        ("outcome", "effect_on"),
        ("source", "clue"),
        ("opened_by", "opened_at"),
    )
