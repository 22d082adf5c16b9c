"""The Django app of this room."""

from django.apps import AppConfig


class RemindersConfig(AppConfig):
    """提醒."""

    name = "bihuan.reminders"
    label = "reminders"
    verbose_name = "提醒"
