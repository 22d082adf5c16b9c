"""Exchange: ledgers in and out."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room's entry in Django's list."""

    name = "bihuan.exchange"
    label = "exchange"
    verbose_name = "导入导出"
