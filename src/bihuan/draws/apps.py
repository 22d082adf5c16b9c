"""The room of draws as Django knows it."""

from django.apps import AppConfig


class DrawsConfig(AppConfig):
    """Draws, their contributors, and what is published of them."""

    name = "bihuan.draws"
    label = "draws"
    verbose_name = "抽签"
