"""A deputy writes: drafts that save themselves, co-signers, submission (RULES D3)."""

import datetime as dt
import uuid
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone

from congress_portal.core import audit
from congress_portal.core.enums import AuditAction, Level
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.periods import Period
from congress_portal.core.text import printable, squeeze
from deputies.models import Deputy, Mandate
from suggestions.enums import (
    CoSignerState,
    Kind,
    Party,
    Session,
    State,
)
from suggestions.models import Call, CoSigner, HandlingRule, Suggestion, Voice
from suggestions.selectors.parties import parties_of
from suggestions.services.dating import day_of
from suggestions.services.messages import name_of, page_of
from suggestions.services.steps import (
    ChangedMeanwhileError,
    RefusedError,
    keep,
    lock_visible,
    step,
)
from suggestions.services.voices.freeing import free, turned_into
from suggestions.workflow import Action, NotYoursError

LISTS = ("proposed_units", "themes")
WRITTEN = ("title", "reason", "situation", "analysis", "proposal")


class DraftInput(TypedDict, total=False):
    """What the form sends; absent keys stay as they are."""

    title: str
    kind: str
    field: DictionaryEntry | None
    reason: str
    situation: str
    analysis: str
    proposal: str
    session: str
    meeting: str
    is_one_matter: bool
    wants_meeting: bool
    consents_to_publication: bool
    call: Call | None
    region: Region
    proposed_units: list[Unit]
    themes: list[DictionaryEntry]


def congress_of(deputy: Deputy, on: dt.date) -> Mandate:
    """The seat a deputy writes from: county before town; raises DomainError without one."""
    seats = list(
        deputy.mandates.all()
        .in_force(Period(on, on, str(on)))
        .filter(region__isnull=False, level__in=(Level.COUNTY, Level.TOWN))
        .select_related("region", "term")
    )
    if not seats:
        raise DomainError(f"{deputy}现在没有在任的县、镇人大代表职务，不能提出建议。")
    return min(seats, key=lambda seat: (seat.level != Level.COUNTY, seat.pk))


@transaction.atomic
def save_draft(
    *,
    actor: User,
    data: DraftInput,
    pk: int | None = None,
    draft_key: uuid.UUID | None = None,
    on_behalf_of: Deputy | None = None,
    seen_saved_at: dt.datetime | None = None,
) -> Suggestion:
    """Save what is written so far; the same key or pk again updates the same draft.

    A changed text asks co-signers who had confirmed on line to confirm again (the lead deputy
    must make them know the content). Raises Suggestion.DoesNotExist, NotYoursError,
    ChangedMeanwhileError (another device saved later), RefusedError, DomainError.
    """
    draft = _own_draft(actor, pk, draft_key)
    is_new = draft is None
    if draft is None:
        draft = _new_draft(actor, draft_key, on_behalf_of)
    elif seen_saved_at and draft.saved_at and draft.saved_at > seen_saved_at:
        raise ChangedMeanwhileError(
            "这份草稿刚在别处保存过。两处的文字都列出来了，请合在一起后再保存。"
        )
    before = audit.snapshot(draft)
    lists = {name: data[name] for name in LISTS if name in data}  # type: ignore[literal-required]
    _write(draft, data, actor)
    changes = audit.difference(before, audit.snapshot(draft))
    if not (is_new or changes or lists):
        return draft
    draft.saved_at = timezone.now()
    _check_draft(draft)
    draft.save()
    for name, rows in lists.items():
        getattr(draft, name).set(rows)
    if is_new or changes:
        audit.record(
            AuditAction.CREATE if is_new else AuditAction.UPDATE,
            draft,
            changes={name: changes[name] for name in changes if name not in WRITTEN}
            | {"written": [name for name in WRITTEN if name in changes]},
        )
    if not is_new and set(changes) & set(WRITTEN):
        _ask_again(draft)
    return draft


