"""Sends one request from eight threads at once to a house of its own (a file, not a database in memory).

Run by test_race.py. Prints the different answers and how many matters there are, as JSON.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import django

AT_ONCE = 8


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(race()))


def race() -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from django.utils import timezone
    from tests.cast import make_cast

    from bihuan.api import tokens
    from bihuan.matters.models import Matter

    user, today = make_cast().clerk, timezone.localdate()
    _, text = tokens.issue(user, "试验", ["act"], [], today + timedelta(days=1), today)  # type: ignore[misc]
    head = {"Authorization": f"Bearer {text}", "Idempotency-Key": "race-0001"}
    body = {"act": "record", "data": {"title": "关于并发的建议"}, "proposers": ["张春梅"]}

    def send(_: int) -> tuple[int, str]:
        try:
            sent = json.dumps(body)
            answer = Client().post("/api/suggestions/", sent, "application/json", headers=head)
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as many:
        answers = sorted(set(many.map(send, range(AT_ONCE))))
    return {"answers": answers, "matters": Matter.objects.count()}


if __name__ == "__main__":
    sys.exit(main())
