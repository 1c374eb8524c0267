"""A signed reply reaches its proposers; what follows from how they rate it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from congress_portal.core.enums import Rating
from congress_portal.core.models import User
from deputies.models import Deputy
from suggestions.enums import (
    HandlingState,
    Party,
    PromiseState,
    ReplyTo,
    Share,
    State,
)
from suggestions.models import (
    Appraisal,
    Handling,
    HandlingRule,
    Promise,
    Reply,
    ReplyDraft,
    Suggestion,
)
from suggestions.models.suggestion import months_later
from suggestions.selectors.parties import parties_of
from suggestions.services.clock_keeping import end_open_pause, recompute, settle_sheet
from suggestions.services.dating import checked_day, day_of
from suggestions.services.review import release_part
from suggestions.services.steps import RefusedError, keep, lock, lock_visible, part_step, step
from suggestions.services.voices.relaying import relay_reply
from suggestions.workflow import Action, HandlingAction

SYSTEM = frozenset({Party.SYSTEM})
_WORST_FIRST = (Rating.UNSATISFIED, Rating.BASICALLY, Rating.SATISFIED)


def proposers_of(suggestion: Suggestion) -> list[Deputy]:
    """Lead and confirmed co-signers, of the item itself and of those merged into it."""
    found: dict[int, Deputy] = {}
    for item in [suggestion, *suggestion.merged.order_by("pk")]:
        for deputy in signers_of(item):
            found.setdefault(deputy.pk, deputy)
    return list(found.values())


def signers_of(item: Suggestion) -> list[Deputy]:
    """The lead deputy, then the confirmed co-signers in order."""
    rows = item.cosignatures.all().confirmed().select_related("deputy").order_by("serial", "pk")
    return [item.lead, *(row.deputy for row in rows)]


def deliver_reply(*, reply: Reply, draft: ReplyDraft, actor: User | None) -> list[Appraisal]:
    """One copy with its sheet for each proposer; merged items are answered separately.

    An undertaking of the reply enters the ledger; one of an earlier round is replaced by it.
    """
    pk = reply.handling.suggestion_id
    with step(Action.ANSWER, suggestion_pk=pk, actor=actor, parties=SYSTEM) as now:
        suggestion = now.suggestion
        rule = HandlingRule.objects.all().of(suggestion.region)
        end_open_pause(suggestion)
        sheets = _sheets(suggestion, reply, rule)
        for sheet in sheets:
            keep(sheet)
        _end_promises(suggestion, PromiseState.RECLASSIFIED, f"由第{reply.round}轮答复取代")
        if draft.promise:
            keep(
                Promise(
                    suggestion=suggestion,
                    reply=reply,
                    content=draft.promise,
                    due_on=draft.promise_due_on,
                    next_report_on=months_later(reply.replied_on, rule.promise_report_months),
                )
            )
        now.comment = f"第{reply.round}轮，{reply.reply_class}，送达 {len(sheets)} 位代表"
        for item in [suggestion, *suggestion.merged.order_by("pk")]:
            relay_reply(item, reply)
    return sheets


def _sheets(suggestion: Suggestion, reply: Reply, rule: HandlingRule) -> list[Appraisal]:
    """Delivered today, whatever day the letter bears: the deputies' time runs from here."""
    today, sheets = timezone.localdate(), []
    for item in [suggestion, *suggestion.merged.order_by("pk")]:
        deputies = signers_of(item) if rule.reply_to == ReplyTo.EACH else [item.lead]
        sheets += [
            Appraisal(reply=reply, suggestion=item, deputy=deputy, delivered_on=today)
            for deputy in deputies
        ]
    for sheet in sheets:
        settle_sheet(sheet, rule)
    return sheets


def _end_promises(suggestion: Suggestion, state: PromiseState, words: str) -> None:
    for promise in suggestion.promises.all().open():
        promise.state, promise.closing_words = state, words
        promise.closed_on, promise.next_report_on = timezone.localdate(), None
        keep(promise)


