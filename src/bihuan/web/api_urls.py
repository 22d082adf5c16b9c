"""Addresses of the lists for other programs."""

from django.urls import path

from bihuan.web.views import listing

urlpatterns = [
    path("api/", listing.institutions, name="api"),
    path("api/<slug:institution>/", listing.matters, name="api-list"),
]
