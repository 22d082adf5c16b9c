"""Addresses of ballots. None names a choice, and none that votes names a voter."""

from django.urls import URLPattern, URLResolver, path

from bihuan.web.views import ballot_results, ballot_voting, ballots

urlpatterns: list[URLPattern | URLResolver] = [
    path("ballots/", ballots.listed, name="ballots"),
    path("ballots/new/", ballots.new, name="ballot-new"),
    path("ballots/<int:pk>/", ballots.page, name="ballot"),
    path("ballots/<int:pk>/roll/", ballots.roll, name="ballot-roll"),
    path("ballots/<int:pk>/open/", ballots.begin, name="ballot-open"),
    path("ballots/<int:pk>/there/", ballots.there, name="ballot-there"),
    path("ballots/<int:pk>/close/", ballots.close, name="ballot-close"),
    path("ballots/<int:pk>/void/", ballots.void, name="ballot-void"),
    path("ballots/<int:pk>/again/", ballots.again, name="ballot-again"),
    path("ballots/<int:pk>/entry/", ballots.entry, name="ballot-entry"),
    path("ballots/<int:pk>/vote/", ballot_voting.vote, name="ballot-vote"),
    path("ballots/<int:pk>/hall/", ballot_voting.hall, name="ballot-hall"),
    path("ballots/<int:pk>/hall/turnout/", ballot_voting.turnout, name="ballot-turnout"),
    path("ballots/<int:pk>/announce/", ballot_results.announce, name="ballot-announce"),
    path("ballots/<int:pk>/declare/<int:place>/", ballot_results.declare, name="ballot-declare"),
    path("ballots/<int:pk>/publish/", ballot_results.publish, name="ballot-publish"),
    path("ballots/<int:pk>/sheet/", ballot_results.sheet, name="ballot-sheet"),
    path("ballots/<int:pk>/public/", ballot_results.public, name="ballot-public"),
]
