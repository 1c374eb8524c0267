"""Filling in the admin's pages as a browser would: what the page showed, with some changes."""

from typing import Any


def sent(response: Any, **changes: Any) -> dict[str, Any]:
    """The data of the page's form and of its rows, as posted back."""
    data: dict[str, Any] = {}
    _read(response.context["adminform"].form, data)
    for inline in response.context["inline_admin_formsets"]:
        _read(inline.formset.management_form, data)
        for form in inline.formset.forms:
            _read(form, data)
    return {**data, **changes}


def _read(form: Any, data: dict[str, Any]) -> None:
    for bound in form:
        if bound.field.disabled:
            continue
        value = bound.value()
        if value is None or value is False:
            continue
        if value is True:
            value = "on"
        data[bound.html_name] = bound.field.prepare_value(value)


def faults(response: Any) -> list[str]:
    """What stands in red on the page."""
    return [str(fault) for fault in response.context["errors"]]


def added_row(data: dict[str, Any], prefix: str, **fields: Any) -> dict[str, Any]:
    """One more row in the table ``prefix``."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return {**data, **row, f"{prefix}-TOTAL_FORMS": number + 1}
