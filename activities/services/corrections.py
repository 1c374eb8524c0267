"""Corrections by request (错、重、漏): a deputy asks, the office mends or says why not."""

import uuid

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone

from activities.enums import RequestKind, RequestState
from activities.models import CorrectionRequest
from activities.selectors.corrections import changed_since_asked, mark_of, own_record
from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Record, User
from congress_portal.core.notices import Message, notify, office_people
from deputies.models import Deputy


class CorrectionError(DomainError):
    """The request cannot be made or answered as asked."""


def ask_correction(
    *,
    actor: User,
    deputy: Deputy,
    kind: str,
    text: str,
    row: models.Model | None = None,
    key: uuid.UUID | None = None,
) -> CorrectionRequest:
    """A deputy says that an own record is wrong or double, or that one is missing.

    The same ``key`` always gives the same request. Raises CorrectionError, ValidationError.
    """
    if found := _made_before(deputy, key):
        return found
    if deputy.user_id != actor.pk:
        raise CorrectionError("更正申请由代表本人提出；工作人员可以直接改正记录。")
    if kind == RequestKind.MISSING:
        row = None
    elif row is None or own_record(deputy, actor, mark_of(row)) is None:
        raise CorrectionError("请指明是您自己的哪条记录；没有记录的，请选「漏记了」。")
    request = CorrectionRequest(deputy=deputy, kind=kind, text=text, idempotency_key=key)
    if row is not None:
        request.content_type = ContentType.objects.get_for_model(row)
        request.object_id = row.pk
        _refuse_second(request)
    try:
        with transaction.atomic():
            save_recorded(request)
            notify(office_people(deputy.town), _asked(request))
    except (IntegrityError, ValidationError):
        if found := _made_before(deputy, key):
            return found
        raise
    return request


def _made_before(deputy: Deputy, key: uuid.UUID | None) -> CorrectionRequest | None:
    if key is None:
        return None
    return CorrectionRequest.objects.filter(idempotency_key=key, deputy=deputy).first()


def _refuse_second(request: CorrectionRequest) -> None:
    same = CorrectionRequest.objects.filter(
        deputy=request.deputy,
        content_type=request.content_type,
        object_id=request.object_id,
        state=RequestState.OPEN,
    )
    if same.exists():
        raise CorrectionError("这条记录您已经提过更正申请，正在处理，不用再提。")


def accept_correction(
    *, actor: User, pk: int, answer: str, entered: models.Model | None = None
) -> CorrectionRequest:
    """Answer that the record has been mended; the deputy is told.

    A wrong record must have been changed since it was asked for; a double one is taken out of
    the count here, with the request as the reason; for a missing one ``entered`` is what was
    entered since. Raises CorrectionError.
    """
    with transaction.atomic():
        request = _open(pk, actor)
        if request.kind == RequestKind.MISSING:
            _put_in(request, entered)
        elif not changed_since_asked(request):
            reason = f"更正申请（{request.get_kind_display()}）：{answer}"[:200]
            _mend(request, actor, reason)
        return _answer(request, RequestState.ACCEPTED, actor, answer)


def _mend(request: CorrectionRequest, actor: User, reason: str) -> None:
    if request.kind == RequestKind.DOUBLE:
        _take_out(request.row, actor, reason)
    elif isinstance(request.row, Record):  # what is no record (a score) is mended at its sources
        raise CorrectionError("请先改好这条记录再答复；不用改的选「不予更正」，写明原因。")


def refuse_correction(*, actor: User, pk: int, answer: str) -> CorrectionRequest:
    """Answer why the record stays as it is; the deputy is told. Raises CorrectionError."""
    with transaction.atomic():
        return _answer(_open(pk, actor), RequestState.REFUSED, actor, answer)


def _open(pk: int, actor: User) -> CorrectionRequest:
    rows = CorrectionRequest.objects.select_for_update(of=("self",)).filter(pk=pk)
    request = rows.first()
    if request is None or not CorrectionRequest.objects.editable_by(actor).filter(pk=pk).exists():
        raise CorrectionError("没有这件更正申请，或不归您处理。")
    if request.state != RequestState.OPEN:
        raise CorrectionError(
            f"这件申请已由{request.answered_by}答复为「{request.get_state_display()}」，没有重复处理。"
        )
    if request.deputy.user_id == actor.pk:
        raise CorrectionError("自己提出的申请要由别人处理。")
    return request


def _put_in(request: CorrectionRequest, entered: models.Model | None) -> None:
    if entered is None:
        raise CorrectionError("请先代录漏记的记录，再在这里选中它。")
    request.content_type = ContentType.objects.get_for_model(entered)
    request.object_id = entered.pk


def _take_out(row: models.Model | None, actor: User, reason: str) -> None:
    """The double record no longer counts; it stays, with the reason."""
    if row is None:
        return
    if not isinstance(row, Record):
        raise CorrectionError("这类记录不能在这里撤下，请先在后台改正，再来答复。")
    editable = type(row)._default_manager.all().editable_by(actor)  # type: ignore[attr-defined]
    if not editable.filter(pk=row.pk).exists():
        raise CorrectionError("这条记录不归您管，请转告它所在镇（街道）的人大工作人员。")
    row.verification, row.refusal_reason = Verification.REFUSED, reason
    row.verified_by, row.verified_at = actor, timezone.now()
    save_recorded(row, reason=reason)


def _answer(
    request: CorrectionRequest, state: RequestState, actor: User, answer: str
) -> CorrectionRequest:
    if not answer.strip():
        raise CorrectionError("请写明答复，代表会看到。")
    request.state, request.answer = state, answer.strip()
    request.answered_by, request.answered_at = actor, timezone.now()
    save_recorded(request)
    if request.deputy.user:
        notify([request.deputy.user], _answered(request))
    return request


def _asked(request: CorrectionRequest) -> Message:
    return Message(
        key=f"correction-asked-{request.pk}",
        title=f"{request.deputy}代表提出更正申请：{request.get_kind_display()}",
        body=request.text,
        link=reverse("activities:correction", args=[request.pk]),
    )


def _answered(request: CorrectionRequest) -> Message:
    return Message(
        key=f"correction-answered-{request.pk}",
        title=f"您的更正申请{request.get_state_display()}",
        body=request.answer,
        link=reverse("activities:correction", args=[request.pk]),
    )
