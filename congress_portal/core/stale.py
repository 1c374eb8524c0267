"""A stale edit is refused and told (DESIGN §6.4): the form carries what it was made from."""

import hashlib
import json

from django.db import models

from congress_portal.core.audit import snapshot
from congress_portal.core.errors import DomainError


class StaleRecordError(DomainError):
    """The record is no longer what the form was made from."""

    def __init__(self) -> None:
        super().__init__("这条记录刚被别人改过，您的修改没有保存。请先抄下所填内容，重新打开再改。")


def fingerprint(row: models.Model) -> str:
    """A digest of the stored fields; goes into the form and comes back with it."""
    content = json.dumps(snapshot(row), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def refuse_stale(row: models.Model, seen: str) -> None:
    """Raises StaleRecordError unless ``row`` (locked) is still what ``seen`` was made from."""
    if fingerprint(row) != seen:
        raise StaleRecordError
