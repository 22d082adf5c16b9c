"""A sheet's preview tells which rows checks speak of; nothing is written before the clerk answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.cast import Cast

from bihuan.jobs import worker
from bihuan.matters.models import Act, Matter
from bihuan.web import sheet_cautions

TODAY = date(2026, 6, 1)
HEADER = "会议名称,会议类别,主办单位,召开日期,参会单位,实际时长（分钟）,参会人数"
LONG = "超时的调度会,一般性会议,督查室,2026-05-11,,130,40"
PLAIN = "防汛调度会,一般性会议,督查室,2026-05-12,均县镇,60,40"


@pytest.fixture(autouse=True)
def first_of_june(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Any) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)
    settings.HOME = tmp_path


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast.client("clerk")


def sent(client: Client, *rows: str) -> str:
    """Upload the rows; the address of the preview."""
    file = SimpleUploadedFile("会议.csv", "\n".join([HEADER, *rows]).encode())
    answer = client.post(reverse("import", args=["meetings"]), {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def go(client: Client, address: str, **data: Any) -> tuple[int, str]:
    answer = client.post(f"{address}go/", data)
    worker.drain("test")
    return answer.status_code, answer.content.decode()


def titles() -> Sequence[str]:
    return list(Matter.objects.order_by("pk").values_list("title", flat=True))


def test_it_shows_row_rule_figure_and_article_before_anything_is_written(
    cast: Cast, clerk: Client
) -> None:
    page = clerk.get(sent(clerk, PLAIN, LONG)).content.decode()
    assert "“超时的调度会”实际130分钟，超过90分钟，没有说明理由" in page
    assert "会议超时" in page and "《" in page and ">3</th>" in page
    assert not titles()


def test_it_asks_for_the_reason_and_keeps_what_was_typed(cast: Cast, clerk: Client) -> None:
    address = sent(clerk, PLAIN, LONG)
    status, page = go(clerk, address, cautioned="go_on", despite=" ")
    assert status == 400 and "请写明仍要办理的理由" in page
    status, page = go(clerk, address, cautioned="go_on", despite="急" * 501)
    assert status == 400 and "理由最多 500 字" in page and "急急急" in page
    assert go(clerk, address)[0] == 400
    assert not titles()


def test_it_writes_all_rows_with_the_reason_in_their_acts(cast: Cast, clerk: Client) -> None:
    address = sent(clerk, PLAIN, LONG)
    assert go(clerk, address, cautioned="go_on", despite="汛情紧急")[0] == 302
    assert titles() == ["防汛调度会", "超时的调度会"]
    kept = [act.data.get("despite") for act in Act.objects.order_by("pk")]
    assert kept[0] is None and kept[1]["reason"] == "汛情紧急"
    matter = Matter.objects.get(title="超时的调度会")
    assert "汛情紧急" in clerk.get(reverse("matter", args=[matter.pk])).content.decode()


def test_it_leaves_the_rows_out_when_asked_to(cast: Cast, clerk: Client) -> None:
    address = sent(clerk, PLAIN, LONG)
    assert go(clerk, address, cautioned="leave_out", despite="")[0] == 302
    assert titles() == ["防汛调度会"]
    page = clerk.get(address).content.decode()
    assert "已经写入" in page and "有提示未导入" in page


def test_it_asks_nothing_where_nothing_is_said(cast: Cast, clerk: Client) -> None:
    past = "去年的长会,一般性会议,督查室,2025-05-11,,300,40"
    address = sent(clerk, PLAIN, past)
    assert "仍要导入的理由" not in clerk.get(address).content.decode()
    assert go(clerk, address)[0] == 302 and len(titles()) == 2


def test_it_writes_nothing_when_checks_speak_only_since_the_preview(
    cast: Cast, clerk: Client
) -> None:
    rows = [f"会{n},一般性会议,督查室,2026-05-1{n},均县镇,60,40" for n in (1, 2)]
    address = sent(clerk, *rows)
    other = sent(clerk, PLAIN)
    assert go(clerk, other)[0] == 302
    go(clerk, address)
    assert titles() == ["防汛调度会"]
    assert "有 1 行会引起事前提示，没有写入任何一行" in clerk.get(address).content.decode()


def test_it_shows_many_rows_by_the_page(
    cast: Cast, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_cautions, "PAGE", 2)
    address = sent(clerk, *[LONG.replace("超时的", f"第{n}次") for n in range(5)])
    first, last = (clerk.get(address, {"page": n}).content.decode() for n in (1, 3))
    assert "“第0次调度会”" in first and "“第2次调度会”" not in first and "共 5 条" in first
    assert "“第4次调度会”" in last and "“第0次调度会”" not in last
    assert clerk.get(address, {"page": "x"}).status_code == 200
