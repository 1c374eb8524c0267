from congress_portal.evaluations.models.requirement import (
    Exemption,
    Nudge,
    Requirement,
    RequirementPart,
    TypeThreshold,
)
from congress_portal.evaluations.models.scheme import Indicator, Scheme
from congress_portal.evaluations.models.sheet import Score, ScoreLine, ScoreSheet

__all__ = [
    "Exemption",
    "Indicator",
    "Nudge",
    "Requirement",
    "RequirementPart",
    "Scheme",
    "Score",
    "ScoreLine",
    "ScoreSheet",
    "TypeThreshold",
]
