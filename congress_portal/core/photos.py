"""Photographs from phones: checked by content, turned upright, made small, stripped of place."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import filetype
from django import forms
from django.core.files.base import ContentFile
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

_MAX_BYTES = 15 * 1024 * 1024
_MAX_PIXELS = 60_000_000
_LONGEST_SIDE = 1600
_KINDS = frozenset({"image/jpeg", "image/png", "image/webp"})


class PhotoField(forms.FileField):
    """An optional photograph; what is stored is a fresh JPEG without EXIF (place, device, time).

    RULES.md C8: a photograph is never required.
    """

    def __init__(self, **kwargs: Any) -> None:
        told: dict[str, Any] = {
            "label": "照片",
            "required": False,
            "help_text": "不必上传。照片里的位置信息会自动去掉。",
            "widget": forms.FileInput,
        } | {name: value for name, value in kwargs.items() if value}
        super().__init__(**told)
        self.widget.attrs["accept"] = ",".join(sorted(_KINDS))

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return reencoded(upload) if upload and upload is not initial else upload


_strictness = threading.Lock()


@contextmanager
def strictly() -> Iterator[None]:
    """Half a picture is a fault inside the block; WeasyPrint makes Pillow draw the rest grey."""
    with _strictness:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def reencoded(upload: BinaryIO) -> ContentFile:
    """Raises ValidationError for what is no photograph, too large or damaged."""
    upload.seek(0, io.SEEK_END)
    if upload.tell() > _MAX_BYTES:
        raise forms.ValidationError("照片超过 15 MB，请压缩后再传。")
    upload.seek(0)
    kind = filetype.guess(upload.read(262))
    if kind is None or kind.mime not in _KINDS:
        raise forms.ValidationError("这个文件不是照片，请选 JPG、PNG 或 WebP 格式的照片。")
    upload.seek(0)
    try:
        with strictly(), Image.open(upload, formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise forms.ValidationError("照片的像素太大，请用手机改小后再传。")
            image.draft("RGB", (_LONGEST_SIDE * 2, _LONGEST_SIDE * 2))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise forms.ValidationError("照片打不开，可能已损坏，请换一张。") from error
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    kept = Image.new("RGB", upright.size)
    kept.paste(upright)
    out = io.BytesIO()
    kept.save(out, "JPEG", quality=82, optimize=True)
    return ContentFile(out.getvalue(), name="photo.jpg")
