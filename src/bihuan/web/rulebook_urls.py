"""Addresses of the rulebook."""

from django.urls import path

from bihuan.web.views import rulebook

urlpatterns = [
    path("rulebook/", rulebook.rulebook, name="rulebook"),
    path("rulebook/volume.docx", rulebook.volume, name="rulebook-volume"),
    path("rulebook/trial/", rulebook.trial, name="rulebook-trial"),
]
