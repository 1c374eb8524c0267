"""What every admin class and inline shares: whose rows, which choices, what stays masked."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.core.admin.forms import KnownAutocomplete, ScopedChoiceField, masks_of
from congress_portal.core.errors import DomainError
from congress_portal.core.photos import PhotoField
from congress_portal.core.uploads import PaperField


class OutOfScopeError(DomainError):
    """The row, as filled in, would belong to somebody else."""


def may_edit(request: HttpRequest, row: models.Model) -> bool:
    """Whether the row lies where the user may write; asked once a request and row."""
    known = request.__dict__.setdefault("editable_rows", {})
    key = (row._meta.label, row.pk)
    if key not in known:
        rows = type(row)._default_manager.editable_by(request.user)
        known[key] = rows.filter(pk=row.pk).exists()
    return known[key]


def learn_editable(request: HttpRequest, rows: QuerySet[Any]) -> None:
    """Ask for many rows at once what ``may_edit`` would ask for each."""
    known = request.__dict__.setdefault("editable_rows", {})
    keys = [row.pk for row in rows]
    manager = rows.model._default_manager
    mine = manager.editable_by(request.user).filter(pk__in=keys).values_list("pk", flat=True)
    editable = set(mine)
    known.update({(rows.model._meta.label, key): key in editable for key in keys})


def refuse_out_of_scope(request: HttpRequest, rows: Sequence[models.Model]) -> None:
    """Raises OutOfScopeError unless every row, as stored now, may be written by the user."""
    by_model: dict[type[models.Model], set[Any]] = {}
    for row in rows:
        by_model.setdefault(type(row), set()).add(row.pk)
    for model, keys in by_model.items():
        mine = model._default_manager.editable_by(request.user).filter(pk__in=keys)
        if mine.count() != len(keys):
            raise OutOfScopeError(
                f"没有保存：这样填写后，「{model._meta.verbose_name}」就不在您的管理范围内了。"
                "请核对所属的镇（街道）、家站等项目。"
            )


def _masked_reader(field: models.Field[Any, Any], mask: Callable[[str], str]) -> Any:
    def read(row: models.Model) -> str:
        return mask(getattr(row, field.name)) or "—"

    read.short_description = field.verbose_name  # type: ignore[attr-defined]
    read.__name__ = f"masked_{field.name}"
    return read


class ScopedAdmin(BaseModelAdmin):
    """Scope of rows and choices; personal data masked (DESIGN §6.1, §6.2).

    ``owner_fields`` are foreign keys that decide whose the row is: only rows that the user may
    write can be chosen. All other choices are limited to rows that the user may read.
    """

    owner_fields: ClassVar[tuple[str, ...]] = ()
    formfield_overrides = {
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 3})},
        models.FileField: {"form_class": PaperField},
        models.ImageField: {"form_class": PhotoField},
    }

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for name, mask in masks_of(self.model).items():
            field = self.model._meta.get_field(name)
            setattr(self, f"masked_{name}", _masked_reader(field, mask))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.model._default_manager.visible_to(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def may_add_rows(self, request: HttpRequest) -> bool:
        return self.model._default_manager.all().may_add(request.user)

    def shows_personal(self, request: HttpRequest, row: models.Model | None, name: str) -> bool:
        """Whether a personal field of an existing row is shown in full to this user now."""
        return row is None

    def masked_names(self, request: HttpRequest, row: models.Model | None) -> list[str]:
        names = masks_of(self.model)
        return [name for name in names if not self.shows_personal(request, row, name)]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        related = db_field.remote_field.model._default_manager.all()
        is_owner = db_field.name in self.owner_fields
        allowed = (
            related.editable_by(request.user) if is_owner else related.visible_to(request.user)
        )
        kwargs["queryset"] = self.narrow_choices(db_field.name, allowed, request)
        kwargs["form_class"] = ScopedChoiceField
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = KnownAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        related = db_field.remote_field.model._default_manager.all()
        kwargs["queryset"] = related.visible_to(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        wrapper = getattr(field, "widget", None)
        for act in ("add", "change", "delete", "view"):
            if hasattr(wrapper, f"can_{act}_related"):
                setattr(wrapper, f"can_{act}_related", False)
        return field

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """A hook: leave out choices that make no sense in this field."""
        return rows

    def refuse_unless_editable(self, request: HttpRequest, row: models.Model) -> None:
        if not may_edit(request, row):
            raise PermissionDenied