def appraise_reply(
    *,
    appraisal_pk: int,
    actor: User,
    process: str,
    result: str,
    words: str = "",
    was_contacted: bool | None = None,
    on: dt.date | None = None,
) -> Appraisal:
    """A proposer rates attitude and result, each by itself; staff may enter a paper sheet.

    The last sheet, or the first dissatisfied one, decides what follows: redo, follow-up of the
    promise, or closing. Raises Appraisal.DoesNotExist for other people's sheets.
    """
    with transaction.atomic():
        sheet = (
            Appraisal.objects.editable_by(actor)
            .select_related("reply__handling")
            .get(pk=appraisal_pk)
        )
        main = lock(sheet.reply.handling.suggestion_id)[sheet.reply.handling.suggestion_id]
        is_own = sheet.deputy.user_id == actor.pk
        parties = frozenset({Party.PROPOSER}) if is_own else parties_of(actor, main)
        with step(Action.APPRAISE, suggestion_pk=main.pk, actor=actor, parties=parties) as now:
            sheet = Appraisal.objects.select_related("reply__handling", "deputy").get(
                pk=appraisal_pk
            )
            _fill(sheet, actor, process, result, words, was_contacted, on, is_own)
            now.comment = (
                f"{sheet.deputy}：办理态度{sheet.get_process_display()}，"
                f"办理结果{sheet.get_result_display()}"
            )
        if now.suggestion.state == State.ANSWERED and _is_latest(sheet.reply):
            _follow(now.suggestion, sheet.reply)
        else:
            _rate(sheet.reply)
    return sheet


def _fill(
    sheet: Appraisal,
    actor: User,
    process: str,
    result: str,
    words: str,
    was_contacted: bool | None,
    on: dt.date | None,
    is_own: bool,
) -> None:
    if sheet.appraised_on:
        raise RefusedError(["这份征询意见表已经评价过。"])
    if process not in Rating.values or result not in Rating.values:
        raise RefusedError(["办理态度和办理结果都要评价。"])
    if Rating.UNSATISFIED in (process, result) and not words.strip():
        raise RefusedError(["不满意的请写明意见，以便重新办理。"])
    sheet.process, sheet.result, sheet.words = process, result, words.strip()
    sheet.was_contacted = was_contacted
    sheet.appraised_on = checked_day("评价日期", on, [("送达日期", sheet.delivered_on)])
    sheet.on_behalf, sheet.entered_by = not is_own, actor
    keep(sheet)


def _is_latest(reply: Reply) -> bool:
    return not reply.handling.replies.filter(round__gt=reply.round).exists()


def _rate(reply: Reply) -> list[Appraisal]:
    """The reply's rating: the worst result, once all have rated or one is dissatisfied."""
    sheets = list(reply.appraisals.order_by("pk"))
    given = [sheet.result for sheet in sheets if sheet.result]
    worst = next((rating for rating in _WORST_FIRST if rating in given), "")
    decided = len(given) == len(sheets) or worst == Rating.UNSATISFIED
    if decided and reply.rating != worst:
        reply.rating = worst
        keep(reply)
    return sheets


def redo_reason(reply: Reply, rule: HandlingRule) -> str:
    """Why the reply must be done again, or nothing (RULES C2, D2)."""
    sheets = list(reply.appraisals.order_by("pk"))
    for sheet in sheets:
        if sheet.result == Rating.UNSATISFIED:
            return f"{sheet.deputy}对办理结果不满意：{sheet.words}"
        if rule.redo_on_process and sheet.process == Rating.UNSATISFIED:
            return f"{sheet.deputy}对办理态度不满意：{sheet.words}"
        if rule.redo_when_not_contacted and sheet.was_contacted is False:
            return f"{sheet.deputy}反映答复前没有联系沟通"
    return ""


def _follow(suggestion: Suggestion, reply: Reply) -> None:
    rule = HandlingRule.objects.all().of(suggestion.region)
    sheets = _rate(reply)
    reason = redo_reason(reply, rule)
    if reason:
        if reply.round < rule.most_rounds:
            start_redo(suggestion.pk, actor=None, comment=reason[:900], parties=SYSTEM)
    elif all(sheet.appraised_on for sheet in sheets):
        finish(suggestion.pk, reply, rule, actor=None, parties=SYSTEM)


def start_redo(
    pk: int,
    *,
    actor: User | None,
    comment: str,
    parties: frozenset[Party] | None = None,
    action: Action = Action.REDO,
    on: dt.date | None = None,
) -> Suggestion:
    """Open the next round at the lead unit, with its own limit; earlier rounds stay as they are."""
    with step(action, suggestion_pk=pk, actor=actor, comment=comment, parties=parties) as now:
        day = day_of(action, now.suggestion, on)
        part = lead_part(now.suggestion)
        if part is None:
            raise RefusedError(["没有主办单位，请先改派。"])
        with part_step(
            HandlingAction.START_AGAIN, handling_pk=part.pk, actor=actor, parties=SYSTEM
        ) as again:
            again.part.round += 1
            again.part.redo_from, again.part.answered_on = day, None
        now.suggestion.closed_on = now.suggestion.final_class = None
        recompute(now.suggestion, f"第{again.part.round}轮办理")
    return now.suggestion


