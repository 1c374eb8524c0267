"""Good deeds, honours, and notes that deputies share (M110, M111, M133)."""

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from activities.enums import PostState
from activities.models import ExchangePost, GoodDeed, Honour
from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Record, User
from congress_portal.core.notices import Message, notify, office_people
from congress_portal.core.stale import refuse_stale
from deputies.days import refuse_day
from deputies.models import Deputy

R = TypeVar("R", bound=Record)


class CreditError(DomainError):
    """The record does not allow this, or not by this person."""


def _is_own(actor: User, deputy: Deputy) -> bool:
    return actor.scope.deputy_user_id is not None and deputy.user_id == actor.pk


def _keeps(actor: User, deputy: Deputy) -> bool:
    return actor.scope.may_write_code(deputy.town.code)


def _stamp(row: Record, actor: User, deputy: Deputy, key: uuid.UUID | None) -> None:
    """What staff enter is verified by that; what the deputy enters waits to be checked."""
    row.entered_by, row.idempotency_key = actor, key
    row.on_behalf = not _is_own(actor, deputy)
    if row.on_behalf:
        row.verification = Verification.VERIFIED
        row.verified_by, row.verified_at = actor, timezone.now()


def _already(model: type[R], key: uuid.UUID | None, actor: User) -> R | None:
    if key is None:
        return None
    return model._default_manager.filter(idempotency_key=key, entered_by=actor).first()


def _saved(row: R, key: uuid.UUID | None, actor: User) -> R:
    """The row, or the one that a second sending of the same form met."""
    try:
        with transaction.atomic():
            save_recorded(row)
    except (IntegrityError, ValidationError):
        if found := _already(type(row), key, actor):
            return found
        raise
    return row


def log_deed(
    *,
    actor: User,
    deputy: Deputy,
    values: Mapping[str, Any],
    photo: ContentFile | None = None,
    key: uuid.UUID | None = None,
) -> GoodDeed:
    """Enter a deed, one's own or on the deputy's behalf; the same ``key`` gives the same record.

    Raises CreditError, ValidationError.
    """
    if found := _already(GoodDeed, key, actor):
        return found
    if not _is_own(actor, deputy) and not _keeps(actor, deputy):
        raise CreditError(f"{deputy}的事迹由本人或所在镇（街道）人大工作人员登记。")
    deed = GoodDeed(deputy=deputy, **values)
    refuse_day(deputy, deed.held_on)
    _stamp(deed, actor, deputy, key)
    if photo:
        deed.photo.save(photo.name or "photo.jpg", photo, save=False)
    return _saved(deed, key, actor)


@transaction.atomic
def change_deed(
    *,
    actor: User,
    deed_pk: int,
    values: Mapping[str, Any],
    seen: str,
    photo: ContentFile | None = None,
) -> GoodDeed:
    """Mend a deed until it is verified; a refused one waits anew.

    Raises CreditError, StaleRecordError, ValidationError.
    """
    deed = _locked_deed(actor, deed_pk)
    if deed.verification == Verification.VERIFIED:
        raise CreditError("已经核实的事迹不能再改；有误请提更正申请。")
    refuse_stale(deed, seen)
    for name, value in values.items():
        setattr(deed, name, value)
    refuse_day(deed.deputy, deed.held_on)
    if deed.verification == Verification.REFUSED:
        deed.verification, deed.refusal_reason = Verification.PENDING, ""
        deed.verified_by = deed.verified_at = None
    if photo:
        deed.photo.save(photo.name or "photo.jpg", photo, save=False)
    return save_recorded(deed)  # type: ignore[return-value]


def _locked_deed(actor: User, pk: int) -> GoodDeed:
    rows = GoodDeed.objects.select_for_update(of=("self",)).select_related("deputy__town")
    deed = rows.get(pk=pk)
    if not _is_own(actor, deed.deputy) and not _keeps(actor, deed.deputy):
        raise GoodDeed.DoesNotExist
    return deed


@transaction.atomic
def set_consent(*, actor: User, deed_pk: int, is_publishable: bool) -> GoodDeed:
    """The deputy lets the deed be told to the public, or takes that back; also when verified.

    Staff may only take it back: consent is the deputy's own, or was given on the form.
    """
    deed = _locked_deed(actor, deed_pk)
    if is_publishable and not _is_own(actor, deed.deputy):
        raise CreditError("是否同意宣传由代表本人决定。")
    deed.is_publishable = is_publishable
    if not is_publishable:
        deed.published_on = None
    return save_recorded(deed)  # type: ignore[return-value]


