"""This program beside three others, turn about in one run: create, move on, a filtered list, the dashboard.

    .venv/bin/python benchmarks/peers.py --postgresql DATABASE_URL --sqlite DATABASE_URL [--rows 100000] [--rounds 15]

The peers (django-helpdesk, Roundup, baisitong2) are installed by name from the public index into environments
that are thrown away. `--postgresql` and `--sqlite` name databases made by `benchmarks/province.py` with as many
matters in one congress (`--largest 1`); django-helpdesk and Roundup get databases of their own on the same
PostgreSQL server, baisitong2, which knows SQLite and MySQL only, a file beside ours. Each holds 100,000 rows
in about the same states: three in twenty are open.

Every program is asked through its own web door, in one process without a network: forms and pages as a person
sends them, everything on (rights, CSRF where the door has it, history, and with us the hash chain, the limits and
the search index). A row for each operation: medians, the quartiles around them, and how many times faster than
the fastest peer on the same database this program is. The time is what the processes and their database backend
really ran, so that other work on the machine falls on nobody; `--wall` prints the clock instead.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median, quantiles
from typing import Any, ClassVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "helpdesk": ("django-helpdesk", "psycopg[binary]"),
    "roundup": ("roundup", "psycopg2-binary"),
    "baisitong2": ("baisitong2",),
}
OPERATIONS = ("create", "move on", "filtered list", "dashboard")
OPEN_IN_TWENTY = 3
WANTED = 5.0
CONGRESS = int(os.environ.get("BENCHMARK_CONGRESS", "1")) * 10_000 + 1
"""Whose people ask ours: 1 is the largest congress of the database (`province.py`)."""


# What is asked of each program


class Bihuan:
    """This program: a deputy writes and submits a suggestion; a clerk's ledger; a leader's cockpit."""

    def __init__(self, url: str, rows: int, home: Path) -> None:
        sys.path.insert(0, str(ROOT / "src"))
        os.environ.update(DATABASE_URL=url, BIHUAN_HOME=str(home))
        os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client

        from bihuan.matters.models import Matter
        from bihuan.people.models import User

        call_command("collectstatic", interactive=False, verbosity=0)
        self.rows, self.connection = Matter.objects.count(), connection
        self.clients = {role: Client() for role in ("deputy", "clerk", "leader")}
        for role, client in self.clients.items():
            users = User.objects.filter(grants__role=role, is_active=True, congress=CONGRESS)
            client.force_login(users.order_by("pk")[0], "django.contrib.auth.backends.ModelBackend")
        self.written: list[int] = []

    def create(self) -> None:
        from django.urls import reverse

        from bihuan.matters.models import Matter

        data = {"title": f"关于修建人行天桥的建议{secrets.token_hex(3)}", "text": "学生过街危险。建议修建。",
                "source": "闭会期间", "token": secrets.token_urlsafe(12)}  # fmt: skip
        address = reverse("raise", args=["suggestions", "raise"])
        answer = self.clients["deputy"].post(address, data, headers={"host": "localhost"})
        assert answer.status_code == 302, answer.content.decode()[:3000]
        self.written.append(Matter.objects.order_by("-pk").values_list("pk", flat=True)[0])

    def move_on(self) -> None:
        from django.urls import reverse

        data = {"share": "", "seen": "1", "token": secrets.token_urlsafe(12)}
        address = reverse("act", args=[self.written.pop(), "submit"])
        answer = self.clients["deputy"].post(address, data, headers={"host": "localhost"})
        assert answer.status_code == 302, answer.content.decode()[:3000]

    def filtered_list(self) -> None:
        self._get("clerk", "ledger", "suggestions", query="?state=handling")

    def dashboard(self) -> None:
        self._get("leader", "cockpit")

    def _get(self, role: str, name: str, *args: str, query: str = "") -> None:
        from django.urls import reverse

        address = reverse(name, args=args) + query
        answer = self.clients[role].get(address, headers={"host": "localhost"})
        assert answer.status_code == 200, answer.status_code

    def backend(self) -> int:
        return _pid_of(self.connection)


class Helpdesk:
    """django-helpdesk: its interface creates, its ticket page moves on; the list its page fetches; its dashboard."""

    def __init__(self, url: str, rows: int, home: Path) -> None:
        self._settings(url)
        import django
        from django.conf import settings

        django.setup()
        from django.contrib.auth import get_user_model
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client
        from helpdesk.models import Queue

        settings.ALLOWED_HOSTS = ["*"]
        call_command("migrate", verbosity=0)
        users = get_user_model().objects
        self.user = users.create_superuser("clerk", "clerk@example.org", "x")
        self.queue = Queue.objects.create(title="建议", slug="suggestions")
        self.connection, self.client = connection, Client()
        self.client.force_login(self.user)
        self._fill(rows)
        self.written: list[int] = []

    @staticmethod
    def _settings(url: str) -> None:
        from django.conf import settings

        at = urlsplit(url)
        settings.configure(
            SECRET_KEY="x", SITE_ID=1, ROOT_URLCONF="peer_urls", STATIC_URL="/static/", USE_TZ=True,
            DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": at.path[1:],
                                   "USER": at.username, "HOST": at.hostname, "PORT": at.port,
                                   "PASSWORD": at.password or ""}},
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                            "django.contrib.sites", "django.contrib.messages", "django.contrib.humanize",
                            "django.contrib.admin", "django.contrib.staticfiles", "rest_framework", "helpdesk"],
            MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                        "django.middleware.common.CommonMiddleware",
                        "django.contrib.auth.middleware.AuthenticationMiddleware",
                        "django.contrib.messages.middleware.MessageMiddleware"],
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                        "OPTIONS": {"context_processors": [
                            "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                            "django.contrib.messages.context_processors.messages"]}}],
            EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
            DEFAULT_AUTO_FIELD="django.db.models.AutoField", HELPDESK_TEAMS_MODE_ENABLED=False,
        )  # fmt: skip
        import types

        from django.urls import include, path

        urls = types.ModuleType("peer_urls")
        sys.modules["peer_urls"] = urls
        urls.urlpatterns = []  # type: ignore[attr-defined]

        def fill() -> None:
            urls.urlpatterns[:] = [path("", include("helpdesk.urls"))]  # type: ignore[attr-defined]

        urls.fill = fill  # type: ignore[attr-defined]

    def _fill(self, rows: int) -> None:
        from django.utils import timezone
        from helpdesk.models import FollowUp, Ticket

        sys.modules["peer_urls"].fill()  # type: ignore[attr-defined]
        now = timezone.now()
        for start in range(0, rows, 5_000):
            made = Ticket.objects.bulk_create([
                Ticket(title=f"关于修建人行天桥的建议{n}", queue=self.queue, created=now, modified=now,
                       status=1 if n % 20 < OPEN_IN_TWENTY else 4,
                       description="学生过街危险。建议修建。", priority=1 + n % 5,
                       submitter_email="a@example.org",
                       assigned_to=self.user if n % 20 else None)
                for n in range(start, min(start + 5_000, rows))
            ])  # fmt: skip
            FollowUp.objects.bulk_create(
                [FollowUp(ticket=t, date=now, title="已交办", user=self.user) for t in made]
            )
        with self.connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def create(self) -> None:
        data = {"title": "关于修建人行天桥的建议", "queue": self.queue.pk, "description": "学生过街危险。建议修建。",
                "submitter_email": "a@example.org", "priority": 3, "status": 1, "on_hold": False}  # fmt: skip
        answer = self.client.post(
            "/api/tickets/", json.dumps(data), content_type="application/json"
        )
        assert answer.status_code == 201, answer.content[:800]
        self.written.append(answer.json()["id"])

    def move_on(self) -> None:
        key = self.written.pop()
        data = {"comment": "已交办", "new_status": 3, "owner": self.user.pk, "priority": 3, "public": "1",
                "title": "关于修建人行天桥的建议", "queue": self.queue.pk}  # fmt: skip
        answer = self.client.post(f"/tickets/{key}/update/", data)
        assert answer.status_code == 302, (answer.status_code, answer.content[:3000])

    def filtered_list(self) -> None:
        from helpdesk.query import query_to_base64

        query = query_to_base64(
            {"filtering": {"status__in": [1]}, "filtering_null": {}, "sorting": "created",
             "search_string": "", "sortreverse": True})  # fmt: skip
        answer = self.client.get(
            f"/datatables_ticket_list/{query}",
            {"draw": 1, "start": 0, "length": 25, "order[0][column]": 0, "order[0][dir]": "desc"},
        )
        assert answer.status_code == 200, answer.status_code

    def dashboard(self) -> None:
        answer = self.client.get("/dashboard/")
        assert answer.status_code == 200, answer.status_code

    def backend(self) -> int:
        return _pid_of(self.connection)


class Roundup:
    """Roundup: its forms and lists through its WSGI door; its front page stands for a dashboard."""

    HEADERS: ClassVar = {"HTTP_REFERER": "http://localhost/", "HTTP_ORIGIN": "http://localhost"}

    def __init__(self, url: str, rows: int, home: Path) -> None:
        self.at, self.home = urlsplit(url), home / "tracker"
        binary = Path(sys.executable).parent
        settings = (
            f"rdbms_backend=postgresql,rdbms_name={self.at.path[1:]},rdbms_host={self.at.hostname},"
            f"rdbms_port={self.at.port or 5432},rdbms_user={self.at.username},rdbms_password={self.at.password or 'x'},"
            "web=http://localhost/,admin_email=a@example.org,mail_domain=example.org,mail_host=localhost"
        ).replace("web=", "tracker_web=")  # fmt: skip
        admin = [str(binary / "roundup-admin"), "-i", str(self.home)]
        subprocess.run(
            [*admin, "install", "classic", "postgresql", settings],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        subprocess.run(
            [*admin, "initialise", "secret"],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        self._fill(rows)
        from roundup.cgi.wsgi_handler import RequestDispatcher

        self.app = RequestDispatcher(str(self.home))
        self.written: list[str] = []

    def _fill(self, rows: int) -> None:
        import psycopg2

        at = self.at
        base = psycopg2.connect(
            dbname=at.path[1:], user=at.username, host=at.hostname, port=at.port or 5432
        )
        with base, base.cursor() as cursor:
            cursor.execute(
                "INSERT INTO _issue (id, __retired__, _activity, _actor, _creation, _creator, _title, _status,"
                " _priority, _assignedto) SELECT n, 0, now() - n * interval '1 minute', 1,"
                " now() - n * interval '1 minute', 1, '关于修建人行天桥的建议' || n,"
                " CASE WHEN n %% 20 < %s THEN 1 ELSE 8 END, 1 + n %% 5, 1 FROM generate_series(1, %s) n",
                [OPEN_IN_TWENTY, rows],
            )
            cursor.execute(
                "INSERT INTO issue__journal (nodeid, date, tag, action, params)"
                " SELECT n, now(), '1', 'create', '{}' FROM generate_series(1, %s) n", [rows])  # fmt: skip
            cursor.execute("SELECT setval('_issue_ids', %s)", [rows + 1])
        base.autocommit = True
        base.cursor().execute("VACUUM ANALYZE")
        base.close()

    def _ask(
        self, method: str, path: str, query: str = "", form: dict[str, str] | None = None
    ) -> str:
        from base64 import b64encode
        from io import BytesIO
        from urllib.parse import urlencode

        body = urlencode(form or {}).encode()
        told: dict[str, Any] = {}
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost",
            "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
            "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "HTTP_AUTHORIZATION": "Basic " + b64encode(b"admin:secret").decode(), "REMOTE_ADDR": "127.0.0.1",
            **self.HEADERS,
        }  # fmt: skip
        written: list[bytes] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told.update(status=status, headers=dict(headers))
            return written.append

        rest = self.app(environ, start)
        text = (b"".join(written) + b"".join(rest or [])).decode("utf-8", "replace")
        told["text"] = text
        assert told["status"][:3] in ("200", "302", "303"), (told["status"], text[:1500])
        return str(told["headers"].get("Location", "")) or text

    def create(self) -> None:
        form = {
            "@action": "new",
            "@template": "item",
            "title": "关于修建人行天桥的建议",
            "status": "1",
            "priority": "3",
        }
        where = self._ask("POST", "/issue", form=form)
        assert "/issue" in where[:60], where[:2000]
        self.written.append(where.split("issue")[1].split("?")[0])

    def move_on(self) -> None:
        form = {"@action": "edit", "@template": "item", "status": "3", "@lastactivity": ""}
        self._ask("POST", f"/issue{self.written.pop()}", form=form)

    def filtered_list(self) -> None:
        query = (
            "@columns=id,activity,title,creator,assignedto,status&@sort=-id"
            "&@filter=status&status=1&@pagesize=25&@startwith=0"
        )
        assert "人行天桥" in self._ask("GET", "/issue", query)

    def dashboard(self) -> None:
        assert "人行天桥" in self._ask("GET", "/")

    def backend(self) -> int:
        return 0


class Baisitong:
    """baisitong2: an appeal is submitted and its order moves on; the list by state; its board."""

    def __init__(self, url: str, rows: int, home: Path) -> None:
        os.environ["DATABASE_URL"] = url
        os.environ["LOG_LEVEL"] = "ERROR"
        from baisitong2.main import app
        from fastapi.testclient import TestClient

        self.client = TestClient(app)
        self.client.__enter__()
        self._fill(rows)
        self.written: list[int] = []

    def _fill(self, rows: int) -> None:
        from datetime import datetime, timedelta

        from baisitong2.database import SessionLocal
        from baisitong2.models import Appeal, WorkOrder
        from sqlalchemy import insert

        now = datetime.now()
        with SessionLocal() as db:
            for start in range(0, rows, 5_000):
                span = range(start + 1, min(start + 5_000, rows) + 1)
                days = {n: now - timedelta(days=n % 1800, minutes=5) for n in span}
                db.execute(insert(Appeal), [
                    {"id": n, "content": "学生过街危险，建议修建人行天桥", "source": "居民上报",
                     "categories": ["交通安全"],
                     "status": "dispatched", "sentiment": 3, "urgency": 2, "summary": "修桥", "analyzed_at": days[n],
                     "created_at": days[n], "key_info": {}, "analysis_history": []} for n in span])  # fmt: skip
                db.execute(insert(WorkOrder), [
                    {"id": n, "order_no": f"WO-{n:08d}", "appeal_id": n, "department": "交警大队", "cc_departments": [],
                     "status": "dispatched" if n % 20 < OPEN_IN_TWENTY else "resolved",
                     "sla_deadline": days[n] + timedelta(hours=24), "dispatched_at": days[n], "created_at": days[n],
                     "completed_at": None if n % 20 < OPEN_IN_TWENTY else days[n] + timedelta(hours=9)}
                    for n in span])  # fmt: skip
                db.commit()

    def create(self) -> None:
        sent = {"content": "学生过街危险，建议修建人行天桥。", "source": "居民上报"}
        answer = self.client.post("/api/appeals", json=sent)
        assert answer.status_code == 200, answer.text
        self.written.append(answer.json()["data"]["id"])

    def move_on(self) -> None:
        answer = self.client.post(f"/api/appeals/{self.written.pop()}/dispatch", json={})
        assert answer.status_code == 200, answer.text

    def filtered_list(self) -> None:
        answer = self.client.get("/api/workorders?status=dispatched&page_size=25")
        assert answer.status_code == 200

    def dashboard(self) -> None:
        assert self.client.get("/api/stats").status_code == 200

    def backend(self) -> int:
        return 0


PROGRAMS = {"bihuan": Bihuan, "helpdesk": Helpdesk, "roundup": Roundup, "baisitong2": Baisitong}


def _pid_of(connection: Any) -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


# The process that answers


def answer(name: str, url: str, rows: int, home: Path) -> None:
    """Read the names of operations, answer with what each took."""
    out, sys.stdout = sys.stdout, sys.stderr
    program = PROGRAMS[name](url, rows, home)
    print(json.dumps({"ready": True}), file=out, flush=True)
    for line in sys.stdin:
        operation = json.loads(line).replace(" ", "_")
        ran, began = _ran(program), time.perf_counter()
        getattr(program, operation)()
        wall = time.perf_counter() - began
        told = {"wall": wall * 1000, "ran": (_ran(program) - ran) / 1e6}
        print(json.dumps(told), file=out, flush=True)


def _ran(program: Any) -> int:
    """Nanoseconds that this process and its backend ran; without a backend of its own, all of its siblings'."""
    pids = ["self", *([str(program.backend())] if program.backend() else _backends(program))]
    return sum(_ran_of(pid) for pid in pids)


