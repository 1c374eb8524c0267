"""A unit's own work: sign, give back, talk, ask for time, opine, draft, sign out a reply."""

import datetime as dt
from collections.abc import Sequence
from typing import TypedDict

from django.db import transaction
from django.utils import timezone

from congress_portal.core.models import DictionaryEntry, User
from congress_portal.core.workdays import WorkCalendar
from deputies.models import Deputy
from suggestions.clocks import pauses_of, workday_limit
from suggestions.enums import (
    ContactForm,
    Decision,
    DraftState,
    HandlingState,
    LetterKind,
    Party,
    Share,
)
from suggestions.models import (
    Contact,
    Extension,
    Handling,
    HandlingRule,
    Reply,
    ReplyDraft,
)
from suggestions.models.suggestion import months_later
from suggestions.services.answering import deliver_reply, proposers_of
from suggestions.services.clock_keeping import lapse_extension, recompute
from suggestions.services.dating import coming_day, part_day_of
from suggestions.services.letter_numbers import give_letter_number, letterhead_of
from suggestions.services.steps import RefusedError, keep, part_step, step
from suggestions.workflow import Action, HandlingAction


class ReplyInput(TypedDict, total=False):
    """What the reply form sends; promise and its day are asked for followed classes (B)."""

    body: str
    reply_class: DictionaryEntry
    letter_number: str
    contact_name: str
    contact_phone: str
    is_public: bool
    promise: str
    promise_due_on: dt.date | None


def sign_receipt(*, handling_pk: int, actor: User, on: dt.date | None = None) -> Handling:
    with part_step(HandlingAction.SIGN, handling_pk=handling_pk, actor=actor) as now:
        now.part.signed_on = part_day_of(HandlingAction.SIGN, now.part, on)
    return now.part


def ask_return(
    *, handling_pk: int, actor: User, comment: str, on: dt.date | None = None
) -> Handling:
    """Give it back as wrongly assigned; refused after the limit, with its date (RULES C2)."""
    action = HandlingAction.ASK_RETURN
    with part_step(action, handling_pk=handling_pk, actor=actor, comment=comment) as now:
        part = now.part
        day = part_day_of(action, part, on)
        rule = HandlingRule.objects.all().of(now.suggestion.region)
        limit = part.return_due_on
        if limit is None and part.assigned_on:
            pauses = pauses_of(now.suggestion)
            due = workday_limit(WorkCalendar(), part.assigned_on, rule.return_days, "退办", pauses)
            if due.on is None:
                raise RefusedError([due.warning, "请联系人大机关补上工作日历后再申请。"])
            limit = due.on
        if limit and day > limit:
            raise RefusedError(
                [f"退办期限是 {limit:%Y年%m月%d日}（{rule.return_days} 个工作日），逾期不再受理。"]
            )
        if len(now.comment) > 400:
            raise RefusedError(["退办理由不能超过 400 字。"])
        part.return_asked_on, part.return_reason = day, now.comment
    return part


def log_contact(
    *,
    handling_pk: int,
    actor: User,
    form: str,
    deputies: Sequence[Deputy],
    content: str,
    others: str = "",
    on: dt.date | None = None,
) -> Contact:
    """Register a talk with the deputies who put it forward; ``others`` were there, too."""
    action = HandlingAction.LOG_CONTACT
    with part_step(action, handling_pk=handling_pk, actor=actor) as now:
        day = part_day_of(action, now.part, on)
        faults = []
        if not deputies:
            faults.append("请选择沟通的代表。")
        if form not in ContactForm.values:
            faults.append("请选择沟通方式。")
        if not content.strip():
            faults.append("请写明沟通内容。")
        known = {deputy.pk for deputy in proposers_of(now.suggestion)}
        faults += [f"{each}没有提出这件建议。" for each in deputies if each.pk not in known]
        if faults:
            raise RefusedError(faults)
        contact = Contact(
            handling=now.part,
            round=now.part.round,
            held_on=day,
            form=form,
            content=content.strip(),
            others=others.strip(),
            entered_by=actor,
        )
        keep(contact)
        contact.deputies.set(deputies)
        names = "、".join(str(deputy) for deputy in deputies)
        also = f"；{contact.others}" if contact.others else ""
        now.comment = f"{day:%Y年%m月%d日}{ContactForm(form).label}，{names}{also}"
    return contact


