"""Rosters of deputies and their groups, as the office's sheets have them."""

from deputies.resources.groups import GroupResource
from deputies.resources.lookup import Deputies
from deputies.resources.rosters import CountyRosterResource, TownRosterResource

__all__ = ["CountyRosterResource", "Deputies", "GroupResource", "TownRosterResource"]
