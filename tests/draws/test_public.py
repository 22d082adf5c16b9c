"""Public draws without a sign-in: what anybody sees at each stage, for how long, and that the file is the same."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import segno
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from tests.cast import Cast
from tests.draws.test_drawing import SECRETS, opening, prepared, verified
from tests.pillars.stories import judges_appraisal

from bihuan.draws import drawing, public
from bihuan.draws.method import Announced, Entry
from bihuan.draws.models import Draw
from bihuan.institutions.judicial import lots
from bihuan.loop.forms import Refusal
from bihuan.matters.local_params import set_param
from bihuan.matters.models import Matter

TITLE = "法官履职评议抽签"


def seen(path: str, status: int = 200, language: str = "zh-hans") -> str:
    """What somebody without an account is shown."""
    answer = asked(path, language)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def asked(path: str, language: str = "zh-hans") -> HttpResponse:
    client = Client()
    client.cookies["django_language"] = language
    return client.get(path)  # type: ignore[return-value]


def drawn(cast: Cast) -> Draw:
    draw = opening(cast)
    for role, secret in SECRETS.items():
        assert drawing.open_share(draw.pk, cast.users[role], secret) is None
    done = drawing.draw_now(draw.pk, timezone.localdate())
    assert isinstance(done, Draw), done
    return done


def about(cast: Cast, matter: Matter | None, public_: bool = True) -> Draw | Refusal:
    """A draw prepared about a matter."""
    plan = Announced("抽取专家", (Entry("1", "何谦"), Entry("2", "罗素")), {"": 1})
    people = [cast.clerk, cast.leader]
    day = timezone.localdate()
    return drawing.set_up(cast.congress, plan, people, cast.clerk, day, matter, public_)


def announced(cast: Cast, draw: Draw) -> Draw:
    for role, secret in SECRETS.items():
        assert drawing.commit(draw.pk, cast.users[role], secret) is None
    done = drawing.announce(draw.pk, timezone.localdate())
    assert isinstance(done, Draw), done
    return done


def aged(draw: Draw, days: int) -> None:
    """As if announced and drawn so many days ago."""
    then = timezone.localdate() - timedelta(days=days)
    Draw.objects.filter(pk=draw.pk).update(announced_on=then)
    Draw.objects.filter(pk=draw.pk, state="drawn").update(drawn_on=then)


def test_it_shows_nobody_a_draw_before_it_is_announced(cast: Cast) -> None:
    draw = prepared(cast)
    seen(f"/draws/{draw.pk}/public/", 404)
    seen(f"/draws/{draw.pk}/public/file/", 404)
    assert TITLE not in seen(f"/draws/public/{cast.congress.pk}/")
    done = cast.client("clerk").post(f"/draws/{draw.pk}/void/", {"reason": "名单有误"})
    assert done.status_code == 302
    seen(f"/draws/{draw.pk}/public/", 404)


def test_it_shows_everybody_what_was_announced_and_no_secret_before_the_draw(cast: Cast) -> None:
    draw = opening(cast)
    assert drawing.open_share(draw.pk, cast.clerk, SECRETS["clerk"]) is None
    page = seen(f"/draws/{draw.pk}/public/")
    commitments = [one.commitment for one in draw.contributors.all()]
    shown = [TITLE, "法官05", "当事人的近亲属", "已审结案件 0 件，不足 1 件", draw.announced_hash]
    assert [word for word in (*shown, *commitments) if word not in page] == []
    assert "已经公开" in page and "还没有公开" in page
    assert not [secret for secret in SECRETS.values() if secret in page]
    told = json.loads(seen(f"/draws/{draw.pk}/public/file/"))
    assert set(told) == {"announced", "announced_hash"}
    assert TITLE in seen(f"/draws/public/{cast.congress.pk}/")
    assert TITLE not in seen(f"/draws/public/{cast.elsewhere.pk}/")


def test_it_shows_everybody_the_result_and_how_to_work_it_out_again(cast: Cast) -> None:
    draw = drawn(cast)
    page = seen(f"/draws/{draw.pk}/public/")
    assert draw.file is not None
    tickets = [ticket["ticket"][:16] for ticket in draw.file["tickets"]]
    assert [word for word in (*SECRETS.values(), *tickets) if word not in page] == []
    assert page.count('<span class="tag good">抽中</span>') == 3
    assert "./bihuan draw verify 公布的文件.json" in page
    assert "./bihuan draw verify published-file.json" in seen(
        f"/draws/{draw.pk}/public/", language="en"
    )


def test_it_hands_everybody_the_very_file_that_proves_the_draw(cast: Cast, tmp_path: Path) -> None:
    draw = drawn(cast)
    answer = asked(f"/draws/{draw.pk}/public/file/")
    assert answer.content == cast.client("leader").get(f"/draws/{draw.pk}/file/").content
    assert answer["Access-Control-Allow-Origin"] == "*"
    file = tmp_path / "draw.json"
    file.write_bytes(answer.content)
    said = verified(file)
    assert (said.returncode, said.stderr) == (0, "")
    assert "重算相符" in said.stdout and draw.announced_hash in said.stdout
    again = Client().get(
        f"/draws/{draw.pk}/public/file/", headers={"If-None-Match": answer["ETag"]}
    )
    assert again.status_code == 304 and not again.content


def test_it_says_why_a_draw_is_void_and_who_withheld_his_secret(cast: Cast) -> None:
    draw = opening(cast)
    assert drawing.open_share(draw.pk, cast.clerk, SECRETS["clerk"]) is None
    assert isinstance(drawing.open_share(draw.pk, cast.leader, "另外想的一段话"), Refusal)
    drawing.void(draw.pk, "有人不公开密语")
    page = seen(f"/draws/{draw.pk}/public/")
    notice = re.search(r'<p class="notice error">(.*?)</p>', page, re.DOTALL)
    assert notice and "有人不公开密语" in notice[1]
    assert "赵主任" in notice[1] and "王志刚" not in notice[1]
    assert "与承诺不符 1 次" in page and SECRETS["clerk"] not in page


def test_it_keeps_an_internal_draw_behind_the_sign_in(cast: Cast) -> None:
    made = about(cast, None, public_=False)
    assert isinstance(made, Draw)
    draw = announced(cast, made)
    seen(f"/draws/{draw.pk}/public/", 404)
    seen(f"/draws/{draw.pk}/public/file/", 404)
    assert "抽取专家" not in seen(f"/draws/public/{cast.congress.pk}/")
    page = cast.client("leader").get(f"/draws/{draw.pk}/").content.decode()
    assert "内部抽签" in page and f"/draws/{draw.pk}/public/" not in page
    wall = cast.client("leader").get(f"/draws/{draw.pk}/hall/").content.decode()
    assert draw.announced_hash in wall and "scan-code" not in wall


def test_it_is_public_unless_whoever_prepares_it_says_otherwise(cast: Cast) -> None:
    assert prepared(cast).public
    sent = {"title": "内部的", "entries": "1，甲\n2，乙", "take": "1", "public": "0"}
    sent["contributors"] = [cast.clerk.pk, cast.leader.pk]  # type: ignore[assignment]
    cast.client("clerk").post("/draws/new/", sent)
    assert not Draw.objects.get(title="内部的").public


def test_it_never_names_the_matter(cast: Cast) -> None:
    matter = cast.suggestion("rating", title="关于某件不公开的事的建议")
    made = about(cast, matter)
    assert isinstance(made, Draw)
    draw = announced(cast, made)
    told = seen(f"/draws/{draw.pk}/public/") + seen(f"/draws/{draw.pk}/public/file/")
    assert "不公开的事" not in told and f"/m/{matter.pk}/" not in told


def test_it_draws_nothing_in_public_about_what_only_some_may_know(cast: Cast) -> None:
    draft = cast.suggestion("draft")
    refused = about(cast, draft)
    assert isinstance(refused, Refusal) and "请选“内部抽签”" in refused.say
    assert isinstance(about(cast, draft, public_=False), Draw)
    shut = cast.suggestion("rating")
    shut.institution = "clues"
    assert isinstance(about(cast, shut), Refusal)


def test_it_tells_everybody_that_an_expert_is_in_conflict_but_not_of_what_kind(cast: Cast) -> None:
    matter = judges_appraisal(cast)
    people, day = [cast.clerk, cast.leader], timezone.localdate()
    draw = lots.set_up(matter, 1, 1, people, cast.clerk, day)
    assert isinstance(draw, Draw), draw
    announced(cast, draw)
    told = seen(f"/draws/{draw.pk}/public/") + seen(f"/draws/{draw.pk}/public/file/")
    notes = [why.partition("：")[2] for why in lots.excluded(matter).values()]
    assert lots.CONFLICT in told and notes and not [note for note in notes if note in told]
    assert matter.title not in told
    inside = lots.set_up(matter, 1, 1, people, cast.clerk, day, public=False)
    assert isinstance(inside, Draw) and notes[0] in json.dumps(inside.plan, ensure_ascii=False)


def test_it_names_nobody_after_a_year_and_still_proves_the_file(cast: Cast) -> None:
    draw = drawn(cast)
    aged(draw, 365)
    assert "法官05" in seen(f"/draws/{draw.pk}/public/")
    aged(draw, 367)
    page = seen(f"/draws/{draw.pk}/public/")
    assert draw.announced_hash in page and "./bihuan draw verify" in page
    listed = seen(f"/draws/public/{cast.congress.pk}/")
    assert f"第 {draw.pk} 号抽签" in listed and draw.announced_hash[:16] in listed
    hidden = (TITLE, "法官0", "王志刚", "赵主任", "近亲属", *SECRETS.values())
    assert [word for word in hidden if word in page + listed] == []
    gone = asked(f"/draws/{draw.pk}/public/file/")
    assert gone.status_code == 410 and "公开期已过" in gone.content.decode()
    assert TITLE in cast.client("leader").get(f"/draws/{draw.pk}/").content.decode()


def test_it_forgets_the_reason_of_a_void_draw_too(cast: Cast) -> None:
    draw = opening(cast)
    drawing.void(draw.pk, "赵主任不公开密语")
    aged(draw, 400)
    assert "赵主任" not in seen(f"/draws/{draw.pk}/public/")


def test_it_shows_names_as_long_as_the_rule_of_the_day_of_announcing_says(cast: Cast) -> None:
    today = timezone.localdate()
    draw = drawn(cast)
    done = set_param(cast.congress, public.KEY, "names_shown", "30 日", today, "文件", None, today)
    assert not isinstance(done, Refusal), done
    place = public.place_of(cast.congress)
    assert public.names_until(draw, place) == today + timedelta(days=30)
    draw.announced_on = today - timedelta(days=1)
    assert public.names_until(draw, place).year == today.year + 1


@pytest.mark.parametrize("path", ["/draws/{}/public/", "/draws/{}/public/file/"])
def test_it_asks_who_comes_too_often_to_wait(cast: Cast, settings: Settings, path: str) -> None:
    draw = opening(cast)
    settings.OPEN_PER_MINUTE = 1
    slow = [asked(path.format(draw.pk)) for _ in range(4)][-1]
    assert slow.status_code == 429 and int(slow["Retry-After"]) > 0
    assert "请在" in slow.content.decode() and TITLE not in slow.content.decode()


def test_it_stays_out_of_search_engines(cast: Cast) -> None:
    draw = opening(cast)
    for path in (f"/draws/{draw.pk}/public/", f"/draws/public/{cast.congress.pk}/"):
        assert asked(path)["X-Robots-Tag"] == "noindex"


def test_it_lists_the_older_ones_on_the_next_page(cast: Cast) -> None:
    today = timezone.localdate()
    common = {"congress": cast.congress, "set_up_by": cast.clerk, "set_up_on": today}
    rows = [
        Draw(title=f"第{n}次", announced_on=today, announced={}, state="void", **common)
        for n in range(51)
    ]
    Draw.objects.bulk_create(rows)
    first = seen(f"/draws/public/{cast.congress.pk}/")
    assert "第50次" in first and "第0次" not in first
    older = re.search(r'href="(\?before=\d+)"', first)
    assert older
    assert "第0次" in seen(f"/draws/public/{cast.congress.pk}/{older[1]}")


def test_it_shows_on_the_wall_a_code_that_leads_to_the_public_page(
    cast: Cast, settings: Settings
) -> None:
    settings.SITE_ADDRESS = "https://renda.example.org"
    draw = opening(cast)
    wall = cast.client("leader").get(f"/draws/{draw.pk}/hall/").content.decode()
    code = segno.make(f"https://renda.example.org/draws/{draw.pk}/public/", micro=False, error="m")
    drawn_ = re.search(r' d="([^"]+)"', code.svg_inline(border=4))
    assert drawn_ and drawn_[1] in wall


def test_it_tells_the_wall_what_changes_and_stops_when_it_is_over(cast: Cast) -> None:
    draw = opening(cast)
    wall = cast.client("committee")
    path = f"/draws/{draw.pk}/hall/state/"
    assert f'data-hx-get="{path}"' in wall.get(path).content.decode()
    assert wall.get(path).content.decode().count("等待公开密语") == 2
    assert drawing.open_share(draw.pk, cast.clerk, SECRETS["clerk"]) is None
    told = wall.get(path).content.decode()
    assert "已公开密语" in told and SECRETS["clerk"] not in told
    assert drawing.open_share(draw.pk, cast.leader, SECRETS["leader"]) is None
    drawing.draw_now(draw.pk, timezone.localdate())
    over = wall.get(path).content.decode()
    assert "民事" in over and "data-hx-get" not in over
    assert cast.client("contact").get(path).status_code == 404
