"""A draw played on the screens: committed, announced, opened, drawn, and checked where no database is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cast import Cast

from bihuan.draws import drawing
from bihuan.draws.models import Contributor, Draw

ROOT = Path(__file__).parents[2]
SECRETS = {"clerk": "春江潮水连海平一", "leader": "海上明月共潮生二"}
LIST = "\n".join(f"{n:02d}，法官{n:02d}，{'刑事' if n % 2 else '民事'}，{n}" for n in range(0, 9))


def prepared(cast: Cast) -> Draw:
    sent = {
        "title": "法官履职评议抽签",
        "entries": LIST,
        "take": "刑事=1，民事=2",
        "at_least": "1",
        "excluded": "03：当事人的近亲属",
        "contributors": [cast.clerk.pk, cast.leader.pk],
    }
    answer = cast.client("clerk").post("/draws/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return Draw.objects.get()


def opening(cast: Cast) -> Draw:
    draw = prepared(cast)
    for role, secret in SECRETS.items():
        cast.client(role).post(f"/draws/{draw.pk}/commit/", {"word": secret})
    cast.client("clerk").post(f"/draws/{draw.pk}/announce/")
    draw.refresh_from_db()
    assert draw.state == "opening"
    return draw


def test_it_draws_what_anybody_can_work_out_again(cast: Cast, tmp_path: Path) -> None:
    draw = opening(cast)
    for role, secret in SECRETS.items():
        cast.client(role).post(f"/draws/{draw.pk}/reveal/", {"secret": secret})
    cast.client("clerk").post(f"/draws/{draw.pk}/now/")
    told = cast.client("leader").get(f"/draws/{draw.pk}/file/").content
    file = tmp_path / "draw.json"
    file.write_bytes(told)
    answer = verified(file)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "重算相符" in answer.stdout
    read = json.loads(told)
    assert len(read["drawn"]) == 3
    assert read["left_out"] == {"00": "已审结案件 0 件，不足 1 件", "03": "当事人的近亲属"}
    read["drawn"] = ["01"]
    file.write_text(json.dumps(read), encoding="utf-8")
    assert verified(file).returncode == 1
    assert drawing.verify() == (1, [])


def verified(file: Path) -> subprocess.CompletedProcess[str]:
    """The command where there is neither a database nor anything the program wrote."""
    nowhere = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "PYTHONPATH": str(ROOT / "src"),
    }
    return subprocess.run(
        [sys.executable, "-m", "bihuan", "draw", "verify", str(file)],
        env=os.environ | nowhere,
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_keeps_no_secret_before_it_is_opened(cast: Cast) -> None:
    draw = opening(cast)
    assert not Contributor.objects.exclude(secret="").exists()
    page = cast.client("clerk").get(f"/draws/{draw.pk}/").content.decode()
    assert not [secret for secret in SECRETS.values() if secret in page]


def test_it_names_in_public_who_withholds_or_changes_his_share(cast: Cast) -> None:
    draw = opening(cast)
    cast.client("clerk").post(f"/draws/{draw.pk}/reveal/", {"secret": SECRETS["clerk"]})
    wrong = cast.client("leader").post(f"/draws/{draw.pk}/reveal/", {"secret": "另外想的一段话"})
    assert "这不是您承诺的密语" in wrong.content.decode()
    refused = cast.client("clerk").post(f"/draws/{draw.pk}/now/")
    assert "赵主任没有公开自己的密语" in refused.content.decode()
    page = cast.client("committee").get(f"/draws/{draw.pk}/").content.decode()
    assert "与承诺不符 1 次" in page
    assert Draw.objects.get().file is None


def test_it_changes_nothing_once_announced(cast: Cast) -> None:
    draw = opening(cast)
    assert drawing.commit(draw.pk, cast.clerk, "又想了一段别的话") is not None
    draw.plan["title"] = "别的"
    draw.save()
    assert drawing.verify()[1] == []
    Draw.objects.update(announced={**(draw.announced or {}), "title": "别的"})
    assert drawing.verify()[1] == [("法官履职评议抽签", "公布过的名单、规则或承诺被改动过")]


def test_it_says_what_is_wrong_in_the_list(cast: Cast) -> None:
    client = cast.client("clerk")
    for entries, take, said in (
        ("01", "1", "第 1 行：写“编号，姓名"),
        ("01，甲，刑事，多", "1", "案件数“多”不是整数"),
        ("01，甲\n01，乙", "1", "编号“01”在名单里出现了两次"),
        ("01，甲", "x", "抽几个：写一个数"),
        ("01，甲", "2", "可抽的只有 1 个"),
    ):
        sent = {"title": "抽签", "entries": entries, "take": take}
        sent["contributors"] = [cast.clerk.pk, cast.leader.pk]  # type: ignore[assignment]
        answer = client.post("/draws/new/", sent)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not Draw.objects.exists()


def test_it_shows_the_wall_and_the_list_to_those_who_may_see(cast: Cast) -> None:
    draw = prepared(cast)
    assert "等待承诺" in cast.client("leader").get(f"/draws/{draw.pk}/hall/").content.decode()
    assert "法官履职评议抽签" in cast.client("committee").get("/draws/").content.decode()
    assert cast.client("contact").get(f"/draws/{draw.pk}/").status_code == 404
    assert cast.client("outsider").get(f"/draws/{draw.pk}/").status_code == 404
    done = cast.client("clerk").post(f"/draws/{draw.pk}/void/", {"reason": "名单有误"})
    assert done.status_code == 302


def test_it_shows_of_the_list_only_what_the_list_has(cast: Cast) -> None:
    draw = prepared(cast)
    page = cast.client("clerk").get(f"/draws/{draw.pk}/").content.decode()
    assert "已审结案件" in page and "刑事 抽 1 个" in page and "不参加抽签的理由" in page
    bare = {
        "title": "评议部门抽签",
        "entries": "01，市教育局\n02，市财政局\n03，市审计局",
        "take": "1",
        "contributors": [cast.clerk.pk, cast.leader.pk],
    }
    page = cast.client("clerk").post("/draws/new/", bare, follow=True).content.decode()
    assert "市审计局" in page and "抽 1 个" in page and "每类抽" not in page
    assert not [word for word in ("已审结案件", "类别", "不参加抽签的理由") if word in page]
    sorted_out = bare | {"title": "分类抽签", "entries": "01，市教育局，部门\n02，青石街道，街道"}
    page = cast.client("clerk").post("/draws/new/", sorted_out, follow=True).content.decode()
    assert "每类抽 1 个" in page and "类别" in page
