"""Addresses of the self-examination."""

from django.urls import path

from bihuan.web.views import selfcheck

urlpatterns = [
    path("selfcheck/", selfcheck.selfcheck, name="selfcheck"),
    path("selfcheck/report.docx", selfcheck.paper, name="selfcheck-paper"),
]