@transaction.atomic
def show_deed(*, actor: User, deed_pk: int, is_shown: bool) -> GoodDeed:
    """The office puts a verified deed on the public pages, or takes it off again.

    Raises CreditError without the deputy's consent or before it is verified.
    """
    deed = _locked_deed(actor, deed_pk)
    if not _keeps(actor, deed.deputy):
        raise CreditError("公开由所在镇（街道）或县的人大工作人员决定。")
    if is_shown and not deed.is_publishable:
        raise CreditError("本人没有同意对外宣传，不能公开。")
    if is_shown and deed.verification != Verification.VERIFIED:
        raise CreditError("核实以后才能公开。")
    deed.published_on = timezone.localdate() if is_shown else None
    return save_recorded(deed)  # type: ignore[return-value]


def log_honour(
    *, actor: User, deputy: Deputy, values: Mapping[str, Any], key: uuid.UUID | None = None
) -> Honour:
    """Enter an honour; only staff do. Raises CreditError, ValidationError."""
    if found := _already(Honour, key, actor):
        return found
    if not _keeps(actor, deputy):
        raise CreditError("表彰由所在镇（街道）或县的人大工作人员登记。")
    honour = Honour(deputy=deputy, **values)
    _stamp(honour, actor, deputy, key)
    return _saved(honour, key, actor)


# --- notes that deputies share --------------------------------------------------------------------


@transaction.atomic
def write_post(
    *, actor: User, deputy: Deputy, title: str, body: str, key: uuid.UUID | None = None
) -> ExchangePost:
    """Hand in a note; nobody else reads it before staff let it. Raises CreditError."""
    if not _is_own(actor, deputy):
        raise CreditError("履职交流由代表本人写。")
    if found := _post_of(deputy, key):
        return found
    post = ExchangePost(deputy=deputy, title=title, body=body, idempotency_key=key)
    try:
        with transaction.atomic():
            save_recorded(post)
    except (IntegrityError, ValidationError):
        if found := _post_of(deputy, key):
            return found
        raise
    _tell_moderators(post)
    return post


def _post_of(deputy: Deputy, key: uuid.UUID | None) -> ExchangePost | None:
    """What this very form handed in before."""
    if key is None:
        return None
    return ExchangePost.objects.filter(idempotency_key=key, deputy=deputy).first()


def _tell_moderators(post: ExchangePost) -> None:
    message = Message(
        key=f"post:{post.pk}:{uuid.uuid4().hex[:8]}",
        title=f"履职交流待审核：{post.title}",
        body=f"{post.deputy}提交。",
        link=_page(post),
    )
    notify(office_people(post.deputy.town), message)


def _page(post: ExchangePost) -> str:
    return reverse("activities:exchange_post", args=[post.pk])


def _locked_post(pk: int) -> ExchangePost:
    rows = ExchangePost.objects.select_for_update(of=("self",))
    return rows.select_related("deputy__town", "deputy__user").get(pk=pk)


@transaction.atomic
def change_post(*, actor: User, post_pk: int, title: str, body: str, seen: str) -> ExchangePost:
    """Mend what is not published; it waits anew. Raises CreditError, StaleRecordError."""
    post = _locked_post(post_pk)
    if not _is_own(actor, post.deputy):
        raise ExchangePost.DoesNotExist
    if post.state == PostState.PUBLISHED:
        raise CreditError("已经发布的交流不能再改；要撤下请联系人大工作人员。")
    refuse_stale(post, seen)
    was_refused = post.state == PostState.REFUSED
    post.title, post.body, post.state, post.reason = title, body, PostState.WAITING, ""
    post.moderated_by = post.moderated_at = None
    save_recorded(post)
    if was_refused:
        _tell_moderators(post)
    return post


@transaction.atomic
def moderate_post(
    *, actor: User, post_pk: int, is_let: bool, seen: str, reason: str = ""
) -> ExchangePost:
    """Let others read it, or refuse (also what was let before) with a reason; the writer hears.

    Raises CreditError, StaleRecordError, ExchangePost.DoesNotExist.
    """
    post = _locked_post(post_pk)
    if not _keeps(actor, post.deputy):
        raise ExchangePost.DoesNotExist
    refuse_stale(post, seen)
    if not is_let and not reason.strip():
        raise CreditError("请写明未通过的原因，作者会看到。")
    post.state = PostState.PUBLISHED if is_let else PostState.REFUSED
    post.reason = "" if is_let else reason.strip()
    post.moderated_by, post.moderated_at = actor, timezone.now()
    save_recorded(post)
    if post.deputy.user:
        told = "已发布，各位代表都能看到。" if is_let else f"原因：{post.reason}。可以改好再交。"
        message = Message(
            key=f"post-decided:{post.pk}:{post.moderated_at:%Y%m%d%H%M%S}",
            title=f"您的履职交流{post.get_state_display()}：{post.title}",
            body=told,
            link=_page(post),
        )
        notify([post.deputy.user], message)
    return post
