"""A congress sets its own values, within what the law leaves to it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import Cast

from bihuan.cli import run
from bihuan.loop.forms import Refusal
from bihuan.matters.local_params import set_param
from bihuan.matters.models import LocalParam
from bihuan.matters.startup import out_of_bounds
from bihuan.people.models import Event

ARTICLE = "代表法》第五十一条"


def _set(cast: Cast, value: str, name: str = "reply_within", cite: str = "××办法") -> object:
    today = timezone.localdate()
    return set_param(cast.congress, "suggestions", name, value, today, cite, cast.clerk, today)


def test_it_keeps_a_shorter_limit_and_refuses_a_longer_one_with_the_article(cast: Cast) -> None:
    refused = _set(cast, "4个月")
    assert isinstance(refused, Refusal)
    assert ARTICLE in refused.say
    assert ARTICLE in refused.cite
    assert not LocalParam.objects.exists()
    assert isinstance(_set(cast, "60日"), LocalParam)
    assert isinstance(_set(cast, "3个月"), LocalParam)
    assert out_of_bounds() == []


def test_it_leaves_free_what_no_law_sets(cast: Cast) -> None:
    assert isinstance(_set(cast, "10年", "rate_within"), LocalParam)


@pytest.mark.parametrize("value", ["", "\0", "2个月\ud800", "9" * 40, "三个月", "0个月"])
def test_it_answers_what_it_cannot_read_with_a_sentence(cast: Cast, value: str) -> None:
    refused = _set(cast, value)
    assert isinstance(refused, Refusal)
    assert refused.field == "value"


def test_it_refuses_a_long_or_empty_reason(cast: Cast) -> None:
    for cite in ("", " ", "依" * 161):
        refused = _set(cast, "2个月", cite=cite)
        assert isinstance(refused, Refusal)
        assert refused.field == "cite"


def test_it_refuses_on_screen_with_the_article_beside_the_field(cast: Cast) -> None:
    url = "/house/params/suggestions/reply_within/"
    client, today = cast.client("clerk"), timezone.localdate()
    assert "法定最多3 个月" in client.get(url).content.decode()
    answer = client.post(url, {"value": "4个月", "since": today.isoformat(), "cite": "办法"})
    assert answer.status_code == 422
    assert "不能超过3 个月" in answer.content.decode()
    assert ARTICLE in answer.content.decode()


def test_it_refuses_on_the_command_line_too(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["param", "suggestions", "reply_within"]
    assert run([*asked, "4个月", "--cite", "办法"]) == 2
    assert ARTICLE in capsys.readouterr().err
    assert run([*asked, "2个月", "--cite", "××办法第三条"]) == 0
    assert "2 个月（××办法第三条）" in capsys.readouterr().out
    assert Event.objects.get(kind="param").what.startswith("设定参数（命令行）")
    assert run(["param", "suggestions", "nothing"]) == 2


def test_it_finds_at_the_start_what_was_set_past_the_screens(cast: Cast) -> None:
    today = timezone.localdate()
    own = {
        "institution": "suggestions",
        "name": "reply_within",
        "title": "答复期限",
        "cite": "办法",
    }
    LocalParam.objects.create(
        congress=cast.congress, value="1 year", since=today - timedelta(days=9), **own
    )
    (fault,) = out_of_bounds()
    assert fault.id == "S002"
    assert ARTICLE in str(fault)
    _set(cast, "2个月")
    assert out_of_bounds() == []
