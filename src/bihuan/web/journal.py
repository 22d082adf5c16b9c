"""What the process tells about each request: one line of JSON, with a number to ask for and nothing personal.

《网络安全法》 wants network logs kept for at least six months; keeping them is the system's part
(`deploy/journald.conf`). The line names the address's route, never what stood in it or was sent with it.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from bihuan.people.models import User

logger = logging.getLogger("bihuan.requests")
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = "X-Request-ID"
POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

Answer = Callable[[HttpRequest], HttpResponse]


class Journal:
    """Gives each request its number, writes its line, and sets what every answer has to say to a browser."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and tell."""
        started = time.perf_counter()
        given = request.headers.get(HEADER, "")
        number = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        request.META["bihuan.request_id"] = number
        answer = self.answer(request)
        answer.headers.setdefault(HEADER, number)
        answer.headers.setdefault("Permissions-Policy", POLICY)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if isinstance(user, User):
            answer.headers.setdefault("Cache-Control", "private, no-store")
        route = request.resolver_match.route if request.resolver_match else ""
        told = {
            "request": number,
            "method": request.method,
            "route": route,
            "status": answer.status_code,
            "ms": round((time.perf_counter() - started) * 1000, 1),
            "user": user.pk if isinstance(user, User) else None,
        }
        logger.info("request", extra={"told": told})
        return answer
