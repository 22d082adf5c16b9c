"""Addresses of open data: they are the objects' ids, and never change."""

from django.urls import path

from bihuan.opendata import draws, views

urlpatterns = [
    path("oparl/1.1/", views.system, name="oparl-system"),
    path("oparl/1.1/bodies/", views.bodies, name="oparl-bodies"),
    path("oparl/1.1/body/<int:pk>/", views.body, name="oparl-body"),
    path("oparl/1.1/body/<int:pk>/<slug:kind>/", views.listed, name="oparl-list"),
    path("oparl/1.1/legislative-term/<int:pk>/", views.term, name="oparl-legislative-term"),
    path("oparl/1.1/organization/<slug:key>/", views.organization, name="oparl-organization"),
    path("oparl/1.1/person/<int:pk>/", views.person, name="oparl-person"),
    path("oparl/1.1/membership/<int:pk>/", views.membership, name="oparl-membership"),
    path("oparl/1.1/meeting/<int:pk>/", views.meeting, name="oparl-meeting"),
    path("oparl/1.1/paper/<int:pk>/", views.paper, name="oparl-paper"),
    path("oparl/1.1/file/<int:pk>/", views.file, name="oparl-file"),
    path("oparl/1.1/file/<int:pk>/text/", views.text, name="oparl-text"),
    path("draws/public/<int:pk>/", draws.listed, name="draws-public"),
    path("draws/<int:pk>/public/", draws.page, name="draw-public"),
    path("draws/<int:pk>/public/file/", draws.file, name="draw-public-file"),
    path("popolo/", views.popolo_index, name="popolo"),
    path("popolo/<int:pk>/", views.popolo_congress, name="popolo-congress"),
]
