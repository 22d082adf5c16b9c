"""The list of speakers: signed up, begun, ended; how long one may speak is a local rule."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from bihuan.institutions.sessions.models import CommitteeSession, Item, Speech
from bihuan.institutions.sessions.presence import members_of, present_at
from bihuan.institutions.sessions.readers import KEY
from bihuan.loop.forms import Refusal
from bihuan.matters import house
from bihuan.people.models import Person, User


def speeches_of(session: CommitteeSession) -> QuerySet[Speech]:
    """All speeches, those under way and ended first in order, then those who wait."""
    rows = Speech.objects.filter(item__session=session, struck_at=None)
    return rows.select_related("person", "item__matter").order_by(
        "item__place", F("began").asc(nulls_last=True), "noted_at", "id"
    )


def sign_up(item: Item, person: Person, by: User) -> Speech | Refusal:
    """Put a member on the list of an item."""
    session = item.session
    if session.closed_at or session.called_off_on:
        return Refusal("会议已经结束或者取消，不能再报名发言")
    if not any(one.person.pk == person.pk for one in members_of(session)):
        return Refusal(f"{person} 不是常委会组成人员，不能列入发言名单")
    waiting = item.speeches.filter(person=person, ended=None, struck_at=None)
    if waiting.exists():
        return Refusal(f"{person} 已经在这一项议题的发言名单里")
    return Speech.objects.create(item=item, person=person, noted_by=by)


def minutes_for(item: Item, person: Person, day: datetime) -> int | None:
    """How long he may speak now: less when he spoke on the item before. None where no rule is in force."""
    spoke = item.speeches.filter(person=person, struck_at=None).exclude(ended=None).exists()
    return local_minutes(item.session, "again_minutes" if spoke else "speech_minutes", day)


def local_minutes(session: CommitteeSession, name: str, moment: datetime) -> int | None:
    """A limit in minutes as it holds in this congress."""
    rules = house.rules_of(session.congress, KEY)
    day = timezone.localtime(moment).date()
    in_force = [row for row in rules.all_on(day) if row.name == name]
    return int(str(in_force[0].value)) if in_force else None


def begin(speech: Speech, moment: datetime) -> Refusal | None:
    """He has the floor from now on. One at a time, and only who is in the room."""
    session = speech.item.session
    if session.opened_at is None or session.closed_at:
        return Refusal("会议没有在开，不能开始发言")
    with transaction.atomic():
        CommitteeSession.objects.select_for_update().get(pk=session.pk)
        running = running_in(session)
        if running:
            return Refusal(f"{running.person} 正在发言，请先记他发言结束")
        if speech.person_id not in present_at(session, moment):
            return Refusal(f"{speech.person} 没有记到会，请先在签到表上记到会")
        if speech.began:
            return Refusal(f"{speech.person} 已经发过言了，再次发言请重新报名")
        speech.began = moment
        speech.minutes = minutes_for(speech.item, speech.person, moment)
        speech.save(update_fields=["began", "minutes"])
    return None


def running_in(session: CommitteeSession) -> Speech | None:
    """Whoever has the floor."""
    open_now = speeches_of(session).filter(began__isnull=False, ended=None)
    return open_now.first()


def end(speech: Speech, moment: datetime) -> Refusal | None:
    """He has finished."""
    if speech.began is None or speech.ended:
        return Refusal("他没有在发言")
    speech.ended = max(moment, speech.began + timedelta(seconds=1))
    speech.save(update_fields=["ended"])
    return None


def withdraw(speech: Speech, by: User, moment: datetime) -> Refusal | None:
    """Off the list, as long as he has not begun."""
    if speech.began:
        return Refusal("已经开始发言，不能再取消")
    speech.struck_at, speech.struck_by = moment, by
    speech.save(update_fields=["struck_at", "struck_by"])
    return None
