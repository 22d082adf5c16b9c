"""Matters say until which day they are counted; indexes for open matters and for years."""

import datetime

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0005_seals_in_a_chain"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="matter",
            name="counted_until",
            field=models.DateField(editable=False, null=True, verbose_name="计入汇总到哪一天"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                fields=["congress", "institution", "year", "-id"], name="matter_years"
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("phase__in", ("pending", "handling"))),
                fields=["congress", "institution", "due_on", "-id", "raised_on", "state", "phase"],
                name="matter_open",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("counted_until__lt", datetime.date(9999, 12, 31))),
                fields=["congress", "institution", "counted_until", "year"],
                name="matter_limits_to_come",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("counted_until", None)),
                fields=["congress", "institution"],
                name="matter_moved",
            ),
        ),
    ]
