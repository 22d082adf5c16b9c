"""All addresses. Each part of the screens keeps its own list; an institution's own screens are below `i/<key>/`."""

from django.urls import include, path

from bihuan.web import rooms
from bihuan.web.views import administration, people, session, today, watching, working

urlpatterns = [
    path("", session.root, name="root"),
    path("healthz", session.healthy, name="healthy"),
    path("readyz", watching.ready, name="ready"),
    path("metrics", watching.metrics, name="metrics"),
    path("sign-in/", session.sign_in, name="sign-in"),
    path("sign-in/as/", session.sign_in_as, name="sign-in-as"),
    path("sign-out/", session.sign_out, name="sign-out"),
    path("password/", session.password, name="password"),
    path("language/", session.language, name="language"),
    path("large-type/", session.large_type, name="large-type"),
    path("today/", today.today, name="today"),
    path("house/users/", people.users, name="users"),
    path("house/users/new/", people.open_account, name="user-open"),
    path("house/users/<int:pk>/reset/", people.reset_password, name="user-reset"),
    path("house/users/<int:pk>/switch/", people.switch, name="user-switch"),
    path("house/grants/", administration.grants, name="grants"),
    path("house/grants/give/", administration.give, name="grant-give"),
    path("house/grants/<int:pk>/end/", administration.end, name="grant-end"),
    path("house/lock-outs/", administration.lock_outs, name="lock-outs"),
    path("house/events/", administration.events, name="events"),
    path("house/acts/", administration.act_log, name="act-log"),
    path("house/jobs/", working.jobs, name="jobs"),
    path("house/jobs/<int:pk>/again/", working.job_again, name="job-again"),
    path("house/params/", administration.params, name="params"),
    path("house/params/<slug:institution>/<slug:name>/", administration.param, name="param"),
    path("house/<slug:key>/", people.register, name="register"),
    path("house/<slug:key>/new/", people.entry, name="register-new"),
    path("house/<slug:key>/<int:pk>/", people.entry, name="register-entry"),
    path("", include("bihuan.web.ledger_urls")),
    path("", include("bihuan.web.board_urls")),
    path("", include("bihuan.web.exchange_urls")),
    path("", include("bihuan.web.letter_urls")),
    path("", include("bihuan.web.ballot_urls")),
    path("", include("bihuan.web.draw_urls")),
    path("", include("bihuan.web.reminder_urls")),
    path("", include("bihuan.api.urls")),
    *rooms.addresses(),
]

handler400 = "bihuan.web.views.session.bad_request"
