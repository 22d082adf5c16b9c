"""The Django app of this room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """后台任务."""

    name = "bihuan.jobs"
    label = "jobs"
    verbose_name = "后台任务"
