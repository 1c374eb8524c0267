from congress_portal.evaluations.models.life import Appeal, Rating, SheetProof, Unlock
from congress_portal.evaluations.models.requirement import (
    Exemption,
    Nudge,
    Requirement,
    RequirementPart,
    TypeThreshold,
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
    "Nudge",
    "Rating",
    "ReportDraft",
    "Requirement",
    "RequirementPart",
    "SavedView",
    "Scheme",
    "Score",
    "ScoreLine",
    "ScoreSheet",
    "SheetProof",
    "TypeThreshold",
    "Unlock",
    "WarningRule",
]
