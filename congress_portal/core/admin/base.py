"""The base of every admin class: scoped, audited, masked, safe against double and stale saving."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import NestedObjects, flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, router, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from congress_portal.core.admin.exporting import ExportMixin
from congress_portal.core.admin.forms import PortalFormSet, PortalModelForm, RowForm, masks_of
from congress_portal.core.admin.paging import CappedPaginator
from congress_portal.core.admin.personal import RevealMixin, is_revealed
from congress_portal.core.admin.scoping import (
    ScopedAdmin,
    learn_editable,
    may_edit,
    refuse_out_of_scope,
)
from congress_portal.core.admin.submission import AlreadySubmittedError, SubmissionMixin
from congress_portal.core.admin.trail import entries_about
from congress_portal.core.audit import delete_recorded, plain, record, save_recorded, snapshot
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError

Fieldsets = list[tuple[Any, dict[str, Any]]]


class PortalAdmin(RevealMixin, ExportMixin, SubmissionMixin, ScopedAdmin, admin.ModelAdmin):
    """``has_import``: a button that leads to the import page stands above the list."""

    form = PortalModelForm
    paginator = CappedPaginator
    list_per_page = 25
    list_max_show_all = 25
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "core/admin/change_list.html"
    change_form_template = "core/admin/change_form.html"
    actions = ["export_selected"]
    has_import: ClassVar[bool] = False

    # --- who may what -------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.may_add_rows(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_edit(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or may_edit(request, obj))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """A masked or secret column cannot be guessed through the address line."""
        first = lookup.split("__", 1)[0]
        if first in masks_of(self.model) or first in {"password", "identity_hash"}:
            return False
        return super().lookup_allowed(lookup, value, request)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, key: str) -> Any:
        raise Http404(f"没有这条{self.opts.verbose_name}，或不在您的范围内。")

    # --- the page of one row ------------------------------------------------------------------

    def shows_personal(self, request: HttpRequest, row: models.Model | None, name: str) -> bool:
        return row is None or is_revealed(request, row)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Fieldsets:
        masked = self.masked_names(request, obj)
        fieldsets = [
            (title, {**options, "fields": _swap(_without_marks(options["fields"]), masked)})
            for title, options in super().get_fieldsets(request, obj)
        ]
        hidden = self._hidden_fields(request, obj)
        present = set(flatten_fieldsets(fieldsets))
        extra = [name for name in hidden if name not in present]
        if fieldsets and extra:
            title, options = fieldsets[-1]
            fieldsets[-1] = (title, {**options, "fields": [*options["fields"], *extra]})
        return fieldsets

    def _hidden_fields(self, request: HttpRequest, obj: Any) -> list[str]:
        if obj is None:
            return ["submission"] if self.has_add_permission(request) else []
        return ["seen"] if self.has_change_permission(request, obj) else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        masked = [f"masked_{name}" for name in self.masked_names(request, obj)]
        return [*super().get_readonly_fields(request, obj), *masked]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[PortalModelForm]:
        form = cast("type[PortalModelForm]", super().get_form(request, obj, change, **kwargs))
        form.fault = getattr(request, "portal_fault", "")
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, *args: Any, **kw: Any
    ) -> Any:
        """A refusal while saving rolls everything back and is told on the form, text kept."""
        if object_id is None and (done := self.already_done(request)):
            return done
        try:
            return super().changeform_view(request, object_id, *args, **kw)
        except AlreadySubmittedError:
            return self.already_done(request) or redirect(request.path)
        except DomainError as error:
            return self._again(request, error.message, object_id, *args, **kw)
        except IntegrityError:
            if object_id is None and (done := self.already_done(request)):
                return done
            told = "没有保存：同样的内容刚刚被别人保存过，请核对后再试。"
            return self._again(request, told, object_id, *args, **kw)

    def _again(self, request: HttpRequest, fault: str, *args: Any, **kw: Any) -> Any:
        request.portal_fault = fault  # type: ignore[attr-defined]
        request.__dict__.pop("editable_rows", None)
        for upload in request.FILES.values():
            upload.seek(0)
        return super().changeform_view(request, *args, **kw)

    # --- saving -------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.stamp(request, obj, change)
        if not change:
            self.claim_submission(request)
        save_recorded(obj, clean=False)
        if not change:
            self.finish_submission(request, obj)

    def stamp(self, request: HttpRequest, row: Any, change: bool) -> None:
        """A hook: what the office's own entry brings with it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        self._save_lists(form)
        touched = [form.instance]
        for formset in formsets:
            touched += self._save_rows(formset)
        refuse_out_of_scope(request, touched)

    def _save_lists(self, form: Any) -> None:
        """Many-to-many fields: what was taken out and put in, in one entry."""
        names = [f.name for f in form.instance._meta.many_to_many if f.name in form.cleaned_data]
        before = {name: _keys(form.instance, name) for name in names}
        form.save_m2m()
        after = {name: _keys(form.instance, name) for name in names}
        changes = {n: [before[n], after[n]] for n in names if before[n] != after[n]}
        if changes:
            record(AuditAction.UPDATE, form.instance, changes=changes)

    def _save_rows(self, formset: Any) -> list[models.Model]:
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            if not type(row)._default_manager.editable_by(formset.user).filter(pk=row.pk).exists():
                raise PermissionDenied
            delete_recorded(row)
        for row in rows:
            formset.fill_row(row)
            save_recorded(row, clean=False)
        return rows

    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []  # the audit trail keeps the values themselves

    def log_addition(self, *args: Any) -> None:
        """Recorded in ``save_model``."""

    def log_change(self, *args: Any) -> None:
        """Recorded in ``save_model``."""

    def log_deletions(self, *args: Any) -> None:
        """Recorded in ``delete_model``."""

    # --- deleting -----------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        if isinstance(objs, QuerySet):
            learn_editable(request, objs)
        return super().get_deleted_objects(objs, request)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(f"admin:{self._url_name('change')}", object_id)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Everything that goes with the row leaves its own entry."""
        collector = NestedObjects(using=router.db_for_write(type(obj)))
        collector.collect([obj])
        for model, rows in collector.data.items():
            for row in rows:
                if (model, row.pk) != (type(obj), obj.pk):
                    told = f"随「{obj}」一并删除"
                    record(AuditAction.DELETE, row, changes=snapshot(row), reason=told)
        delete_recorded(obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.refuse_unless_editable(request, row)
            self.delete_model(request, row)

    # --- history, buttons ---------------------------------------------------------------------

    def _url_name(self, action: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{action}"

    def get_urls(self) -> list[URLPattern]:
        reveal = self.admin_site.admin_view(self.reveal_view)
        route = path("<path:object_id>/reveal/", reveal, name=self._url_name("reveal"))
        return [route, *super().get_urls()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"{row} 的变更记录",
            "entries": entries_about(row),
            "object": row,
            "opts": self.opts,
            "back": reverse(f"admin:{self._url_name('change')}", args=[row.pk]),
        }
        return TemplateResponse(request, "core/admin/history.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"shows_import": self.has_import and self.has_add_permission(request)}
        try:
            return super().changelist_view(request, {**context, **(extra_context or {})})
        except DomainError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(request.get_full_path())

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        row = context.get("original")
        context.update(self.reveal_context(request, row))
        return super().render_change_form(request, context, *args, **kw)


class InlineBase(ScopedAdmin):
    """Rows inside their parent's page; they follow the parent's right to be changed."""

    form = RowForm
    formset = PortalFormSet
    extra = 0
    select_related: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[tuple[str, ...]] = ()  # personal fields that stand open for whoever may edit

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if not self.has_view_or_change_permission(request):
            return rows.none()
        return rows.select_related(*self.select_related) if self.select_related else rows

    def _parent_allows(self, request: HttpRequest, parent: Any) -> bool:
        return parent is None or parent.pk is None or may_edit(request, parent)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_add_permission(request, obj)  # type: ignore[call-arg]  # an inline's
        return allowed and self._parent_allows(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._parent_allows(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._parent_allows(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Fieldsets:
        fieldsets = super().get_fieldsets(request, obj)
        title, options = fieldsets[0]
        fields = _without_marks(options["fields"])
        if self.has_change_permission(request, obj):
            fields.append("seen")
        else:
            fields = _swap(fields, list(masks_of(self.model)))
        return [(title, {**options, "fields": fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        fields = super().get_readonly_fields(request, obj)
        if self.has_change_permission(request, obj):
            return fields
        return [*fields, *(f"masked_{name}" for name in masks_of(self.model))]

    def fill_row(self, row: Any) -> None:
        """A hook: what follows from the parent."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.user = request.user
        formset.fill_row = staticmethod(self.fill_row)
        masks = masks_of(self.model)
        formset.form.masked = {n: mask for n, mask in masks.items() if n not in self.shown}
        return formset


class PortalInline(InlineBase, admin.TabularInline):
    """A table: rows of few columns."""


class PortalStack(InlineBase, admin.StackedInline):
    """Blocks below each other: rows of many columns."""


def _without_marks(fields: Sequence[Any]) -> list[Any]:
    """The model's own fields: the form's two marks are placed by the page itself."""
    return [name for name in fields if name not in ("seen", "submission")]


def _swap(fields: Sequence[Any], masked: list[str]) -> list[Any]:
    """Personal fields by their masked readers, also inside lines of several fields."""
    swapped: list[Any] = []
    for name in fields:
        if isinstance(name, (list, tuple)):
            swapped.append(tuple(_swap(name, masked)))
        else:
            swapped.append(f"masked_{name}" if name in masked else name)
    return swapped


def _keys(row: models.Model, name: str) -> list[Any]:
    return plain(sorted(getattr(row, name).values_list("pk", flat=True)))
