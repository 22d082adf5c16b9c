"""Times the real pages at two sizes of a province, turn about, as the people who open them.

    .venv/bin/python benchmarks/pages.py --base DATABASE_URL --full DATABASE_URL [--rounds 20] [--only cockpit]

Both databases come from `benchmarks/province.py` (10,000 matters; the whole province). One process for each asks
the program's own views through Django's test client, middleware, templates and sessions included, for people of
one congress: the largest (it holds a fifth of all matters: the hardest), a city or a county. Every page is asked
for in turn at both sizes, so that whatever else the machine does falls on both.

Printed for each page: median and 95th percentile of the wall clock, the same of the time that this process and its
database backend really ran (`/proc/*/schedstat`; where other work shares the cores only this tells what the
page itself costs), queries, and the ratio of the 95th percentiles.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONGRESS = int(os.environ.get("BENCHMARK_CONGRESS", "1")) * 10_000 + 1
WORDS = ("学校", "道路", "养老", "污水", "公交")
LIMIT_MS, LIMIT_RATIO = 300, 1.5


def pages() -> dict[str, tuple[str, Callable[[int, Any], str]]]:
    """Title → the role that asks and the address of the n-th request."""
    return {
        "ledger, first page": ("clerk", lambda n, e: e.ledger),
        "ledger, a body's": ("contact", lambda n, e: e.ledger),
        "ledger, by state and year": ("clerk", lambda n, e: f"{e.ledger}?state=closed&year={2025 - n % 5}"),
        "ledger, by body": ("clerk", lambda n, e: f"{e.ledger}?body={e.bodies[n % len(e.bodies)]}"),
        "ledger, by a field": ("clerk", lambda n, e: f"{e.ledger}?f_category={'ABC'[n % 3]}"),
        "ledger, late, by limit": ("clerk", lambda n, e: f"{e.ledger}?light=late&order=limit"),
        "ledger, by a word": ("clerk", lambda n, e: f"{e.ledger}?q={WORDS[n % len(WORDS)]}"),
        "search, a common word": ("clerk", lambda n, e: f"/search/?q={WORDS[n % len(WORDS)]}"),
        "search, two words": ("clerk", lambda n, e: f"/search/?q={WORDS[n % len(WORDS)]} 改造"),
        "search, a rare word": ("clerk", lambda n, e: f"/search/?q=平街社区{n % 40 + 1}组"),
        "search, a deputy's": ("deputy", lambda n, e: f"/search/?q={WORDS[n % len(WORDS)]}"),
        "matter": ("clerk", lambda n, e: e.matter(e.keys[n * 97 % len(e.keys)])),
        "inbox: today, clerk": ("clerk", lambda n, e: "/today/"),
        "inbox: today, leader": ("leader", lambda n, e: "/today/"),
        "inbox: today, body": ("contact", lambda n, e: "/today/"),
        "inbox: today, deputy": ("deputy", lambda n, e: "/today/"),
        "inbox: reminders": ("contact", lambda n, e: e.reminders),
        "cockpit": ("leader", lambda n, e: e.cockpit),
        "board": ("leader", lambda n, e: e.board),
        "interface, first page": ("clerk", lambda n, e: e.api),
        "interface, middle page": ("clerk", lambda n, e: f"{e.api}&after={e.keys[len(e.keys) // 2]}"),
        "interface, last page": ("clerk", lambda n, e: f"{e.api}&after={e.keys[-40]}"),
    }  # fmt: skip


# The process that asks


class Asking:
    """Signed-in people of the largest congress, and the addresses they open."""

    def __init__(self) -> None:
        from django.db import connection
        from django.test import Client
        from django.urls import reverse

        from bihuan.matters.models import Matter
        from bihuan.people.models import Body, User

        own = Matter.objects.filter(congress=CONGRESS, institution="suggestions")
        self.keys = list(own.order_by("-pk").values_list("pk", flat=True))
        bodies = Body.objects.filter(congress=CONGRESS, kind="department").order_by("pk")
        self.bodies = list(bodies.values_list("pk", flat=True)[:12])
        self.ledger, self.board = (
            reverse(name, args=["suggestions"]) for name in ("ledger", "board")
        )
        self.cockpit, self.reminders = reverse("cockpit"), reverse("reminders")
        self.api = reverse("api:api-list", args=["suggestions"]) + "?order=newest"
        self.clients: dict[str, Any] = {}
        for role in ("clerk", "leader", "contact", "deputy"):
            users = User.objects.filter(congress=CONGRESS, grants__role=role, is_active=True)
            user = _busiest(users, role)
            client = self.clients[role] = Client()
            client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        self.connection = connection
        self.backend = _backend(connection)

    def matter(self, key: int) -> str:
        """A matter's address."""
        from django.urls import reverse

        return reverse("matter", args=[key])

    def ask(self, role: str, address: str) -> dict[str, Any]:
        """One request: milliseconds on the clock, milliseconds run, queries."""
        ran, began = self._ran(), time.perf_counter()
        answer = self.clients[role].get(address, headers={"host": "localhost"})
        wall = time.perf_counter() - began
        assert answer.status_code == 200, (address, answer.status_code)
        return {"wall": wall * 1000, "cpu": (self._ran() - ran) / 1e6, "bytes": len(answer.content)}

    def _ran(self) -> int:
        return sum(_run_time(pid) for pid in ("self", self.backend) if pid)


