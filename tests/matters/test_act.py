"""The only writer: all or nothing, once, in order."""

import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection
from tests.cast import Cast, make_cast

from bihuan.loop.forms import Refusal
from bihuan.matters import queries, rows, sweep, taking, writing
from bihuan.matters.act import Doer, NotDone, Proposing, act, raise_matter
from bihuan.matters.models import Act, Assignment, Counter, Matter, Proposer
from bihuan.matters.verify import verify

DAY = date(2026, 3, 20)
COMMITMENTS = [{"title": "建成天桥", "by": "2026-12-31"}, {"title": "装好路灯", "by": "2026-10-31"}]
REPLY = {"category": "B", "reply_text": "列入计划", "commitments": COMMITMENTS}


def _rows() -> tuple[int, ...]:
    models = (Matter, Act, Assignment, Proposer, Counter)
    return tuple(model._default_manager.count() for model in models)


def _contact(cast: Cast) -> Doer:
    return Doer("lead_body", cast.contact, "市交通运输局")


def _reply(cast: Cast, matter: Matter, data: Mapping[str, Any] = REPLY) -> Act | Refusal:
    return act(matter.pk, "reply", _contact(cast), DAY, data, share="1")


def test_it_opens_a_matter_for_every_promise(cast: Cast) -> None:
    matter = cast.suggestion("working")
    assert isinstance(_reply(cast, matter), Act)
    children = Matter.objects.filter(parent=matter).order_by("due_on")
    assert [child.title for child in children] == ["装好路灯", "建成天桥"]
    assert [child.proposers.get().name for child in children] == ["张春梅", "张春梅"]
    assert {child.assignments.get().body.name for child in children} == {"市交通运输局"}
    assert verify().ok


def test_it_leaves_nothing_of_an_act_whose_following_failed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = cast.suggestion("working")
    before, opened = _rows(), []
    really = taking._open

    def failing(*args: Any) -> None:
        if opened:
            raise OSError("disk full")
        opened.append(1)
        really(*args)

    monkeypatch.setattr(taking, "_open", failing)
    with pytest.raises(OSError, match="disk full"):
        _reply(cast, matter)
    assert (_rows(), Matter.objects.get().state) == (before, "handling")
    assert verify().ok


def test_it_leaves_nothing_of_an_act_that_is_refused(cast: Cast) -> None:
    matter = cast.suggestion("handed")
    before = _rows()
    refused = act(matter.pk, "acknowledge", Doer("clerk", cast.clerk), date(2027, 1, 1), share="1")
    assert isinstance(refused, Refusal)
    assert _rows() == before


def test_it_takes_the_same_request_once(cast: Cast) -> None:
    matter = cast.suggestion()
    doer = Doer("proposer", cast.deputy)
    first = act(matter.pk, "submit", doer, DAY, token="t")
    assert isinstance(first, Act)
    assert act(matter.pk, "submit", doer, DAY, token="t") == first
    assert matter.acts.count() == 2


def test_it_raises_the_same_matter_once(cast: Cast) -> None:
    made = [
        raise_matter(
            cast.congress,
            "suggestions",
            "raise",
            Doer("deputy", cast.deputy),
            DAY,
            {"title": "修路", "source": "闭会期间"},
            token="t",
        )
        for _ in range(2)
    ]
    assert made[0] == made[1] == Matter.objects.get()


def test_it_refuses_a_token_that_another_act_used(cast: Cast) -> None:
    one, other = cast.suggestion(), cast.suggestion(title="另一件")
    doer = Doer("proposer", cast.deputy)
    act(one.pk, "submit", doer, DAY, token="t")
    refused = act(other.pk, "submit", doer, DAY, token="t")
    assert isinstance(refused, Refusal)
    assert "重号" in refused.say
    assert other.acts.count() == 1


def test_it_refuses_an_act_on_a_matter_that_moved_since_it_was_shown(cast: Cast) -> None:
    matter = cast.suggestion()
    doer = Doer("proposer", cast.deputy)
    assert isinstance(act(matter.pk, "edit", doer, DAY, {"title": "新"}, seen=1), Act)
    refused = act(matter.pk, "edit", doer, DAY, {"title": "旧"}, seen=1)
    assert isinstance(refused, Refusal)
    assert "请看过最新情况再办" in refused.say
    assert Matter.objects.get().title == "新"


def test_it_loses_the_race_and_does_nothing(cast: Cast) -> None:
    """The compare-and-swap itself, should the lock ever fail."""
    matter = cast.suggestion()
    doer, stale = Doer("proposer", cast.deputy), Matter.objects.get()
    act(matter.pk, "edit", doer, DAY, {"title": "新"})
    stale.acts_count += 1
    with pytest.raises(NotDone, match="刚刚被别人办过"):
        rows.run([writing.swapping(stale)])


def test_it_notes_what_lapsed_before_the_act_on_its_own_day(cast: Cast) -> None:
    matter = cast.suggestion("working")
    late = date(2026, 7, 1)
    done = act(matter.pk, "reply", _contact(cast), late, REPLY, share="1")
    assert isinstance(done, Act)
    assert [(a.kind, a.day, a.late) for a in matter.acts.all()][-2:] == [
        ("reply_lapsed", date(2026, 6, 6), True),
        ("reply", late, True),
    ]


