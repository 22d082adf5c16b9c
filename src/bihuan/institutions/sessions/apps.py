"""The room's entry in Django's list."""

from django.apps import AppConfig


class CommitteeSessionsConfig(AppConfig):
    """Django keeps sign-ins under the label `sessions`; this room has another."""

    name = "bihuan.institutions.sessions"
    label = "committee_sessions"
    verbose_name = "常委会会议"
