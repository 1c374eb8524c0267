"""Papers of a case: kept once by content, checked by what they are, not by their name."""

import hashlib

from django.core.files.base import ContentFile, File
from django.db import transaction

from congress_portal.core import audit
from congress_portal.core.models import User
from congress_portal.core.uploads import PaperError, examined
from suggestions.enums import AttachmentKind, Party
from suggestions.models import Attachment, Handling, Suggestion
from suggestions.selectors.parties import handling_parties_of, parties_of
from suggestions.services.steps import RefusedError, keep, lock_visible
from suggestions.workflow import NotYoursError

_WRITERS = {
    AttachmentKind.DRAFT: {Party.LEAD, Party.OFFICE},
    AttachmentKind.SCAN: {Party.OFFICE},
    AttachmentKind.INTERNAL: {Party.OFFICE},
    AttachmentKind.SUPERVISION: {Party.OFFICE, Party.LEADING, Party.GROUP},
    AttachmentKind.REPLY: {Party.UNIT, Party.UNIT_LEADER},
    AttachmentKind.CONTACT: {Party.UNIT, Party.UNIT_LEADER},
}


def kinds_for(
    user: User, suggestion: Suggestion, handling: Handling | None = None
) -> list[AttachmentKind]:
    """The kinds of papers the person may add now."""
    parties = handling_parties_of(user, handling) if handling else parties_of(user, suggestion)
    kinds = [kind for kind, writers in _WRITERS.items() if parties & writers]
    if not suggestion.is_open_to_edit and AttachmentKind.DRAFT in kinds:
        kinds.remove(AttachmentKind.DRAFT)
    return kinds


@transaction.atomic
def attach_file(
    *,
    pk: int,
    actor: User,
    kind: str,
    upload: File,  # type: ignore[type-arg]
    handling_pk: int | None = None,
) -> Attachment:
    """Add a paper; the same content again returns the one that is there."""
    suggestion = lock_visible(pk, actor)
    handling = _part(suggestion, handling_pk)
    parties = handling_parties_of(actor, handling) if handling else parties_of(actor, suggestion)
    if kind not in AttachmentKind.values or not parties & _WRITERS[AttachmentKind(kind)]:
        raise NotYoursError("您不能上传这一类附件。")
    if kind == AttachmentKind.DRAFT and not suggestion.is_open_to_edit:
        raise RefusedError(["已经提交，不能再改附件。"])
    paper = check_paper(upload)
    digest = hashlib.sha256(paper.read()).hexdigest()
    same = suggestion.attachments.filter(sha256=digest, kind=kind).first()
    if same is not None:
        return same
    paper.seek(0)
    return keep(
        Attachment(
            suggestion=suggestion,
            handling=handling,
            kind=kind,
            file=paper,
            name=paper.name or "",
            size=paper.size,
            sha256=digest,
            uploaded_by=actor,
        )
    )


def _part(suggestion: Suggestion, handling_pk: int | None) -> Handling | None:
    if handling_pk is None:
        return None
    return suggestion.handlings.get(pk=handling_pk)


def check_paper(upload: File) -> ContentFile:  # type: ignore[type-arg]
    """The paper as it is kept; RefusedError says why it isn't."""
    try:
        return examined(upload)
    except PaperError as error:
        raise RefusedError([error.message]) from error


@transaction.atomic
def remove_attachment(*, attachment_pk: int, actor: User) -> None:
    """Only by whoever put it there, and only while the text is still open to change."""
    row = Attachment.objects.select_related("suggestion").get(pk=attachment_pk)
    suggestion = lock_visible(row.suggestion_id, actor)
    if row.uploaded_by_id != actor.pk:
        raise NotYoursError("只有上传人能删除附件。")
    if row.kind == AttachmentKind.DRAFT and not suggestion.is_open_to_edit:
        raise RefusedError(["已经提交，不能再改附件。"])
    if row.kind != AttachmentKind.DRAFT:
        raise RefusedError(["这一类附件要留存，不能删除。"])
    audit.delete_recorded(row)
