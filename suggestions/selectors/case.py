"""Everything the page of one suggestion shows, each part by the reader's own right to it."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.masking import without_numbers
from congress_portal.core.models import User
from suggestions.enums import AttachmentKind, HandlingState, Party, Share, State
from suggestions.models import (
    Appraisal,
    Attachment,
    ClockChange,
    Extension,
    GroupFollowUp,
    Handling,
    InternalNote,
    LookBack,
    Nomination,
    Promise,
    Reply,
    ReplyDraft,
    Suggestion,
    Supervision,
    TransitionLog,
)
from suggestions.models.handling import readable
from suggestions.selectors.boards import PartView, parts_of, timeline
from suggestions.selectors.papers import PaperLink, opinions_for, paper_links
from suggestions.selectors.parties import parties_of
from suggestions.selectors.standing import lead_of

IMPORTED = "import"


@dataclass
class Event:
    """One sentence of the story; a fact from before the portal has a day and no hour."""

    day: dt.date
    at: dt.datetime | None
    who: str
    what: str
    comment: str = ""
    papers: list[Attachment] = field(default_factory=list)
    reply: Reply | None = None


@dataclass(frozen=True)
class CasePage:
    parts: list[PartView]
    events: list[Event]
    replies: list[Reply]
    sheets: dict[int, list[Appraisal]]
    promises: list[Promise]
    supervisions: list[Supervision]
    look_backs: list[LookBack]
    follow_ups: list[GroupFollowUp]
    nominations: list[Nomination]
    extensions: list[Extension]
    clock_changes: list[ClockChange]
    notes: list[InternalNote]
    drafts: list[ReplyDraft]
    papers: list[Attachment]
    opinions: list[Handling]
    links: list[PaperLink]
    is_office: bool
    takes_part: bool  # else the case is read because it is published
    merged: list[Suggestion]
    reads_main: bool


def case_page(user: User, suggestion: Suggestion, on: dt.date) -> CasePage:
    """Records that the reader's scope does not hold are simply not there."""
    found = Reply.objects.visible_to(user).filter(
        Q(handling__suggestion=suggestion) | Q(pk__in=_answers_to(suggestion))
    )
    replies = list(
        found.select_related("handling__unit", "reply_class").order_by("round", "pk").distinct()
    )
    papers = list(_of(Attachment, user, suggestion=suggestion).select_related("handling__unit"))
    parties = parties_of(user, suggestion)
    takes_part = readable(user.scope).filter(pk=suggestion.pk).exists()
    if not takes_part:
        show_as_published(suggestion, replies)
    events = _story(user, suggestion, replies)
    return CasePage(
        parts=parts_of(suggestion.merged_into or suggestion, on),
        events=events,
        replies=replies,
        sheets=_sheets(user, suggestion),
        promises=list(
            _of(Promise, user, suggestion=suggestion).prefetch_related("reports").order_by("pk")
        ),
        supervisions=list(
            _of(Supervision, user, suggestion=suggestion).prefetch_related("deputies")
        ),
        look_backs=list(_of(LookBack, user, suggestion=suggestion).prefetch_related("deputies")),
        follow_ups=list(_of(GroupFollowUp, user, suggestion=suggestion).select_related("group")),
        nominations=list(_of(Nomination, user, suggestion=suggestion)),
        extensions=list(
            _of(Extension, user, handling__suggestion=suggestion).select_related("handling__unit")
        ),
        clock_changes=list(
            _of(ClockChange, user, handling__suggestion=suggestion).select_related("handling__unit")
        ),
        notes=list(_of(InternalNote, user, suggestion=suggestion).select_related("author")),
        drafts=list(
            _of(ReplyDraft, user, handling__suggestion=suggestion)
            .select_related("reply_class", "drafted_by", "decided_by")
            .order_by("-pk")
        ),
        papers=_lay_papers(events, papers),
        opinions=list(opinions_for(user).filter(suggestion=suggestion).select_related("unit")),
        links=paper_links(user, suggestion),
        is_office=Party.OFFICE in parties,
        takes_part=takes_part,
        merged=list(
            Suggestion.objects.visible_to(user)
            .filter(merged_into=suggestion)
            .select_related("lead")
            .order_by("pk")
        ),
        reads_main=_reads_main(user, suggestion),
    )


def _of(model: type[Any], user: User, **case: Any) -> QuerySet[Any]:
    return model.objects.visible_to(user).filter(**case)


