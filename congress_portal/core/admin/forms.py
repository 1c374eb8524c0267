"""Forms of the admin: choices within the scope, stale edits refused, masked values left alone."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet

from congress_portal.core.admin.choosing import choice_label
from congress_portal.core.models import AuditEntry
from congress_portal.core.stale import fingerprint
from congress_portal.core.templatetags.portal import cn_time

Masks = dict[str, Callable[[str], str]]

_EARLIEST, _LATEST = 1900, 2100


def masks_of(model: type[models.Model]) -> Masks:
    """field → how it is shown: the personal data that a model declares in ``PERSONAL``."""
    return getattr(model, "PERSONAL", {})


class ScopedChoiceField(forms.ModelChoiceField):
    """Only rows of its scoped queryset, and the one that is already chosen (without a query)."""

    current: models.Model | None = None

    def label_from_instance(self, obj: models.Model) -> str:
        return choice_label(obj)

    def to_python(self, value: Any) -> Any:
        if self.current is not None and str(value) == str(self.current.pk):
            return self.current
        return super().to_python(value)


class KnownAutocomplete(AutocompleteSelect):
    """Shows the row already chosen without asking the database for each line of a table."""

    current: models.Model | None = None

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        chosen = [str(each) for each in value if str(each)]
        if self.current is None or chosen != [str(self.current.pk)]:
            return super().optgroups(name, value, attrs)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        option = self.create_option(
            name, self.current.pk, choice_label(self.current), True, 1, subindex=1, attrs=attrs
        )
        return [(None, [*empty, option], 0)]


class RowForm(forms.ModelForm):
    """Carries what it was made from (``seen``), so that an edit of an outdated page is refused.

    ``fault`` is a refusal that only showed while saving; it is told at the top, the text kept.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    fault: ClassVar[str] = ""
    masked: ClassVar[Masks] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[str, Any] = {}
        if self.instance.pk is not None:
            self.initial["seen"] = fingerprint(self.instance)
            self._know_current_rows()
            self._mask()

    def _know_current_rows(self) -> None:
        for name, field in self.fields.items():
            if isinstance(field, ScopedChoiceField) and getattr(self.instance, f"{name}_id", None):
                field.current = getattr(self.instance, name)
                widget = getattr(field.widget, "widget", field.widget)
                if isinstance(widget, KnownAutocomplete):
                    widget.current = field.current

    def _mask(self) -> None:
        for name, mask in self.masked.items():
            if name in self.fields:
                self._kept[name] = getattr(self.instance, name)
                self.initial[name] = mask(self._kept[name])
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.fault:
            raise ValidationError(self.fault)
        self._refuse_strange_years(cleaned)
        cleaned.update(self._kept)
        if self.instance.pk is not None and self.has_changed():
            self._refuse_stale()
        return cleaned

    def _refuse_strange_years(self, cleaned: dict[str, Any]) -> None:
        """A slip like 0202 for 2020 is a fault of the field, whatever the model."""
        for name, value in list(cleaned.items()):
            if isinstance(value, dt.date) and not _EARLIEST <= value.year <= _LATEST:
                self.add_error(name, "请核对日期的年份。")

    def _refuse_stale(self) -> None:
        rows = type(self.instance)._base_manager.select_for_update(of=("self",))
        stored = rows.filter(pk=self.instance.pk).order_by().first()
        if stored is None:
            raise ValidationError("这条记录刚被别人删除，没有保存。请先抄下所填内容。")
        if fingerprint(stored) != self.cleaned_data.get("seen"):
            raise ValidationError(_told(stored))


class PortalModelForm(RowForm):
    """The form of a page; a blank one has a number, so that sending it twice saves it once."""

    submission = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields.pop("submission", None)


def _told(row: models.Model) -> str:
    """Who changed the row last, and when."""
    last = AuditEntry.objects.filter(model=row._meta.label, object_key=str(row.pk)).first()
    who = f"{last.actor_name}于{cn_time(last.at)}" if last else "别人"
    return f"这条记录已被{who}改过，您的修改没有保存。请先抄下所填内容，重新打开本页再改。"


class PortalFormSet(BaseInlineFormSet):
    """Rows that the user may see but not write are shown and left alone."""

    user: ClassVar[Any] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._editable: set[Any] | None = None

    def _may_write(self, pk: Any) -> bool:
        if self._editable is None:
            rows = self.model._default_manager.editable_by(self.user)
            keys = [row.pk for row in self.get_queryset()]
            self._editable = set(rows.filter(pk__in=keys).values_list("pk", flat=True))
        return pk in self._editable

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if form.instance.pk is not None and not self._may_write(form.instance.pk):
            for name, field in form.fields.items():
                if name not in {self._pk_field.name, self.fk.name}:
                    field.disabled = True
