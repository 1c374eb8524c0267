"""Office papers that people upload: known by what they are, not by their name."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.base import ContentFile

from congress_portal.core.errors import DomainError
from congress_portal.core.paper_content import KINDS, PICTURES, fault_in, redrawn
from congress_portal.core.text import clean

LARGEST = 20 * 1024 * 1024  # bytes
_LONGEST_NAME = 100


class PaperError(DomainError):
    """The file isn't kept; the message says why."""


class PaperField(forms.FileField):
    """A PDF, picture, Word, Excel or PowerPoint file of at most 20 MB."""

    def __init__(self, label: str = "文件", **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "PDF、Word、Excel、PPT 或图片，不超过 20 MB。")
        kwargs.pop("max_length", None)  # a model's column; names are bounded here
        super().__init__(label=label, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload or upload is initial:
            return upload
        try:
            return examined(upload)
        except PaperError as error:
            raise forms.ValidationError(error.message) from error


def examined(upload: Any) -> ContentFile:  # type: ignore[type-arg]
    """The file as it may be kept: of a known kind that its content bears out, under a plain name.

    Pictures are drawn anew (no place, no device, nothing hidden behind them). Raises PaperError.
    """
    name = plain_name(upload.name or "")
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if suffix not in KINDS:
        told = f"「.{suffix[:12]}」文件" if suffix else "没有扩展名的文件"
        raise PaperError(f"不支持{told}，请用 PDF、Word、Excel、PPT 或图片。")
    if len(name) > _LONGEST_NAME:
        raise PaperError(f"文件名太长，请改短（{_LONGEST_NAME} 字以内）再传。")
    if upload.size > LARGEST:
        raise PaperError(f"文件超过 {LARGEST // 1024 // 1024} MB，请压缩后再传。")
    upload.seek(0)
    data = upload.read()
    if fault := fault_in(suffix, data):
        raise PaperError(fault)
    return ContentFile(redrawn(suffix, data) if suffix in PICTURES else data, name=name)


def plain_name(name: str) -> str:
    """The last part of a file's name, without marks that hide what it is."""
    return PurePath(clean(name).replace("\\", "/")).name.strip(". ")