def show_as_published(suggestion: Suggestion, replies: Sequence[Reply]) -> None:
    """Of a published case others read no number and no contact; nothing of it is saved."""
    for name in ("title", "content", "reason", "situation", "analysis", "proposal"):
        setattr(suggestion, name, without_numbers(getattr(suggestion, name)))
    for reply in replies:
        reply.body = without_numbers(reply.body)
        reply.signer = reply.contact_name = reply.contact_phone = ""


def _reads_main(user: User, suggestion: Suggestion) -> bool:
    main = suggestion.merged_into_id
    return main is not None and Suggestion.objects.visible_to(user).filter(pk=main).exists()


def _answers_to(suggestion: Suggestion) -> QuerySet[Any]:
    """Replies delivered to the item's own proposers: for a merged one those of its main item."""
    return Appraisal.objects.filter(suggestion=suggestion).order_by().values("reply")


def _sheets(user: User, suggestion: Suggestion) -> dict[int, list[Appraisal]]:
    """Appraisal sheets by reply, the latest delivered last."""
    rows = Appraisal.objects.visible_to(user).filter(
        Q(reply__handling__suggestion=suggestion) | Q(suggestion=suggestion)
    )
    found: dict[int, list[Appraisal]] = {}
    for row in rows.select_related("deputy", "suggestion").order_by("pk"):
        found.setdefault(row.reply_id, []).append(row)
    return found


_VISITOR = re.compile(r"(接待)\s*[^\s，,、;；0-9]{2,10}$")


def _without_visitor(suggestion: Suggestion) -> str:
    """The office's note of where it came from, «JZ005 2026-02-12 接待丁晶淑», without the voter:
    units and other deputies read the story."""
    return _VISITOR.sub(r"\1", suggestion.source_text.strip())


def _story(user: User, suggestion: Suggestion, replies: Sequence[Reply]) -> list[Event]:
    """Steps of the portal, and facts that no step tells (cases that came by import)."""
    log = [row for row in timeline(user, suggestion) if row.action != IMPORTED]
    told = {row.action for row in log}
    signed = _signed(log, replies)
    events = [_event(row, signed.get(row.pk)) for row in log]
    shown = {event.reply.pk for event in events if event.reply}
    if suggestion.submitted_on and "submit" not in told:
        who = f"{suggestion.lead.name}代表"
        source = f"来源：{_without_visitor(suggestion)}" if suggestion.source_text else ""
        events.append(Event(suggestion.submitted_on, None, who, "领衔提出", source))
    if suggestion.handed_over_on and not told & {"hand_over", "forward"}:
        events.append(Event(suggestion.handed_over_on, None, "", "交办", _units(suggestion)))
    for reply in replies:
        if reply.pk not in shown:
            what = "答复" if reply.round == 1 else f"第 {reply.round} 次答复"
            who = reply.handling.unit.name
            events.append(Event(reply.replied_on, None, who, what, _result(reply), reply=reply))
    return sorted(events, key=_moment)


def _moment(event: Event) -> tuple[dt.date, bool, float]:
    return event.day, event.at is not None, event.at.timestamp() if event.at else 0.0


def _units(suggestion: Suggestion) -> str:
    parts = suggestion.handlings.all()
    return "，".join(f"{part.unit.name}{part.get_share_display()}" for part in parts)


def _result(reply: Reply) -> str:
    words = [f"办理结果为{reply.reply_class.name}" if reply.reply_class else ""]
    words.append(f"代表评价「{reply.get_rating_display()}」" if reply.rating else "代表还没有评价")
    return "，".join(filter(None, words))


def _signed(log: Sequence[TransitionLog], replies: Sequence[Reply]) -> dict[int, Reply]:
    """Which reply each «签发答复» gave: the last signing the last reply, and so on backwards."""
    found: dict[int, Reply] = {}
    for part in {reply.handling_id for reply in replies}:
        steps = [row.pk for row in log if row.action == "approve" and row.handling_id == part]
        own = [reply for reply in replies if reply.handling_id == part]
        found.update(zip(reversed(steps), reversed(own), strict=False))
    return found


def _event(row: TransitionLog, reply: Reply | None) -> Event:
    local = timezone.localtime(row.at)
    unit = f"（{row.handling.unit}）" if row.handling else ""
    what = row.label + unit
    return Event(local.date(), row.at, row.actor_name, what, row.comment, reply=reply)


