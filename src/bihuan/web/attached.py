"""A file as the answer to a request."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attached(content: bytes | str, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    """The content under its name: to be kept, or (`inline`) shown in the browser."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    return answer
