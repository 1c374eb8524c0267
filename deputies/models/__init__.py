from deputies.models.committee import CommitteeMember, CommitteeOffice, Pairing
from deputies.models.deputy import Deputy, DeputyQuerySet, Mandate
from deputies.models.group import Group, GroupMembership
from deputies.models.term import District, Term

__all__ = [
    "CommitteeMember",
    "CommitteeOffice",
    "Deputy",
    "DeputyQuerySet",
    "District",
    "Group",
    "GroupMembership",
    "Mandate",
    "Pairing",
    "Term",
]
