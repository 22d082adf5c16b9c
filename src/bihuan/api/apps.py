"""The interfaces' entry in Django's list."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Tokens, answers given, notices sent."""

    name = "bihuan.api"
    label = "api"
    verbose_name = "开放接口"