def _busiest(users: Any, role: str) -> Any:
    """The person with most to do: the hardest case of the role."""
    from bihuan.matters.models import Assignment, Proposer

    if role == "contact":
        counted = {u: Assignment.objects.filter(body__grants__user=u).count() for u in users[:40]}
        return max(counted, key=lambda user: counted[user])
    if role == "deputy":
        rows = Proposer.objects.filter(seat__congress=CONGRESS)[:20_000].values_list("seat__person")
        persons = [row[0] for row in rows]
        often = max(set(persons), key=persons.count)
        return users.filter(person=often).first() or users.first()
    return users.order_by("pk").first()


def _backend(connection: Any) -> str:
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return str(cursor.fetchone()[0])


def _run_time(pid: str) -> int:
    return sum(
        int(Path(task, "schedstat").read_text().split()[0])
        for task in Path(f"/proc/{pid}/task").iterdir()
    )


def answer() -> None:
    """Read requests as JSON lines, answer with what they took."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    asking, known = Asking(), pages()
    print(json.dumps({"matters": len(asking.keys)}), flush=True)
    for line in sys.stdin:
        title, n = json.loads(line)
        role, address = known[title]
        print(json.dumps(asking.ask(role, address(n, asking))), flush=True)


# The process that compares


class Asked:
    """The other end of `answer` on one database."""

    def __init__(self, url: str) -> None:
        self.home = tempfile.TemporaryDirectory()
        env = os.environ | {"DATABASE_URL": url, "BIHUAN_HOME": self.home.name}
        command = [sys.executable, __file__, "--answer"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env)
        self.matters = self._read()["matters"]

    def take(self, title: str, n: int) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps([title, n]) + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout
        return dict(json.loads(self.process.stdout.readline()))


def p95(values: list[float]) -> float:
    """The 95th percentile: of twenty, the second slowest."""
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def main() -> None:
    """Ask at both sizes in turn and print the table."""
    words = argparse.ArgumentParser()
    words.add_argument("--answer", action="store_true")
    words.add_argument("--base")
    words.add_argument("--full")
    words.add_argument("--rounds", type=int, default=20)
    words.add_argument("--only", default="")
    words.add_argument(
        "--congress", default="1", help="1: the largest; 2 to 14: cities; 15 to 131: counties"
    )
    asked = words.parse_args()
    if asked.answer:
        answer()
        return
    os.environ["BENCHMARK_CONGRESS"] = asked.congress
    base, full = Asked(asked.base), Asked(asked.full)
    print(f"suggestions of congress {asked.congress}: {base.matters:,} and {full.matters:,}"
          f"; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
    print(f"{'':28}{'base':>22}{'full':>30}{'ratio':>15}")
    print(
        f"{'':28}{'p50':>7}{'p95':>7}{'ran95':>8}{'p50':>14}{'p95':>8}{'ran95':>8}{'p95':>9}{'ran95':>8}"
    )
    for title in pages():
        if any(word in title for word in asked.only.split("|")):
            _compare(title, base, full, asked.rounds)


def _compare(title: str, base: Asked, full: Asked, rounds: int) -> None:
    taken: dict[str, list[dict[str, Any]]] = {"base": [], "full": []}
    for n in range(-2, rounds):
        for name, one in (("base", base), ("full", full)):
            told = one.take(title, n + 2)
            if n >= 0:
                taken[name].append(told)
    wall = {name: [t["wall"] for t in rows] for name, rows in taken.items()}
    ran = {name: [t["cpu"] for t in rows] for name, rows in taken.items()}
    ratio, ran_ratio = (p95(of["full"]) / p95(of["base"]) for of in (wall, ran))
    cells = [
        f"{median(wall[n]):7.0f}{p95(wall[n]):8.0f}{p95(ran[n]):8.0f}" for n in ("base", "full")
    ]
    holds = ran_ratio <= LIMIT_RATIO and p95(ran["full"]) <= LIMIT_MS
    print(
        f"{title:28}{cells[0]}{'':7}{cells[1]}{ratio:9.2f}{ran_ratio:8.2f}{'' if holds else '  !'}",
        flush=True,
    )


if __name__ == "__main__":
    main()
