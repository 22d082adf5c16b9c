"""Letters in bulk as a job: each its own transaction, so that a killed worker's successor goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from bihuan.jobs import queue
from bihuan.jobs.kinds import NotToBeDone, Progress
from bihuan.jobs.models import Job
from bihuan.letters import access, bulk, declared
from bihuan.letters.models import Letter
from bihuan.matters.access import Standing, standing_of
from bihuan.matters.models import Assignment, Matter

KIND = "letters"


def ask(
    standing: Standing, letter: declared.Letter, shares: Iterable[Assignment], token: str
) -> Job:
    """Put the job; asking again with the same token gives the one that was put."""
    data = {
        "institution": letter.institution,
        "key": letter.key,
        "shares": [[share.matter_id, share.key] for share in shares],
    }
    return queue.put(
        KIND,
        data,
        about=letter.title,
        congress=standing.user.congress,
        by=standing.user,
        slot=f"letters/{standing.user.pk}/{token}" if token else None,
    )


def issue_many(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Issue the letter for each share asked for that has none yet. Raises NotToBeDone with what to do."""
    if job.asked_by is None:
        raise NotToBeDone("要发公文的用户已经不在，请另一位工作人员重新批量生成。")
    today = timezone.localdate()
    who = standing_of(job.asked_by, today)
    letter = declared.letters().get(f"{job.data['institution']}/{job.data['key']}")
    if letter is None or not access.may_make(who, letter):
        raise NotToBeDone("您现在不能发这种公文，请有权发文的工作人员重新批量生成。")
    chosen = _chosen(job)
    matters = Matter.objects.filter(pk__in={matter for matter, _share in chosen}).order_by("pk")
    wanted = bulk.wanted(who, letter, matters)
    shares = [share for share in wanted if (share.matter_id, share.key) in set(chosen)]
    run = bulk.issue_all(who, letter, shares, today, progress)
    return {"refused": run.refused, "issued": issued(job).count()}


def issued(job: Job) -> QuerySet[Letter]:
    """The letters that came of the job, also those an earlier try had issued."""
    chosen = _chosen(job)
    found = Letter.objects.filter(
        congress=job.congress,
        institution=job.data["institution"],
        key=job.data["key"],
        issued_by=job.asked_by,
        issued_at__gte=job.put_at,
        matter__in={matter for matter, _share in chosen},
    )
    own = set(chosen)
    keys = [
        row.pk for row in found.only("pk", "matter", "share") if (row.matter_id, row.share) in own
    ]
    return Letter.objects.filter(pk__in=keys).order_by("number", "pk")


def runs(standing: Standing) -> QuerySet[Job]:
    """The jobs of letters this user may look at: his own, and for clerks their congress's."""
    rows = Job.objects.filter(kind=KIND, congress_id=standing.user.congress_id or 0)
    return rows if standing.has("clerk") else rows.filter(asked_by=standing.user)


def _chosen(job: Job) -> Sequence[tuple[int, str]]:
    return [(int(matter), str(share)) for matter, share in job.data["shares"]]
