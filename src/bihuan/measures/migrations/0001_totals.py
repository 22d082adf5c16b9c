"""Totals of figures, and what each matter added to them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("matters", "0007_totals"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Part",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("parts", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("institution", models.CharField(max_length=40)),
                ("declared", models.CharField(max_length=64)),
                ("number", models.PositiveBigIntegerField(default=0)),
                (
                    "congress",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.congress",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("congress", "institution"), name="one_round")
                ],
            },
        ),
        migrations.CreateModel(
            name="Total",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("institution", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("what", models.CharField(max_length=8)),
                ("indicator", models.CharField(blank=True, max_length=40)),
                ("group", models.TextField(blank=True)),
                ("base", models.FloatField(default=0)),
                ("hit", models.FloatField(default=0)),
                (
                    "congress",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.congress",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("congress", "institution", "year", "what", "indicator", "group"),
                        name="one_total",
                    )
                ],
            },
        ),
    ]
