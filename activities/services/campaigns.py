"""Campaigns and what the office gives deputies to read."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from activities.models import (
    Activity,
    Campaign,
    CampaignStep,
    CampaignTask,
    Circular,
    CircularReceipt,
)
from activities.selectors.campaigns import readers_of
from congress_portal.core.audit import delete_recorded, record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy


class CampaignError(DomainError):
    """The campaign or circular does not allow this, or not by this person."""


def _own_place(actor: User, region: Region) -> None:
    if not actor.scope.may_write_code(region.code):
        raise CampaignError(f"{region}的代表行动由那里的人大工作人员管理。")


@transaction.atomic
def save_campaign(
    *, actor: User, values: Mapping[str, Any], campaign_pk: int | None = None, seen: str = ""
) -> Campaign:
    """Begin a campaign or mend it; ``values`` are its fields.

    A town's sub-theme hangs below a campaign of the county or of the town itself, one step deep.
    Raises CampaignError, StaleRecordError, ValidationError.
    """
    campaign = Campaign()
    if campaign_pk:
        campaign = Campaign.objects.select_for_update().get(pk=campaign_pk)
        _own_place(actor, campaign.region)
        refuse_stale(campaign, seen)
    for name, value in values.items():
        setattr(campaign, name, value)
    _own_place(actor, campaign.region)
    parent = campaign.parent
    if parent and (parent.parent_id or parent.pk == campaign.pk):
        raise CampaignError("子主题只能挂在一个主题下面，主题本身不能再是子主题。")
    if parent and not campaign.region.code.startswith(parent.region.prefix):
        raise CampaignError("子主题要在主题所在的区划里。")
    if parent and campaign.pk and campaign.sub_themes.exists():
        raise CampaignError("这个行动下面已有子主题，不能再挂到别的主题下面。")
    return save_recorded(campaign)  # type: ignore[return-value]


@transaction.atomic
def set_tasks(
    *, actor: User, campaign_pk: int, tasks: list[Mapping[str, Any]]
) -> list[CampaignTask]:
    """Make the tasks exactly these, in this order: ``{name, form, target, due_on}`` each."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign_pk)
    _own_place(actor, campaign.region)
    kept = list(campaign.tasks.all())
    for task in kept[len(tasks) :]:
        delete_recorded(task)
    saved = []
    for number, values in enumerate(tasks, 1):
        task = kept[number - 1] if number <= len(kept) else CampaignTask(campaign=campaign)
        task.number = number
        for name, value in values.items():
            setattr(task, name, value)
        saved.append(save_recorded(task))
    return saved  # type: ignore[return-value]


@transaction.atomic
def note_step(
    *,
    actor: User,
    campaign_pk: int,
    kind: str,
    held_on: dt.date,
    content: str,
    activity: Activity | None = None,
) -> CampaignStep:
    """Note one of the four joint steps (四同, M52)."""
    campaign = Campaign.objects.get(pk=campaign_pk)
    _own_place(actor, campaign.region)
    step = CampaignStep(
        campaign=campaign, kind=kind, held_on=held_on, content=content.strip(), activity=activity
    )
    return save_recorded(step)  # type: ignore[return-value]


@transaction.atomic
def save_circular(
    *,
    actor: User,
    values: Mapping[str, Any],
    file: File | None = None,
    circular_pk: int | None = None,
    seen: str = "",
) -> Circular:
    """Write a circular or mend it while it is not given out. Raises CampaignError."""
    circular = Circular()
    if circular_pk:
        circular = Circular.objects.select_for_update().get(pk=circular_pk)
        _own_place(actor, circular.region)
        refuse_stale(circular, seen)
        if circular.published_at:
            raise CampaignError("已经发出的材料不能再改；有误请另发一份更正。")
    for name, value in values.items():
        setattr(circular, name, value)
    _own_place(actor, circular.region)
    if not circular.body.strip() and not (file or circular.file):
        raise CampaignError("请写正文，或者附上文件。")
    if file:
        circular.file.save(file.name or "file", file, save=False)
    return save_recorded(circular)  # type: ignore[return-value]


