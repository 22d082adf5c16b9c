"""The same request from eight places at once is carried out once, and everyone gets its one answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

RACER = Path(__file__).with_name("racer.py")


def test_it_does_once_what_is_sent_eight_times_at_once(tmp_path: Path) -> None:
    own = {
        "BIHUAN_HOME": str(tmp_path),
        "BIHUAN_HOSTS": "testserver",
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    ran = subprocess.run(
        [sys.executable, RACER], env=kept | own, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["matters"] == 1 and len(told["answers"]) == 1
    assert told["answers"][0][0] == 201
