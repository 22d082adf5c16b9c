"""A one-time password opens nothing but the page on which it is replaced."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

from bihuan.people.models import User

ALWAYS_OPEN = {"password", "sign-out", "language", "large-type", "healthy"}

Answer = Callable[[HttpRequest], HttpResponse]


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
        return resolve(request.path_info).url_name in ALWAYS_OPEN
