"""Addresses of reminders."""

from django.urls import path

from bihuan.web.views import outlets, reminders

urlpatterns = [
    path("reminders/", reminders.inbox, name="reminders"),
    path("reminders/read/", reminders.read, name="reminders-read"),
    path("reminders/load/", reminders.load, name="reminders-load"),
    path("reminders/<int:pk>/", reminders.follow, name="reminder"),
    path("reminders/choices/", outlets.choices, name="reminder-choices"),
    path("reminders/choices/robot/", outlets.robot, name="robot-new"),
    path("reminders/choices/<int:pk>/test/", outlets.test, name="outlet-test"),
    path("reminders/choices/<int:pk>/remove/", outlets.remove, name="outlet-remove"),
    path("reminders/gateways/", outlets.house, name="gateways"),
    path("reminders/gateways/<slug:channel>/switch/", outlets.switch, name="gateway-switch"),
    path("reminders/gateways/<slug:channel>/test/", outlets.gateway_test, name="gateway-test"),
    path("reminders/gateways/robots/<int:pk>/end/", outlets.end, name="robot-end"),
    path("reminders/messages/", outlets.log, name="messages"),
]
