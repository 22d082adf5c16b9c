"""Addresses of reminders."""

from django.urls import path

from bihuan.web.views import reminders

urlpatterns = [
    path("reminders/", reminders.inbox, name="reminders"),
    path("reminders/read/", reminders.read, name="reminders-read"),
    path("reminders/load/", reminders.load, name="reminders-load"),
    path("reminders/<int:pk>/", reminders.follow, name="reminder"),
]