def ask_extension(*, handling_pk: int, actor: User, until: dt.date, comment: str) -> Extension:
    """Ask for more time, at most to six months after hand-over (代表法 §51)."""
    action = HandlingAction.ASK_EXTENSION
    with part_step(action, handling_pk=handling_pk, actor=actor, comment=comment) as now:
        _check_extension(now.part, until)
        if len(now.comment) > 400:
            raise RefusedError(["理由不能超过 400 字。"])
        request = Extension(
            handling=now.part,
            asked_until=until,
            reason=now.comment,
            asked_by=actor,
            asked_on=timezone.localdate(),
        )
        keep(request)
        now.comment = f"申请延至{until:%Y年%m月%d日}：{now.comment}"
    return request


def _check_extension(part: Handling, until: dt.date) -> None:
    suggestion = part.suggestion
    rule = HandlingRule.objects.all().of(suggestion.region)
    if part.share != Share.LEAD or part.redo_from:
        raise RefusedError(["只有主办单位第一次答复能申请延期。"])
    due, handed_over_on = suggestion.due_on, suggestion.handed_over_on
    if due is None or handed_over_on is None:
        raise RefusedError(["还没有交办，没有期限可延。"])
    longest = months_later(handed_over_on, rule.extended_months)
    coming_day("延至的日期", until)
    if until <= due:
        raise RefusedError([f"延至的日期要晚于现在的期限 {due:%Y年%m月%d日}。"])
    if until > longest:
        raise RefusedError(
            [f"最长不超过交办后 {rule.extended_months} 个月，即 {longest:%Y年%m月%d日}。"]
        )


def decide_extension(
    *,
    extension_pk: int,
    actor: User,
    grants: bool,
    until: dt.date | None = None,
    comment: str = "",
) -> Extension:
    """The handing-over office agrees (to ``until``, by default what was asked) or not."""
    request = Extension.objects.select_related("handling").get(pk=extension_pk)
    action = Action.EXTEND if grants else Action.DENY_EXTENSION
    pk = request.handling.suggestion_id
    with step(action, suggestion_pk=pk, actor=actor, comment=comment) as now:
        request = Extension.objects.select_related("handling__unit").get(pk=extension_pk)
        if request.decision != Decision.PENDING:
            raise RefusedError(["这份延期申请已经决定。"])
        request.decision = Decision.GRANTED if grants else Decision.DENIED
        request.decided_by, request.decided_on = actor, timezone.localdate()
        request.comment = now.comment[:400]
        if grants:
            day = until or request.asked_until
            request.handling.suggestion = now.suggestion
            _check_extension(request.handling, day)
            request.granted_until = day
            words = [f"延至{day:%Y年%m月%d日}", now.comment]
            now.comment = "。".join(filter(None, words))
        keep(request)
        if grants:
            recompute(now.suggestion, "同意延期")
    return request


def give_opinion(
    *, handling_pk: int, actor: User, opinion: str, number: str = "", on: dt.date | None = None
) -> Handling:
    """An assisting unit's opinion to the lead unit (会办意见)."""
    with part_step(HandlingAction.GIVE_OPINION, handling_pk=handling_pk, actor=actor) as now:
        if now.part.share != Share.ASSIST:
            raise RefusedError(["主办单位请提交答复，不是会办意见。"])
        if not opinion.strip():
            raise RefusedError(["会办意见不能为空。"])
        day = part_day_of(HandlingAction.GIVE_OPINION, now.part, on)
        now.part.opinion = opinion.strip()
        now.part.opinion_number = give_letter_number(
            now.part.unit, LetterKind.OPINION, day.year, number
        )
        now.part.answered_on = day
        now.comment = now.part.opinion_number
    return now.part


