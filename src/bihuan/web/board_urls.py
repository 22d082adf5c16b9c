"""Addresses of the boards."""

from django.urls import path

from bihuan.web.views import board

urlpatterns = [
    path("b/", board.all_boards, name="boards"),
    path("b/<slug:institution>/", board.board, name="board"),
    path("b/<slug:institution>/<slug:key>/", board.figure, name="figure"),
]
