"""After the reply: the promise ledger and look-backs that can reopen a case."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, User
from deputies.models import Deputy, Group
from suggestions.enums import Finding, PromiseState
from suggestions.models import HandlingRule, LookBack, Promise, PromiseReport, Suggestion
from suggestions.models.suggestion import months_later
from suggestions.services.answering import SYSTEM, lead_part, release_waiting, start_redo
from suggestions.services.dating import coming_day, day_of, report_day_of
from suggestions.services.steps import RefusedError, keep, part_step, step
from suggestions.workflow import Action, HandlingAction

SOLVED = "A"


def report_promise(
    *,
    promise_pk: int,
    actor: User,
    content: str,
    claims_done: bool = False,
    on: dt.date | None = None,
) -> PromiseReport:
    """The lead unit says how far its promise has come; the next report gets its day."""
    promise = Promise.objects.select_related("reply").get(pk=promise_pk)
    part = lead_part(promise.suggestion)
    if part is None:
        raise RefusedError(["没有主办单位，不能报告。"])
    with part_step(HandlingAction.REPORT_PROMISE, handling_pk=part.pk, actor=actor) as now:
        promise = Promise.objects.select_related("reply").get(pk=promise_pk)
        if promise.state != PromiseState.OPEN:
            raise RefusedError([f"这项承诺「{promise.get_state_display()}」，不用再报告。"])
        day = report_day_of(promise, on)
        if not content.strip():
            raise RefusedError(["请写进展情况。"])
        report = PromiseReport(
            promise=promise,
            reported_on=day,
            content=content.strip(),
            claims_done=claims_done,
            entered_by=actor,
        )
        keep(report)
        rule = HandlingRule.objects.all().of(now.suggestion.region)
        promise.next_report_on = (
            None if claims_done else months_later(day, rule.promise_report_months)
        )
        keep(promise)
        now.comment = ("报告已兑现：" if claims_done else "") + report.content[:200]
    return report


def settle_promise(*, promise_pk: int, actor: User, comment: str = "") -> Promise:
    """The office confirms that a promise is kept; with the last one the case is closed."""
    with transaction.atomic():
        pk = Promise.objects.values_list("suggestion", flat=True).get(pk=promise_pk)
        with step(Action.SETTLE_PROMISE, suggestion_pk=pk, actor=actor, comment=comment) as now:
            promise = Promise.objects.get(pk=promise_pk)
            if promise.state != PromiseState.OPEN:
                raise RefusedError([f"这项承诺「{promise.get_state_display()}」。"])
            promise.state, promise.closed_on = PromiseState.DONE, timezone.localdate()
            promise.next_report_on, promise.closing_words = None, now.comment[:400]
            keep(promise)
            is_last = not now.suggestion.promises.all().open().exists()
            if is_last:
                now.suggestion.final_class = DictionaryEntry.objects.filter(
                    dictionary=Dictionary.REPLY_CLASS, code=SOLVED
                ).first()
        if is_last:
            _close(pk, "承诺已全部兑现")
    return promise


def _close(pk: int, comment: str) -> None:
    with step(Action.CLOSE, suggestion_pk=pk, actor=None, comment=comment, parties=SYSTEM) as now:
        now.suggestion.closed_on = timezone.localdate()
        release_waiting(now.suggestion, None)


def reclassify(
    *,
    pk: int,
    actor: User,
    reply_class: DictionaryEntry,
    comment: str,
    promise: str = "",
    promise_due_on: dt.date | None = None,
) -> Suggestion:
    """Another class after follow-up: a followed one with a new promise, any other one closes.

    The replies keep the class they were given with.
    """
    if reply_class.dictionary != Dictionary.REPLY_CLASS:
        raise RefusedError(["请选择办理结果。"])
    with transaction.atomic():
        with step(Action.RECLASSIFY, suggestion_pk=pk, actor=actor, comment=comment) as now:
            rule = HandlingRule.objects.all().of(now.suggestion.region)
            followed = reply_class.code in rule.followed_codes
            if followed and not promise.strip():
                raise RefusedError([f"{reply_class}要写明承诺事项，以便跟踪。"])
            coming_day("承诺完成日期", promise_due_on)
            _replace_promises(now.suggestion, reply_class, promise, promise_due_on, rule)
            now.suggestion.final_class = reply_class
            now.comment = f"改为{reply_class}：{now.comment}"
        if not followed:
            _close(pk, f"重新分类为{reply_class}")
    return Suggestion.objects.get(pk=pk)


def _replace_promises(
    suggestion: Suggestion,
    reply_class: DictionaryEntry,
    content: str,
    due_on: dt.date | None,
    rule: HandlingRule,
) -> None:
    today, reply = timezone.localdate(), None
    for old in suggestion.promises.all().open():
        old.state, old.closed_on = PromiseState.RECLASSIFIED, today
        old.next_report_on, old.closing_words = None, f"重新分类为{reply_class}"
        keep(old)
        reply = old.reply
    part = lead_part(suggestion)
    reply = reply or (part.replies.order_by("-round").first() if part else None)
    if content.strip() and reply is not None:
        keep(
            Promise(
                suggestion=suggestion,
                reply=reply,
                content=content.strip(),
                due_on=due_on,
                next_report_on=months_later(today, rule.promise_report_months),
            )
        )


def record_look_back(
    *,
    pk: int,
    actor: User,
    finding: str,
    words: str,
    deputies: Sequence[Deputy] = (),
    group: Group | None = None,
    on: dt.date | None = None,
    reopen: bool = False,
) -> LookBack:
    """A visit by deputies or a group; what is not solved can be opened again (M78)."""
    faults = []
    if finding not in Finding.values:
        faults.append("请选择结论。")
    if not words.strip():
        faults.append("请写明情况。")
    if not deputies and group is None:
        faults.append("请选择参加的代表或小组。")
    if reopen and finding == Finding.SOLVED:
        faults.append("结论是已解决，不用重启办理。")
    if faults:
        raise RefusedError(faults)
    with transaction.atomic():
        with step(Action.LOOK_BACK, suggestion_pk=pk, actor=actor) as now:
            visit = LookBack(
                suggestion=now.suggestion,
                held_on=day_of(Action.LOOK_BACK, now.suggestion, on),
                group=group,
                finding=finding,
                words=words.strip(),
                reopened=reopen,
                entered_by=actor,
            )
            keep(visit)
            visit.deputies.set(deputies)
            now.comment = f"{visit.get_finding_display()}：{visit.words[:200]}"
        if reopen:
            start_redo(pk, actor=actor, comment=words.strip()[:900], action=Action.REOPEN)
    return visit
