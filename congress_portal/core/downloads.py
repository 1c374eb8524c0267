"""Files that a page hands out."""

from urllib.parse import quote

from django.http import HttpResponse


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """``name`` without ending; may hold any characters."""
    return file_response(content, f"{name}.pdf", "application/pdf")


def file_response(content: bytes | str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response
