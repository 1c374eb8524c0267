"""Each sign-in, failed sign-in and sign-out leaves one entry in the audit trail (DESIGN §6.3)."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from congress_portal.core.actor import acting, current_actor
from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import User


@receiver(user_logged_in)
def record_sign_in(user: User, **_: Any) -> None:
    with acting(user, current_actor().address):
        record(AuditAction.LOGIN, user)


@receiver(user_logged_out)
def record_sign_out(user: User | None, **_: Any) -> None:
    if user is not None:
        with acting(user, current_actor().address):
            record(AuditAction.LOGOUT, user)


@receiver(user_login_failed)
def record_failed_sign_in(credentials: dict[str, Any], **_: Any) -> None:
    """Only the name that was tried; Django has already blotted out the password."""
    record(AuditAction.LOGIN_FAILED, label=f"用户名 {credentials.get('username', '')}"[:200])
