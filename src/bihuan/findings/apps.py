"""The Django app of this room."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """问题线索."""

    name = "bihuan.findings"
    label = "findings"
    verbose_name = "问题线索"
