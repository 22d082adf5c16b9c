"""A request that writes is carried out once: the same key gets the same answer, however often it is sent.

The answer is written in the transaction of what it answers: after a crash there are both or neither. A
refusal wrote nothing and is not kept; the same request may be sent again when what stood in its way is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import rfc8785
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema

from bihuan.api.models import Answered, Token
from bihuan.api.problems import Problem

KEPT = timedelta(days=30)
Work = Callable[[], tuple[Schema, str]]


def once(
    request: HttpRequest, token: Token, key: str, sent: object, work: Work, status: int = 201
) -> HttpResponse:
    """Carry out `work` (which returns the answer and its address), or give the answer it once got.

    `sent` is what the request asks, as JSON; raises Problem 422 where the key came with something else.
    """
    fingerprint = fingerprint_of(request, sent)
    with transaction.atomic():
        row = _first(token, key, fingerprint)
        if row is None:
            return _again(token, key, fingerprint)
        answer, location = work()
        row.status, row.body, row.location = status, answer.model_dump_json(), location
        row.save()
    return _response(row)


def fingerprint_of(request: HttpRequest, sent: object) -> str:
    """The hash over address and content; the order of names in an object does not matter."""
    try:
        content = rfc8785.dumps([request.method, request.path, sent])  # type: ignore[list-item]
    except (rfc8785.CanonicalizationError, UnicodeError, ValueError):
        raise Problem(422, "内容里有无法保存的字符或过大的数，请核对后再提交") from None
    return hashlib.sha256(content).hexdigest()


def _first(token: Token, key: str, fingerprint: str) -> Answered | None:
    """Take the key; None where it is taken. Whoever comes second waits here until the first is done."""
    try:
        with transaction.atomic():
            return Answered.objects.create(token=token, key=key, fingerprint=fingerprint)
    except IntegrityError:
        return None


def _again(token: Token, key: str, fingerprint: str) -> HttpResponse:
    known = Answered.objects.get(token=token, key=key)
    if known.fingerprint != fingerprint:
        say = "这个 Idempotency-Key 先前用在另一个请求上，没有办理；每个新请求请用新的"
        raise Problem(422, say, field="Idempotency-Key")
    return _response(known, repeated=True)


def _response(row: Answered, *, repeated: bool = False) -> HttpResponse:
    response = HttpResponse(row.body, status=row.status, content_type="application/json")
    if row.location:
        response["Location"] = row.location
    if repeated:
        response["Idempotency-Replayed"] = "true"
    return response


def tidy() -> int:
    """Forget answers after thirty days. Returns how many."""
    return Answered.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
