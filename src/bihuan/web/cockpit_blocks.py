"""The cockpit's parts counted once and told twice: on the page in its reader's language, in the report in Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan.ladder.proposals import Ladder
from bihuan.letters.standing_report import LATE_SHOWN, Late, Told, percent
from bihuan.loop.spec import Institution
from bihuan.matters.access import Standing
from bihuan.matters.models import Matter
from bihuan.measures import cockpit as measures
from bihuan.measures.boards import Trend
from bihuan.measures.bodies import BodyStand, Overdue, by_lead_body, late_of, most, overdue
from bihuan.measures.counting import Counting
from bihuan.measures.promised import Promised, promised, promises
from bihuan.measures.trends import trends


@dataclass(frozen=True)
class Bar:
    """One bar of a chart drawn here: what it is of, how long (0–100), its words, and where it leads."""

    pk: int
    label: str
    width: str
    text: str
    note: str = ""


class Blocks:
    """What is overdue and promised by body, the years, and the next steps, as of a day."""

    def __init__(
        self, who: Standing, institutions: Sequence[Institution], shown: measures.Cockpit
    ) -> None:
        assert who.user.congress is not None
        self.who, self.shown, self.as_of = who, shown, shown.as_of
        self.congress = who.user.congress
        self.institutions = {one.key: one for one in institutions}

    def ground(self, one: Institution) -> Counting:
        """Where an institution's figures are counted on the day."""
        return Counting(self.congress, one, self.as_of, None, None)

    @cached_property
    def bodies(self) -> list[BodyStand]:
        """Each lead body's stand, in the institutions with something overdue and those of promises."""
        asked = [
            stand.institution
            for stand in self.shown.stands
            if stand.late or stand.institution.key in promises()
        ]
        return [row for one in asked for row in by_lead_body(self.ground(one), self.as_of)]

    @cached_property
    def overdue(self) -> list[Overdue]:
        """What is overdue body by body, in the order of the house."""
        return overdue(self.bodies)

    @cached_property
    def promised(self) -> list[Promised]:
        """What was promised, and what of it was due and not done."""
        return promised(self.shown.stands, self.bodies)

    @cached_property
    def trends(self) -> list[Trend]:
        """The rates over the years of the institution whose bodies are told apart."""
        table = self.shown.table
        return trends(self.ground(table.institution), self.as_of) if table else []

    def late(self, body: int | None = None, most_rows: int = LATE_SHOWN) -> list[Late]:
        """The longest overdue matters as of the day, of one body or of all."""
        rows = [
            row
            for stand in self.shown.stands
            if stand.late
            for row in self._late_in(stand.institution, body, most_rows)
        ]
        return sorted(rows, key=lambda row: -row.days)[:most_rows]

    def _late_in(self, one: Institution, body: int | None, most_rows: int) -> list[Late]:
        ground = self.ground(one)
        found: QuerySet[Matter] = (
            late_of(ground, body, self.as_of)
            if body
            else measures.rows(ground, "late", None, self.as_of)
        )
        limit = f"{ground.root}__due" if ground.root else "due_on"
        rows = found.order_by(limit, "pk").prefetch_related("assignments__body")[:most_rows]
        return [_late(row, one, self.as_of, body) for row in rows]

    def told(self) -> Told:
        """What the page shows, for the report: a leader reads a few pages; the workbook has every table."""
        table = self.shown.table
        today = self.as_of == self.who.day
        return Told(
            self.congress,
            self.shown,
            overdue=self.overdue,
            tables=[table] if table else [],
            trends=[(table.institution.title, self.trends)] if table else [],
            promised=self.promised,
            late=self.late(),
            proposals=Ladder(self.who, self.who.day).of_bodies() if today else (),
        )

    # On the page

    @cached_property
    def overdue_finding(self) -> str:
        """市住房和城乡建设局 14 件逾期，占全部逾期 34 件的 41.2%."""
        worst, whole = most(self.overdue), self.shown.total("late")
        if not worst:
            return ""
        said = {
            "body": "、".join(one.body for one in worst[:3]),
            "n": worst[0].late,
            "whole": whole,
            "share": percent(worst[0].late, whole),
        }
        if len(worst) == 1:
            return _("%(body)s %(n)d 件逾期，占全部逾期 %(whole)d 件的 %(share)s") % said
        return _("%(body)s各 %(n)d 件逾期，各占全部逾期 %(whole)d 件的 %(share)s") % said

    @cached_property
    def overdue_bars(self) -> list[Bar]:
        """A bar for each body with something overdue; the longest is the field's whole width."""
        longest = max((one.late for one in self.overdue), default=1)
        return [
            Bar(
                one.pk,
                one.body,
                f"{100 * one.late / longest:.1f}",
                str(one.late),
                " · ".join(f"{each.title} {count}" for each, count in one.of),
            )
            for one in self.overdue
        ]

    def promised_finding(self, one: Promised) -> str:
        """承诺 120 项，到期没有办成 14 项，占 11.7%."""
        said = {"made": one.made, "late": one.stand.late}
        said_share = {**said, "share": percent(one.stand.late, one.made)}
        if not one.stand.late:
            return _("承诺 %(made)d 项，没有到期未办成的") % said
        return _("承诺 %(made)d 项，到期没有办成 %(late)d 项，占 %(share)s") % said_share


def _late(matter: Matter, one: Institution, as_of: date, body: int | None) -> Late:
    """As the matter stood; for one body by the limit of its own share, which may be later than another's."""
    past = getattr(matter, "past", None)
    due = past.get("due") if isinstance(past, dict) else None
    limit = date.fromisoformat(due) if due else matter.due_on
    own = [share.due_on for share in matter.assignments.all() if share.body_id == body]
    limit = next((day for day in own if day), limit)
    facts = past.get("facts", {}) if isinstance(past, dict) else matter.facts
    bodies = [
        str(share.body)
        for share in matter.assignments.all()
        if share.kind != "co" and share.phase != "void"
    ]
    days = (as_of - limit).days if limit else 0
    pressed = int(facts.get("press_count") or 0)
    return Late(matter, one.title, "、".join(bodies), limit, days, pressed)
