"""Addresses of the boards."""

from django.urls import path

from bihuan.web.views import board, cockpit, cockpit_body, ladder

urlpatterns = [
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("cockpit/workbook/", cockpit.workbook, name="cockpit-workbook"),
    path("cockpit/report/", cockpit_body.report, name="cockpit-report"),
    path("cockpit/body/<int:pk>/", cockpit_body.body, name="cockpit-body"),
    path("cockpit/<slug:institution>/", cockpit.rows, name="cockpit-rows"),
    path("ladder/", ladder.ladder, name="ladder"),
    path("ladder/decide/", ladder.decide, name="ladder-decide"),
    path("b/", board.all_boards, name="boards"),
    path("b/<slug:institution>/", board.board, name="board"),
    path("b/<slug:institution>/<slug:key>/", board.figure, name="figure"),
]
