"""Who may read and write what: one rule per model, written on its queryset (DESIGN §6.1).

A scope is made of region prefixes (town staff: one town; committee staff: the county, or
everything where no region is named), units and stations. Deputies and handlers see the records
that carry their own name; each model says which those are in ``read_rule``/``write_rule``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from congress_portal.core.models import User

NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Scope:
    """``""`` among the prefixes means everywhere."""

    user_id: int | None = None
    roles: frozenset[str] = frozenset()
    read_prefixes: tuple[str, ...] = ()
    write_prefixes: tuple[str, ...] = ()
    unit_ids: frozenset[int] = frozenset()

    @property
    def deputy_user_id(self) -> int | None:
        """The account, while it holds the role of a deputy: own records follow the role."""
        return self.user_id if "deputy" in self.roles else None

    @property
    def officer_user_id(self) -> int | None:
        """The account, while it holds the role of a station officer."""
        return self.user_id if "station_officer" in self.roles else None

    @property
    def is_leader(self) -> bool:
        return "leader" in self.roles

    @property
    def is_office(self) -> bool:
        return bool(self.roles & OFFICE_ROLES)

    @property
    def is_inside(self) -> bool:
        """Of the congress itself: its offices, leaders, stations and deputies; no bureau's."""
        own = self.deputy_user_id or self.officer_user_id
        return bool(self.read_prefixes or own)

    @property
    def reads_everything(self) -> bool:
        return "" in self.read_prefixes

    @property
    def writes_everything(self) -> bool:
        return "" in self.write_prefixes

    def reads(self, path: str) -> Q:
        return within(self.read_prefixes, path)

    def writes(self, path: str) -> Q:
        return within(self.write_prefixes, path)

    def may_write_code(self, code: str) -> bool:
        """Whether a place with this region code lies where the user may write."""
        return any(code.startswith(prefix) for prefix in self.write_prefixes)


EVERYTHING = Scope(read_prefixes=("",), write_prefixes=("",))


def is_nothing(rule: Q) -> bool:
    return rule == NOTHING


_STEPS = (2, 4, 6, 9)  # digits of province, city, county and town in a division code
_CODE_LENGTH = 12


def codes_above(code: str) -> list[str]:
    """Codes of the places over this one (a code or its prefix), the highest first."""
    digits = code.rstrip("0")
    return [code[:n].ljust(_CODE_LENGTH, "0") for n in _STEPS if n < len(digits)]


def within(prefixes: tuple[str, ...], path: str) -> Q:
    """Rows whose region, reached by ``path``, lies under one of the code prefixes."""
    rule = NOTHING
    for prefix in prefixes:
        rule |= Q(**{f"{path}__code__startswith": prefix}) if prefix else ~NOTHING
    return rule


def scope_of(user: "User | AnonymousUser | None") -> Scope:
    """The user's scope; nothing for a stranger. ``None`` is the system itself (commands)."""
    if user is None:
        return EVERYTHING
    if not user.is_authenticated or not user.is_active:
        return Scope()
    return user.scope  # type: ignore[union-attr]


class ScopedQuerySet(models.QuerySet[Any]):
    """``region_path`` leads from the row to the Region that owns it.

    A scope without a region reaches every row, unless ``by_region`` says that a rule other than
    the region decides (accounts, the audit trail, scores): then the rule is always asked.
    """

    region_path: ClassVar[str] = "region"
    by_region: ClassVar[bool] = True

    def visible_to(self, user: "User | AnonymousUser | None") -> Self:
        scope = scope_of(user)
        if user is None or (self.by_region and scope.reads_everything):
            return self.all()
        return self.filter(self.read_rule(scope))

    def editable_by(self, user: "User | AnonymousUser | None") -> Self:
        scope = scope_of(user)
        if user is None or (self.by_region and scope.writes_everything):
            return self.all()
        return self.filter(self.write_rule(scope))

    def may_add(self, user: "User | AnonymousUser | None") -> bool:
        """Whether there can be a new row that the user may write."""
        scope = scope_of(user)
        if user is None or (self.by_region and scope.writes_everything):
            return True
        if self.by_region and not scope.write_prefixes:
            return False
        return not is_nothing(self.write_rule(scope))

    def read_rule(self, scope: Scope) -> Q:
        return scope.reads(self.region_path)

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes(self.region_path)


class SharedQuerySet(ScopedQuerySet):
    """Reference data: every signed-in person reads it, only the office writes it."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.is_office else NOTHING


OFFICE_ROLES = frozenset({"staff", "admin"})
