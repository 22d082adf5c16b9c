"""Addresses of ledgers, matters and their acts."""

from django.urls import URLPattern, URLResolver, path

from bihuan.web.views import acting, bulk, ledger, matter, raising, saved

urlpatterns: list[URLPattern | URLResolver] = [
    path("l/<slug:institution>/", ledger.ledger, name="ledger"),
    path("l/<slug:institution>/new/<slug:act_id>/", raising.new, name="raise"),
    path("l/<slug:institution>/bulk/<slug:act_id>/", bulk.bulk, name="bulk"),
    path("l/<slug:institution>/similar/", raising.similar, name="similar"),
    path("l/<slug:institution>/views/", saved.views, name="views"),
    path("l/<slug:institution>/views/first/", saved.first, name="view-first"),
    path("l/<slug:institution>/views/<int:pk>/", saved.change, name="view-change"),
    path("l/<slug:institution>/views/<int:pk>/drop/", saved.drop, name="view-drop"),
    path("m/<int:pk>/", matter.matter, name="matter"),
    path("m/<int:pk>/act/<slug:act_id>/", acting.act, name="act"),
    path("m/<int:pk>/proof/<int:seq>/", matter.proof, name="proof"),
    path("f/<int:pk>/", matter.file, name="file"),
    path("search/", ledger.search_all, name="search"),
    path("draft/", saved.draft, name="draft"),
]
