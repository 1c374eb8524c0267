"""What the pages of steps share: whose case it is, and how a service's refusal is shown."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from congress_portal.core.errors import DomainError
from suggestions.forms.fields import StepForm
from suggestions.models import Handling, Suggestion
from suggestions.services import RefusedError
from suggestions.services.steps import AlreadyDoneError, ChangedMeanwhileError
from suggestions.services.taking import take_step
from suggestions.workflow import NotYoursError


def case_of(request: HttpRequest, pk: int) -> Suggestion:
    """404 for whoever does not read it."""
    rows = Suggestion.objects.visible_to(request.user).select_related("lead__town", "region")
    return get_object_or_404(rows, pk=pk)


def part_of(request: HttpRequest, pk: int) -> Handling:
    """A unit's part of a case that the person reads."""
    rows = Handling.objects.visible_to(request.user).select_related(
        "unit", "suggestion__lead__town", "suggestion__region"
    )
    return get_object_or_404(rows, pk=pk)


def attempt(form: forms.Form, service: Callable[..., Any], /, **given: Any) -> Any:
    """What the service gives back; None when a rule refuses, with the fault above the form.

    What was typed stays in the form. Raises PermissionDenied for somebody else's step, and
    AlreadyDoneError for a form sent twice.
    """
    try:
        return service(**given)
    except NotYoursError as error:
        raise PermissionDenied(error.message) from error
    except ObjectDoesNotExist as error:
        raise Http404("没有这件建议。") from error
    except RefusedError as error:
        for fault in error.faults:
            form.add_error(None, fault)
    except ChangedMeanwhileError as error:
        form.add_error(None, error.message)
        if isinstance(form, StepForm):
            form.renew()
    except AlreadyDoneError:
        raise
    except DomainError as error:
        form.add_error(None, error.message)
    except ValidationError as error:
        form.add_error(None, error.messages)
    return None


def take(
    request: HttpRequest,
    form: StepForm,
    service: Callable[..., Any],
    /,
    *,
    part: Handling | None = None,
    **given: Any,
) -> Any:
    """``attempt`` on what the page showed, once; raises AlreadyDoneError for a double tap."""
    return attempt(
        form,
        partial(take_step, service),
        case_pk=form.suggestion.pk,
        part_pk=part.pk if part else None,
        actor=request.user,
        **form.carried,
        **given,
    )


def back_to_case(request: HttpRequest, pk: int) -> HttpResponse:
    """The case's page, or the desk where the step took it out of the person's hands."""
    if Suggestion.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("suggestions:detail", pk=pk)
    return redirect("desk:home")


def refuse_plainly(request: HttpRequest, error: DomainError, pk: int) -> HttpResponse:
    """For steps without a form of their own: the fault is told on the case's page."""
    messages.error(request, error.message)
    return back_to_case(request, pk)
