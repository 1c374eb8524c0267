"""The kinds of papers that can be made in batches; apps register theirs when they are ready."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from congress_portal.core.models import Batch, BatchItem, User


@dataclass(frozen=True)
class ItemOrder:
    """``key`` tells the kind which paper; ``file_name`` may hold one folder («镇/姓名.pdf»)."""

    key: str
    label: str
    file_name: str


@dataclass(frozen=True)
class Order:
    """What is wanted; ``file_name`` names the download without its ending."""

    kind: str
    title: str
    file_name: str
    items: Sequence[ItemOrder]
    arguments: dict[str, Any] = field(default_factory=dict)


class Kind(Protocol):
    """One sort of batch. ``make`` runs in a worker on behalf of the batch's actor and must give
    the same paper when it is called again."""

    code: str

    def make(self, batch: Batch, item: BatchItem) -> bytes:
        """The paper; raises DomainError with what the clerk is told."""
        ...

    def may_take(self, batch: Batch, user: User) -> bool:
        """Whether the person may today still read everything that is in the result."""
        ...


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.code] = kind


def kind_of(batch: Batch) -> Kind:
    """Raises KeyError for a kind of an older version."""
    return _kinds[batch.kind]
