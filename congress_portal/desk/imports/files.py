"""Uploaded files at rest: encrypted, because rosters hold identity numbers and telephones."""

from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from congress_portal.core.crypto import decrypt_bytes, encrypt_bytes
from congress_portal.core.errors import DomainError
from congress_portal.core.importing.reader import SourceFile
from congress_portal.core.models import ImportRun

STORED_NAME = "upload.bin"  # what people call the file is kept in the row


class FileChangedError(DomainError):
    """The stored file is not the one that was looked at."""


def sources_of(uploads: Iterable[UploadedFile]) -> list[SourceFile]:
    return [SourceFile(_base_name(upload.name or "文件"), upload.read()) for upload in uploads]


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].replace("\x00", "")[:200]


def store(run: ImportRun, content: bytes) -> None:
    run.file.save(STORED_NAME, ContentFile(encrypt_bytes(content)), save=False)


def store_refused(run: ImportRun, content: bytes) -> None:
    run.refused_file.save(STORED_NAME, ContentFile(encrypt_bytes(content)), save=False)


def load(run: ImportRun) -> SourceFile:
    """Raises FileChangedError unless the bytes are those that were uploaded."""
    try:
        with run.file.open("rb") as handle:
            source = SourceFile(run.file_name, decrypt_bytes(handle.read()))
    except (OSError, ValueError) as error:
        raise FileChangedError(f"「{run.file_name}」的原文件不在了，请重新上传。") from error
    if source.sha256 != run.sha256:
        raise FileChangedError(f"「{run.file_name}」在核对之后被改动过，没有导入，请重新上传。")
    return source


def load_refused(run: ImportRun) -> bytes:
    with run.refused_file.open("rb") as handle:
        return decrypt_bytes(handle.read())
