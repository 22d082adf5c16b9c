"""Matters: the only writer of matters and acts, the chain that proves them, and who may see them."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """The room's entry in Django's list; start-up refuses faulty declarations."""

    name = "bihuan.matters"
    label = "matters"
    verbose_name = "事项"

    def ready(self) -> None:
        """Register the start-up checks of every institution found."""
        from bihuan.matters import startup  # noqa: F401
