"""Who is to be told: a body's own contacts, or those of the nearest body above; the clerks for the congress."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from bihuan.matters import access
from bihuan.matters.models import Matter
from bihuan.people.models import Body, Congress, Grant, User


class Recipients:
    """The people of a congress on a day, read once."""

    def __init__(self, congress: Congress, day: date) -> None:
        """Reads the grants in force on the day."""
        self._day = day
        self._of_body: dict[int, dict[int, User]] = defaultdict(dict)
        self._clerks: dict[int, User] = {}
        self._standings: dict[int, access.Standing] = {}
        grants = Grant.objects.filter(Grant.on(day), user__congress=congress, user__is_active=True)
        for grant in grants.select_related("user").order_by("pk"):
            if grant.role == "clerk":
                self._clerks[grant.user_id] = grant.user
            elif grant.role in access.BY_BODY and grant.body_id:
                self._of_body[grant.body_id][grant.user_id] = grant.user

    def of(self, body: Body | None) -> list[User]:
        """Those told for a body; nobody further up while the body has a contact of its own."""
        if body is None:
            return list(self._clerks.values())
        upwards = [int(step) for step in reversed(body.path.strip("/").split("/"))]
        nearest = next((key for key in upwards if key in self._of_body), None)
        return list(self._of_body[nearest].values()) if nearest is not None else []

    def may_see(self, user: User, matter: Matter) -> bool:
        """Whether he may see the matter on this day: nobody is told of what he may not see."""
        if user.pk not in self._standings:
            self._standings[user.pk] = access.standing_of(user, self._day)
        return access.visible(self._standings[user.pk]).filter(pk=matter.pk).exists()