def _ran_of(pid: str) -> int:
    """Roundup opens and closes connections: a backend that is gone counts no more; `--wall` is fairer to us."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(int(Path(task, "schedstat").read_text().split()[0]) for task in tasks)
    except FileNotFoundError:
        return 0


def _backends(program: Any) -> list[str]:
    """PostgreSQL processes that serve the program's database, by their titles."""
    name = getattr(getattr(program, "at", None), "path", "")[1:]
    if not name:
        return []
    found = []
    for one in Path("/proc").iterdir():
        if one.name.isdecimal():
            try:
                title = (one / "cmdline").read_bytes()
            except OSError:
                continue
            if title.startswith(b"postgres:") and f" {name} ".encode() in title:
                found.append(one.name)
    return found


# The process that compares


class Asked:
    """A program in an environment of its own."""

    def __init__(self, name: str, url: str, rows: int, home: Path) -> None:
        python = sys.executable if name == "bihuan" else _environment(name, home)
        folder = home / f"{name}-{secrets.token_hex(2)}"
        folder.mkdir()
        command = [
            str(python),
            __file__,
            "--answer",
            name,
            "--url",
            url,
            "--rows",
            str(rows),
            "--home",
            str(folder),
        ]
        pipe = subprocess.PIPE
        self.log = (home / f"{name}.log").open("w")
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self.log, text=True, cwd=folder
        )
        self._read()

    def take(self, operation: str) -> dict[str, float]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(operation) + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, float]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            sys.exit(Path(self.log.name).read_text()[-3000:])
        return dict(json.loads(line))


