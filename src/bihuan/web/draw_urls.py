"""Addresses of draws."""

from django.urls import URLPattern, URLResolver, path

from bihuan.web.views import draws

urlpatterns: list[URLPattern | URLResolver] = [
    path("draws/", draws.listed, name="draws"),
    path("draws/new/", draws.new, name="draw-new"),
    path("draws/<int:pk>/", draws.page, name="draw"),
    path("draws/<int:pk>/commit/", draws.commit, name="draw-commit"),
    path("draws/<int:pk>/announce/", draws.announce, name="draw-announce"),
    path("draws/<int:pk>/reveal/", draws.reveal, name="draw-reveal"),
    path("draws/<int:pk>/now/", draws.now, name="draw-now"),
    path("draws/<int:pk>/void/", draws.void, name="draw-void"),
    path("draws/<int:pk>/hall/", draws.hall, name="draw-hall"),
    path("draws/<int:pk>/hall/state/", draws.hall_state, name="draw-hall-state"),
    path("draws/<int:pk>/file/", draws.file, name="draw-file"),
]
