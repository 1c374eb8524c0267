from congress_portal.evaluations.models.scheme import Indicator, Scheme
from congress_portal.evaluations.models.sheet import Score, ScoreLine, ScoreSheet

__all__ = ["Indicator", "Scheme", "Score", "ScoreLine", "ScoreSheet"]
