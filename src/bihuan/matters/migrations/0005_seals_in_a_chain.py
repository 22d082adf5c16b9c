"""Seals follow one another by hash; on PostgreSQL, TRUNCATE of what was recorded is refused too."""

import hashlib
from datetime import UTC

import rfc8785
from django.db import migrations, models

from bihuan.matters import guard


def lift(apps, schema_editor):
    guard.remove(schema_editor.connection)


def install(apps, schema_editor):
    guard.install(schema_editor.connection)


def chain(apps, schema_editor):
    before = {}
    for seal in apps.get_model("matters", "Seal").objects.order_by("congress_id", "size", "pk"):
        covered = {
            "congress_id": seal.congress_id,
            "day": seal.day.isoformat(),
            "at": seal.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "size": seal.size,
            "root": seal.root,
            "previous": before.get(seal.congress_id, "0" * 64),
        }
        seal.hash = hashlib.sha256(rfc8785.dumps(covered)).hexdigest()
        seal.save(update_fields=["hash"])
        before[seal.congress_id] = seal.hash


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_shared_views")]
    operations = [
        migrations.RunPython(lift, install),
        migrations.AddField(
            "seal", "hash", models.CharField("连同前一个封存的校验值", max_length=64, default="")
        ),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.RunPython(install, lift),
    ]
