"""Requests for correction: of which records a deputy may ask, and what waits for an answer."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db import models
from django.db.models import Count, Min, QuerySet

from activities.enums import RequestState
from activities.models import Activity, CorrectionRequest, GoodDeed, Honour, Visit
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import AuditEntry, User
from deputies.models import Deputy

# Which records a deputy may call wrong, and the path from the record to the deputy. Kinds of the
# floors above stand here by name only.
OWNERS = {
    "activities.visit": "deputy",
    "activities.activity": "attendances__deputy",
    "activities.dutyreport": "deputy",
    "activities.gooddeed": "deputy",
    "activities.honour": "deputy",
    "activities.coursecompletion": "deputy",
    "activities.supportitem": "deputy",
    "activities.membercontact": "pairing__deputy",
    "stations.reception": "duties__deputy",
    "suggestions.suggestion": "lead",
    "evaluations.score": "deputy",
}
# What a record's own words need, so that a list of requests asks a fixed number of queries.
_NAMED_BY = {
    "activities.visit": ("deputy", "channel", "village", "region"),
    "activities.activity": (),
    "activities.dutyreport": ("deputy",),
    "activities.gooddeed": (),
    "activities.honour": ("deputy",),
    "activities.coursecompletion": ("deputy", "course"),
    "activities.supportitem": ("deputy",),
    "activities.membercontact": ("pairing__member__deputy", "pairing__deputy"),
    "stations.reception": ("station",),
    "suggestions.suggestion": (),
    "evaluations.score": ("sheet__scheme",),
}
_OFFERED = 20


def mark_of(row: models.Model) -> str:
    """How an address names a record: ``activities.visit.12``."""
    return f"{row._meta.label_lower}.{row.pk}"


def own_record(deputy: Deputy, user: User, mark: str) -> models.Model | None:
    """The deputy's own record of that mark, if this person may read it."""
    label, _, pk = mark.rpartition(".")
    path = OWNERS.get(label)
    if path is None or not (pk.isascii() and pk.isdigit()):
        return None
    manager: Any = apps.get_model(label)._default_manager
    rows: QuerySet[Any] = manager.visible_to(user).filter(pk=int(pk[:18]), **{path: deputy})
    return rows.first()


def requests_in_full(rows: QuerySet[CorrectionRequest]) -> QuerySet[CorrectionRequest]:
    """With the records that they speak of, each kind read once."""
    kinds: list[QuerySet[Any]] = [
        apps.get_model(label)._default_manager.select_related(*named)
        for label, named in _NAMED_BY.items()
    ]
    rows = rows.select_related("deputy__town", "content_type", "answered_by")
    return rows.prefetch_related(GenericPrefetch("row", kinds))


def open_first(rows: QuerySet[CorrectionRequest]) -> QuerySet[CorrectionRequest]:
    """Unanswered ones first, oldest first; then those answered, newest first."""
    is_open = models.Case(
        models.When(state=RequestState.OPEN, then=0), default=1, output_field=models.IntegerField()
    )
    return rows.order_by(is_open, models.F("answered_at").desc(nulls_first=True), "asked_at", "pk")


@dataclass(frozen=True)
class OpenRequests:
    count: int
    since: Any


def open_requests(user: User) -> OpenRequests:
    """How many wait for this person's answer, and since when."""
    rows = CorrectionRequest.objects.editable_by(user).filter(state=RequestState.OPEN)
    seen = rows.order_by().aggregate(count=Count("pk"), oldest=Min("asked_at"))
    return OpenRequests(seen["count"], seen["oldest"])


def changed_since_asked(request: CorrectionRequest) -> bool:
    """Whether the record was mended or deleted after the deputy asked; the trail tells."""
    if request.content_type is None:
        return False
    model = request.content_type.model_class()
    entries = AuditEntry.objects.filter(
        model=model._meta.label if model else "",
        object_key=str(request.object_id),
        action__in=(AuditAction.UPDATE, AuditAction.DELETE),
        at__gte=request.asked_at,
    )
    return entries.exists()


def entered_since(request: CorrectionRequest, user: User) -> list[models.Model]:
    """Records of the deputy entered after the request: one of them is what was missing."""
    found: list[models.Model] = []
    kinds: tuple[tuple[Any, str], ...] = (
        (Visit, "deputy"), (Activity, "attendances__deputy"), (GoodDeed, "deputy"),
        (Honour, "deputy"),
    )  # fmt: skip
    for model, path in kinds:
        rows = model.objects.visible_to(user).filter(
            **{path: request.deputy}, entered_at__gte=request.asked_at
        )
        found += list(rows.order_by("-entered_at", "-pk")[:_OFFERED])
    return found
