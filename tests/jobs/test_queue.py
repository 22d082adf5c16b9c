"""Jobs: asked for in the caller's transaction, claimed by one worker at a time, ended by the newest claim only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bihuan.jobs import queue, schedule, worker
from bihuan.jobs.kinds import NotToBeDone, Progress
from bihuan.jobs.models import Job
from bihuan.people.models import Congress

pytestmark = pytest.mark.django_db

HERE = __name__


def name_one(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Found a congress, unless told how to stumble."""
    Congress.objects.create(name=job.data["name"], level="县级", area="")
    progress(1, 2)
    match job.data.get("stumble"):
        case "fault":
            raise ValueError("纸用完了")
        case "refusal":
            raise NotToBeDone("没有这份文件，请重新上传。")
        case "taken over":
            Job.objects.filter(pk=job.pk).update(claim=job.claim + 1)
    return {"named": job.data["name"]}


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"title": "起名", "path": f"{HERE}.name_one", "tries": 2}
    monkeypatch.setitem(settings.JOBS, "name", told)


@pytest.fixture
def now() -> Iterator[datetime]:
    yield timezone.now() + timedelta(milliseconds=500)


def _put(**data: str) -> Job:
    return queue.put("name", {"name": "某县人大常委会", **data})


def _found() -> int:
    return Congress.objects.filter(name="某县人大常委会").count()


def test_it_does_a_job_once_and_remembers_what_came_of_it() -> None:
    job = _put()
    assert worker.drain("a") == 1
    job.refresh_from_db()
    assert (job.state, job.result, _found()) == ("done", {"named": "某县人大常委会"}, 1)
    assert worker.drain("a") == 0


def test_it_asks_for_nothing_when_the_caller_is_undone() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        _put()
        raise RuntimeError
    assert not Job.objects.exists()


def test_it_gives_a_job_to_one_worker_and_after_its_lease_to_another(now: datetime) -> None:
    _put()
    first = queue.claim("a", now)
    assert first is not None
    assert queue.claim("b", now + timedelta(seconds=1)) is None
    second = queue.claim("b", now + queue.LEASE + timedelta(seconds=1))
    assert second is not None and (second.pk, second.claim) == (first.pk, 2)
    assert not queue.finish(first, {})
    assert not queue.renew(first, 1, 2)
    assert queue.finish(second, {})


def test_it_undoes_the_work_of_a_worker_that_lost_its_hold() -> None:
    job = _put(stumble="taken over")
    claimed = queue.claim("a")
    assert claimed is not None
    worker.carry_out(claimed)
    job.refresh_from_db()
    assert job.state == "running" and _found() == 0


def test_it_tries_again_later_and_says_why_when_it_gives_up(now: datetime) -> None:
    job = _put(stumble="fault")
    worker.drain("a")
    job.refresh_from_db()
    assert job.state == "waiting" and job.due_at > now + timedelta(seconds=10)
    assert "纸用完了" in job.reason and _found() == 0
    Job.objects.update(due_at=timezone.now())
    worker.drain("a")
    job.refresh_from_db()
    assert job.state == "failed" and "试了 2 次" in job.reason
    assert queue.retry(job)
    job.refresh_from_db()
    assert (job.state, job.reason) == ("waiting", "")


def test_it_does_not_try_again_what_cannot_be_done() -> None:
    job = _put(stumble="refusal")
    worker.drain("a")
    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", "没有这份文件，请重新上传。")
    unknown = queue.put("no-such-kind")
    worker.drain("a")
    unknown.refresh_from_db()
    assert unknown.state == "failed" and "请核对版本" in unknown.reason


def test_it_puts_each_turn_of_the_schedule_once(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = [{"kind": "name", "daily": "00:10"}, {"kind": "name", "minutes": 15}]
    monkeypatch.setattr(settings, "SCHEDULE", turns)
    at = datetime(2026, 3, 2, 2, 7, tzinfo=UTC)  # 10:07 in China
    assert len(schedule.put_due(at)) == 2
    assert schedule.put_due(at + timedelta(minutes=5)) == []
    assert [job.slot for job in schedule.put_due(at + timedelta(minutes=9))] == [
        "name@2026-03-02T10:15"
    ]
    later = schedule.put_due(at + timedelta(days=3))
    assert [job.slot for job in later] == ["name@2026-03-05T00:10", "name@2026-03-05T10:00"]
    daily, quarter = schedule.turns()
    assert daily.next(at).isoformat() == "2026-03-03T00:10:00+08:00"
    assert quarter.next(at).isoformat() == "2026-03-02T10:15:00+08:00"


def test_it_forgets_old_jobs_but_not_those_that_failed(now: datetime) -> None:
    _put()
    _put(name="另一个县人大常委会", stumble="refusal")
    worker.drain("a")
    assert queue.clear(now + timedelta(days=1)) == 1
    assert Job.objects.get().state == "failed"


def test_it_notices_that_no_worker_runs(now: datetime) -> None:
    assert queue.longest_waiting(now) == timedelta(0)
    _put()
    assert queue.longest_waiting(now + timedelta(minutes=3)) > timedelta(minutes=2)