def test_it_numbers_by_institution_and_year_without_gaps(cast: Cast) -> None:
    cast.suggestion("to_hand_over")
    stopped = cast.suggestion("committee_review")
    refused = act(stopped.pk, "accept", Doer("unit"), date(2026, 3, 4))
    assert isinstance(refused, Refusal)
    cast.suggestion("to_hand_over")
    cast.suggestion("to_hand_over", day=date(2025, 3, 3))
    numbers = Matter.objects.exclude(number="").order_by("pk").values_list("year", "number")
    assert list(numbers) == [(2026, "1"), (2026, "2"), (2025, "1")]


def test_it_joins_proposers_so_that_each_gets_the_reply(cast: Cast) -> None:
    target = cast.suggestion("to_hand_over")
    joined = cast.suggestion("committee_review", by="deputy", title="天桥")
    Proposer.objects.filter(matter=joined).update(seat=cast.seats["other_deputy"], name="李大山")
    doer = Doer("clerk", cast.clerk)
    done = act(joined.pk, "join", doer, DAY, {"joined_to": target.number})
    assert isinstance(done, Act), done
    assert [row.name for row in target.proposers.all()] == ["张春梅", "李大山"]
    assert target.proposers.last().joined_from == joined
    assert Matter.objects.get(pk=joined.pk).state == "merged"


@pytest.mark.parametrize("word", ["99999", "没有", "1"])
def test_it_joins_to_nothing_that_is_not_there(cast: Cast, word: str) -> None:
    matter = cast.suggestion("to_hand_over")
    refused = act(matter.pk, "join", Doer("clerk", cast.clerk), DAY, {"joined_to": word})
    if word == str(matter.number):
        assert matter.number == "1"
    assert isinstance(refused, Refusal)
    assert refused.field == "joined_to"


def test_it_tells_the_parent_when_the_last_promise_is_kept(cast: Cast) -> None:
    matter = cast.suggestion("working")
    _reply(cast, matter)
    rate = {"attitude": "满意", "result": "满意"}
    cast.take(matter, "rate", Doer("proposer", cast.deputy), DAY, rate)
    assert Matter.objects.get(pk=matter.pk).state == "following"
    for number, child in enumerate(Matter.objects.filter(parent=matter)):
        cast.take(child, "prove", _contact(cast), DAY, {"proof": "已完工"})
        cast.take(child, "strike_off", Doer("clerk", cast.clerk), DAY)
        state = Matter.objects.get(pk=matter.pk).state
        assert state == ("struck_off" if number else "following")
    assert verify().ok


def test_it_refuses_a_body_of_another_congress(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over")
    for body in ("99999", "x"):
        data = {"assignments": [{"body": body, "person": "周"}]}
        refused = act(matter.pk, "hand_over", Doer("clerk", cast.clerk), DAY, data)
        assert isinstance(refused, Refusal)
        assert refused.field == "assignments"


def test_it_drops_the_sum_of_a_limit_that_holds_no_more(cast: Cast) -> None:
    matter = cast.suggestion("to_hand_over")
    assert matter.limit["due"] == matter.own_due_on.isoformat()
    handed = cast.suggestion("handed")
    assert (handed.own_due_on, handed.limit) == (None, None)


# Several at once


def _at_once(*works: Callable[[], object]) -> list[object]:
    """Each in a thread with a connection of its own, as near together as may be."""
    found: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int) -> None:
        try:
            start.wait()
            found[place] = works[place]()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_it_numbers_without_gaps_when_many_accept_at_once(parallel: None) -> None:
    cast = make_cast()
    doer = Doer("clerk", cast.clerk)
    keys = [cast.suggestion("committee_review", title=f"第{n}件").pk for n in range(8)]
    done = _at_once(*(lambda key=key: act(key, "accept", doer, DAY) for key in keys))
    assert all(isinstance(one, Act) for one in done), done
    numbers = Matter.objects.values_list("number", flat=True)
    assert sorted(map(int, numbers)) == list(range(1, 9))
    assert verify().ok


def test_it_takes_one_of_many_equal_requests_at_once(parallel: None) -> None:
    cast = make_cast()
    matter = cast.suggestion()
    doer = Doer("proposer", cast.deputy)
    work = [lambda: act(matter.pk, "submit", doer, DAY, token="t")] * 6
    done = _at_once(*work)
    assert len({one.pk for one in done if isinstance(one, Act)}) == 1, done
    raised = [
        lambda: raise_matter(
            cast.congress,
            "suggestions",
            "raise",
            Doer("deputy", cast.deputy),
            DAY,
            {"title": "修路", "source": "闭会期间"},
            proposers=[Proposing("张春梅", cast.seats["deputy"])],
            token="r",
        )
    ] * 6
    made = _at_once(*raised)
    assert len({one.pk for one in made if isinstance(one, Matter)}) == 1, made
    assert verify().acts == 3


def test_it_never_doubles_a_lapse_when_several_sweep_at_once(parallel: None) -> None:
    cast = make_cast()
    for _ in range(6):
        cast.suggestion("handed", co=["finance"])
    far = date(2026, 12, 1)
    done = _at_once(*[lambda: sweep.sweep(far)] * 4)
    sweep.sweep(far)
    assert all(isinstance(one, sweep.Swept) for one in done), done
    assert Act.objects.filter(actor="clock").count() == 12
    assert not Matter.objects.filter(queries.late(far), assignments__lapsed=False).exists()
    assert verify().ok
