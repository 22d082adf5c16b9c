"""The room of letters as Django knows it."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Letters: drafts, issued ones, their register, and what a congress set for itself."""

    name = "bihuan.letters"
    label = "letters"
    verbose_name = "公文"
