"""Each person's own batches; others meet 404."""

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from congress_portal.core.batches import services, tasks
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import Batch, BatchItem

_SHOWN_FAILURES = 50
_TYPES = {"zip": "application/zip", "pdf": "application/pdf"}


def _batch(request: HttpRequest, token: UUID) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user), token=token)


@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    made = Count("items", filter=Q(items__state=BatchItem.State.DONE))
    rows = Batch.objects.visible_to(request.user).annotate(total=Count("items"), made=made)
    rows = rows.order_by("-pk")
    context = {"page": page_of(request, rows), "today": timezone.localdate()}
    return render(request, "desk/batches/list.html", context)


@require_safe
def batch(request: HttpRequest, token: UUID) -> HttpResponse:
    """How far it is; the whole page, or with htmx the part that changes."""
    found = _batch(request, token)
    tasks.see_to_it(found)
    template = "desk/batches/_progress.html" if request.htmx else "desk/batches/batch.html"
    return render(request, template, _progress(found))


def _progress(found: Batch) -> dict[str, Any]:
    now = timezone.now()
    counts = found.items.aggregate(
        total=Count("pk"),
        made=Count("pk", filter=Q(state=BatchItem.State.DONE)),
        failed=Count("pk", filter=Q(state=BatchItem.State.FAILED)),
    )
    failures = found.items.filter(state=BatchItem.State.FAILED).order_by("serial")
    return {
        "batch": found,
        **counts,
        "finished": counts["made"] + counts["failed"],
        "failures": failures[:_SHOWN_FAILURES] if counts["failed"] else [],
        "is_ready": found.is_ready(timezone.localdate(now)),
        "is_stalled": services.is_stalled(found, now),
    }


@require_safe
def download(request: HttpRequest, token: UUID) -> HttpResponseBase:
    found = _batch(request, token)
    try:
        content = services.take(batch=found, user=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("batches:batch", token)
    suffix = found.result_name.rpartition(".")[2]
    answer = FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=found.result_name,
        content_type=_TYPES[suffix],
    )
    answer["Cache-Control"] = "no-store"
    return answer