def _own_draft(actor: User, pk: int | None, key: uuid.UUID | None) -> Suggestion | None:
    if pk is None:
        if key is None:
            return None
        pk = Suggestion.objects.filter(draft_key=key).values_list("pk", flat=True).first()
        if pk is None:
            return None
        if not Suggestion.objects.visible_to(actor).filter(pk=pk).exists():
            raise NotYoursError("这份草稿不是您的，请重新打开「写建议」。")
    draft = lock_visible(pk, actor)
    _check_writer(actor, draft)
    return draft


def _check_writer(actor: User, draft: Suggestion) -> None:
    """The lead deputy writes; the office only what it entered on somebody's behalf."""
    parties = parties_of(actor, draft)
    if not (Party.LEAD in parties or (Party.OFFICE in parties and draft.entered_on_behalf)):
        raise NotYoursError("只有领衔代表（或代录的工作人员）能修改。")
    if not draft.is_open_to_edit:
        raise DomainError(
            f"「{State(draft.state).label}」的建议不能再改，要改请先联系人大机关退回。"
        )


def _new_draft(actor: User, key: uuid.UUID | None, on_behalf_of: Deputy | None) -> Suggestion:
    lead = on_behalf_of or Deputy.objects.filter(user=actor).first()
    if lead is None:
        raise DomainError("您的账号没有对应的代表，不能起草建议；代录请先选领衔代表。")
    today = timezone.localdate()
    seat = congress_of(lead, today)
    is_own = lead.user_id == actor.pk
    if seat.region is None:  # congress_of gives only seats with one
        raise DomainError("没有找到向哪里的人大提出。")
    if not is_own and not actor.scope.may_write_code(seat.region.code):
        raise NotYoursError("只有本级人大机关能代代表录入。")
    return Suggestion(
        year=today.year,
        state=State.DRAFT,
        lead=lead,
        region=seat.region,
        term=seat.term,
        entered_by=actor,
        entered_on_behalf=not is_own,
        draft_key=key,
    )


def _write(draft: Suggestion, data: DraftInput, actor: User) -> None:
    for name, value in data.items():
        if name in LISTS:
            continue
        if name == "region":
            _check_region(draft.lead, value)
        setattr(draft, name, printable(value).strip() if isinstance(value, str) else value)


def _check_region(lead: Deputy, region: Any) -> None:
    today = timezone.localdate()
    seats = lead.mandates.all().in_force(Period(today, today, str(today)))
    if not seats.filter(region=region).exists():
        raise RefusedError([f"{lead}不是{region}人大代表，不能向它提出。"])


def _check_draft(draft: Suggestion) -> None:
    """Only what the database would refuse; the rest is asked at submission."""
    longest = Suggestion._meta.get_field("title").max_length
    if len(draft.title) > (longest or 0):
        raise RefusedError([f"标题不能超过 {longest} 个字。"])
    if draft.kind not in Kind.values:
        raise RefusedError(["请选择建议或议案。"])


def _ask_again(draft: Suggestion) -> None:
    signed = list(
        draft.cosignatures.filter(state=CoSignerState.CONFIRMED, on_paper=False).select_related(
            "deputy__user"
        )
    )
    for row in signed:
        row.state, row.decided_at = CoSignerState.INVITED, None
        row.save(update_fields=["state", "decided_at"])
        audit.record(AuditAction.UPDATE, row, reason="内容有修改，请再次确认附议")
    _tell_deputies(
        draft,
        [row.deputy for row in signed],
        f"reconfirm:{draft.pk}:{draft.saved_at:%Y%m%d%H%M%S}",
        "内容有修改，请再次确认附议",
    )


def _tell_deputies(draft: Suggestion, deputies: list[Deputy], key: str, title: str) -> None:
    people = [deputy.user for deputy in deputies if deputy.user]
    notify(
        people,
        Message(
            key=key,
            title=f"{title}：{name_of(draft)}",
            body=f"领衔代表：{draft.lead}。",
            link=page_of(draft),
        ),
    )


