from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.forms import PortalModelForm
from congress_portal.core.errors import DomainError
from congress_portal.evaluations.enums import SubjectType
from congress_portal.evaluations.models import WarningRule
from congress_portal.evaluations.registry import metric_choices, metric_for


class WarningRuleForm(PortalModelForm):
    metric = forms.ChoiceField(label="计数口径")
    denominator = forms.ChoiceField(label="比率分母", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = metric_choices(SubjectType.DEPUTY)
        self.fields["metric"].choices = choices
        self.fields["denominator"].choices = [("", "———"), *choices]
        for name in ("metric", "denominator"):
            if text := getattr(self.instance, name):
                self.initial[name] = _code(text)


def _code(text: str) -> str:
    """A rule may name its metric in words; the list offers codes."""
    try:
        return metric_for(SubjectType.DEPUTY, text).code
    except DomainError as error:
        raise ValidationError(error.message) from error


@admin.register(WarningRule)
class WarningRuleAdmin(PortalAdmin):
    """Lines below which a deputy's figure is shown to the office; nothing follows by itself."""

    form = WarningRuleForm
    list_display = ("name", "metric", "denominator", "below", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    fields = ("name", ("metric", "denominator"), ("below", "at_least"), "source", "is_active")
