from deputies.models.committee import CommitteeMember, CommitteeOffice, Pairing
from deputies.models.deputy import Deputy, DeputyQuerySet, Mandate
from deputies.models.group import Group, GroupMembership
from deputies.models.seats import ByElection, Candidate, ExitCase, ExitStep, GateCheck
from deputies.models.term import District, Term

__all__ = [
    "ByElection",
    "Candidate",
    "CommitteeMember",
    "CommitteeOffice",
    "Deputy",
    "DeputyQuerySet",
    "District",
    "ExitCase",
    "ExitStep",
    "GateCheck",
    "Group",
    "GroupMembership",
    "Mandate",
    "Pairing",
    "Term",
]