@transaction.atomic
def publish_circular(*, actor: User, circular_pk: int) -> int:
    """Give it out: a receipt and a notice for each deputy in office there; returns how many.

    Given out already, it returns 0 and changes nothing.
    """
    circular = Circular.objects.select_for_update(of=("self",)).get(pk=circular_pk)
    _own_place(actor, circular.region)
    if circular.published_at:
        return 0
    circular.published_at = timezone.now()
    save_recorded(circular, clean=False)
    deputies = list(readers_of(circular.region, timezone.localdate()).select_related("user"))
    CircularReceipt.objects.bulk_create(
        [CircularReceipt(circular=circular, deputy=deputy) for deputy in deputies]
    )
    record(AuditAction.PUBLISH, circular, changes={"receipts": [0, len(deputies)]})
    notify(
        [deputy.user for deputy in deputies if deputy.user],
        Message(
            key=f"circular:{circular.pk}",
            title=f"{circular.get_kind_display()}：{circular.title}",
            body="请您阅读并回应。" if circular.wants_response else "请您阅读。",
            link=f"/circulars/{circular.pk}/",
        ),
    )
    return len(deputies)


def mark_circular_read(*, circular: Circular, deputy: Deputy) -> None:
    """The deputy opened it; the first time stands."""
    unread = CircularReceipt.objects.filter(circular=circular, deputy=deputy, read_at=None)
    unread.update(read_at=timezone.now())


@transaction.atomic
def note_circular_read(*, actor: User, circular_pk: int, receipts: Iterable[int]) -> int:
    """These deputies read it on paper or by phone (代录); returns how many had not read it.

    Raises CampaignError for an office that does not give it out.
    """
    circular = Circular.objects.select_for_update(of=("self",)).get(pk=circular_pk)
    _own_place(actor, circular.region)
    rows = circular.receipts.filter(pk__in=list(receipts), read_at=None)
    unread = list(rows.select_for_update(of=("self",)))
    for receipt in unread:
        receipt.read_at, receipt.noted_by = timezone.now(), actor
        save_recorded(receipt, clean=False)
    return len(unread)


@transaction.atomic
def note_response(*, actor: User, receipt_pk: int, response: str) -> CircularReceipt:
    """The deputy's words as told by phone or on paper (代录). Raises CampaignError.

    Words that the deputy wrote here stay the deputy's own.
    """
    rows = CircularReceipt.objects.select_for_update(of=("self",)).select_related(
        "circular__region"
    )
    receipt = rows.get(pk=receipt_pk)
    _own_place(actor, receipt.circular.region)
    if receipt.responded_at and receipt.noted_by_id is None:
        raise CampaignError("代表自己已经回应，不能再代录。")
    return _put_words(receipt, response, noted_by=actor)


@transaction.atomic
def respond_to_circular(*, actor: User, circular_pk: int, response: str) -> CircularReceipt:
    """The deputy's answer; it may be written anew. Raises CampaignError."""
    receipt = (
        CircularReceipt.objects.select_for_update(of=("self",))
        .filter(circular=circular_pk, deputy__user=actor.pk)
        .first()
    )
    if receipt is None:
        raise CampaignError("这份材料没有发给您。")
    return _put_words(receipt, response, noted_by=None)


def _put_words(
    receipt: CircularReceipt, response: str, *, noted_by: User | None
) -> CircularReceipt:
    """Who answers has read it; ``noted_by`` is empty where the deputy wrote here."""
    if not response.strip():
        raise CampaignError("请写一句回应。")
    receipt.response, receipt.responded_at = response.strip(), timezone.now()
    receipt.read_at, receipt.noted_by = receipt.read_at or receipt.responded_at, noted_by
    return save_recorded(receipt)  # type: ignore[return-value]
