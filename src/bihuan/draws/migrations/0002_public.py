"""Draws are public or internal. Those set up before nobody asked about: they stay behind the sign-in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("draws", "0001_initial")]

    operations = [
        migrations.AddField(
            "draw", "public", models.BooleanField(default=False, verbose_name="公开抽签")
        ),
        migrations.AlterField(
            "draw", "public", models.BooleanField(default=True, verbose_name="公开抽签")
        ),
    ]
