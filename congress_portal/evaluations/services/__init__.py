"""Writes, one module an area; new code imports from the modules themselves."""

from congress_portal.evaluations.services.appeals import decide_appeal, raise_appeal
from congress_portal.evaluations.services.life import (
    check_sheet,
    close_objections,
    disclose_sheet,
    open_sheet,
    reopen_sheet,
    unlock_place,
)
from congress_portal.evaluations.services.ratings import rate
from congress_portal.evaluations.services.reminding import remind_of_objections
from congress_portal.evaluations.services.sheets import (
    NotAllowedError,
    SheetChangedError,
    SheetPublishedError,
    compute_sheet,
    needs_new_version,
    new_version,
    publish_sheet,
    recompute_open,
    sheet_for,
)

__all__ = [
    "NotAllowedError",
    "SheetChangedError",
    "SheetPublishedError",
    "check_sheet",
    "close_objections",
    "compute_sheet",
    "decide_appeal",
    "disclose_sheet",
    "needs_new_version",
    "new_version",
    "open_sheet",
    "publish_sheet",
    "raise_appeal",
    "rate",
    "recompute_open",
    "remind_of_objections",
    "reopen_sheet",
    "sheet_for",
    "unlock_place",
]
