"""Today: what needs this person now."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What needs this person today, by what he is."""
    return render(request, "today/today.html")
