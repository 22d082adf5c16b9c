"""Addresses of the boards."""

from django.urls import path

from bihuan.web.views import board, cockpit, ladder

urlpatterns = [
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("cockpit/workbook/", cockpit.workbook, name="cockpit-workbook"),
    path("cockpit/<slug:institution>/", cockpit.rows, name="cockpit-rows"),
    path("ladder/", ladder.ladder, name="ladder"),
    path("ladder/decide/", ladder.decide, name="ladder-decide"),
    path("b/", board.all_boards, name="boards"),
    path("b/<slug:institution>/", board.board, name="board"),
    path("b/<slug:institution>/<slug:key>/", board.figure, name="figure"),
]
