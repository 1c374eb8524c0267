"""How a page shows that a service refused: the fault stands above the form, the text stays."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404

from congress_portal.core.errors import DomainError


def attempt(form: forms.BaseForm, service: Callable[..., Any], /, **given: Any) -> Any:
    """What the service gives back; None when a rule refuses, with the fault above the form."""
    try:
        return service(**given)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except DomainError as error:
        form.add_error(None, error.message)
    except ValidationError as error:
        form.add_error(None, error.messages)
    return None
