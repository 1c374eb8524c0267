"""Which form and which service each action of the two tables has; the buttons lead here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from congress_portal.core.templatetags.portal import cn_date
from suggestions import services
from suggestions.forms import office, proposer, unit
from suggestions.forms.fields import CommentForm, NoteForm, StepForm
from suggestions.models import Handling, Suggestion
from suggestions.workflow import Action, HandlingAction


@dataclass(frozen=True)
class StepPage:
    """``case`` names the service's argument for the case (or part); empty: the form has it."""

    form: type[StepForm]
    service: Callable[..., Any]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    case: str = "pk"
    done: Callable[[Any], str] | None = None
    files: bool = False


def _handed_over(suggestion: Suggestion) -> str:
    parts = list(suggestion.handlings.all().in_hand().select_related("unit").order_by("serial"))
    names = "、".join(f"{part.unit}" for part in parts)
    due = next((part.sign_due_on for part in parts if part.sign_due_on), None)
    return f"已交{names}，请于 {cn_date(due)} 前签收。" if due else f"已交{names}，等各单位签收。"


def _reassigned(part: Handling) -> str:
    due = f"，请于 {cn_date(part.sign_due_on)} 前签收" if part.sign_due_on else "，等签收"
    return f"已交{part.unit}{part.get_share_display()}{due}。"


def _accepted(suggestion: Suggestion) -> str:
    return f"已受理，编号 {suggestion.year}年{suggestion.number}。下一步：交办。"


CASE_PAGES: Mapping[Action, StepPage] = {
    Action.WITHDRAW: StepPage(CommentForm, services.withdraw_suggestion),
    Action.ACCEPT: StepPage(office.AcceptForm, services.accept_suggestion, done=_accepted),
    Action.RETURN: StepPage(office.ReturnForm, services.return_suggestion),
    Action.REFUSE: StepPage(office.RefuseForm, services.refuse_suggestion),
    Action.MERGE: StepPage(office.MergeForm, services.merge_suggestion),
    Action.CONVERT: StepPage(CommentForm, services.convert_kind),
    Action.PASS_ON: StepPage(office.PassOnForm, services.pass_to_government),
    Action.HAND_BACK: StepPage(CommentForm, services.hand_back),
    Action.HAND_OVER: StepPage(office.HandOverForm, services.hand_over, done=_handed_over),
    Action.FORWARD: StepPage(office.HandOverForm, services.hand_over, done=_handed_over),
    Action.REASSIGN: StepPage(office.ReassignForm, services.reassign, done=_reassigned),
    Action.EXTEND: StepPage(
        office.GrantForm, services.decide_extension, fixed={"grants": True}, case=""
    ),
    Action.DENY_EXTENSION: StepPage(
        office.DenyForm, services.decide_extension, fixed={"grants": False}, case=""
    ),
    Action.SUSPEND: StepPage(CommentForm, services.suspend_clock),
    Action.RESUME: StepPage(NoteForm, services.resume_clock),
    Action.REDO: StepPage(CommentForm, services.order_redo),
    Action.TRACK: StepPage(NoteForm, services.conclude_appraisals),
    Action.CLOSE: StepPage(NoteForm, services.conclude_appraisals),
    Action.SETTLE_PROMISE: StepPage(office.SettleForm, services.settle_promise, case=""),
    Action.RECLASSIFY: StepPage(office.ReclassifyForm, services.reclassify),
    Action.MARK_KEY: StepPage(office.KeyForm, services.mark_key),
    Action.SUPERVISE: StepPage(office.SupervisionEntryForm, services.record_supervision),
    Action.GROUP_FOLLOW: StepPage(office.GroupFollowForm, services.record_group_follow_up),
    Action.LOOK_BACK: StepPage(proposer.LookBackForm, services.record_look_back),
    Action.CONSENT: StepPage(proposer.ConsentForm, services.record_consent),
    Action.PUBLISH: StepPage(office.PublishForm, services.publish_suggestion),
    Action.NOMINATE: StepPage(office.NominateForm, services.nominate_suggestion),
    Action.HONOUR: StepPage(office.HonourForm, services.decide_nomination, case=""),
}

_PART = "handling_pk"
PART_PAGES: Mapping[HandlingAction, StepPage] = {
    HandlingAction.SIGN: StepPage(unit.SignForm, services.sign_receipt, case=_PART),
    HandlingAction.ASK_RETURN: StepPage(unit.ReturnRequestForm, services.ask_return, case=_PART),
    HandlingAction.GRANT_RETURN: StepPage(
        NoteForm, services.decide_return, fixed={"grants": True}, case=_PART
    ),
    HandlingAction.DENY_RETURN: StepPage(
        CommentForm, services.decide_return, fixed={"grants": False}, case=_PART
    ),
    HandlingAction.LOG_CONTACT: StepPage(unit.ContactEntryForm, services.log_contact, case=_PART),
    HandlingAction.ASK_EXTENSION: StepPage(unit.ExtensionForm, services.ask_extension, case=_PART),
    HandlingAction.GIVE_OPINION: StepPage(unit.OpinionForm, services.give_opinion, case=_PART),
    HandlingAction.DRAFT_REPLY: StepPage(unit.ReplyForm, services.draft_reply, case=_PART),
    HandlingAction.SEND_BACK: StepPage(unit.SendBackForm, services.send_back_reply, case=_PART),
    HandlingAction.APPROVE: StepPage(unit.ApproveForm, services.approve_reply, case=_PART),
    HandlingAction.REPORT_PROMISE: StepPage(
        unit.PromiseReportForm, services.report_promise, case=""
    ),
    HandlingAction.RELEASE: StepPage(CommentForm, services.release_unit, case=_PART),
}
