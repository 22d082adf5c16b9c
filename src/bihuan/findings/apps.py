"""The Django app of this room."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """检查发现."""

    name = "bihuan.findings"
    label = "findings"
    verbose_name = "检查发现"
