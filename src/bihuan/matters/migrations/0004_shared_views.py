"""A saved view says with whom it is shared, and a ledger may open with one."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("matters", "0003_append_only"),
    ]
    operations = [
        migrations.RemoveField("savedview", "shared"),
        migrations.AddField(
            "savedview",
            "shared_with",
            models.CharField(blank=True, default="", max_length=16, verbose_name="给谁看"),
        ),
        migrations.CreateModel(
            name="FirstView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("institution", models.CharField(max_length=40)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="first_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="first_for",
                        to="matters.savedview",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "firstview",
            models.UniqueConstraint(fields=("user", "institution"), name="one_first_view"),
        ),
    ]
