import datetime as dt

import pytest

from suggestions.enums import ClockKind, Decision, HandlingState, Share, State
from suggestions.models import (
    Appraisal,
    Attachment,
    Call,
    CoSigner,
    Extension,
    HandlingRule,
    Intake,
    IntakePaper,
    Letterhead,
    LetterSeries,
    Nomination,
    NumberSeries,
    Promise,
    Reminder,
    ReplyDraft,
    ReviewItem,
    Supervision,
    Suspension,
    TopicProposal,
)
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories.core import CountyFactory, UnitFactory, UserFactory
from tests.factories.deputies import DeputyFactory, DistrictFactory
from tests.factories.halls import HallFactory, HallTaskFactory, HallViewFactory
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyClassFactory,
    ReplyFactory,
    SuggestionFactory,
    VoiceFactory,
)
from tests.factories.surveys import (
    SurveyAnswerFactory,
    SurveyFactory,
    SurveyQuestionFactory,
    SurveyResponseFactory,
    SurveyTargetFactory,
)
from tests.factories.voices import (
    DeedFactory,
    VoiceCaseFactory,
    VoicePartFactory,
    WishClaimFactory,
    WishFactory,
)

pytestmark = pytest.mark.django_db


def _cosigners():
    deputy = DeputyFactory()
    suggestion = SuggestionFactory(cosigners=[deputy])
    CoSigner.objects.create(suggestion=suggestion, deputy=deputy)


def _same_unit():
    first = HandlingFactory()
    HandlingFactory(suggestion=first.suggestion, unit=first.unit, share=Share.ASSIST)


def _same_voice_unit():
    first = VoicePartFactory()
    VoicePartFactory(voice=first.voice, unit=first.unit, share=Share.ASSIST)


def _two_leads():
    HandlingFactory(suggestion=HandlingFactory().suggestion)


def _same_round():
    ReplyFactory(handling=ReplyFactory().handling)


def _same_number():
    first = SuggestionFactory()
    SuggestionFactory(region=first.region, year=first.year, number=first.number)


DAY = dt.date(2026, 7, 20)


NOW = dt.datetime(2026, 7, 20, tzinfo=dt.UTC)


def _intake(**fields):
    return Intake.objects.create(
        region=CountyFactory(), source="form", received_at=NOW, subject="路", body="坏", **fields
    )


def _appraisal(**fields):
    reply = fields.pop("reply", None) or ReplyFactory()
    item = reply.handling.suggestion
    return Appraisal.objects.create(
        reply=reply, suggestion=item, deputy=item.lead, delivered_on=DAY, **fields
    )


def _same_sheet():
    reply = ReplyFactory()
    _appraisal(reply=reply)
    _appraisal(reply=reply)


def _extensions(**fields):
    handling = HandlingFactory()
    values = {"handling": handling, "asked_until": DAY, "reason": "面广", "asked_on": DAY}
    Extension.objects.create(**values, **fields)
    return Extension.objects.create(**values, **fields)


def _drafts(**fields):
    values = {
        "handling": HandlingFactory(), "round": 1, "body": "答", "drafted_by": UserFactory(),
        "reply_class": ReplyClassFactory(),
    }  # fmt: skip
    ReplyDraft.objects.create(**values, **fields)
    return ReplyDraft.objects.create(**values, **fields)


def _pauses(**fields):
    suggestion = SuggestionFactory()
    Suspension.objects.create(suggestion=suggestion, begins_on=DAY, reason="等", **fields)
    return Suspension.objects.create(suggestion=suggestion, begins_on=DAY, reason="等", **fields)


def _promise(**fields):
    reply = ReplyFactory()
    return Promise.objects.create(
        suggestion=reply.handling.suggestion, reply=reply, content="修路", **fields
    )


def _nominations(**fields):
    item = SuggestionFactory()
    values = {"suggestion": item, "year": 2026, "reason": "好", "nominated_on": DAY}
    Nomination.objects.create(**values, **fields)
    return Nomination.objects.create(**values, **fields)


