"""The import of a previewed file as a job: looked through again, then written whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from typing import Any

from bihuan.exchange import matters_in, runs
from bihuan.exchange.report import Progress, Unusable
from bihuan.jobs.kinds import NotToBeDone
from bihuan.jobs.models import Job


def import_ledger(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Write the run that `job.data["run"]` names. Raises NotToBeDone with what the clerk is to do."""
    assert job.congress is not None and job.asked_by is not None
    run = runs.find(str(job.data["run"]), job.asked_by.pk)
    if run is None:
        raise NotToBeDone("上传的文件已经不在，请重新上传。")
    run.state = "running"
    run.save()
    try:
        written = _written(job, run, progress)
    except (Unusable, matters_in.NotCommitted) as refused:
        run.state, run.sentence = "refused", str(refused)
        run.save()
        raise NotToBeDone(run.sentence) from refused
    run.report, run.state = written.as_json(), "done"
    run.save()
    return {"added": written.added, "changed": written.changed}


def _written(job: Job, run: runs.Run, progress: Progress) -> matters_in.Plan:
    day = date.fromisoformat(run.day)
    content = run.path.read_bytes()
    made = matters_in.plan(job.congress, run.key, content, day, name=run.file)
    answer = matters_in.Answer(run.despite, run.leave_out)
    matters_in.commit(made, job.asked_by, day, _watched(run, progress), answer)
    run.told.keep(made.told())
    return made


def _watched(run: runs.Run, progress: Progress) -> Progress:
    """Progress is kept outside the database too, where a watcher sees it before the transaction ends."""
    last = [0.0]

    def watch(done: int, whole: int) -> None:
        progress(done, whole)
        run.done, run.whole = done, whole
        if time.monotonic() - last[0] > 0.5 or done == whole:
            last[0] = time.monotonic()
            run.save()

    return watch
