"""The room of ballots as Django knows it."""

from django.apps import AppConfig


class BallotsConfig(AppConfig):
    """Ballots, their rolls, the urn, the published papers and the chain of closings."""

    name = "bihuan.ballots"
    label = "ballots"
    verbose_name = "表决"
