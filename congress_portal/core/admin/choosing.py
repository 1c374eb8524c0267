"""How a row is called where one is chosen: people of one name are told apart by their town."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db import models
from django.http import HttpRequest, HttpResponse


def choice_label(row: models.Model) -> str:
    """The model's own ``choice_label`` where it has one, else what it is called anyway."""
    return str(getattr(row, "choice_label", row))


class TellingAutocomplete(AutocompleteJsonView):
    def serialize_result(self, obj: models.Model, to_field_name: str) -> dict[str, str]:
        return {"id": str(getattr(obj, to_field_name)), "text": choice_label(obj)}


def autocomplete(request: HttpRequest) -> HttpResponse:
    view: Any = TellingAutocomplete.as_view(admin_site=admin.site)
    return view(request)
