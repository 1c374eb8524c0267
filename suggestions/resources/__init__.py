"""The register of receptions and the catalogue of suggestions, as the office's sheets have them."""

from suggestions.resources.catalogue import SuggestionResource
from suggestions.resources.receptions import ReceptionResource

__all__ = ["ReceptionResource", "SuggestionResource"]
