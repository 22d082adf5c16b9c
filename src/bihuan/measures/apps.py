"""Measures: figures counted from acts, never stored by hand."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """The room's entry in Django's list."""

    name = "bihuan.measures"
    label = "measures"
    verbose_name = "指标"