def reply_faults(part: Handling, data: ReplyInput) -> list[str]:
    """What a reply still lacks, in the form's order (RULES D2)."""
    rule = HandlingRule.objects.all().of(part.suggestion.region)
    faults = []
    if part.share != Share.LEAD:
        faults.append("答复由主办单位提交，会办单位请提交会办意见。")
    if rule.contact_required and not part.contacts.filter(round=part.round).exists():
        faults.append("答复前要先与代表联系沟通，请先登记沟通。")
    if not data.get("body", "").strip():
        faults.append("请写答复内容。")
    entry = data.get("reply_class")
    if entry is None:
        faults.append("请选择办理结果。")
    elif entry.code in rule.followed_codes and not data.get("promise", "").strip():
        faults.append(f"{entry}要写明承诺事项，以便跟踪。")
    if not data.get("contact_name", "").strip() or not data.get("contact_phone", "").strip():
        faults.append("请写联系人和联系电话。")
    return faults


def draft_reply(*, handling_pk: int, actor: User, data: ReplyInput) -> ReplyDraft:
    """Put a reply before the unit's leader."""
    with part_step(HandlingAction.DRAFT_REPLY, handling_pk=handling_pk, actor=actor) as now:
        if faults := reply_faults(now.part, data):
            raise RefusedError(faults)
        coming_day("承诺完成日期", data.get("promise_due_on"))
        words = {name: v.strip() if isinstance(v, str) else v for name, v in data.items()}
        draft = ReplyDraft(handling=now.part, round=now.part.round, drafted_by=actor, **words)
        keep(draft)
    return draft


def _pending_draft(part: Handling) -> ReplyDraft:
    draft = part.drafts.filter(state=DraftState.PENDING).select_related("reply_class").first()
    if draft is None:
        raise RefusedError(["没有待审批的答复稿。"])
    return draft


def _decide_draft(draft: ReplyDraft, actor: User, state: DraftState, comment: str) -> None:
    draft.state, draft.decided_by, draft.decided_at = state, actor, timezone.now()
    draft.comment = comment[:400]
    keep(draft)


def send_back_reply(*, handling_pk: int, actor: User, comment: str) -> ReplyDraft:
    action = HandlingAction.SEND_BACK
    with part_step(action, handling_pk=handling_pk, actor=actor, comment=comment) as now:
        draft = _pending_draft(now.part)
        _decide_draft(draft, actor, DraftState.SENT_BACK, now.comment)
    return draft


def approve_reply(
    *,
    handling_pk: int,
    actor: User,
    comment: str = "",
    on: dt.date | None = None,
) -> Reply:
    """The unit's leader signs; the reply goes to every proposer at once (RULES D2).

    ``on`` is the day on the letter: not before hand-over or the draft, not after today.
    """
    with transaction.atomic():
        reply, draft = _sign_out(handling_pk, actor, comment, on)
        deliver_reply(reply=reply, draft=draft, actor=actor)
    return reply


def _sign_out(
    handling_pk: int, actor: User, comment: str, on: dt.date | None
) -> tuple[Reply, ReplyDraft]:
    action = HandlingAction.APPROVE
    with part_step(action, handling_pk=handling_pk, actor=actor, comment=comment) as now:
        day = part_day_of(action, now.part, on)
        draft = _pending_draft(now.part)
        _decide_draft(draft, actor, DraftState.APPROVED, now.comment)
        copied = (
            "round", "reply_class", "body", "contact_name", "contact_phone", "is_public",
        )  # fmt: skip
        head = letterhead_of(now.part.unit)
        reply = Reply(
            handling=now.part,
            replied_on=day,
            letter_number=give_letter_number(
                now.part.unit, LetterKind.REPLY, day.year, draft.letter_number
            ),
            signer=str(actor)[:40],
            leader_name=head.leader_name or str(actor)[:40],
            leader_phone=head.leader_phone,
            due_on=now.part.due_on if now.part.redo_from else None,
            **{name: getattr(draft, name) for name in copied},
        )
        keep(reply)
        lapse_extension(now.part, "答复已签发")
        now.part.answered_on = day
        now.comment = "。".join(filter(None, [reply.letter_number, now.comment]))
    return reply, draft


def waits_for(handling: Handling) -> Party | None:
    """Whose move it is at this unit, for desks."""
    return {
        HandlingState.PENDING: Party.UNIT,
        HandlingState.UNDERWAY: Party.UNIT,
        HandlingState.REPLY_PENDING: Party.UNIT_LEADER,
        HandlingState.RETURN_ASKED: Party.OFFICE,
    }.get(HandlingState(handling.state))
