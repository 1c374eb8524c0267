from stations.models.reception import Reception, ReceptionDuty
from stations.models.standard import (
    InspectionMark,
    Standard,
    StandardItem,
    StandardUse,
    StationCheck,
)
from stations.models.station import Posting, Station, StationOfficer, StationQuerySet, StationType

__all__ = [
    "InspectionMark",
    "Posting",
    "Reception",
    "ReceptionDuty",
    "Standard",
    "StandardItem",
    "StandardUse",
    "Station",
    "StationCheck",
    "StationOfficer",
    "StationQuerySet",
    "StationType",
]
