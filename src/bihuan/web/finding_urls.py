"""Addresses of what the checks found, and of what is asked of units."""

from django.urls import path

from bihuan.web.views import burdens, findings

urlpatterns = [
    path("findings/", findings.findings, name="findings"),
    path("findings/checks/", findings.checks, name="checks"),
    path("findings/run/", findings.run, name="findings-run"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
    path("findings/<int:pk>/confirm/", findings.confirm, name="finding-confirm"),
    path("findings/<int:pk>/set-aside/", findings.set_aside, name="finding-set-aside"),
    path("burdens/", burdens.burdens, name="burdens"),
    path("burdens/mine/", burdens.mine, name="burden-mine"),
    path("burdens/<int:pk>/", burdens.burden, name="burden"),
]
