"""The ledger of stations and the teams' marks, as the office's sheets have them."""

from stations.resources.ledger import StationResource
from stations.resources.lookup import Stations
from stations.resources.marks import MarkResource

__all__ = ["MarkResource", "StationResource", "Stations"]
