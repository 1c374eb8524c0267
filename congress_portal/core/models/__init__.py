from congress_portal.core.models.audit import AuditEntry, AuditHead
from congress_portal.core.models.batch import Batch, BatchItem
from congress_portal.core.models.calendar import CalendarDay, CalendarYear
from congress_portal.core.models.delivery import Delivery
from congress_portal.core.models.dictionary import DictionaryEntry
from congress_portal.core.models.imports import (
    HeaderSynonym,
    ImportBatch,
    ImportRun,
    ImportSheet,
)
from congress_portal.core.models.notice import Notice
from congress_portal.core.models.record import Record
from congress_portal.core.models.region import Region
from congress_portal.core.models.retention import RetentionRule
from congress_portal.core.models.submission import Submission
from congress_portal.core.models.unit import Unit
from congress_portal.core.models.user import RoleAssignment, User

__all__ = [
    "AuditEntry",
    "AuditHead",
    "Batch",
    "BatchItem",
    "CalendarDay",
    "CalendarYear",
    "Delivery",
    "DictionaryEntry",
    "HeaderSynonym",
    "ImportBatch",
    "ImportRun",
    "ImportSheet",
    "Notice",
    "Record",
    "Region",
    "RetentionRule",
    "RoleAssignment",
    "Submission",
    "Unit",
    "User",
]
