"""Personal data at rest: encrypted with FIELD_KEY, found again by a keyed hash."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models

from congress_portal.core.errors import DomainError


def _derive(purpose: str) -> bytes:
    return hmac.new(settings.FIELD_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


@lru_cache(maxsize=4)
def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derive("encrypt")))


def encrypt(value: str) -> str:
    return _fernet(settings.FIELD_KEY).encrypt(value.encode()).decode()


def decrypt(token: str) -> str:
    """Raises DomainError when FIELD_KEY is not the one that encrypted the value."""
    try:
        return _fernet(settings.FIELD_KEY).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise DomainError("个人信息无法解密：FIELD_KEY 与加密时的不一致。") from error


def encrypt_bytes(content: bytes) -> bytes:
    """For files that hold personal data: an office's roster as it was uploaded."""
    return _fernet(settings.FIELD_KEY).encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """Raises DomainError when the file was changed or FIELD_KEY is another one."""
    try:
        return _fernet(settings.FIELD_KEY).decrypt(token)
    except InvalidToken as error:
        raise DomainError("保存的文件无法解密：文件被改动，或 FIELD_KEY 不一致。") from error


def keyed_hash(value: str) -> str:
    """HMAC-SHA256 hex digest for look-up; the same value gives the same digest."""
    return hmac.new(_derive("look-up"), value.encode(), hashlib.sha256).hexdigest()


class EncryptedCharField(models.TextField):
    """Text that is readable in Python and encrypted in the database; it cannot be searched."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        return decrypt(value) if value else ""

    def get_prep_value(self, value: object) -> str:
        text = super().get_prep_value(value)
        return encrypt(text) if text else ""
