"""Letters to the open mailbox: logged as they came, then triaged once (M98)."""

import datetime as dt
import hashlib
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.notices import Message, notify
from deputies.models import Deputy
from suggestions.enums import AttachmentKind, IntakeSource, IntakeState, VoiceSource
from suggestions.models import Intake, IntakePaper, Suggestion, Voice
from suggestions.services.drafting import save_draft
from suggestions.services.mail_reading import Mail, MailPaper, read_mail
from suggestions.services.papers import attach_file, check_paper
from suggestions.services.steps import RefusedError, keep
from suggestions.workflow import NotYoursError

LARGEST_MAIL = 30 * 1024 * 1024  # bytes


def log_intake(
    *,
    actor: User,
    region: Region,
    subject: str,
    body: str,
    sender_name: str = "",
    sender_address: str = "",
) -> Intake:
    """Written on the page: by a deputy in the own name, or by the office from paper or phone."""
    is_office = actor.scope.may_write_code(region.code)
    if not is_office and not actor.scope.deputy_user_id:
        raise NotYoursError("来件由代表填写，或由人大机关登记。")
    faults = []
    if not subject.strip():
        faults.append("请写主题。")
    if not body.strip():
        faults.append("请写内容。")
    if faults:
        raise RefusedError(faults)
    return keep(
        Intake(
            region=region,
            source=IntakeSource.FORM,
            received_at=timezone.now(),
            sender_name=sender_name.strip() if is_office else str(actor)[:60],
            sender_address=sender_address.strip() if is_office else "",
            subject=subject.strip()[:200],
            body=body.strip(),
            entered_by=actor,
        )
    )


@transaction.atomic
def import_mail(*, actor: User | None, region: Region, data: bytes) -> tuple[Intake, bool]:
    """A saved mail, and whether it is new; the same one again gives back what is there.

    Papers of kinds that are not kept are named in the remark. Raises NotAMailError, RefusedError.
    """
    if actor is not None and not actor.scope.may_write_code(region.code):
        raise NotYoursError("邮件由本级人大机关导入。")
    if len(data) > LARGEST_MAIL:
        raise RefusedError([f"邮件不能超过 {LARGEST_MAIL // 1024 // 1024} MB。"])
    mail = read_mail(data)
    Region.objects.select_for_update().get(pk=region.pk)  # two imports of one mail wait here
    known = Intake.objects.filter(message_id=mail.message_id).first()
    if known is not None:
        return known, False
    kept, refused = _sorted_papers(mail.papers)
    left_out = f"没有收下的附件：{'、'.join(refused)}。" if refused else ""
    intake: Intake = keep(
        Intake(
            region=region,
            source=IntakeSource.MAIL,
            received_at=_received(mail),
            sender_name=mail.sender_name[:60],
            sender_address=mail.sender_address[:120],
            subject=mail.subject[:200] or "（没有主题）",
            body=mail.body or "（没有正文）",
            remark=left_out[:400],
            message_id=mail.message_id,
            entered_by=actor,
        )
    )
    for name, content, digest in kept:
        file = ContentFile(content, name=name)
        keep(IntakePaper(intake=intake, file=file, name=name, sha256=digest))
    return intake, True


def _received(mail: Mail) -> dt.datetime:
    """The mail's own time, unless it is missing or in the future."""
    now = timezone.now()
    return mail.sent_at if mail.sent_at and mail.sent_at <= now else now


def _sorted_papers(
    papers: tuple[MailPaper, ...],
) -> tuple[list[tuple[str, bytes, str]], list[str]]:
    kept: dict[str, tuple[str, bytes, str]] = {}
    refused = []
    for paper in papers:
        name = PurePath(paper.name).name[-100:] or "附件"
        try:
            data = check_paper(ContentFile(paper.data, name=name)).read()
        except RefusedError:
            refused.append(name)
        else:
            digest = hashlib.sha256(data).hexdigest()
            kept.setdefault(digest, (name, data, digest))
    return list(kept.values()), refused


def _waiting(intake_pk: int, actor: User) -> Intake:
    """Locked. Raises Intake.DoesNotExist, and RefusedError when somebody has decided already."""
    rows = Intake.objects.select_for_update(of=("self",))
    found: Intake = rows.get(pk=intake_pk, pk__in=Intake.objects.editable_by(actor).values("pk"))
    is_empty = found.state == IntakeState.DRAFTED and found.suggestion_id is None
    if found.state != IntakeState.RECEIVED and not is_empty:
        raise RefusedError([f"这件来件{found.decided_by}已经处理：{found.get_state_display()}。"])
    return found


def _decide(intake: Intake, actor: User, state: IntakeState) -> Intake:
    intake.state, intake.decided_by, intake.decided_at = state, actor, timezone.now()
    kept: Intake = keep(intake)
    return kept


@transaction.atomic
def draft_from_intake(*, intake_pk: int, actor: User, deputy: Deputy) -> Suggestion:
    """A draft in the deputy's name, who is told, completes it and puts it forward."""
    intake = _waiting(intake_pk, actor)
    draft = save_draft(
        actor=actor,
        on_behalf_of=deputy,
        data={"title": intake.subject, "situation": intake.body},
    )
    for paper in intake.papers.all():
        with paper.file.open("rb") as file:
            content = ContentFile(file.read(), name=paper.name)
        kind = AttachmentKind.DRAFT
        attach_file(pk=draft.pk, actor=actor, kind=kind, upload=content)
    intake.suggestion = draft
    _decide(intake, actor, IntakeState.DRAFTED)
    if deputy.user:
        notify(
            [deputy.user],
            Message(
                key=f"intake:{intake.pk}:{draft.pk}",
                title=f"来件已写成建议草稿：《{draft.title[:60]}》",
                body="请核对、补充后自己提交；不是您的意思，请删除草稿并告诉人大机关。",
                link=f"/suggestions/{draft.pk}/write/",
            ),
        )
    return draft


@transaction.atomic
def voice_from_intake(
    *, intake_pk: int, actor: User, field: DictionaryEntry | None = None
) -> Voice:
    """Not a deputy's matter but a voter's: it goes on as one of the voices."""
    intake = _waiting(intake_pk, actor)
    voice: Voice = keep(
        Voice(
            source=VoiceSource.MAILBOX,
            raised_on=timezone.localdate(intake.received_at),
            region=intake.region,
            visitor_name=intake.sender_name[:40],
            field=field,
            matter="\n".join((intake.subject, intake.body)),
        )
    )
    intake.voice = voice
    _decide(intake, actor, IntakeState.VOICE)
    return voice


@transaction.atomic
def set_aside_intake(*, intake_pk: int, actor: User, reason: str) -> Intake:
    """Neither a suggestion nor a voice (advertising, somebody else's matter); with the reason."""
    intake = _waiting(intake_pk, actor)
    if not reason.strip():
        raise RefusedError(["请写明不转办的理由。"])
    intake.reason = reason.strip()
    return _decide(intake, actor, IntakeState.SET_ASIDE)
