"""What a batch makes, at rest: encrypted, since duty files gather a person's whole work."""

import contextlib
import io
import uuid
import zipfile
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from congress_portal.core.crypto import decrypt_bytes, encrypt_bytes
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Batch, BatchItem

FAILURES = "没有做成的.txt"


def folder_of(batch: Batch) -> str:
    return f"batches/{batch.token}"


def keep(batch: Batch, content: bytes) -> str:
    """Store under a name that nobody else writes; returns it."""
    name = f"{folder_of(batch)}/{uuid.uuid4().hex}.bin"
    return default_storage.save(name, ContentFile(encrypt_bytes(content)))


def load(name: str | None) -> bytes:
    """Raises DomainError where the file is gone or was changed."""
    if not name:
        raise DomainError("文件不在了，请重新制作。")
    try:
        with default_storage.open(name) as handle:
            return decrypt_bytes(handle.read())
    except OSError as error:
        raise DomainError("文件不在了，请重新制作。") from error


def forget(name: str) -> None:
    if name:
        default_storage.delete(name)


def forget_all(batch: Batch, *, but: str = "") -> None:
    """Delete everything of the batch except one file, also what a killed worker left behind."""
    folder = folder_of(batch)
    try:
        _, names = default_storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        if f"{folder}/{name}" != but:
            default_storage.delete(f"{folder}/{name}")
    if not but:
        with contextlib.suppress(OSError):  # another clean-up was quicker, or a file came new
            default_storage.delete(folder)


def put_together(made: Iterable[BatchItem], failed: Iterable[BatchItem]) -> bytes:
    """A zip of the papers under their names, with a list of those that failed.

    Of two papers with one name the second gets «(2)»: none is lost.
    """
    out = io.BytesIO()
    taken: dict[str, int] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in made:
            archive.writestr(_unique(item.file_name, taken), load(item.result.name))
        lines = [f"{item.label}：{item.error}" for item in failed]
        if lines:
            archive.writestr(FAILURES, "\r\n".join(lines).encode("utf-8-sig"))
    return out.getvalue()


def _unique(name: str, taken: dict[str, int]) -> str:
    taken[name] = number = taken.get(name, 0) + 1
    stem, dot, suffix = name.rpartition(".")
    return name if number == 1 else f"{stem}({number}){dot}{suffix}"
