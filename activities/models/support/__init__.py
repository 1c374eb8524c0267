"""Towns' congress organs and what supports the work: M09, M10, M36, M41, M121–M125, M136."""

from activities.models.support.funds import Budget, Expense, ExpenseKind
from activities.models.support.guidance import AreaPairing, AreaVisit, Exchange
from activities.models.support.organ import DutyShare, OrganRule, StaffPost, StaffPostKind
from activities.models.support.papers import RuleDocument, RuleVersion
from activities.models.support.work import (
    PartyMeeting,
    PlanItem,
    SessionPaper,
    TownSession,
    WorkPlan,
)

__all__ = [
    "AreaPairing",
    "AreaVisit",
    "Budget",
    "DutyShare",
    "Exchange",
    "Expense",
    "ExpenseKind",
    "OrganRule",
    "PartyMeeting",
    "PlanItem",
    "RuleDocument",
    "RuleVersion",
    "SessionPaper",
    "StaffPost",
    "StaffPostKind",
    "TownSession",
    "WorkPlan",
]
