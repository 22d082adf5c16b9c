"""Addresses of the interfaces and their pages."""

from django.urls import include, path

from bihuan.api import main, pages

urlpatterns = [
    path("interfaces/", pages.interfaces, name="interfaces"),
    path("interfaces/tokens/new/", pages.issue, name="token-issue"),
    path("interfaces/tokens/<int:pk>/revoke/", pages.revoke, name="token-revoke"),
    path("interfaces/calendar/new/", pages.issue_calendar, name="calendar-issue"),
    path("interfaces/hooks/new/", pages.subscribe, name="hook-new"),
    path("interfaces/hooks/<int:pk>/", pages.hook, name="hook"),
    path("interfaces/hooks/<int:pk>/rotate/", pages.rotate, name="hook-rotate"),
    path("interfaces/hooks/<int:pk>/end/", pages.unsubscribe, name="hook-end"),
    path("interfaces/deliveries/<int:pk>/again/", pages.again, name="delivery-again"),
    path("interfaces/all/", pages.all_interfaces, name="all-interfaces"),
    path("interfaces/all/tokens/<int:pk>/revoke/", pages.revoke_any, name="any-token-revoke"),
    path("interfaces/all/hooks/<int:pk>/end/", pages.end_any, name="any-hook-end"),
    path("calendar/<str:secret>.ics", pages.calendar, name="calendar"),
    path("api/docs/", pages.reference, name="api-reference"),
    path("api/", main.urls),
    path("", include("bihuan.opendata.urls")),
]
