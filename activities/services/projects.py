"""Projects kept by the office, and inspections linked to them (M82)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from activities.models import Activity, ActivityForm, Attendance, Project
from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy


class ProjectError(DomainError):
    """The project does not allow this, or not by this person."""


def _own_place(actor: User, project: Project) -> None:
    if not actor.scope.may_write_code(project.region.code):
        raise ProjectError(f"{project.region}的项目由那里的人大工作人员管理。")


@transaction.atomic
def save_project(
    *, actor: User, values: Mapping[str, Any], project_pk: int | None = None, seen: str = ""
) -> Project:
    """Enter a project or mend it. Raises ProjectError, StaleRecordError, ValidationError."""
    project = Project()
    if project_pk:
        project = Project.objects.select_for_update(of=("self",)).get(pk=project_pk)
        _own_place(actor, project)
        refuse_stale(project, seen)
    for name, value in values.items():
        setattr(project, name, value)
    _own_place(actor, project)
    days = (project.begins_on, project.due_on), (project.begins_on, project.done_on)
    if any(first and last and last < first for first, last in days):
        raise ProjectError("完工日期不能早于开工日期。")
    return save_recorded(project)  # type: ignore[return-value]


def log_inspection(
    *,
    actor: User,
    project_pk: int,
    form: ActivityForm,
    title: str,
    held_on: dt.date,
    deputies: Iterable[Deputy],
    place: str = "",
    content: str = "",
    key: uuid.UUID | None = None,
) -> Activity:
    """Enter an inspection of the project; what the office enters is verified by that.

    The same ``key`` always gives the same activity. Raises ProjectError, ValidationError.
    """
    if found := _made_before(actor, key):
        return found
    project = Project.objects.select_related("region", "unit").get(pk=project_pk)
    _own_place(actor, project)
    activity = Activity(
        title=title.strip(), held_on=held_on, form=form, project=project, region=project.region,
        place=place.strip(), content=content.strip(), field=project.field, entered_by=actor,
        on_behalf=True, verification=Verification.VERIFIED, verified_by=actor,
        verified_at=timezone.now(), idempotency_key=key,
    )  # fmt: skip
    try:
        with transaction.atomic():
            save_recorded(activity)
            if project.unit:
                activity.units.set([project.unit])
            for serial, deputy in enumerate(deputies):
                save_recorded(Attendance(activity=activity, deputy=deputy, serial=serial))
    except (IntegrityError, ValidationError):
        if found := _made_before(actor, key):
            return found
        raise
    return activity


def _made_before(actor: User, key: uuid.UUID | None) -> Activity | None:
    if key is None:
        return None
    return Activity.objects.filter(idempotency_key=key, entered_by=actor).first()


@transaction.atomic
def link_activity(*, actor: User, project_pk: int, activity_pk: int) -> Activity:
    """Say of an activity that it inspected the project. Raises ProjectError."""
    project = Project.objects.get(pk=project_pk)
    rows = Activity.objects.editable_by(actor).filter(pk=activity_pk).values("pk")
    activity = Activity.objects.select_for_update(of=("self",)).filter(pk__in=rows).first()
    if activity is None or not actor.scope.write_prefixes:
        raise ProjectError("这次活动不归您管，不能改它对应的项目。")
    if activity.project_id == project.pk:
        return activity
    if activity.project_id:
        raise ProjectError(f"这次活动已经对应「{activity.project}」。")
    activity.project = project
    return save_recorded(activity, reason="对应工程项目")  # type: ignore[return-value]