@transaction.atomic
def invite_cosigners(*, pk: int, actor: User, deputies: list[Deputy]) -> list[CoSigner]:
    """Ask deputies of the same congress to co-sign; who declined may be asked again."""
    draft = lock_visible(pk, actor)
    _check_writer(actor, draft)
    today = timezone.localdate()
    present = {row.deputy_id: row for row in draft.cosignatures.all()}
    serial = max((row.serial for row in present.values()), default=0)
    invited = []
    for deputy in deputies:
        if deputy.pk == draft.lead_id:
            raise RefusedError([f"{deputy}是领衔代表，不用附议。"])
        seats = deputy.mandates.all().in_force(Period(today, today, str(today)))
        if not seats.filter(region=draft.region).exists():
            raise RefusedError([f"{deputy}不是{draft.region}人大代表，不能附议。"])
        row = present.get(deputy.pk)
        if row and row.state != CoSignerState.DECLINED:
            continue
        if row is None:
            serial += 1
            row = CoSigner(suggestion=draft, deputy=deputy, serial=serial)
        row.state, row.decided_at = CoSignerState.INVITED, None
        invited.append(keep(row))
    _tell_deputies(
        draft,
        [row.deputy for row in invited],
        f"invite:{draft.pk}:{timezone.now():%Y%m%d%H%M%S%f}",
        "邀请您附议",
    )
    return invited


@transaction.atomic
def answer_invitation(*, pk: int, actor: User, agrees: bool) -> CoSigner:
    """A deputy confirms or declines; raises DomainError when there is nothing to answer."""
    draft = lock_visible(pk, actor)
    row = draft.cosignatures.filter(deputy__user=actor).select_related("deputy").first()
    if row is None or not draft.is_open_to_edit:
        raise DomainError("没有待您确认的附议，可能已经提交或撤销邀请。")
    row.state = CoSignerState.CONFIRMED if agrees else CoSignerState.DECLINED
    row.decided_at = timezone.now()
    keep(row)
    word = "同意附议" if agrees else "不附议"
    _tell_deputies(
        draft,
        [draft.lead],
        f"cosign:{row.pk}:{row.decided_at:%Y%m%d%H%M%S%f}",
        f"{row.deputy}{word}",
    )
    return row


@transaction.atomic
def enter_paper_cosigner(*, pk: int, actor: User, deputy: Deputy) -> CoSigner:
    """Staff enter a signature given on paper (the scan is attached as «纸质原件»)."""
    draft = lock_visible(pk, actor)
    if Party.OFFICE not in parties_of(actor, draft) or not draft.entered_on_behalf:
        raise NotYoursError("纸面附议由代录的人大机关工作人员登记。")
    _check_writer(actor, draft)
    invite_cosigners(pk=pk, actor=actor, deputies=[deputy])
    row = draft.cosignatures.get(deputy=deputy)
    row.state, row.on_paper, row.decided_at = CoSignerState.CONFIRMED, True, timezone.now()
    return keep(row, reason="纸面签名代录")


@transaction.atomic
def remove_cosigner(*, pk: int, actor: User, deputy: Deputy) -> None:
    draft = lock_visible(pk, actor)
    _check_writer(actor, draft)
    row = draft.cosignatures.filter(deputy=deputy).first()
    if row is not None:
        audit.delete_recorded(row)


@transaction.atomic
def discard_draft(*, pk: int, actor: User) -> None:
    """Delete one's own draft; voices it came from are free again."""
    draft = lock_visible(pk, actor)
    _check_writer(actor, draft)
    if draft.state != State.DRAFT or draft.submitted_on:
        raise DomainError("只有没提交过的草稿能删除；提交过的请撤回。")
    for paper in draft.attachments.all():
        audit.delete_recorded(paper)
    voices = turned_into(draft)
    audit.delete_recorded(draft)
    free(voices, because="写成建议的草稿删去了", key=str(pk))


