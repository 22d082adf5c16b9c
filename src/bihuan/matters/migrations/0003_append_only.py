"""What was recorded stays as it was: UPDATE and DELETE of acts, leaves and seals are refused."""

from django.db import migrations, models

from bihuan.matters import guard


def install(apps, schema_editor):
    guard.install(schema_editor.connection)


def remove(apps, schema_editor):
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_search")]
    operations = [
        migrations.AddField("leaf", "above", models.TextField(default="")),
        migrations.RunPython(install, remove),
    ]