def _papers():
    values = {"suggestion": SuggestionFactory(), "kind": "draft", "size": 1, "sha256": "a" * 64}
    Attachment.objects.create(**values)
    Attachment.objects.create(**values)


def _topic(**fields):
    call = Call.objects.create(region=CountyFactory(), title="议题", opens_on=DAY, closes_on=DAY)
    return TopicProposal.objects.create(call=call, title="养老", received_on=DAY, **fields)


def _rule(**fields):
    return HandlingRule.objects.create(region=CountyFactory(), **fields)


BROKEN = {
    "voice_email_has_consent": lambda: VoiceFactory(visitor_email="a@example.com"),
    "suggestion_state_known": lambda: SuggestionFactory(state="lost"),
    "suggestion_submitted_when_dated": lambda: SuggestionFactory(state=State.DRAFT, number=""),
    "suggestion_numbered_when_accepted": lambda: SuggestionFactory(number=""),
    "suggestion_in_hand_when_handed_over": lambda: SuggestionFactory(state=State.HANDLING),
    "suggestion_closing_dated_when_closed": lambda: SuggestionFactory(closed_on=DAY),
    "suggestion_merged_into_another": lambda: SuggestionFactory(state=State.MERGED),
    "suggestion_published_with_consent": lambda: SuggestionFactory(published_on=DAY),
    "handling_state_known": lambda: HandlingFactory(state="lost"),
    "handling_return_has_reason": lambda: HandlingFactory(state=HandlingState.RETURN_ASKED),
    "handling_end_dated_when_out_of_hand": lambda: HandlingFactory(state=HandlingState.RELEASED),
    "reply_draft_one_pending": _drafts,
    "reply_draft_send_back_has_comment": lambda: _drafts(state="sent_back"),
    "appraisal_once": _same_sheet,
    "appraisal_whole": lambda: _appraisal(result="satisfied"),
    "extension_one_pending": _extensions,
    "extension_granted_until_a_day": lambda: _extensions(decision=Decision.GRANTED),
    "suspension_one_open": _pauses,
    "suspension_dates_ordered": lambda: _pauses(ends_on=DAY - dt.timedelta(days=1)),
    "attachment_once": _papers,
    "reminder_once": lambda: twice(
        Reminder.objects.create,
        suggestion=SuggestionFactory(),
        clock=ClockKind.REPLY,
        target="handling:1",
        stage="today",
        due_on=DAY,
    )(),
    "promise_closed_when_dated": lambda: _promise(closed_on=DAY),
    "supervision_dates_ordered": lambda: Supervision.objects.create(
        suggestion=SuggestionFactory(),
        form="meeting",
        held_on=DAY,
        content="督办",
        demand_due_on=DAY - dt.timedelta(days=1),
    ),
    "nomination_once_a_year": _nominations,
    "nomination_honour_named": lambda: _nominations(state="honoured"),
    "topic_proposal_merged_into_another": lambda: _topic(state="merged"),
    "topic_proposal_adopted_for_a_year": lambda: _topic(state="adopted"),
    "handling_rule_months_ordered": lambda: _rule(reply_months=7),
    "handling_rule_months_positive": lambda: _rule(redo_months=0),
    "review_item_once": twice(ReviewItem.objects.create, kind="quality", name="不具体"),
    "call_dates_ordered": lambda: Call.objects.create(
        region=CountyFactory(), title="征集", opens_on=DAY, closes_on=DAY - dt.timedelta(days=1)
    ),
    "intake_decided_when_dated": lambda: _intake(state="voice"),
    "intake_set_aside_with_reason": lambda: _intake(state="set_aside", decided_at=NOW),
    "intake_voice_is_named": lambda: _intake(state="voice", decided_at=NOW),
    "intake_paper_once": lambda: twice(
        IntakePaper.objects.create, intake=_intake(), name="a.png", sha256="0" * 64
    )(),
    "letterhead_two_series": lambda: Letterhead.objects.create(
        unit=UnitFactory(), reply_prefix="安交建", opinion_prefix="安交建"
    ),
    "letter_series_once": lambda: twice(
        LetterSeries.objects.create, unit=UnitFactory(), kind="reply", year=2026
    )(),
    "number_series_once": lambda: twice(
        NumberSeries.objects.create, region=CountyFactory(), year=2026, kind="suggestion"
    )(),
    "suggestion_number_unique": _same_number,
    "suggestion_handed_over_after_submission": lambda: SuggestionFactory(
        submitted_on=dt.date(2026, 7, 12), handed_over_on=dt.date(2026, 7, 11)
    ),
    "suggestion_extended_after_hand_over": lambda: SuggestionFactory(
        handed_over_on=dt.date(2026, 7, 20), extended_to=dt.date(2026, 7, 19)
    ),
    "cosigner_once": _cosigners,
    "handling_unit_once": _same_unit,
    "handling_one_lead": _two_leads,
    "reply_round_once": _same_round,
    "voice_closed_after_raised": lambda: VoiceFactory(
        raised_on=dt.date(2026, 7, 13), closed_on=dt.date(2026, 7, 12)
    ),
    "voice_voter_told_after_raised": lambda: VoiceFactory(voter_told_on=dt.date(2000, 1, 1)),
    "voice_heard_by_deputy_has_consent": lambda: VoiceFactory(deputy=DeputyFactory()),
    "voice_of_reception_has_one": lambda: VoiceFactory(source="reception"),
    "voice_case_merged_has_main": lambda: VoiceCaseFactory(state="merged"),
    "voice_case_answered_at": lambda: VoiceCaseFactory(state="answered"),
    "voice_part_once": _same_voice_unit,
    "survey_published_closed": lambda: SurveyFactory(is_published=True),
    "survey_question_once": lambda: twice(SurveyQuestionFactory, survey=SurveyFactory())(),
    "survey_target_once": lambda: twice(
        SurveyTargetFactory, survey=SurveyFactory(), district=DistrictFactory()
    )(),
    "survey_response_entered_by": lambda: SurveyResponseFactory(method="paper"),
    "survey_answer_once": lambda: twice(
        SurveyAnswerFactory, response=SurveyResponseFactory(), question=SurveyQuestionFactory()
    )(),
    "hall_conclusion_dated": lambda: HallFactory(conclusion="装"),
    "hall_view_serial_once": lambda: twice(HallViewFactory, hall=HallFactory(), serial=1)(),
    "hall_view_speaker_named": lambda: HallViewFactory(speaker="deputy"),
    "hall_view_name_has_consent": lambda: HallViewFactory(voter_name="王五"),
    "hall_task_owned": lambda: HallTaskFactory(owner=""),
    "hall_task_due_after_set": lambda: HallTaskFactory(due_on="2026-09-01"),
    "hall_task_done_with_result": lambda: HallTaskFactory(done_on="2026-10-02"),
    "deed_amount_positive": lambda: DeedFactory(amount=-1),
    "deed_source_named": lambda: DeedFactory(source="voice"),
    "deed_published_verified": lambda: DeedFactory(is_published=True),
    "wish_shown_with_text": lambda: WishFactory(state="open"),
    "wish_declined_with_reason": lambda: WishFactory(state="declined"),
    "wish_claim_one": lambda: twice(WishClaimFactory, wish=WishFactory(open=True))(),
    "wish_claim_by_one": lambda: WishClaimFactory(helper=""),
    "wish_claim_back_with_reason": lambda: WishClaimFactory(given_back_at=NOW),
    "wish_claim_fulfilled_with_result": lambda: WishClaimFactory(fulfilled_on=DAY),
    "voice_part_one_lead": lambda: twice(VoicePartFactory, voice=VoiceFactory())(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("suggestions")


def test_what_was_heard_at_a_reception_may_be_closed_the_same_day():
    OpinionFactory(closed_on=dt.date(2026, 7, 7))