@transaction.atomic
def draft_from_voice(*, voice_pk: int, actor: User, deputy: Deputy | None = None) -> Suggestion:
    """Start a draft from what a voter raised; the link is kept (M81).

    Raises Voice.DoesNotExist, and DomainError when it already led to a suggestion.
    """
    voice = Voice.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=voice_pk)
    if voice.suggestion_id:
        raise DomainError("这条群众意见已经转成建议。")
    draft = save_draft(
        actor=actor,
        on_behalf_of=deputy,
        data={"field": voice.field, "situation": voice.said},
    )
    voice.suggestion = draft
    keep(voice, reason="转为代表建议")
    return draft


@transaction.atomic
def link_voice(*, voice_pk: int, pk: int, actor: User) -> None:
    """One more voice behind the same suggestion."""
    suggestion = lock_visible(pk, actor)
    parties = parties_of(actor, suggestion)
    if not parties & {Party.LEAD, Party.OFFICE}:
        raise NotYoursError("只有领衔代表和人大机关能补充来源。")
    voice = Voice.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=voice_pk)
    if voice.suggestion_id not in (None, pk):
        raise DomainError("这条群众意见已经转成另一件建议。")
    voice.suggestion = suggestion
    keep(voice, reason="转为代表建议")


def submission_faults(draft: Suggestion, rule: HandlingRule | None = None) -> list[str]:
    """What keeps a draft from being submitted, in the form's order; empty when it is ready."""
    rule = rule or HandlingRule.objects.all().of(draft.region)
    is_motion = draft.kind == Kind.MOTION
    needed = [
        ("标题", draft.title, rule.least_title),
        ("案据（情况）" if is_motion else "情况", draft.situation, rule.least_situation),
        ("方案" if is_motion else "具体建议", draft.proposal, rule.least_proposal),
    ]
    if is_motion:
        needed.insert(1, ("案由", draft.reason, 2))
    else:
        needed.insert(2, ("分析", draft.analysis, rule.least_analysis))
    faults = [
        f"{name}至少写 {least} 个字，现在 {len(squeeze(text))} 个字。"
        for name, text, least in needed
        if len(squeeze(text)) < least
    ]
    if draft.field_id is None:
        faults.append("请选择类别。")
    if not draft.is_one_matter:
        faults.append("请确认一件建议只写一个事项。")
    return faults + (motion_faults(draft, rule) if is_motion else [])


def motion_faults(draft: Suggestion, rule: HandlingRule) -> list[str]:
    """地方组织法 §22: to the congress in session, by ten deputies (a town: five) with the lead."""
    faults = []
    if draft.session != Session.PLENARY:
        faults.append("议案向大会提出，「提出时间」要选大会期间；闭会期间请提建议。")
    least = rule.motion_cosigners_town if draft.region.is_town else rule.motion_cosigners_county
    signed = 1 + draft.cosignatures.all().confirmed().count()
    if signed < least:
        faults.append(f"议案要有 {least} 名以上代表联名，现在连同领衔代表 {signed} 名。")
    return faults


def submit_suggestion(*, pk: int, actor: User, on: dt.date | None = None) -> Suggestion:
    """Put it forward. Invitations not answered lapse. Raises RefusedError with every fault."""
    with step(Action.SUBMIT, suggestion_pk=pk, actor=actor) as now:
        draft = now.suggestion
        _check_writer(actor, draft)
        if faults := submission_faults(draft):
            raise RefusedError(faults)
        for row in draft.cosignatures.exclude(state=CoSignerState.CONFIRMED):
            audit.delete_recorded(row, reason="提交时没有附议")
        if draft.lead.user_id == actor.pk:  # begun by the office, put forward by the deputy
            draft.entered_on_behalf = False
        draft.submitted_on = day_of(Action.SUBMIT, draft, on)
        draft.year = draft.submitted_on.year
        draft.content = draft.content or draft.full_text
        if draft.call_id and draft.call and draft.call.closes_on < draft.submitted_on:
            draft.call = None
    return draft
