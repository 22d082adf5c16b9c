"""Web: four screens drawn from declarations."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The room's entry in Django's list."""

    name = "bihuan.web"
    label = "web"
    verbose_name = "界面"