def _environment(name: str, home: Path) -> Path:
    folder = home / f"env-{name}"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [python, "-m", "pip", "install", *quiet, *PACKAGES[name]],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    shown = subprocess.run(
        [python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True
    ).stdout
    first = PACKAGES[name][0].lower()
    print(next(line for line in shown.splitlines() if line.lower().startswith(first)), flush=True)
    return python


def _fresh(url: str, name: str) -> str:
    """A new database on the same server; Roundup makes its own."""
    import psycopg

    at = urlsplit(url)
    with psycopg.connect(url, autocommit=True) as base:
        base.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not name.endswith("roundup"):
            base.execute(f"CREATE DATABASE {name}")
    return at._replace(path=f"/{name}").geturl()


def main() -> None:
    """Install, fill, ask in turn, print."""
    words = argparse.ArgumentParser()
    for name in ("--answer", "--url", "--home", "--postgresql", "--sqlite"):
        words.add_argument(name, default="")
    words.add_argument("--rows", type=int, default=100_000)
    words.add_argument("--rounds", type=int, default=15)
    words.add_argument("--wall", action="store_true")
    asked = words.parse_args()
    if asked.answer:
        answer(asked.answer, asked.url, asked.rows, Path(asked.home))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if asked.postgresql:
            names = {
                name: _fresh(asked.postgresql, f"bh_peer_{name}")
                for name in ("helpdesk", "roundup")
            }
            _compare("PostgreSQL", {"bihuan": asked.postgresql, **names}, asked, home)
        if asked.sqlite:
            peer = f"sqlite:///{home}/baisitong2.db"
            _compare("SQLite", {"bihuan": asked.sqlite, "baisitong2": peer}, asked, home)


def _compare(title: str, urls: dict[str, str], asked: Any, home: Path) -> None:
    programs = {name: Asked(name, url, asked.rows, home) for name, url in urls.items()}
    print(f"\n{title}, {asked.rows:,} rows, {asked.rounds} rounds; load {os.getloadavg()[0]:.1f} on"
          f" {os.cpu_count()} cores; milliseconds {'by the clock' if asked.wall else 'run'}")  # fmt: skip
    print(f"{'':16}" + "".join(f"{name:>26}" for name in programs) + f"{'times faster':>16}")
    taken: dict[tuple[str, str], list[float]] = {}
    for n in range(-2, asked.rounds):
        for operation in OPERATIONS:
            for name, program in programs.items():
                told = program.take(operation)["wall" if asked.wall else "ran"]
                if n >= 0:
                    taken.setdefault((operation, name), []).append(told)
    for operation in OPERATIONS:
        cells = [_cell(taken[operation, name]) for name in programs]
        fastest = min(median(taken[operation, name]) for name in programs if name != "bihuan")
        times = fastest / median(taken[operation, "bihuan"])
        print(
            f"{operation:16}"
            + "".join(f"{c:>26}" for c in cells)
            + f"{times:>15.1f}{' ' if times >= WANTED else '!'}"
        )


def _cell(values: list[float]) -> str:
    low, middle, high = quantiles(values, n=4)
    return f"{middle:,.1f} ({low:,.1f}–{high:,.1f})"


if __name__ == "__main__":
    main()
