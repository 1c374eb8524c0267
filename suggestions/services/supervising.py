"""Key suggestions, supervision forms, specialist groups, publication, honours."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from congress_portal.core.enums import Role
from congress_portal.core.masking import count_numbers
from congress_portal.core.models import User
from deputies.models import Deputy, Group
from suggestions.enums import NominationState, Party, SupervisionForm
from suggestions.models import GroupFollowUp, Nomination, Reply, Suggestion, Supervision
from suggestions.selectors.parties import specialist_groups
from suggestions.services.dating import day_of
from suggestions.services.steps import RefusedError, keep, step
from suggestions.workflow import Action


def mark_key(
    *,
    pk: int,
    actor: User,
    leading_member: User | None = None,
    is_key: bool = True,
    comment: str = "",
) -> Suggestion:
    """Name (or drop) a key suggestion and the leader who leads its supervision (代表法 §52)."""
    with step(Action.MARK_KEY, suggestion_pk=pk, actor=actor, comment=comment) as now:
        if is_key and leading_member and not leading_member.has_role(Role.LEADER):
            raise RefusedError([f"{leading_member}不是常委会领导。"])
        now.suggestion.is_key = is_key
        now.suggestion.leading_member = leading_member if is_key else None
        who = f"领衔督办：{leading_member}" if is_key and leading_member else ""
        now.comment = "。".join(filter(None, [who or ("" if is_key else "取消"), now.comment]))
    return now.suggestion


def record_supervision(
    *,
    pk: int,
    actor: User,
    form: str,
    content: str,
    on: dt.date | None = None,
    place: str = "",
    chair: str = "",
    deputies: Sequence[Deputy] = (),
    demand: str = "",
    demand_due_on: dt.date | None = None,
) -> Supervision:
    """One of the five forms (督办会、现场点评、代表评议、现场视察、面对面沟通; M92)."""
    with step(Action.SUPERVISE, suggestion_pk=pk, actor=actor) as now:
        if form not in SupervisionForm.values or not content.strip():
            raise RefusedError(["请选择督办方式并写明督办情况。"])
        record = Supervision(
            suggestion=now.suggestion,
            form=form,
            held_on=day_of(Action.SUPERVISE, now.suggestion, on),
            place=place.strip(),
            chair=chair.strip(),
            content=content.strip(),
            demand=demand.strip(),
            demand_due_on=demand_due_on,
            entered_by=actor,
        )
        keep(record)
        record.deputies.set(deputies)
        now.comment = f"{record.get_form_display()}：{(record.demand or record.content)[:200]}"
    return record


def record_group_follow_up(
    *,
    pk: int,
    actor: User,
    group: Group,
    content: str,
    opinion: str = "",
    on: dt.date | None = None,
) -> GroupFollowUp:
    """A specialist group's check and its opinion on the reply (M131)."""
    with step(Action.GROUP_FOLLOW, suggestion_pk=pk, actor=actor) as now:
        if group.field_id is None or group.field_id != now.suggestion.field_id:
            raise RefusedError([f"{group}不负责这一类别的建议。"])
        is_member = specialist_groups(actor, now.suggestion).filter(pk=group.pk).exists()
        if Party.OFFICE not in now.parties and not is_member:
            raise RefusedError([f"您不是{group}的成员。"])
        if not content.strip():
            raise RefusedError(["请写明督导情况。"])
        record = GroupFollowUp(
            suggestion=now.suggestion,
            group=group,
            held_on=day_of(Action.GROUP_FOLLOW, now.suggestion, on),
            content=content.strip(),
            opinion=opinion.strip(),
            entered_by=actor,
        )
        keep(record)
        now.comment = f"{group}：{record.content[:200]}"
    return record


def record_consent(*, pk: int, actor: User, consents: bool, how: str = "") -> Suggestion:
    """The lead proposer's wish on publication, also after the text was handed in.

    Others than the lead say ``how`` it was told to them. Raises RefusedError and the table's
    errors; what is public is taken back before the consent is.
    """
    with step(Action.CONSENT, suggestion_pk=pk, actor=actor, comment=how) as now:
        row = now.suggestion
        if row.lead.user_id != actor.pk and not how.strip():
            raise RefusedError(["代为登记的，请写明代表怎样表示的，如：11月3日书面同意。"])
        if not consents and row.published_on:
            raise RefusedError(["已经公开，请人大机关先取消公开，再登记不同意。"])
        row.consents_to_publication = consents
        said = "同意公开" if consents else "不同意公开"
        now.comment = "。".join(filter(None, [said, how.strip()]))
    return now.suggestion


def publish_suggestion(
    *, pk: int, actor: User, is_public: bool = True, on: dt.date | None = None
) -> Suggestion:
    """Put on the open list, with its public replies; only with the proposers' consent."""
    with step(Action.PUBLISH, suggestion_pk=pk, actor=actor) as now:
        if is_public and not now.suggestion.consents_to_publication:
            raise RefusedError(["提出人没有同意公开。"])
        day = day_of(Action.PUBLISH, now.suggestion, on)
        now.suggestion.published_on = day if is_public else None
        now.comment = _numbers_said(now.suggestion) if is_public else "取消公开"
    return now.suggestion


def _numbers_said(suggestion: Suggestion) -> str:
    """What the office is told of numbers of people in the texts; the site leaves them out."""
    row = suggestion
    own = (row.title, row.reason, row.content, row.situation, row.analysis, row.proposal)
    replies = Reply.objects.filter(handling__suggestion=row, is_public=True)
    found = count_numbers(*own, *replies.values_list("body", flat=True))
    return f"文字里有 {found} 处电话、证件号码，公开时略去" if found else ""


def nominate_suggestion(
    *, pk: int, actor: User, reason: str, year: int | None = None
) -> Nomination:
    """Put up for the year's outstanding suggestions (M97)."""
    with step(Action.NOMINATE, suggestion_pk=pk, actor=actor) as now:
        if not reason.strip():
            raise RefusedError(["请写推荐理由。"])
        nomination = Nomination(
            suggestion=now.suggestion,
            year=year or now.suggestion.year,
            reason=reason.strip(),
            nominated_by=actor,
            nominated_on=timezone.localdate(),
        )
        keep(nomination)
        now.comment = f"{nomination.year}年：{nomination.reason}"
    return nomination


def decide_nomination(
    *,
    nomination_pk: int,
    actor: User,
    honoured: bool,
    votes: int | None = None,
    honour: str = "",
) -> Nomination:
    """Enter the vote; an honoured one shows in the deputies' files with the honour's name."""
    pk = Nomination.objects.values_list("suggestion", flat=True).get(pk=nomination_pk)
    with step(Action.HONOUR, suggestion_pk=pk, actor=actor) as now:
        nomination = Nomination.objects.get(pk=nomination_pk)
        if nomination.state != NominationState.PENDING:
            raise RefusedError(["这件推荐已经评定。"])
        nomination.state = NominationState.HONOURED if honoured else NominationState.DECLINED
        nomination.votes, nomination.decided_on = votes, timezone.localdate()
        if honoured:
            nomination.honour = honour.strip() or f"{nomination.year}年度优秀代表建议"
        keep(nomination)
        now.comment = nomination.honour or nomination.get_state_display()
    return nomination
