"""Parts of addresses that several apps read; importing the module registers them."""

from django.urls import register_converter


class FileKind:
    """The form of a paper: the last word of its address."""

    regex = "pdf|docx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FileKind, "file_kind")