_AROSE = {
    AttachmentKind.DRAFT: "提交",
    AttachmentKind.SCAN: "提交",
    AttachmentKind.REPLY: "签发答复",
    AttachmentKind.CONTACT: "登记沟通",
    AttachmentKind.SUPERVISION: "登记督办",
}


def _lay_papers(events: Sequence[Event], papers: Sequence[Attachment]) -> list[Attachment]:
    """Put each paper beside the step it belongs to; returns those that belong to none."""
    left = []
    for paper in papers:
        word = _AROSE.get(AttachmentKind(paper.kind), "")
        unit = f"（{paper.handling.unit}）" if paper.handling else ""
        same = [each for each in events if word and each.what.startswith(word) and each.at]
        same = [each for each in same if not unit or each.what.endswith(unit)] or same
        if not same:
            left.append(paper)
            continue
        near = min(same, key=lambda each: abs((each.at or paper.uploaded_at) - paper.uploaded_at))
        near.papers.append(paper)
    return left


def own_part(user: User, suggestion: Suggestion) -> Handling | None:
    """The part of the reader's own unit, where there is one in hand."""
    mine = suggestion.handlings.all().in_hand().filter(unit__in=user.scope.unit_ids)
    part: Handling | None = mine.select_related("suggestion__region", "suggestion__lead").first()
    return part


def waits_for(suggestion: Suggestion, page: CasePage) -> str:
    """Whose turn it is, as a sentence."""
    state, part = State(suggestion.state), lead_of(suggestion)
    if state in (State.HANDLING, State.REDO):
        return _unit_turn(part.state, part.unit.name) if part else "等交办机关改派主办单位。"
    if state == State.ANSWERED:
        sheets = [s for rows in page.sheets.values() for s in rows if not s.appraised_on]
        names = "、".join(dict.fromkeys(sheet.deputy.name for sheet in sheets))
        return f"等{names}代表评价。" if names else "等提出人评价。"
    if state == State.TRACKING:
        days = [p.next_report_on for p in page.promises if p.next_report_on]
        when = f"，下次报告不晚于 {min(days):%Y年%m月%d日}" if days else ""
        unit = part.unit.name if part else "主办单位"
        return f"等{unit}兑现承诺{when}。"
    if state == State.MERGED and suggestion.merged_into:
        main = suggestion.merged_into
        name = f"第{main.number}号" if main.number else ""
        sheets = [s for rows in page.sheets.values() for s in rows if not s.appraised_on]
        names = "、".join(dict.fromkeys(sheet.deputy.name for sheet in sheets))
        asked = f"答复已送达，等{names}代表评价。" if names else _TURNS[state]
        return f"已并入{name}（{main.get_state_display()}）。{asked}"
    return _TURNS[state]


def _unit_turn(state: str, unit: str) -> str:
    return {
        HandlingState.PENDING: f"等{unit}签收。",
        HandlingState.UNDERWAY: f"等{unit}联系代表、拟写答复。",
        HandlingState.RETURN_ASKED: f"{unit}申请退办，等交办机关决定。",
        HandlingState.REPLY_PENDING: f"答复稿等{unit}负责人签发。",
        HandlingState.ANSWERED: f"{unit}已答复。",
    }.get(HandlingState(state), "等交办机关改派主办单位。")


_TURNS = {
    State.DRAFT: "还是草稿，提交后人大机关才看得到。",
    State.SUBMITTED: "等人大机关审核。",
    State.RETURNED: "等领衔代表修改后再提交。",
    State.REFUSED: "没有受理。",
    State.WITHDRAWN: "已撤回，不再办理。",
    State.MERGED: "随主件办理，每位提出人都会收到答复。",
    State.ACCEPTED: "等人大机关交办。",
    State.AT_GOVERNMENT: "等政府办确定承办单位。",
    State.CLOSED: "已办结，可以回头看。",
}


def concludes_by_tracking(suggestion: Suggestion, followed: frozenset[str]) -> bool:
    """Whether the office's conclusion of an answered case is follow-up rather than closing."""
    leads = [part for part in suggestion.handlings.all() if part.share == Share.LEAD]
    replies = [reply for part in leads for reply in part.replies.all()]
    code = replies[-1].class_code if replies else ""
    return code in followed or suggestion.promises.all().open().exists()
