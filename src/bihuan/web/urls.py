"""All addresses. Each part of the screens keeps its own list."""

from django.urls import include, path

from bihuan.web.views import session, today

urlpatterns = [
    path("", session.root, name="root"),
    path("healthz", session.healthy, name="healthy"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-in/as/", session.sign_in_as, name="sign-in-as"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("password/", session.password, name="password"),
    path("language/", session.language, name="language"),
    path("large-type/", session.large_type, name="large-type"),
    path("today/", today.today, name="today"),
    path("", include("bihuan.web.ledger_urls")),
    path("", include("bihuan.web.board_urls")),
    path("", include("bihuan.web.exchange_urls")),
]

handler400 = "bihuan.web.views.session.bad_request"