def lead_part(suggestion: Suggestion) -> Handling | None:
    return suggestion.handlings.all().in_hand().filter(share=Share.LEAD).first()


def finish(
    pk: int,
    reply: Reply,
    rule: HandlingRule,
    *,
    actor: User | None,
    parties: frozenset[Party] | None = None,
    comment: str = "",
) -> Suggestion:
    """Into follow-up where the class says so or a promise is open, else closed."""
    followed = reply.class_code in rule.followed_codes
    followed = followed or reply.handling.suggestion.promises.all().open().exists()
    action = Action.TRACK if followed else Action.CLOSE
    with step(action, suggestion_pk=pk, actor=actor, parties=parties, comment=comment) as now:
        if action == Action.CLOSE:
            now.suggestion.closed_on = timezone.localdate()
            release_waiting(now.suggestion, actor)
        elif not now.suggestion.promises.all().open().exists():
            keep(_plain_promise(now.suggestion, reply, rule))
    return now.suggestion


def _plain_promise(suggestion: Suggestion, reply: Reply, rule: HandlingRule) -> Promise:
    return Promise(
        suggestion=suggestion,
        reply=reply,
        content=f"{reply.reply_class}：{suggestion.title}",
        next_report_on=months_later(timezone.localdate(), rule.promise_report_months),
    )


def release_waiting(suggestion: Suggestion, actor: User | None) -> None:
    """Assisting units that never gave an opinion are let go when the case is closed."""
    for part in suggestion.handlings.all().in_hand().exclude(state=HandlingState.ANSWERED):
        release_part(part.pk, actor, "建议已办结")


def conclude_appraisals(*, pk: int, actor: User, comment: str = "") -> Suggestion:
    """The office concludes: «办结» or «转入承诺跟踪», as the reply's class says.

    Allowed when the sheets not given are overdue; when rounds are used up with a reason; and in
    follow-up when no promise is open any more.
    """
    with transaction.atomic():
        suggestion = lock_visible(pk, actor)
        if suggestion.state == State.TRACKING:
            return _close_tracked(suggestion, actor, comment)
        part = lead_part(suggestion)
        reply = part.replies.order_by("-round").first() if part else None
        if reply is None:
            raise RefusedError(["还没有答复，不能办结。"])
        rule = HandlingRule.objects.all().of(suggestion.region)
        _check_conclusion(reply, rule, comment)
        given = [s.result for s in reply.appraisals.all().given()]
        worst = next((rating for rating in _WORST_FIRST if rating in given), "")
        if given and reply.rating != worst:
            reply.rating = worst
            keep(reply)
        return finish(pk, reply, rule, actor=actor, comment=comment)


def _close_tracked(suggestion: Suggestion, actor: User, comment: str) -> Suggestion:
    left = suggestion.promises.all().open().count()
    if left:
        raise RefusedError([f"还有 {left} 项承诺没有了结，请先确认兑现或重新分类。"])
    with step(Action.CLOSE, suggestion_pk=suggestion.pk, actor=actor, comment=comment) as now:
        now.suggestion.closed_on = timezone.localdate()
        release_waiting(now.suggestion, actor)
    return now.suggestion


def _check_conclusion(reply: Reply, rule: HandlingRule, comment: str) -> None:
    today = timezone.localdate()
    waiting = [s for s in reply.appraisals.all() if not s.appraised_on and not s.is_late(today)]
    warnings = {sheet.clock_warning for sheet in waiting if sheet.clock_warning}
    if reason := redo_reason(reply, rule):
        if reply.round < rule.most_rounds:
            raise RefusedError([f"应当重新办理：{reason}。"])
        if not comment.strip():
            raise RefusedError(["最后一轮仍不满意，办结要写明理由。"])
    elif waiting:
        names = "、".join(str(sheet.deputy) for sheet in waiting)
        if warnings:
            raise RefusedError([f"{names}还没有评价。", *warnings, "补上工作日历后会自动推算。"])
        raise RefusedError([f"{names}还在评价期限内，请等评价或逾期后再办结。"])


def order_redo(*, pk: int, actor: User, comment: str) -> Suggestion:
    """The office itself opens another round, whatever the sheets say."""
    return start_redo(pk, actor=actor, comment=comment)
