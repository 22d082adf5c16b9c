"""Between the server and the views: what cannot be kept, and a one-time password that opens one page alone."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve

from bihuan.people.models import User

ALWAYS_OPEN = {"password", "sign-out", "language", "large-type", "healthy", "ready", "metrics"}

logger = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]


class Unkeepable:
    """The last door: what the database says it cannot hold is the sender's fault, and told to him.

    Forms say so at the field; this is for what no form asked (a key of forty digits in an address, a header).
    Whatever the view had begun was rolled back with its transaction.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """400 with a sentence, for what does not fit into the database."""
        if not isinstance(exception, DataError | OverflowError | UnicodeEncodeError):
            return None
        logger.warning("unkeepable: %s", type(exception).__name__)
        return render(request, "400.html", {"unkeepable": True}, status=400)


class ChangePasswordFirst:
    """Sends a user with a one-time password to the password page, whatever he asked for."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or redirect to the page `password`."""
        user = request.user
        if isinstance(user, User) and user.must_change_password and not self._open(request):
            return redirect("password")
        return self.answer(request)

    def _open(self, request: HttpRequest) -> bool:
        return resolve(request.path_info).view_name in ALWAYS_OPEN
