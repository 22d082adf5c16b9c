"""People: congresses, bodies, persons, seats, users and what each may do."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The room's entry in Django's list."""

    name = "bihuan.people"
    label = "people"
    verbose_name = "人员与机构"
