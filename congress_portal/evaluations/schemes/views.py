"""Schemes for those who edit them: what stands, what to begin from, and a trial on one subject."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.errors import DomainError
from congress_portal.evaluations.models import Scheme
from congress_portal.evaluations.schemes.checks import full_of, remarks_on
from congress_portal.evaluations.schemes.forms import FromTemplateForm, TrialForm
from congress_portal.evaluations.schemes.templates import scheme_from, templates
from congress_portal.evaluations.scoring import Scored, score_everyone, snapshot_of


@require_http_methods(["GET", "POST"])
def scheme_list(request: HttpRequest) -> HttpResponse:
    """The schemes in use, and the templates to begin a new one from."""
    _office_only(request)
    form = FromTemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"code": form.cleaned_data["template"], "name": form.cleaned_data["name"]}
        if scheme := attempt(form, scheme_from, actor=request.user, **given):
            messages.success(request, f"已新建方案「{scheme.name}」，请核对各项分值。")
            return redirect("evaluations:try", pk=scheme.pk)
    schemes = Scheme.objects.visible_to(request.user).active()
    context = {"schemes": schemes, "templates": templates(), "form": form}
    return render(request, "evaluations/schemes.html", context)


@require_safe
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """The scheme explained on a chosen subject, with what is odd about it; nothing is stored."""
    _office_only(request)
    scheme = get_object_or_404(Scheme.objects.visible_to(request.user), pk=pk)
    form = TrialForm(request.GET if "subject" in request.GET else None, scheme=scheme)
    indicators = list(scheme.indicators.order_by("serial", "pk"))
    context = {
        "scheme": scheme,
        "indicators": indicators,
        "full": full_of(indicators),
        "remarks": remarks_on(scheme),
        "form": form,
        "address": reverse("admin:evaluations_scheme_change", args=[scheme.pk]),
    }
    if form.is_bound and form.is_valid():
        try:
            scored = _tried(scheme, form)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            rows = zip(indicators, scored.inputs, scored.lines, strict=True)
            context |= {"scored": scored, "rows": list(rows), "period": form.cleaned_data["period"]}
    return render(request, "evaluations/trial.html", context)


def _tried(scheme: Scheme, form: TrialForm) -> Scored:
    data = {**snapshot_of(scheme), "ranks": False}
    found = score_everyone(data, form.cleaned_data["period"], only=form.cleaned_data["subject"])
    return found[0]


def _office_only(request: HttpRequest) -> None:
    """Whoever may not edit schemes finds nothing here."""
    if not Scheme.objects.all().may_add(request.user):
        raise Http404
