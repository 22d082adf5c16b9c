"""Between the server and the views: what cannot be kept, and a one-time password that opens one page alone."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils import timezone

from bihuan.people import second_factor
from bihuan.people.models import User
from bihuan.web import provider

ALWAYS_OPEN = {"password", "sign-out", "language", "large-type", "healthy", "ready", "metrics"}
ALWAYS_OPEN |= {"second-factor"}

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


class SecondFactorFirst:
    """Sends who must have a second factor and has none to the page that sets it up, whatever he asked for."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or redirect to the page `second-factor`."""
        user = request.user
        if settings.SECOND_FACTOR_ROLES and isinstance(user, User) and self._missing(request, user):
            return redirect("second-factor")
        return self.answer(request)

    def _missing(self, request: HttpRequest, user: User) -> bool:
        if resolve(request.path_info).url_name in ALWAYS_OPEN:
            return False
        return second_factor.required(user, timezone.localdate()) and not second_factor.device_of(
            user
        )


class ChangePasswordFirst:
    """Sends a user with a one-time password to the password page, whatever he asked for."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or redirect to the page `password`."""
        user = request.user
        must = isinstance(user, User) and user.must_change_password
        if must and not self._open(request) and not provider.vouched(request):
            return redirect("password")
        return self.answer(request)

    def _open(self, request: HttpRequest) -> bool:
        return resolve(request.path_info).view_name in ALWAYS_OPEN
