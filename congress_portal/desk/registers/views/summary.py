"""The term summary of one deputy, and the batch of all (M112)."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.audit import record
from congress_portal.core.batches import services as batches
from congress_portal.core.batches.tasks import dispatch
from congress_portal.core.documents.files import file_response
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.desk.registers.selectors.summary import term_summary, terms_of
from congress_portal.desk.registers.selectors.terms import current_term
from congress_portal.desk.registers.term_files import TermFilesForm, term_files_order
from congress_portal.desk.registers.views.access import readers_only
from congress_portal.desk.registers.views.file import deputy_in_full
from deputies.models import Term


def _asked(request: HttpRequest, terms: list[Term]) -> Term:
    """The term of the address; without one that runs today or the newest."""
    if not terms:
        raise Http404("这位代表没有登记任职。")
    asked, today = request.GET.get("term", ""), timezone.localdate()
    if not asked:
        running = [term for term in terms if term.begins_on <= today <= term.ends_on]
        return next(iter([*running, *terms]))
    for term in terms:
        if str(term.pk) == asked:
            return term
    raise Http404("这位代表在这一届没有任职。")


@require_safe
def summary(request: HttpRequest, pk: int) -> HttpResponse:
    deputy = deputy_in_full(request, pk)
    terms = terms_of(deputy)
    term = _asked(request, terms)
    found = term_summary(deputy, term, reader=request.user, today=timezone.localdate())
    context = {"deputy": deputy, "summary": found, "term": term, "terms": terms}
    return render(request, "desk/registers/term_summary.html", context)


@require_safe
def summary_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    deputy = deputy_in_full(request, pk)
    term = _asked(request, terms_of(deputy))
    found = term_summary(deputy, term, reader=request.user, today=timezone.localdate())
    record(AuditAction.EXPORT, deputy, label=found.title, changes={"term": str(term)})
    return file_response(render_pdf(render_html(found)), found.title, "pdf")


@readers_only
@require_http_methods(["GET", "POST"])
def summaries(request: HttpRequest) -> HttpResponse:
    """All summaries of a term; pressed twice they are made once."""
    now = current_term(request.user, timezone.localdate())
    form = TermFilesForm(request.POST or None, user=request.user, term=now, key=uuid.uuid4())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order = term_files_order(data["term"], data.get("town"), request.user)
        try:
            batch, is_new = batches.start(actor=request.user, order=order, key=data["key"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            if is_new:
                dispatch(batch)
            return redirect("batches:batch", batch.token)
    return render(request, "desk/registers/term_summaries.html", {"form": form})
