"""Office papers that people upload: known by what they are, not by their name."""

from pathlib import PurePath
from typing import Any

import filetype
from django import forms

LARGEST = 20 * 1024 * 1024  # bytes
_LONGEST_NAME = 100
_KINDS = {
    "pdf": {"pdf"},
    "jpg": {"jpg"},
    "jpeg": {"jpg"},
    "png": {"png"},
    "docx": {"docx", "zip"},
    "xlsx": {"xlsx", "zip"},
    "pptx": {"pptx", "zip"},
    "doc": {"doc"},
    "xls": {"xls", "doc"},
}


class PaperField(forms.FileField):
    """A PDF, picture, Word, Excel or PowerPoint file of at most 20 MB."""

    def __init__(self, label: str = "文件", **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "PDF、Word、Excel、PPT 或图片，不超过 20 MB。")
        super().__init__(label=label, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if upload and upload is not initial:
            refuse_wrong_file(upload)
        return upload


def refuse_wrong_file(upload: Any) -> None:
    """Raises ValidationError unless the content is what the file's name says."""
    name = PurePath(upload.name or "")
    allowed = _KINDS.get(name.suffix.lower().lstrip("."))
    if allowed is None:
        raise forms.ValidationError("请选 PDF、Word、Excel、PPT 或图片文件。")
    if len(name.name) > _LONGEST_NAME:
        raise forms.ValidationError("文件名太长，请改短（100 字以内）再传。")
    if upload.size > LARGEST:
        raise forms.ValidationError("文件超过 20 MB，请压缩后再传。")
    upload.seek(0)
    kind = filetype.guess(upload.read(8192))
    upload.seek(0)
    if kind is None or kind.extension not in allowed:
        raise forms.ValidationError("文件内容和扩展名对不上，请确认是不是选错了文件。")
