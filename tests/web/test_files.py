"""Files: given out to those who see the matter, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings
from tests.cast import Cast, cast

from bihuan.matters.models import Attachment

__all__ = ["cast"]


@pytest.fixture
def given(cast: Cast, settings: Settings, tmp_path: Path) -> Attachment:
    settings.FILES_FOLDER = tmp_path
    matter = cast.suggestion("working")
    sent = {
        "share": "1",
        "met_on": "2026-03-09",
        "met_note": "已见面",
        "files": SimpleUploadedFile("会议记录.txt", "见面记录".encode()),
    }
    cast.client("contact").post(f"/m/{matter.pk}/act/meet/", sent)
    return Attachment.objects.get()


def test_it_gives_a_file_to_those_who_see_the_matter(cast: Cast, given: Attachment) -> None:
    answer = cast.client("deputy").get(f"/f/{given.pk}/")
    assert b"".join(answer).decode() == "见面记录"  # type: ignore[arg-type]
    assert answer["Content-Disposition"].startswith("attachment")
    for role in ("outsider", "other_contact", "system_admin"):
        assert cast.client(role).get(f"/f/{given.pk}/").status_code == 404, role


def test_it_gives_a_file_not_sent_yet_to_its_giver_alone(cast: Cast, given: Attachment) -> None:
    Attachment.objects.update(matter=None, act=None)
    assert cast.client("contact").get(f"/f/{given.pk}/").status_code == 200
    assert cast.client("clerk").get(f"/f/{given.pk}/").status_code == 404


def test_it_says_when_the_content_is_gone(
    cast: Cast, given: Attachment, settings: Settings, tmp_path: Path
) -> None:
    settings.FILES_FOLDER = tmp_path / "elsewhere"
    assert cast.client("deputy").get(f"/f/{given.pk}/").status_code == 404
