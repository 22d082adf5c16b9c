"""The room's addresses, below `i/sessions/`, and its entry in the menu."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from bihuan.institutions.sessions import desk, own, pages
from bihuan.institutions.sessions.readers import KEY, sees
from bihuan.matters.access import Standing
from bihuan.web import language
from bihuan.web.rooms import Entry

urlpatterns: list[URLPattern] = [
    path("", pages.plan, name="session-plan"),
    path("new/", desk.new, name="session-new"),
    path("<int:pk>/", pages.session, name="session"),
    path("<int:pk>/change/", desk.change, name="session-change"),
    path("<int:pk>/items/", desk.add_item, name="session-add-item"),
    path("<int:pk>/items/<int:item>/", desk.item, name="session-item"),
    path("<int:pk>/attendance/", pages.attendance, name="session-attendance"),
    path("<int:pk>/attendance/note/", desk.attend, name="session-attend"),
    path("<int:pk>/speakers/", pages.speakers, name="session-speakers"),
    path("<int:pk>/speakers/note/", desk.speak, name="session-speak"),
    path("<int:pk>/notes/", pages.notes, name="session-notes"),
    path("<int:pk>/notes/add/", desk.add_note, name="session-add-note"),
    path("<int:pk>/notes/<int:note>/", desk.note, name="session-note"),
    path("<int:pk>/projector/", pages.projector, name="session-projector"),
    path("<int:pk>/mine/", own.mine, name="session-mine"),
    path("<int:pk>/file/<int:file>/", pages.file, name="session-file"),
    path("<int:pk>/minutes/", pages.minutes, name="session-minutes"),
]


def menu(standing: Standing) -> list[Entry]:
    """The yearly plan, for those who see sessions."""
    group = language.institution(KEY).group
    return [Entry(group, _("常委会会议"), "sessions:session-plan")] if sees(standing) else []
