"""Addresses of ledgers in and out."""

from django.urls import path

from bihuan.web.views import exchanging

urlpatterns = [
    path("x/<slug:institution>/export/", exchanging.export, name="export"),
    path("x/<slug:institution>/import/", exchanging.upload, name="import"),
    path("x/<slug:institution>/import/<slug:run_id>/", exchanging.run, name="import-run"),
    path("x/<slug:institution>/import/<slug:run_id>/go/", exchanging.commit, name="import-commit"),
]
