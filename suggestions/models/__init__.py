from suggestions.models.casework import (
    Attachment,
    ClockChange,
    Contact,
    Extension,
    FormKey,
    InternalNote,
    Reminder,
    Suspension,
    TransitionLog,
)
from suggestions.models.deed import Deed
from suggestions.models.followup import (
    GroupFollowUp,
    LookBack,
    Nomination,
    Promise,
    PromiseReport,
    Supervision,
)
from suggestions.models.hall import Hall, HallTask, HallView
from suggestions.models.handling import Appraisal, Handling, Reply, ReplyDraft
from suggestions.models.intake import Intake, IntakePaper
from suggestions.models.letters import Letterhead, LetterSeries, LetterText, LetterTextQuerySet
from suggestions.models.rules import Call, HandlingRule, NumberSeries, ReviewItem
from suggestions.models.suggestion import CoSigner, Suggestion, SuggestionQuerySet
from suggestions.models.survey import (
    Survey,
    SurveyAnswer,
    SurveyProblem,
    SurveyQuestion,
    SurveyResponse,
    SurveyTarget,
)
from suggestions.models.topic import TopicProposal
from suggestions.models.voice import Voice, VoiceQuerySet
from suggestions.models.voice_case import (
    ConsentText,
    DoorKnock,
    RightDoor,
    VoiceCase,
    VoiceLog,
    VoicePart,
    VoicePhoto,
    VoiceRule,
)
from suggestions.models.wish import Wish, WishClaim

__all__ = [
    "Appraisal",
    "Attachment",
    "Call",
    "ClockChange",
    "CoSigner",
    "ConsentText",
    "Contact",
    "Deed",
    "DoorKnock",
    "Extension",
    "FormKey",
    "GroupFollowUp",
    "Hall",
    "HallTask",
    "HallView",
    "Handling",
    "HandlingRule",
    "Intake",
    "IntakePaper",
    "InternalNote",
    "LetterSeries",
    "LetterText",
    "LetterTextQuerySet",
    "Letterhead",
    "LookBack",
    "Nomination",
    "NumberSeries",
    "Promise",
    "PromiseReport",
    "Reminder",
    "Reply",
    "ReplyDraft",
    "ReviewItem",
    "RightDoor",
    "Suggestion",
    "SuggestionQuerySet",
    "Supervision",
    "Survey",
    "SurveyAnswer",
    "SurveyProblem",
    "SurveyQuestion",
    "SurveyResponse",
    "SurveyTarget",
    "Suspension",
    "TopicProposal",
    "TransitionLog",
    "Voice",
    "VoiceCase",
    "VoiceLog",
    "VoicePart",
    "VoicePhoto",
    "VoiceQuerySet",
    "VoiceRule",
    "Wish",
    "WishClaim",
]
