"""Permissions follow from roles by one table; there are no groups to keep in step with it."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from congress_portal.core.enums import Role

_VIEW = frozenset({"view"})
_KEEP = frozenset({"view", "add", "change", "delete"})
_RECORDS = ("deputies", "stations", "activities", "suggestions", "public")

# role → app → actions; which rows these reach is the row scope's business (core.scope).
ROLE_PERMISSIONS: dict[str, dict[str, frozenset[str]]] = {
    Role.STAFF: {
        **dict.fromkeys(_RECORDS, _KEEP),
        "evaluations": _KEEP,
        "core": _KEEP,
    },
    Role.TOWN_STAFF: {**dict.fromkeys(_RECORDS, _KEEP), "evaluations": _VIEW, "core": _VIEW},
    Role.LEADER: {**dict.fromkeys(_RECORDS, _VIEW), "evaluations": _VIEW},
    Role.INSPECTOR: {"stations": _VIEW, "evaluations": _VIEW},
    Role.AUDITOR: {"core": _VIEW},
    Role.ADMIN: {"core": _KEEP, "axes": _KEEP},
}

# What a role's app-wide grant does not reach.
_NEVER_WRITTEN = frozenset({"auditentry", "audithead", "importrun", "importsheet"})
_ACCOUNTS = frozenset({"user", "roleassignment"})
_TOWN_SEES_IN_CORE = frozenset({"region", "importrun", "importsheet"})
_AUDITOR_SEES = frozenset({"auditentry", "importrun", "importsheet", "user", "roleassignment"})


def role_allows(role: str, app_label: str, codename: str) -> bool:
    """Whether ``role`` may do ``codename`` (``change_region``) in ``app_label``."""
    action, _, model = codename.partition("_")
    if action not in ROLE_PERMISSIONS.get(role, {}).get(app_label, frozenset()):
        return False
    if app_label != "core" or action == "view":
        return _core_view_allows(role, app_label, model)
    if model in _NEVER_WRITTEN:
        return False
    return role == Role.ADMIN or model not in _ACCOUNTS


def _core_view_allows(role: str, app_label: str, model: str) -> bool:
    if app_label != "core":
        return True
    if role == Role.TOWN_STAFF:
        return model in _TOWN_SEES_IN_CORE
    if role == Role.AUDITOR:
        return model in _AUDITOR_SEES
    return model != "audithead"


class RoleBackend(ModelBackend):
    """Django's password check, with permissions read from the role table."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or not user_obj.is_authenticated:
            return False
        app_label, _, codename = perm.partition(".")
        return any(role_allows(role, app_label, codename) for role in user_obj.roles)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        if not user_obj.is_active or not user_obj.is_authenticated:
            return False
        return any(app_label in ROLE_PERMISSIONS.get(role, {}) for role in user_obj.roles)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()
