"""What was published stays as it was: UPDATE and DELETE of papers and closings are refused."""

from django.db import migrations

from bihuan.ballots.guard import TABLES
from bihuan.matters import guard


def install(apps, schema_editor):
    guard.install(schema_editor.connection, TABLES)


def remove(apps, schema_editor):
    guard.remove(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [("ballots", "0001_initial"), ("matters", "0003_append_only")]
    operations = [migrations.RunPython(install, remove)]
