from congress_portal.evaluations.models.life import Appeal, Rating, SheetProof, Unlock
from congress_portal.evaluations.models.requirement import (
    Exemption,
    Nudge,
    Requirement,
    RequirementPart,
    TypeThreshold,
)
from congress_portal.evaluations.models.review import (
    Nominee,
    Recommendation,
    ReviewObjection,
    ReviewTitle,
    YearReview,
)
from congress_portal.evaluations.models.scheme import Grade, Indicator, Scheme
from congress_portal.evaluations.models.sheet import Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.models.statistics import CountingText, ReportDraft, SavedView
from congress_portal.evaluations.models.warning import WarningRule

__all__ = [
    "Appeal",
    "CountingText",
    "Exemption",
    "Grade",
    "Indicator",
    "Nominee",
    "Nudge",
    "Rating",
    "Recommendation",
    "ReportDraft",
    "Requirement",
    "RequirementPart",
    "ReviewObjection",
    "ReviewTitle",
    "SavedView",
    "Scheme",
    "Score",
    "ScoreLine",
    "ScoreSheet",
    "SheetProof",
    "TypeThreshold",
    "Unlock",
    "WarningRule",
    "YearReview",
]
