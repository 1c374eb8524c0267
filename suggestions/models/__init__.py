from suggestions.models.suggestion import (
    CoSigner,
    Handling,
    Reply,
    Suggestion,
    SuggestionQuerySet,
)
from suggestions.models.voice import Voice, VoiceQuerySet

__all__ = [
    "CoSigner",
    "Handling",
    "Reply",
    "Suggestion",
    "SuggestionQuerySet",
    "Voice",
    "VoiceQuerySet",
]
