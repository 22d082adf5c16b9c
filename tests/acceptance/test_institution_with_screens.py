"""An institution that needs more than a loop brings models, migrations and screens in its one folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.acceptance.test_new_institution import DECLARATION

from bihuan.loop.load import Faulty, load_all

ROOT = Path(__file__).parents[2]
FILES = {
    "__init__.py": "",
    "institution.toml": DECLARATION,
    "models.py": """
from django.db import models
from bihuan.people.models import Congress

class Room(models.Model):
    congress = models.ForeignKey(Congress, models.CASCADE, related_name="reception_rooms")
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "receptions"
""",
    "migrations/__init__.py": "",
    "migrations/0001_initial.py": """
import django.db.models.deletion
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=20)),
                ("congress", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="reception_rooms", to="people.congress")),
            ],
        )
    ]
""",
    "screens.py": """
from django.shortcuts import render
from django.urls import path
from bihuan.web.rooms import Entry
from bihuan.web.standing import only
from bihuan.institutions.receptions.models import Room

@only("clerk")
def rooms(request):
    return render(request, "receptions/rooms.html", {"rooms": Room.objects.all()})

urlpatterns = [path("rooms/", rooms, name="rooms")]

def menu(standing):
    return [Entry("代表工作", "接待室", "receptions:rooms")] if standing.has("clerk") else []
""",
    "calendars.py": """
from bihuan.api.calendars import Entry

def entries(standing, root):
    return [Entry("r1@bihuan", standing.day, standing.day, "接待日")]
""",
    "templates/receptions/rooms.html": """{% extends "base.html" %}
{% block content %}<h1>接待室</h1>{% for room in rooms %}<p>{{ room.name }}</p>{% endfor %}{% endblock %}
""",
}
VISIT = """
import django
django.setup()
from datetime import date
from pathlib import Path
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from tests.cast import make_cast
from bihuan.api.calendars import feed
from bihuan.institutions.receptions.models import Room
from bihuan.keeping.archive import back_up
from bihuan.matters.access import standing_of
cast = make_cast()
Room.objects.create(congress=cast.congress, name="第一接待室")
page = cast.client("clerk").get("/i/receptions/rooms/").content.decode()
assert "第一接待室" in page and "aria-current" in page, page
assert "接待室" not in cast.client("deputy").get("/today/").content.decode()
assert cast.client("deputy").get("/i/receptions/rooms/").status_code == 403
assert Client().get("/i/receptions/rooms/").status_code == 302
assert "接待日" in feed(standing_of(cast.clerk, date(2026, 3, 2)), "http://house").decode()
kept = back_up(Path("kept.tar.gz"))
import tarfile
with tarfile.open("kept.tar.gz") as archive:
    assert any("receptions.room.jsonl" in name for name in archive.getnames())
print("visited")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The one new folder, outside the program."""
    own = tmp_path / "more" / "receptions"
    for name, content in FILES.items():
        file = own / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return own


def test_it_finds_tables_pages_menu_calendar_and_backs_them_up(
    folder: Path, tmp_path: Path
) -> None:
    own = {
        "BIHUAN_INSTITUTIONS": str(folder.parent),
        "BIHUAN_HOME": str(tmp_path / "home"),
        "BIHUAN_DEBUG": "1",
        "BIHUAN_HOSTS": "testserver",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
        "PYTHONPATH": os.pathsep.join(path or "." for path in [str(ROOT), *sys.path]),
    }
    visited = subprocess.run(
        [sys.executable, "-c", VISIT],
        env={**os.environ, **own},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert visited.stdout.strip().endswith("visited"), visited.stdout + visited.stderr


def test_it_says_when_nobody_would_find_them(folder: Path) -> None:
    (folder / "__init__.py").unlink()
    with pytest.raises(Faulty) as found:
        load_all([folder.parent])
    assert {fault.file.name for fault in found.value.faults} == {
        "models.py",
        "screens.py",
        "calendars.py",
    }
