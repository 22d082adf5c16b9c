"""What a paper demands of the bodies below, and whether its head hides that it orders."""

import re
from dataclasses import dataclass

from bihuan.text.dates import time_words
from bihuan.text.papers import INFORMAL, Paper
from bihuan.text.sentence_kinds import FACT, kind_of
from bihuan.text.sentences import sentences


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand: `kind` report · fill · attend · provide · forward · do; `what` the clause, `quote` its sentence."""

    kind: str
    what: str
    who: str | None
    by: str | None
    quote: str


NAMES = {
    "report": "报送",
    "fill": "填报",
    "attend": "参会",
    "provide": "提供材料",
    "forward": "转发配套",
    "do": "落实",
}

_KINDS = (
    (
        "attend",
        re.compile(
            r"参加(?:会议|培训|活动|视频会|调度会|座谈)|参会|派员|出席|列席|陪同|到会|收看|收听|组织[^，,。]{0,14}参加|报名|集中观看"
        ),
    ),
    (
        "fill",
        re.compile(
            r"填[报写表]|录入|上传(?!下达)|打卡|(?:注册|下载)[^，,。]{0,8}(?:APP|平台|小程序|客户端|公众号)|建立?(?:工作)?台账|登记造册|附表|逐[项户人]登记"
        ),
    ),
    (
        "provide",
        re.compile(
            r"提供[^，,。]{0,16}(?:材料|资料|数据|名单|台账|照片|佐证|清单|情况)|备齐|准备好?[^，,。]{0,12}(?:材料|资料|台账|汇报)"
        ),
    ),
    (
        "report",
        re.compile(
            r"(?:报送|上报|呈报|报[至到送]|书面报告|反馈(?!机制)|报告(?=[^，,。]{0,10}(?:情况|进展|结果))|报[^，,。]{0,14}(?:办公室|办公厅|备案|邮箱|联系人)|"
            r"总结[^，,。]{0,6}报|汇报(?=[^，,。]{0,6}(?:情况|进展)))"
        ),
    ),
    (
        "forward",
        re.compile(
            r"(?:转发|传达|制定|出台|印发)[^，,。]{0,16}(?:配套|实施|具体|贯彻)?(?:方案|细则|意见|措施|文件|精神)"
        ),
    ),
    (
        "do",
        re.compile(
            r"完成|整改|排查|自查|落实到位|抓好落实|认真贯彻|贯彻执行|遵照执行|组织开展|开展[^，,。]{0,12}(?:检查|整治|排查|自查)|迎[检接]|"
            r"成立[^，,。]{0,12}(?:小组|专班)|明确专人|抓紧|做好"
        ),
    ),
)
_ASKING = re.compile(
    r"请(?!示|求|假)|务必|务于|须|应当?(?!急|对|用|届)|必须|要求|(?<![重主需必概首])要(?!素|求|闻|点|件|情|强)|不得|于[^，,。]{2,16}前|(?:\d+[日月]|月底|年底)(?:下班)?前|"
    r"(?:^|[，,；;。：:])各|严禁|限[于时期]|抓紧|一律"
)
_WHO = re.compile(
    r"(?:各|有关|相关|所属)[\u4e00-\u9fff、（）()]{0,24}?(?:人民政府|政府|街道办事处|街道|单位|部门|乡镇|镇街|镇人大|人大|村|社区|县[市区]*|"
    r"区县|市州|支部|企业|学校|专委会|工委|办公室|代表团|代表|委室|局)"
    r"(?:人大主席团|人大工委|人大|人民政府|政府|党委|负责人)?"
)
_PLAIN = re.compile(r"填[报写]|录入|上传(?!下达)|报送|上报|派员参|准时参")
"""Verbs that ask without any word of asking."""
_ELSE = re.compile(r"^关于[^，。]{2,60}[^。]$|^(?:我们|我[县市省区局委])(?:将|要)|^本[局委]将")


def demands(text: str) -> tuple[Demand, ...]:
    """The demands on other bodies in the order of the text. A report of what was done holds none."""
    return tuple(found for one in sentences(text) if (found := _demand(one.text)) is not None)


def _demand(sentence: str) -> Demand | None:
    if (
        not (_ASKING.search(sentence) or _PLAIN.search(sentence))
        or _ELSE.search(sentence)
        or kind_of(sentence) == FACT
    ):
        return None
    for kind, sign in _KINDS:
        match = sign.search(sentence)
        if match:
            who = _WHO.search(sentence)
            if kind in ("do", "forward") and who is None:
                return None
            what = _clause_at(sentence, match.start())
            by = next((w.text for w in time_words(sentence) if w.kind != "vague"), None)
            return Demand(kind, what, who[0] if who else None, by, sentence)
    return None


def _clause_at(sentence: str, at: int) -> str:
    start = max(sentence.rfind(mark, 0, at) for mark in "，,；;。：:") + 1
    ends = [end for mark in "，,；;。" if (end := sentence.find(mark, at)) >= 0]
    return sentence[start : min(ends, default=len(sentence))].strip()


@dataclass(frozen=True, slots=True)
class Head:
    """The kind a paper claims beside what it does; `hidden` when an informal head carries orders; `why` in Chinese."""

    claimed: str | None
    real: str | None
    hidden: bool
    why: str


_NO_ORDERS = frozenset((*INFORMAL, "通报", "函", "报告", "公报", "纪要", "会议纪要"))


def head(paper: Paper, found: tuple[Demand, ...]) -> Head:
    """Whether the head fits: a hint, a briefing or a report that orders lower bodies is a notice in disguise."""
    if not found:
        return Head(paper.kind, paper.kind, False, "没有发现对下级的要求。")
    if paper.kind in _NO_ORDERS and _orders(paper, found):
        named = "、".join(sorted({NAMES[one.kind] for one in found}))
        why = f"名为“{paper.kind}”，实际向下级提出{len(found)}项要求（{named}），应当按通知制发并计入发文数量。"
        return Head(paper.kind, "通知", True, why)
    return Head(paper.kind, paper.kind, False, f"向下级提出{len(found)}项要求，与文种相符。")


def _orders(paper: Paper, found: tuple[Demand, ...]) -> bool:
    """One demand to report, fill in, attend or provide makes a hint an order; of general ones it takes two.

    A long report that asks in passing for one thing is still a report: there it takes one sentence in twenty.
    """
    plain = [one for one in found if one.kind not in ("do", "forward")]
    if paper.formal and len(found) < 0.05 * len(paper.lines):
        return False
    return bool(plain) or len(found) >= 2
