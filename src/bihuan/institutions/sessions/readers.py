"""Who may see a session and its material, and who keeps its record: asked at the query."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from bihuan.institutions.sessions.models import CommitteeSession
from bihuan.matters.access import WHOLE_CONGRESS, Standing
from bihuan.matters.models import Attachment
from bihuan.people.committee import is_member

KEY = "sessions"
SENT_STATES = ("ready", "heard", "concluded")
"""States in which the material is with the members."""
FOR_MEMBERS = ("revise", "deliver", "list_item", "add_material")
"""Acts whose files are what members read; drafts and comments stay between the body and the committee."""


def is_own(standing: Standing) -> bool:
    """Whether this user is himself a member of his congress's standing committee today.

    Members are elected from among the deputies (《地方组织法》第四十七条): nobody else is asked about.
    """
    congress = standing.user.congress
    if congress is None or not standing.has("deputy", *WHOLE_CONGRESS):
        return False
    return is_member(congress, standing.user.person, standing.day)


def sees(standing: Standing) -> bool:
    """Whether sessions are open to this user: those who oversee the work, and the members."""
    return standing.has(*WHOLE_CONGRESS) or is_own(standing)


def keeps(standing: Standing) -> bool:
    """Whether this user keeps the record."""
    return standing.has("clerk")


def visible(standing: Standing) -> QuerySet[CommitteeSession]:
    """The sessions this user may see."""
    own = CommitteeSession.objects.filter(congress_id=standing.user.congress_id or 0)
    return own if sees(standing) else own.none()


def material(standing: Standing, session: CommitteeSession) -> QuerySet[Attachment]:
    """The files of a session this user may open: all of them, or for a member those that were sent."""
    files = Attachment.objects.filter(matter__agenda_item__session=session, act__isnull=False)
    if standing.has(*WHOLE_CONGRESS):
        return files
    sent = Q(matter__state__in=SENT_STATES, act__kind__in=FOR_MEMBERS)
    return files.filter(sent) if is_own(standing) else files.none()
